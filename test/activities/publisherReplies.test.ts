import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceOf } from '../../domain/escalation/reference.ts';
import {
  createPublisherWorld,
  KIM,
  type PublisherWorld,
  type SentToPublisher,
  writing,
} from '../support/publisherWorld.ts';
import { CLAIRE, DOMAIN } from '../support/relayWorld.ts';

let world: PublisherWorld;
beforeAll(async () => {
  world = await createPublisherWorld();
  world.startRelay({ escalations: world.escalations });
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.told.length = 0;
  world.escalationsAway = undefined;
  await world.pool.query('DELETE FROM inbound_mails');
});

describe('a plain reply', () => {
  it.each([
    ['to the address for replies', (sent: SentToPublisher) => ({ to: sent.to.note })],
    ['on the thread', (sent: SentToPublisher) => ({ to: `sr@${DOMAIN}`, references: [sent.messageId], subject: 'Re' })],
    [
      'that quotes its reference',
      (sent: SentToPublisher) => ({ to: `sr@${DOMAIN}`, references: [], subject: sent.subject }),
    ],
    [
      'to where bounces go',
      (sent: SentToPublisher) => ({ to: sent.bouncesTo.replace('bounce', 'sr'), references: [] }),
    ],
  ])('%s is a note and a task, whatever its words', async (_how, over) => {
    const { id, sent } = await world.openEscalation();
    const plain = { from: KIM, text: 'We acknowledge. The fix is 4.2.1.', subject: 'x', references: [] as string[] };
    await world.deliver({ ...plain, ...over(sent) });
    const mail = await world.only();
    expect(await world.filed()).toEqual([
      { disposition: 'publisherNote', reason: null, number: null, escalation: id, person: 'kim', action: null },
    ]);
    expect(world.told).toEqual([
      { what: 'holdMessage', escalation: id, payload: { mail: mail.id, receivedAt: mail.received_at.getTime() } },
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
    expect(
      (await world.filed()).map(({ disposition, escalation, reason }) => [disposition, escalation, reason]),
    ).toEqual([
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
    await world.only();
    const sr = String(world.told[0]?.payload.sr);
    await world.deliver({ from, to: `sr@${DOMAIN}`, subject: `About ${sr.toLowerCase()}`, text: 'See the log.' });
    await world.only(2);
    expect((await world.filed())[1]).toMatchObject({ disposition, reason, escalation: id });
  });

  it.each(['SR', 'number'])('does not turn a customer’s answer into a publisher’s mail (%s)', async (what) => {
    const { id, number, sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    await world.only();
    const subject = what === 'SR' ? `${world.told[0]?.payload.sr} and ${number}` : referenceOf(id, null);
    await world.deliver({ from: CLAIRE, to: `sr@${DOMAIN}`, subject, text: 'It still fails.' });
    await world.only(2);
    expect((await world.filed())[1]).toMatchObject({ disposition: 'answer', number, escalation: null });
  });

  it('from a customer is nothing but words', async () => {
    const { sent } = await world.openEscalation();
    await world.deliver(writing(sent, 'acknowledge', ''));
    await world.only();
    const sr = String(world.told[0]?.payload.sr);
    await world.deliver({ from: CLAIRE, to: `sr@${DOMAIN}`, subject: `${sr}?`, text: 'What is that?' });
    await world.only(2);
    expect((await world.filed())[1]).toMatchObject({ disposition: 'opening', escalation: null });
  });
});

describe('the two sides’ threads', () => {
  it('are kept apart: a publisher answers no customer’s mail', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent, { from: KIM }));
    await world.only();
    expect((await world.filed())[0]).toMatchObject({ disposition: 'unverified', reason: 'stranger', number });
    expect((await world.state(number)).status).toBe('waiting');
  });

  it('a customer who answers while it is escalated reaches the request, not the publisher', async () => {
    const { number } = await world.openEscalation();
    const sent = await world.ask(number);
    await world.deliver(world.answerTo(sent));
    await world.only();
    expect((await world.filed())[0]).toMatchObject({ disposition: 'answer', number, escalation: null });
    expect(world.toldOf()).toEqual([]);
  });

  it('a mail with addresses of both moves neither', async () => {
    const { id, number, sent } = await world.openEscalation();
    const asked = await world.ask(number);
    await world.deliver({ ...writing(sent, 'acknowledge', 'Yes.'), to: [sent.to.acknowledge, asked.replyTo] });
    await world.only();
    expect((await world.filed())[0]).toMatchObject({
      disposition: 'unverified',
      reason: 'severalRequests',
      escalation: id,
    });
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
    await world.only();
    expect((await world.filed())[0]).toMatchObject({ disposition: 'unmatched', reason: 'noEscalation', person: 'kim' });
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
    expect(world.toldOf()).toEqual([]);
    world.escalationsAway = undefined;
    await world.settled(2);
    expect(world.toldOf()).toEqual(['acknowledge', 'ask', 'holdMessage']);
  });
});
