import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { inboundContentHash } from '../../mail/inbound/rawMail.ts';
import { PUBLISHER_ACTIONS } from '../../mail/tokens.ts';
import { createPublisherWorld, KIM, type PublisherWorld, type SentToPublisher } from '../support/publisherWorld.ts';
import { CLAIRE, DOMAIN, KEYS } from '../support/relayWorld.ts';

const QUOTED = '\n\nOn 20 November 2026 at 10:02, Support wrote:\n> The package\n';

let world: PublisherWorld;
beforeAll(async () => {
  world = await createPublisherWorld();
  world.startRelay({ escalations: world.escalations });
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.told.length = 0;
  world.escalationsAway = undefined;
  world.lookup = async () => {
    throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  };
  await world.pool.query('DELETE FROM inbound_mails');
});

const writing = (sent: SentToPublisher, action: keyof SentToPublisher['to'], text: string, from = KIM) => ({
  from,
  to: sent.to[action],
  subject: `Re: ${sent.subject}`,
  inReplyTo: sent.messageId,
  references: [sent.messageId],
  text: `${text}${QUOTED}`,
});
const toldOf = () => world.told.map(({ what }) => what);
const only = async (count = 1) => {
  const rows = await world.settled(count);
  return rows.at(-1);
};
const filed = async () => {
  const { rows } = await world.pool.query(
    'SELECT disposition, reason, number, escalation, publisher_person AS person, action FROM inbound_mails ORDER BY received_at, id',
  );
  return rows;
};

describe('an action address', () => {
  it('of acknowledgement acknowledges, with a number of ours, at the instant at which the mail was taken', async () => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    const mail = await only();
    expect(await filed()).toEqual([
      {
        disposition: 'publisherAction',
        reason: null,
        number: null,
        escalation: id,
        person: 'kim',
        action: 'acknowledge',
      },
    ]);
    expect(world.told).toEqual([
      {
        what: 'acknowledge',
        escalation: id,
        payload: {
          ...{ sr: 'SR-2026-000001', srIssuedBy: 'distributor', who: 'publisher:kim', channel: 'mail' },
          ...{ receivedAt: mail?.received_at.getTime(), commandId: `mail:${mail?.id}` },
        },
      },
    ]);
  });

  it('of acknowledgement keeps what was written with it, as a note', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', 'We are on it. Our case is 4711.'));
    const mail = await only();
    expect(toldOf()).toEqual(['acknowledge', 'note']);
    expect(world.told[1]?.payload).toMatchObject({ mail: mail?.id, who: 'publisher:kim' });
  });

  it.each([
    ['ask', 'waiting'],
    ['deliverWorkaround', 'workaroundDelivered'],
    ['deliverFix', 'resolved'],
  ] as const)('of %s acknowledges first, and passes on the new text alone', async (action, status) => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, action, 'Install 4.2.1.\nThen restart.'));
    const mail = await only();
    expect(toldOf()).toEqual(['acknowledge', action]);
    expect(await world.status(id)).toBe(status);
    const { payload } = world.told[1] ?? { payload: {} };
    expect(payload).toMatchObject({ who: 'publisher:kim', commandId: `mail:${mail?.id}`, text: mail?.id });
    expect(await world.textOf(mail?.id ?? '')).toBe('Install 4.2.1.\nThen restart.');
  });

  it('takes the publisher’s own address for the publisher', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', '', 'Support@SoftCo.test'));
    await only();
    expect(world.told[0]?.payload).toMatchObject({ who: 'publisher:softco' });
  });

  it('without a text asks and delivers nothing: a person looks', async () => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'deliverFix', ''));
    await only();
    expect(toldOf()).toEqual(['holdMessage']);
    expect(await world.status(id)).toBe('sent');
    expect((await filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'noText' });
  });

  it('refused by the state becomes a note with a task, and its text goes', async () => {
    const { id, sent } = await world.openEscalation();
    await world.setStatus(id, 'waiting');
    await world.deliver(writing(sent, 'deliverFix', 'Install 4.2.1.'));
    const mail = await only();
    expect(toldOf()).toEqual(['holdMessage']);
    expect((await filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'refused', escalation: id });
    expect(await world.textOf(mail?.id ?? '')).toBeUndefined();
  });

  it('of an escalation that is over leaves the mail to staff', async () => {
    const { id, sent } = await world.openEscalation();
    await world.setStatus(id, 'withdrawn');
    await world.deliver(writing(sent, 'deliverFix', 'Install 4.2.1.'));
    await only();
    expect(toldOf()).toEqual([]);
    expect((await filed())[0]).toMatchObject({ disposition: 'publisherNote', reason: 'ended', escalation: id });
  });

  it('two of them in one mail name no intent', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver({ ...writing(sent, 'ask', 'Which?'), to: [sent.to.ask, sent.to.deliverFix] });
    await only();
    expect(toldOf()).toEqual(['holdMessage']);
    expect((await filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'severalActions' });
  });

  it('counts once, however often the same mail comes and whatever fails', async () => {
    const { id, sent } = await world.openEscalation();
    const mail = {
      ...writing(sent, 'deliverFix', 'Install 4.2.1.'),
      messageId: '<once@softco.test>',
      date: new Date(0),
    };
    world.escalationsAway = 'after';
    for (let i = 0; i < 5; i++) await world.deliver(mail);
    world.escalationsAway = undefined;
    await world.settled(5);
    expect(toldOf()).toEqual(['acknowledge', 'deliverFix']);
    expect(await world.status(id)).toBe('resolved');
    expect((await filed()).map(({ disposition }) => disposition).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'duplicate'),
      'publisherAction',
    ]);
  });
});

