import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLAIRE, createRelayWorld, DOMAIN, type RelayWorld } from '../support/relayWorld.ts';

const TO = `sr@${DOMAIN}`;

let world: RelayWorld;
beforeAll(async () => {
  world = await createRelayWorld();
  world.startRelay();
});
afterAll(() => world?.close());
beforeEach(() => world.pool.query('DELETE FROM inbound_mails'));

async function expectUntouched(number: string, before: string[]): Promise<void> {
  expect((await world.state(number)).status).toBe('waiting');
  expect(await world.timeline(number)).toEqual(before);
}

describe('automatic mail is recorded, and moves nothing', () => {
  it('an out-of-office reply to each reminder', async () => {
    const { number } = await world.openWaiting();
    const before = await world.timeline(number);
    const waitingSince = (await world.state(number)).waiting?.since ?? 0;
    for (const step of [1, 2, 3] as const) {
      const next = { what: step === 3 ? 'closing' : 'reminder' } as const;
      const sent = await world.sendOurs(number, {
        kind: 'reminder',
        step,
        waitingFor: 'information',
        waitingSince,
        next,
      });
      const marks: Record<string, string>[] = [
        { 'Auto-Submitted': 'auto-replied' },
        { 'X-Auto-Response-Suppress': 'All' },
        {},
      ];
      await world.deliver(
        world.answerTo(sent, {
          subject: `Réponse automatique : ${sent.subject}`,
          text: 'Je suis absente.',
          headers: marks[step - 1] ?? {},
        }),
      );
    }
    const rows = await world.settled(3);
    expect(rows.map(({ disposition, reason, number: of }) => [disposition, reason, of])).toEqual([
      ['automatic', 'autoSubmitted', number],
      ['automatic', 'responseSuppressed', number],
      ['automatic', 'subject', number],
    ]);
    await expectUntouched(number, before);
  });

  it('our own mail, sent back', async () => {
    const { number, sent } = await world.openWaiting();
    const before = await world.timeline(number);
    const raw = `From: Support <${TO}>\r\nTo: ${CLAIRE}\r\nSubject: ${sent.subject}\r\nMessage-ID: ${sent.messageId}\r\n\r\nQuelle version ?\r\n`;
    await world.deliver({ envelope: { from: CLAIRE, to: [sent.replyTo] }, raw });
    await world.deliver({ envelope: { from: CLAIRE, to: [TO] }, raw: raw.replace(TO, CLAIRE) });
    expect((await world.settled(2)).map(({ disposition, number: of }) => [disposition, of])).toEqual([
      ['own', number],
      ['own', number],
    ]);
    await expectUntouched(number, before);
  });

  it('a delay notice', async () => {
    const { number, sent } = await world.openWaiting();
    const before = await world.timeline(number);
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw: report(sent, 'delayed') });
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'automatic', reason: 'deliveryReport' });
    await expectUntouched(number, before);
  });
});

function report(sent: { readonly messageId: string; readonly bouncesTo: string }, action: string): string {
  return [
    'From: MAILER-DAEMON@mx.customer.test',
    `To: <${sent.bouncesTo}>`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b\r\nContent-Type: text/plain\r\n\r\nNo such user.',
    `--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; ${CLAIRE}\r\nAction: ${action}\r\nStatus: 5.1.1\r\n`,
    `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${sent.messageId}\r\n`,
    '--b--\r\n',
  ].join('\r\n');
}

describe('a bounce', () => {
  it('finds its mail, stops the cycle and tells staff, once', async () => {
    const { number, sent } = await world.openWaiting();
    const raw = report(sent, 'failed');
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw });
    await world.deliver({
      envelope: { from: '', to: [sent.bouncesTo] },
      raw: raw.replace('No such user', 'Still none'),
    });
    const rows = await world.settled(2);
    expect(rows).toMatchObject([
      { disposition: 'bounce', number },
      { disposition: 'bounce', number },
    ]);
    expect((await world.state(number)).tasks).toMatchObject([{ kind: 'correctAddress', effect: sent.key }]);
    expect((await world.timeline(number)).filter((type) => type === 'mailUndeliverable')).toHaveLength(1);
    const { rows: ours } = await world.pool.query('SELECT bounced_at FROM outbound_mails WHERE key = $1', [sent.key]);
    expect(ours).toEqual([{ bounced_at: new Date(rows[0]?.received_at.getTime() ?? 0) }]);
  });

  it('that came to support is found by the Message-ID in it', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver({ envelope: { from: '', to: [TO] }, raw: report(sent, 'failed') });
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'bounce', number });
    expect((await world.state(number)).tasks).toMatchObject([{ kind: 'correctAddress' }]);
  });

  it('of a mail to staff is noted, and is no matter of the customer’s address', async () => {
    const { number } = await world.openWaiting();
    const alert = await world.sendOurs(number, { kind: 'task', task: 'effectConflict' }, 'staff');
    await world.deliver({ envelope: { from: '', to: [alert.bouncesTo] }, raw: report(alert, 'failed') });
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'bounce', number });
    expect((await world.state(number)).tasks).toEqual([]);
  });

  it('of nothing that we know is recorded', async () => {
    const raw = report({ messageId: '<x@y.test>', bouncesTo: TO }, 'failed');
    await world.deliver({ envelope: { from: '', to: [TO] }, raw });
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'bounce', number: null });
  });
});
