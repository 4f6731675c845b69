import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailParser, type MailParser } from '../../mail/inbound/parse.ts';
import type { ParsedMail } from '../../mail/inbound/parsedMail.ts';
import { inboundContentHash } from '../../mail/inbound/rawMail.ts';

let parser: MailParser;
beforeAll(() => {
  parser = createMailParser({ timeMs: 3_000 });
});
afterAll(() => parser.close());

function message(headers: readonly string[], body = 'Hello\r\n'): Buffer {
  return Buffer.from([...headers, '', body].join('\r\n'));
}

async function parsed(raw: Buffer): Promise<ParsedMail> {
  const mail = await parser.parse(raw);
  if (!mail) throw new Error('nothing could be read');
  return mail;
}

const HTML = ['From: a@customer.example', 'Content-Type: text/html; charset=utf-8'];

describe('a message', () => {
  it('is read: sender, subject, threading, text without its quotation', async () => {
    const mail = await parsed(
      message(
        [
          'From: =?utf-8?q?Cl=C3=A9a?= <Clea@Customer.example>',
          'To: Support <sr@support.example>, x@y.example',
          'Cc: z@y.example',
          'Subject: =?utf-8?q?R=C3=A9_:_panne?=',
          'Message-ID: <3@customer.example>',
          'In-Reply-To: <2@support.example>',
          'References: <1@support.example>',
          ' <2@support.example>',
          'Content-Type: text/plain; charset=utf-8',
        ],
        'La 4.2.\r\n\r\nLe 20/11/2026 à 10:02, Support a écrit :\r\n> Quelle version ?\r\n',
      ),
    );
    expect(mail).toMatchObject({
      readable: true,
      from: ['clea@customer.example'],
      to: ['sr@support.example', 'x@y.example', 'z@y.example'],
      subject: 'Ré : panne',
      messageId: '<3@customer.example>',
      references: ['<2@support.example>', '<2@support.example>', '<1@support.example>'],
      newText: 'La 4.2.',
      report: undefined,
      html: undefined,
      attachments: [],
    });
    expect(mail.fullText).toContain('Quelle version ?');
  });

  it('cannot smuggle lines or NULs into what is stored', async () => {
    const mail = await parsed(
      message(['From: a@customer.example', 'Subject: =?utf-8?q?x=0D=0ABcc:_v=40y.example=00=F0?='], 'a\0b\r\n'),
    );
    expect(mail.subject).toMatch(/^x Bcc: v@y\.example/);
    expect(JSON.stringify(mail)).not.toMatch(/\\u0000|\\r\\nBcc/);
  });

  it('shows HTML without scripts, images, styles and odd links', async () => {
    const { html, newText } = await parsed(
      message(
        HTML,
        '<style>p{}</style><p onclick="x()">Hi<script>alert(1)</script><img src="http://track.example/1"><a href="javascript:x">a</a><a href="http://ok.example">b</a><iframe src="//x"></iframe></p>',
      ),
    );
    expect(html).toContain('<p>Hi');
    expect(html).toContain('href="http://ok.example"');
    expect(html).not.toMatch(/script|onclick|img|style|iframe|track/);
    expect(newText).toContain('Hi');
  });

  it('is given up after its time, and its headers are still read; the next one is read whole', async () => {
    const hostile = message([...HTML, 'Subject: Divs', 'Message-ID: <d@x>'], '<div>'.repeat(210_000));
    const began = Date.now();
    expect(await parsed(hostile)).toMatchObject({ readable: false, subject: 'Divs', messageId: '<d@x>', fullText: '' });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await parsed(message(['From: a@customer.example']))).toMatchObject({ readable: true, newText: 'Hello' });
  });

  it('is given up when it takes too much memory', async () => {
    const small = createMailParser({ timeMs: 15_000, heapMib: 24 });
    const rows = '<p>'.concat('x<b>y</b>'.repeat(1_500_000));
    expect(await small.parse(message([...HTML, 'Subject: Large'], rows))).toMatchObject({
      readable: false,
      subject: 'Large',
    });
    await small.close();
  }, 60_000);

  it('lists every attachment', async () => {
    const part = (index: number) =>
      `--b\r\nContent-Type: text/x-log\r\nContent-Disposition: attachment; filename="${index}.log"\r\n\r\nline\r\n`;
    const body = `${Array.from({ length: 40 }, (_, index) => part(index)).join('')}--b--\r\n`;
    const { attachments } = await parsed(
      message(['From: a@customer.example', 'Content-Type: multipart/mixed; boundary=b'], body),
    );
    expect(attachments).toHaveLength(40);
    expect(attachments[39]).toEqual({ name: '39.log', type: 'text/x-log', size: 4 });
  });

  it.each([
    ['failed', 'failed', 'message/rfc822'],
    ['delayed', 'delayed', 'text/rfc822-headers'],
    ['relayed', 'other', 'text/rfc822-headers'],
  ])('that reports "%s" says so, and of which mail', async (action, said, type) => {
    const body = [
      '--b\r\nContent-Type: text/plain\r\n\r\nSorry.',
      `--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; c@x\r\nAction: ${action}\r\nStatus: 5.1.1\r\n`,
      `--b\r\nContent-Type: ${type}\r\n\r\nSubject: s\r\nMessage-ID: <o@support.example>\r\n\r\nbody`,
      '--b--\r\n',
    ].join('\r\n');
    const type2 = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b';
    const { report } = await parsed(message(['From: mailer-daemon@mx.example', type2], body));
    expect(report).toEqual({ action: said, original: '<o@support.example>' });
    const attached = await parsed(message(['From: c@x.example', 'Content-Type: multipart/mixed; boundary=b'], body));
    expect(attached.report).toBeUndefined();
  });
});

describe('copies of a mail', () => {
  const mail = (trace: string, text = 'Hello') =>
    message([trace, 'From: a@customer.example', 'Subject: s', 'Message-ID: <1@x>'], text);
  const hash = (raw: Buffer, from = 'a@customer.example', to = ['sr@support.example']) =>
    inboundContentHash(raw, from, to).toString('hex');

  it('are recognised whatever servers added on the way, and by whichever address', () => {
    const first = hash(mail('Received: from mx1'));
    expect(hash(mail('Received: from mx2'), 'other@customer.example', ['x@support.example'])).toBe(first);
    expect(hash(mail('Received: from mx1', 'Other'))).not.toBe(first);
  });

  it('of a delivery report are told apart by their recipient', () => {
    expect(hash(mail('X: 1'), '', ['a@support.example'])).not.toBe(hash(mail('X: 1'), '', ['b@support.example']));
  });
});