describe('a mail that is no act', () => {
  it.each([
    ['another publisher’s person', 'oz@other.test'],
    ['somebody who has left', 'lee@softco.test'],
    ['a stranger', 'eve@evil.test'],
    ['a customer', CLAIRE],
  ])('is held for a person when it is from %s', async (_who, from) => {
    const { id, number, sent } = await world.openEscalation();
    const before = await world.timeline(number);
    for (const action of PUBLISHER_ACTIONS) await world.deliver(writing(sent, action, `Text for ${action}.`, from));
    await world.settled(PUBLISHER_ACTIONS.length);
    expect(new Set(toldOf())).toEqual(new Set(['holdMessage']));
    expect(await world.status(id)).toBe('sent');
    expect(await world.timeline(number)).toEqual(before);
    for (const row of await filed()) {
      expect(row).toMatchObject({ disposition: 'unverified', reason: 'stranger', number: null, escalation: id });
    }
  });

  it('is held when its server is one that the sender’s domain excludes', async () => {
    const { id, sent } = await world.openEscalation();
    world.lookup = async (name, type) => {
      if (name === 'softco.test' && type === 'TXT') return [['v=spf1 ip4:198.51.100.7 -all']];
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    };
    const envelopeTo = [sent.to.acknowledge];
    const raw = Buffer.from(`From: ${KIM}\r\nTo: ${sent.to.acknowledge}\r\nSubject: x\r\n\r\nYes.\r\n`);
    await insertInboundMail(world.pool, {
      envelopeFrom: KIM,
      envelopeTo,
      remoteIp: '203.0.113.9',
      helo: 'mx.evil.test',
      raw,
      contentHash: inboundContentHash(raw, KIM, envelopeTo),
    });
    await only();
    expect((await filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'notAuthentic', escalation: id });
    expect(toldOf()).toEqual(['holdMessage']);
  });

  it('is held when its token is forged, was given for another action, or by a key that is gone', async () => {
    const { id, sent } = await world.openEscalation();
    const old = await world.sendToPublisher(id, [{ id: 'k0', key: Buffer.alloc(32, 9) }]);
    const forged = [`sr+ack.${'a'.repeat(24)}@${DOMAIN}`, sent.to.note.replace('note', 'fix'), old.to.deliverFix];
    for (const to of forged) await world.deliver({ ...writing(sent, 'note', 'Install it.'), to });
    await world.settled(3);
    for (const row of await filed()) {
      expect(row).toMatchObject({ disposition: 'unverified', reason: 'badToken', escalation: id });
    }
    expect(toldOf()).toEqual(['holdMessage', 'holdMessage', 'holdMessage']);
    expect(KEYS).toHaveLength(1);
  });

  it('is recorded when a machine sent it: an out-of-office reply acknowledges nothing, whatever its address', async () => {
    const { id, sent } = await world.openEscalation();
    for (const action of PUBLISHER_ACTIONS) {
      await world.deliver({
        ...writing(sent, action, 'I am away.'),
        headers: { 'Auto-Submitted': 'auto-replied' },
      });
    }
    await world.deliver({ ...writing(sent, 'acknowledge', 'I am away.'), subject: 'Out of office: Re' });
    await world.settled(6);
    expect(toldOf()).toEqual([]);
    expect(await world.status(id)).toBe('sent');
    for (const row of await filed())
      expect(row).toMatchObject({ disposition: 'automatic', escalation: id, number: null });
  });

  it('tells the escalation that a mail of ours came back, once', async () => {
    const { id, sent } = await world.openEscalation();
    const raw = [
      'From: MAILER-DAEMON@softco.test',
      `To: ${sent.bouncesTo}`,
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; softco.test',
      '',
      'Final-Recipient: rfc822; support@softco.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b--',
      '',
    ].join('\r\n');
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw });
    await world.deliver({ envelope: { from: '', to: [sent.bouncesTo] }, raw: raw.replace('Undelivered', 'Returned') });
    await world.settled(2);
    expect(world.told).toHaveLength(1);
    expect(world.told[0]).toMatchObject({
      what: 'mailBounced',
      escalation: id,
      payload: { key: sent.key, order: { kind: 'escalated', priority: 'p2' } },
    });
  });
});

