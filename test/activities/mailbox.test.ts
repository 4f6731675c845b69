import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Mailbox, startMailbox } from '../../mail/mailbox/mailbox.ts';

interface Inbound {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

let inbound: Inbound[];
let listener: SMTPServer;
let mailbox: Mailbox;
let directory: string;

beforeEach(async () => {
  inbound = [];
  listener = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      callback(address.startsWith('nobody') ? Object.assign(new Error('5.1.1 no'), { responseCode: 550 }) : null);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        inbound.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  const server = listener.listen(0, '127.0.0.1');
  await once(server, 'listening');
  directory = await mkdtemp(join(tmpdir(), 'mailbox-'));
  mailbox = await start((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await mailbox.close();
  await new Promise<void>((resolve) => listener.close(resolve));
  await rm(directory, { recursive: true });
});

const start = (port: number) => startMailbox({ inbound: { host: '127.0.0.1', port }, directory });
const url = (path: string) => `http://127.0.0.1:${mailbox.httpPort}${path}`;
const post = (path: string, body: object) =>
  fetch(url(path), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function send(to = 'camille@valombre.example', subject = '[DA-2026-004217] Panne <b>d’impression</b>') {
  const transporter = createTransport({ host: '127.0.0.1', port: mailbox.smtpPort });
  return await transporter.sendMail({
    from: '"Support" <sr@support.example>',
    replyTo: 'sr+aaaaaaaaaaaaaaaaaaaaaaaa@support.example',
    to,
    envelope: { from: 'bounce+aaaaaaaaaaaaaaaaaaaaaaaa@support.example', to: [to] },
    subject,
    messageId: '<one@support.example>',
    references: ['<root@support.example>'],
    text: 'Bonjour,\n\nLa question.\n',
    html: '<!DOCTYPE html><html lang="fr"><body><script>alert(1)</script>Bonjour</body></html>',
  });
}

async function firstId(): Promise<string> {
  const list = (await (await fetch(url('/api/messages'))).json()) as { id: string }[];
  const [first] = list;
  if (!first) throw new Error('the mailbox is empty');
  return first.id;
}

describe('the mailbox', () => {
  it('shows what was sent, to scripts and to people', async () => {
    await send();
    await send('other@valombre.example', 'Autre chose');
    const found = (await (await fetch(url('/api/messages?to=CAMILLE&subject=panne'))).json()) as object[];
    expect(found).toMatchObject([
      {
        to: 'camille@valombre.example',
        subject: '[DA-2026-004217] Panne <b>d’impression</b>',
        envelopeFrom: 'bounce+aaaaaaaaaaaaaaaaaaaaaaaa@support.example',
        replyTo: 'sr+aaaaaaaaaaaaaaaaaaaaaaaa@support.example',
        messageId: '<one@support.example>',
        text: 'Bonjour,\n\nLa question.\n',
      },
    ]);
    const list = await (await fetch(url('/'))).text();
    expect(list).toContain('2 mails');
    expect(list).toContain('Panne &#60;b&#62;d’impression&#60;/b&#62;');
    const page = await (await fetch(url(`/messages/${await firstId()}`))).text();
    expect(page).toContain('<iframe sandbox="" ');
    expect(page).not.toContain('<script>alert');
    expect((await fetch(url('/api/messages/none'))).status).toBe(404);
  });

  it('answers as the customer: to the reply address, threaded, with the mail quoted', async () => {
    await send();
    const response = await post(`/api/messages/${await firstId()}/answer`, { text: 'Voici la réponse.' });
    expect(response.status).toBe(200);
    const { messageId } = (await response.json()) as { messageId: string };
    const mail = await simpleParser(inbound[0]?.raw ?? '');
    expect(inbound[0]).toMatchObject({
      from: 'camille@valombre.example',
      to: ['sr+aaaaaaaaaaaaaaaaaaaaaaaa@support.example'],
    });
    expect(mail.messageId).toBe(messageId);
    expect(mail.subject).toBe('Re: [DA-2026-004217] Panne <b>d’impression</b>');
    expect(mail.inReplyTo).toBe('<one@support.example>');
    expect(mail.references).toEqual(['<root@support.example>', '<one@support.example>']);
    expect(mail.text).toMatch(/^Voici la réponse\.\n\nLe .* a écrit :\n> Bonjour,\n>\n> La question\./);
    expect(mail.headers.has('auto-submitted')).toBe(false);
  });

  it('answers from the form on the page', async () => {
    await send();
    const response = await fetch(url(`/messages/${await firstId()}/answer`), {
      method: 'POST',
      body: new URLSearchParams({ kind: 'answer', text: 'Oui' }),
    });
    expect(await response.text()).toContain('Sent to the inbound mail server.');
    expect(inbound).toHaveLength(1);
  });

  it('answers as a publisher, by each address that the mail offers and by no other', async () => {
    const address = (action: string) => `sr+${action}.${'a'.repeat(24)}@support.example`;
    const transporter = createTransport({ host: '127.0.0.1', port: mailbox.smtpPort });
    await transporter.sendMail({
      from: 'sr@support.example',
      replyTo: address('note'),
      to: 'support@softco.example',
      subject: '[escalation:DA-2026-004217:1] Escalation',
      text: `- Acknowledge:\n  ${address('ack')}\n- Deliver a fix:\n  ${address('fix')}\n`,
      attachments: [{ filename: 'example.pdf', content: Buffer.from('%PDF') }],
    });
    const id = await firstId();
    const page = await (await fetch(url(`/messages/${id}`))).text();
    expect(page).toContain(`<option value="${address('ack')}">Acknowledge</option>`);
    expect(page).toContain('example.pdf (4 bytes)');
    for (const to of [address('ack'), address('fix'), address('note')]) {
      expect((await post(`/api/messages/${id}/answer`, { to, text: 'Install 4.2.1.' })).status).toBe(200);
    }
    expect(inbound.map(({ to }) => to)).toEqual([[address('ack')], [address('fix')], [address('note')]]);
    expect(inbound[0]?.from).toBe('support@softco.example');
    const elsewhere = await post(`/api/messages/${id}/answer`, { to: 'eve@evil.example', text: 'x' });
    expect(elsewhere.status).toBe(400);
    expect(inbound).toHaveLength(3);
  });

  it('answers as out of office, marked as automatic', async () => {
    await send();
    await post(`/api/messages/${await firstId()}/answer`, { kind: 'outOfOffice' });
    const mail = await simpleParser(inbound[0]?.raw ?? '');
    expect(mail.headers.get('auto-submitted')).toBe('auto-replied');
    expect(mail.subject).toMatch(/^Réponse automatique : /);
    expect(mail.text).toContain('absent');
  });

  it('bounces with a delivery report to the envelope sender', async () => {
    await send();
    await post(`/api/messages/${await firstId()}/answer`, { kind: 'bounce' });
    expect(inbound[0]).toMatchObject({ from: '', to: ['bounce+aaaaaaaaaaaaaaaaaaaaaaaa@support.example'] });
    const raw = inbound[0]?.raw ?? '';
    expect(raw).toMatch(/Content-Type: multipart\/report; report-type=delivery-status/);
    expect(raw).toContain('Final-Recipient: rfc822; camille@valombre.example\r\nAction: failed\r\nStatus: 5.1.1');
    expect(raw).toContain('Message-ID: <one@support.example>');
  });

  it('writes a new mail, and says what is wrong with one', async () => {
    const mail = { from: 'camille@valombre.example', to: 'sr@support.example', subject: 'Nouvelle panne', text: 'Aïe' };
    expect((await post('/api/write', mail)).status).toBe(200);
    expect((await simpleParser(inbound[0]?.raw ?? '')).text).toBe('Aïe\n');
    expect((await post('/api/write', { ...mail, to: 'x' })).status).toBe(400);
    const refused = await post('/api/write', { ...mail, to: 'nobody@support.example' });
    expect(refused.status).toBe(502);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('550') });
  });

  it('plays troubles for addresses that ask for them', async () => {
    await expect(send('refused.camille@valombre.example')).rejects.toMatchObject({ responseCode: 550 });
    await expect(send('busy@valombre.example')).rejects.toMatchObject({ responseCode: 451 });
    await expect(send('busy@valombre.example')).rejects.toMatchObject({ responseCode: 451 });
    await send('busy@valombre.example');
    expect(mailbox.messages()).toHaveLength(1);
  });

  it('keeps its mails over a restart', async () => {
    await send();
    const id = await firstId();
    await mailbox.close();
    mailbox = await start(1);
    expect(mailbox.messages()).toMatchObject([{ id, subject: '[DA-2026-004217] Panne <b>d’impression</b>' }]);
  });

  it('is closed to other pages and names', async () => {
    const foreign = await fetch(url('/api/write'), { method: 'POST', headers: { origin: 'http://evil.example' } });
    expect(foreign.status).toBe(403);
  });

  it('refuses to start in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await expect(start(1)).rejects.toThrow('development');
    vi.unstubAllEnvs();
  });
});
