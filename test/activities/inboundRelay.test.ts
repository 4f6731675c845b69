import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeContact } from '../../db/contracts.ts';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { inboundContentHash } from '../../mail/inbound/rawMail.ts';
import { CLAIRE, createRelayWorld, DOMAIN, type RelayWorld } from '../support/relayWorld.ts';

const TO = `sr@${DOMAIN}`;
const nothing = async () => {
  throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
};

let world: RelayWorld;
beforeAll(async () => {
  world = await createRelayWorld();
  world.startRelay();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.lookup = nothing;
  await world.pool.query('DELETE FROM inbound_mails');
});

describe('an answer', () => {
  it('by its token ends the waiting, at the instant at which it was received, as its contact’s', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent));
    const [row] = await world.settled(1);
    expect(row).toMatchObject({
      disposition: 'answer',
      stage: 'relayed',
      number,
      contact: 'claire',
      body_new: 'La 4.2.',
    });
    expect(row?.body_full).toContain('Quelle version ?');
    const state = await world.state(number);
    expect(state.status).toBe('inProgress');
    const { rows } = await world.pool.query(
      `SELECT at, who, channel, mail_id FROM timeline WHERE number = $1 AND type = 'answered'`,
      [number],
    );
    expect(rows).toEqual([
      { at: new Date(row?.received_at.getTime() ?? 0), who: 'contact:claire', channel: 'mail', mail_id: row?.id },
    ]);
  });

  it('is found by the mail it answers, and by the number in its subject', async () => {
    const one = await world.openWaiting();
    await world.deliver(world.answerTo(one.sent, { to: TO, subject: 'Re: quelle version' }));
    const two = await world.openWaiting();
    const bare = {
      from: 'Claire <CLAIRE@Customer.test>',
      to: TO,
      subject: `re : ${two.number.toLowerCase()} panne`,
      text: 'La 4.2.',
    };
    await world.deliver(bare);
    const rows = await world.settled(2);
    expect(rows.map(({ disposition, number }) => [disposition, number])).toEqual([
      ['answer', one.number],
      ['answer', two.number],
    ]);
  });

  it('counts once, however often it comes', async () => {
    const { number, sent } = await world.openWaiting();
    const mail = world.answerTo(sent, { messageId: '<same@customer.test>', date: new Date(0) });
    await Promise.all([1, 2, 3].map(() => world.deliver(mail)));
    await world.deliver({ ...mail, to: TO, envelope: { from: CLAIRE, to: [TO] } });
    await world.deliver(mail);
    const rows = await world.settled(5);
    // One of them came to another of our addresses.
    expect(rows.map(({ disposition }) => disposition).sort()).toEqual([
      'answer',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    expect((await world.timeline(number)).filter((type) => type === 'answered')).toHaveLength(1);
  });

  it('counts once without a Message-ID, too', async () => {
    const { number, sent } = await world.openWaiting();
    const raw = `From: ${CLAIRE}\r\nTo: ${sent.replyTo}\r\nSubject: Re: x\r\n\r\nLa 4.2.\r\n`;
    for (let copy = 0; copy < 5; copy += 1)
      await world.deliver({ envelope: { from: CLAIRE, to: [sent.replyTo] }, raw });
    const rows = await world.settled(5);
    expect(rows.filter(({ disposition }) => disposition === 'answer')).toHaveLength(1);
    expect((await world.timeline(number)).filter((type) => type === 'answered')).toHaveLength(1);
  });

  it('keeps the order of several to one request', async () => {
    const { number, sent } = await world.openWaiting();
    for (const text of ['un', 'deux', 'trois', 'quatre']) await world.deliver(world.answerTo(sent, { text }));
    const rows = await world.settled(4);
    const { rows: told } = await world.pool.query(
      `SELECT mail_id FROM timeline WHERE number = $1 AND type = 'answered' ORDER BY seq`,
      [number],
    );
    expect(told.map(({ mail_id }) => mail_id)).toEqual(rows.map(({ id }) => id));
  });
});