describe('a plain reply', () => {
  it.each([
    ['to the address for replies', (sent: SentToPublisher) => ({ to: sent.to.note })],
    ['on the thread', (sent: SentToPublisher) => ({ to: `sr@${DOMAIN}`, references: [sent.messageId], subject: 'Re' })],
    ['that quotes the id', (sent: SentToPublisher) => ({ to: `sr@${DOMAIN}`, references: [], subject: sent.subject })],
    [
      'to where bounces go',
      (sent: SentToPublisher) => ({ to: sent.bouncesTo.replace('bounce', 'sr'), references: [] }),
    ],
  ])('%s is a note and a task, whatever its words', async (_how, over) => {
    const { id, sent } = await world.openEscalation();
    const plain = { from: KIM, text: 'We acknowledge. The fix is 4.2.1.', subject: 'x', references: [] as string[] };
    await world.deliver({ ...plain, ...over(sent) });
    const mail = await only();
    expect(await filed()).toEqual([
      { disposition: 'publisherNote', reason: null, number: null, escalation: id, person: 'kim', action: null },
    ]);
    expect(world.told).toEqual([
      { what: 'holdMessage', escalation: id, payload: { mail: mail?.id, receivedAt: mail?.received_at.getTime() } },
    ]);
    expect(await world.status(id)).toBe('sent');
  });

  it('that quotes the SR finds its escalation, for that publisher alone', async () => {
    const { id } = await world.openEscalation();
    await world.pool.query(`UPDATE escalations SET sr = 'CASE-88123', sr_issued_by = 'publisher' WHERE id = $1`, [id]);
    const mail = { to: `sr@${DOMAIN}`, subject: 'News on case-88123', text: 'See below.' };
    await world.deliver({ ...mail, from: KIM });
    await world.deliver({ ...mail, from: 'oz@other.test', subject: 'CASE-88123' });
    await world.deliver({ ...mail, from: KIM, subject: 'News on CASE-881234' });
    await world.settled(3);
    expect((await filed()).map(({ disposition, escalation, reason }) => [disposition, escalation, reason])).toEqual([
      ['publisherNote', id, null],
      ['unmatched', null, 'noEscalation'],
      ['unmatched', null, 'noEscalation'],
    ]);
  });
});