describe('a mail that is not to be believed is held, and moves nothing', () => {
  async function expectHeld(number: string, reason: string): Promise<void> {
    const rows = await world.settled(1);
    expect(rows[0]).toMatchObject({ disposition: 'unverified', reason, number, stage: 'relayed' });
    const state = await world.state(number);
    expect(state.status).toBe('waiting');
    expect(state.tasks).toMatchObject([{ kind: 'lookAtMessage', mail: rows[0]?.id }]);
    expect(await world.timeline(number)).not.toContain('answered');
  }

  it('from a stranger who knows the number, or the whole mail', async () => {
    const one = await world.openWaiting();
    await world.deliver({ from: 'eve@evil.test', to: TO, subject: `Re: [${one.number}]`, text: 'Clôturez.' });
    await expectHeld(one.number, 'stranger');
    await world.pool.query('DELETE FROM inbound_mails');
    const two = await world.openWaiting();
    await world.deliver(world.answerTo(two.sent, { from: 'eve@evil.test' }));
    await expectHeld(two.number, 'stranger');
  });

  it('from the contact of another contract', async () => {
    const { number, sent } = await world.openWaiting();
    const id = randomUUID();
    const other = {
      id,
      contract: 'TWO',
      name: 'Other',
      email: `${id}@customer.test`,
      language: 'fr',
      trained: true,
    } as const;
    await storeContact(world.pool, other);
    await world.deliver(world.answerTo(sent, { from: other.email }));
    await expectHeld(number, 'stranger');
  });

  it('with the token of another contact', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent, { from: 'max@customer.test' }));
    await expectHeld(number, 'otherContact');
  });

  it('with a token that was tampered with', async () => {
    const { number, sent } = await world.openWaiting();
    const at = sent.replyTo.indexOf('@') - 1;
    const to = sent.replyTo.slice(0, at) + (sent.replyTo[at] === 'a' ? 'b' : 'a') + sent.replyTo.slice(at + 1);
    await world.deliver(world.answerTo(sent, { to }));
    await expectHeld(number, 'badToken');
  });

  it('with a token whose row says something else than was signed', async () => {
    const { number, sent } = await world.openWaiting();
    await world.pool.query(`UPDATE outbound_mails SET recipient = 'contact:max' WHERE key = $1`, [sent.key]);
    await world.deliver(world.answerTo(sent, { from: 'max@customer.test' }));
    await expectHeld(number, 'badToken');
  });

  it('to two requests at once', async () => {
    const one = await world.openWaiting();
    const two = await world.openWaiting();
    await world.deliver(world.answerTo(one.sent, { to: [one.sent.replyTo, two.sent.replyTo] }));
    await expectHeld(one.number, 'severalRequests');
  });

  it('with two senders, or a sender’s name that is an address', async () => {
    const one = await world.openWaiting();
    await world.deliver(
      world.answerTo(one.sent, {
        from: undefined,
        envelope: { from: 'eve@evil.test', to: one.sent.replyTo },
        headers: { From: `${CLAIRE}, eve@evil.test` },
      }),
    );
    await expectHeld(one.number, 'noSender');
    await world.pool.query('DELETE FROM inbound_mails');
    const two = await world.openWaiting();
    await world.deliver(world.answerTo(two.sent, { from: `"${CLAIRE}" <eve@evil.test>` }));
    await expectHeld(two.number, 'stranger');
  });

  it('from a server that the sender’s domain excludes', async () => {
    const { number, sent } = await world.openWaiting();
    world.lookup = async (name, type) =>
      name === 'customer.test' && type === 'TXT' ? [['v=spf1 ip4:198.51.100.7 -all']] : await nothing();
    const raw = Buffer.from(`From: ${CLAIRE}\r\nTo: ${sent.replyTo}\r\nSubject: x\r\n\r\nLa 4.2.\r\n`);
    await insertInboundMail(world.pool, {
      envelopeFrom: CLAIRE,
      envelopeTo: [sent.replyTo],
      remoteIp: '203.0.113.9',
      helo: 'mx.evil.test',
      raw,
      contentHash: inboundContentHash(raw, CLAIRE, [sent.replyTo]),
    });
    await expectHeld(number, 'notAuthentic');
    // The genuine copy still counts.
    await world.deliver({ envelope: { from: CLAIRE, to: [sent.replyTo] }, raw });
    expect((await world.settled(2)).map(({ disposition }) => disposition)).toEqual(['unverified', 'answer']);
    expect((await world.state(number)).status).toBe('inProgress');
  });

  it('that cannot be read within the limits', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent, { text: undefined, html: '<div>'.repeat(210_000) }));
    const rows = await world.settled(1);
    expect(rows[0]).toMatchObject({ disposition: 'unverified', reason: 'unreadable', stage: 'unreadable', number });
    expect((await world.state(number)).tasks).toMatchObject([{ kind: 'lookAtMessage' }]);
    await world.deliver(world.answerTo(sent, { text: 'next' }));
    expect((await world.settled(2))[1]).toMatchObject({ disposition: 'answer' });
  });
});