describe('an SR of ours in a subject', () => {
  it.each([
    [KIM, 'publisherNote', null],
    ['jane@softco.test', 'unverified', 'stranger'],
  ] as const)('from %s is filed on its escalation', async (from, disposition, reason) => {
    const { id, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    await only();
    const sr = String(world.told[0]?.payload.sr);
    await world.deliver({ from, to: `sr@${DOMAIN}`, subject: `About ${sr.toLowerCase()}`, text: 'See the log.' });
    await only(2);
    expect((await filed())[1]).toMatchObject({ disposition, reason, escalation: id });
  });

  it('from a customer is nothing but words', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    await only();
    const sr = String(world.told[0]?.payload.sr);
    await world.deliver({ from: CLAIRE, to: `sr@${DOMAIN}`, subject: `${sr}?`, text: 'What is that?' });
    await only(2);
    expect((await filed())[1]).toMatchObject({ disposition: 'opening', escalation: null });
  });
});

describe('the two sides’ threads', () => {
  it('are kept apart: a publisher answers no customer’s mail', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent, { from: KIM }));
    await only();
    expect((await filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'stranger', number });
    expect((await world.state(number)).status).toBe('waiting');
  });

  it('a customer who answers while it is escalated reaches the request, not the publisher', async () => {
    const { number } = await world.openEscalation();
    const sent = await world.ask(number);
    await world.deliver(world.answerTo(sent));
    await only();
    expect((await filed())[0]).toMatchObject({ disposition: 'answer', number, escalation: null });
    expect(toldOf()).toEqual([]);
  });

  it('a mail with addresses of both moves neither', async () => {
    const { id, number, sent } = await world.openEscalation();
    const asked = await world.ask(number);
    await world.deliver({ ...writing(sent, 'acknowledge', 'Yes.'), to: [sent.to.acknowledge, asked.replyTo] });
    await only();
    expect((await filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'severalRequests', escalation: id });
    expect((await world.state(number)).status).toBe('waiting');
    expect(await world.status(id)).toBe('sent');
  });

  it('a publisher opens no request', async () => {
    await world.pool.query(
      `INSERT INTO contacts (id, contract, name, email, language, trained) VALUES ('kim-c', 'ONE', 'Kim', $1, 'en', true)
       ON CONFLICT DO NOTHING`,
      [KIM],
    );
    const before = await world.requests();
    await world.deliver({ from: KIM, to: `sr@${DOMAIN}`, subject: 'News', text: 'Our new version.' });
    await only();
    expect((await filed())[0]).toMatchObject({ disposition: 'unmatched', reason: 'noEscalation', person: 'kim' });
    expect(await world.requests()).toEqual(before);
  });
});

describe('a door that is away', () => {
  it('is waited for: nothing is lost, and nothing counts twice', async () => {
    const { sent } = await world.openEscalation();
    world.escalationsAway = 'before';
    await world.deliver(writing(sent, 'ask', 'Which version?'));
    await world.deliver(writing(sent, 'note', 'And the log, please.'));
    await expect
      .poll(async () => (await world.received()).filter(({ attempts }) => attempts > 1).length)
      .toBeGreaterThan(0);
    expect(toldOf()).toEqual([]);
    world.escalationsAway = undefined;
    await world.settled(2);
    expect(toldOf()).toEqual(['acknowledge', 'ask', 'holdMessage']);
  });
});