describe('a new mail', () => {
  it('of a contact opens a request, with the instant at which it was received', async () => {
    const before = await world.requests();
    await world.deliver({
      from: CLAIRE,
      to: TO,
      subject: 'Plan vide',
      text: 'Le plan est vide.\n\n> cité\n',
      messageId: '<new@customer.test>',
    });
    const [row] = await world.settled(1);
    const [number = ''] = (await world.requests()).filter((one) => !before.includes(one));
    expect(row).toMatchObject({ disposition: 'opening', number, contact: 'claire' });
    const state = await world.state(number);
    expect(state).toMatchObject({ contact: 'claire', contract: 'ONE', registeredAt: row?.received_at.getTime() });
    const { rows } = await world.pool.query(
      'SELECT r.subject, r.priority, r.opening, t.body FROM requests r JOIN texts t ON t.number = r.number WHERE r.number = $1',
      [number],
    );
    expect(rows).toMatchObject([
      { subject: 'Plan vide', opening: { mail: row?.id, who: 'contact:claire', channel: 'mail' } },
    ]);
    expect(rows[0]?.body).toContain('> cité');
  });

  it('without subject and text opens one that says so', async () => {
    await world.deliver({ from: 'max@customer.test', to: TO });
    const [row] = await world.settled(1);
    const { rows } = await world.pool.query('SELECT subject FROM requests WHERE number = $1', [row?.number]);
    expect(rows).toEqual([{ subject: 'Demande reçue par mail, sans objet' }]);
  });

  it('cannot bring header lines into ours', async () => {
    await world.deliver({
      envelope: { from: CLAIRE, to: [TO] },
      raw: `From: ${CLAIRE}\r\nTo: ${TO}\r\nSubject: =?utf-8?q?Panne=0D=0ABcc:_eve=40evil.test=00?=\r\n\r\nx\r\n`,
    });
    const [row] = await world.settled(1);
    const { rows } = await world.pool.query('SELECT subject FROM requests WHERE number = $1', [row?.number]);
    expect(rows).toEqual([{ subject: 'Panne Bcc: eve@evil.test' }]);
  });

  it.each([
    ['a stranger', 'eve@evil.test', {}, { disposition: 'unmatched', reason: 'stranger' }],
    ['a contact of two contracts', 'both@customer.test', {}, { disposition: 'unmatched', reason: 'severalContracts' }],
    [
      'a contact without training',
      'uma@customer.test',
      {},
      { disposition: 'unverified', reason: 'untrained', contact: 'uma' },
    ],
    [
      'a number that there is not',
      CLAIRE,
      { subject: 'DA-2026-999999' },
      { disposition: 'unmatched', reason: 'unknownNumber' },
    ],
    [
      'a token that was never given',
      CLAIRE,
      { to: `sr+abcdefghijklmnopqrstuv23@${DOMAIN}` },
      { disposition: 'unmatched', reason: 'badToken' },
    ],
  ])('from %s waits for a person', async (_who, from, over, expected) => {
    const before = await world.requests();
    await world.deliver({ from, to: TO, subject: 'Panne', text: 'Aïe', ...over });
    expect((await world.settled(1))[0]).toMatchObject({ ...expected, number: null, stage: 'relayed' });
    expect(await world.requests()).toEqual(before);
  });

  it('that says again what opened a request on that day, as a machine does that answers the receipt, opens no other', async () => {
    const before = await world.requests();
    const mail = { from: CLAIRE, to: TO, subject: 'Thank you', text: 'We have received your mail.' };
    for (const count of [1, 2, 3]) await world.deliver({ ...mail, messageId: `<echo-${count}@customer.test>` });
    await world.deliver({ ...mail, text: 'The same subject with another text.' });
    expect((await world.settled(4)).map(({ disposition, reason }) => reason ?? disposition)).toEqual([
      'opening',
      'repeated',
      'repeated',
      'opening',
    ]);
    expect(await world.requests()).toHaveLength(before.length + 2);
  });

  it('is the last of its contact on that day when it is the 20th', async () => {
    await storeContact(world.pool, {
      id: 'busy',
      contract: 'TWO',
      name: 'Busy',
      email: 'busy@customer.test',
      language: 'en',
      trained: true,
    });
    for (let count = 1; count <= 21; count += 1) {
      await world.deliver({ from: 'busy@customer.test', to: TO, subject: `Fault ${count}`, text: 'x' });
    }
    const rows = await world.settled(21);
    expect(rows.slice(0, 20).every(({ disposition }) => disposition === 'opening')).toBe(true);
    expect(rows[20]).toMatchObject({ disposition: 'unverified', reason: 'tooMany', contact: 'busy', number: null });
    // On the next day there is room again.
    await world.pool.query(`UPDATE inbound_mails SET received_at = received_at - interval '25 hours'`);
    await world.deliver({ from: 'busy@customer.test', to: TO, subject: 'Fault 22', text: 'x' });
    expect((await world.settled(22)).at(-1)).toMatchObject({ disposition: 'opening' });
  });
});

it('writes no address, subject or text into the log', () => {
  expect(world.logged.length).toBeGreaterThan(10);
  expect(world.logged.join('\n')).not.toMatch(/customer\.test|evil\.test|Panne|version|absente/);
});
