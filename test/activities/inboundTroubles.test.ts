import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailDoor } from '../../client/mailDelivery.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { claimUndecided, claimUndelivered, insertInboundMail } from '../../db/inboundMails.ts';
import { createPool } from '../../db/pool.ts';
import { Refusal } from '../../domain/failures.ts';
import { inboundContentHash } from '../../mail/inbound/rawMail.ts';
import { startOpenings } from '../../relay/openings.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { CLAIRE, createRelayWorld, DOMAIN, type RelayWorld } from '../support/relayWorld.ts';
import { until } from '../support/until.ts';

const TO = `sr@${DOMAIN}`;

let world: RelayWorld;
beforeAll(async () => {
  world = await createRelayWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.store = (mail) => insertInboundMail(world.pool, mail);
  await world.pool.query('DELETE FROM inbound_mails');
});
afterEach(async () => {
  world.door.away = undefined;
  await world.stopRelays();
});

async function answers(number: string): Promise<number> {
  return (await world.timeline(number)).filter((type) => type === 'answered').length;
}

/** The door, but for one way through it. */
function doorWith(over: Partial<MailDoor>): MailDoor {
  return { ...world.door, ...over };
}

describe('nothing is lost and nothing counts twice', () => {
  it('when the listener dies between the commit and the 250', async () => {
    const { number, sent } = await world.openWaiting();
    world.store = async (mail) => {
      await insertInboundMail(world.pool, mail);
      throw new Error('died');
    };
    const mail = world.answerTo(sent, { messageId: '<again@customer.test>', date: new Date(0) });
    await expect(world.deliver(mail)).rejects.toMatchObject({ responseCode: 451 });
    world.store = (kept) => insertInboundMail(world.pool, kept);
    await world.deliver(mail);
    world.startRelay();
    expect((await world.settled(2)).map(({ disposition }) => disposition)).toEqual(['answer', 'duplicate']);
    expect(await answers(number)).toBe(1);
  });

  it('when a relay dies with a mail that it has not decided', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent));
    expect(await claimUndecided(world.pool, 0.3)).toMatchObject({ attempts: 1 });
    expect(await claimUndecided(world.pool, 0.3)).toBeUndefined();
    world.startRelay();
    await world.settled(1);
    expect(await answers(number)).toBe(1);
  });

  it('when a decision takes longer than the lease, of which another relay knows nothing', async () => {
    const { number, sent } = await world.openWaiting();
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    world.lookup = async () => {
      await gate;
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    };
    for (let relay = 0; relay < 2; relay += 1) world.startRelay({ leaseSeconds: 1 });
    const raw = Buffer.from(`From: ${CLAIRE}\r\nTo: ${sent.replyTo}\r\nSubject: x\r\n\r\nLa 4.2.\r\n`);
    await insertInboundMail(world.pool, {
      envelopeFrom: CLAIRE,
      envelopeTo: [sent.replyTo],
      remoteIp: '203.0.113.9',
      helo: 'mx.customer.test',
      raw,
      contentHash: inboundContentHash(raw, CLAIRE, [sent.replyTo]),
    });
    const keptUntil = async () => {
      const { rows } = await world.pool.query<{ at: Date }>(
        'SELECT next_attempt_at AS at FROM inbound_mails WHERE attempts > 0',
      );
      return rows[0]?.at.getTime();
    };
    const first = await until(keptUntil);
    await until(async () => ((await keptUntil()) ?? 0) > first + 1_000);
    expect((await world.received())[0]?.attempts).toBe(1);
    letGo();
    await world.settled(1);
    expect(await answers(number)).toBe(1);
  });

  it('when a relay dies with a mail that it has not delivered', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent));
    world.startRelay({ door: doorWith({ answer: () => Promise.reject(new Error('died')) }) });
    await until(async () => (await world.received())[0]?.disposition === 'answer');
    await world.stopRelays();
    expect(await answers(number)).toBe(0);
    world.startRelay();
    await world.settled(1);
    expect(await answers(number)).toBe(1);
  });

  it('when the answer of Temporal is lost, again and again', async () => {
    const { number, sent } = await world.openWaiting();
    await world.deliver(world.answerTo(sent));
    world.door.away = 'after';
    world.startRelay();
    await until(async () => ((await world.received())[0]?.attempts ?? 0) >= 3);
    world.door.away = undefined;
    await world.settled(1);
    expect(await answers(number)).toBe(1);
  });

  it('when a relay dies after it registered a request', async () => {
    const before = await world.requests();
    await world.deliver({ from: CLAIRE, to: TO, subject: 'Panne', text: 'Aïe' });
    world.startRelay({ door: doorWith({ open: () => Promise.reject(new Unavailable('Temporal')) }) });
    await until(async () => (await world.received())[0]?.disposition === 'opening');
    await world.stopRelays();
    expect(await world.requests()).toHaveLength(before.length + 1);
    world.startRelay();
    const [row] = await world.settled(1);
    expect((await world.state(row?.number ?? '')).status).toBe('registered');
    expect(await world.requests()).toHaveLength(before.length + 1);
  });

  it('when several relays work at once on copies and on different mails', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => world.openWaiting()));
    const sending = all.flatMap(({ sent }, index) => {
      const mail = world.answerTo(sent, { messageId: `<m${index}@customer.test>`, date: new Date(0) });
      return [1, 2, 3].map(() => world.deliver(mail));
    });
    for (let relay = 0; relay < 3; relay += 1) world.startRelay();
    await Promise.all(sending);
    const rows = await world.settled(18);
    expect(rows.filter(({ disposition }) => disposition === 'answer')).toHaveLength(6);
    expect(rows.filter(({ disposition }) => disposition === 'duplicate')).toHaveLength(12);
    for (const { number } of all) expect(await answers(number)).toBe(1);
  });

  it('when Postgres breaks every connection', async () => {
    const { number, sent } = await world.openWaiting();
    world.startRelay();
    await world.pool
      .query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
      .catch(() => undefined);
    await until(() => world.deliver(world.answerTo(sent)).then(() => true));
    const rows = await until(async () => {
      const now = await world.received();
      return now.length > 0 && now.every(({ stage }) => stage === 'relayed') ? now : false;
    });
    expect(rows[0]).toMatchObject({ disposition: 'answer', number });
  });
});

describe('while Temporal is away', () => {
  it('mails wait in their order, and other requests do not wait for one', async () => {
    const stuck = await world.openWaiting();
    const free = await world.openWaiting();
    const attempts: string[] = [];
    const answer: MailDoor['answer'] = async (number, signal) => {
      if (number === stuck.number) {
        attempts.push(signal.commandId);
        if (attempts.length < 4) throw new Unavailable('Temporal');
      }
      return await world.door.answer(number, signal);
    };
    await world.deliver(world.answerTo(stuck.sent, { text: 'un' }));
    await world.deliver(world.answerTo(stuck.sent, { text: 'deux' }));
    await world.deliver(world.answerTo(free.sent));
    world.startRelay({ door: doorWith({ answer }) });
    await until(async () => (await answers(free.number)) === 1);
    expect(await answers(stuck.number)).toBe(0);
    const rows = await world.settled(3);
    const [first, second] = rows.map(({ id }) => `mail:${id}`);
    expect(attempts).toEqual([first, first, first, first, second]);
  });

  it('a mail is still taken and decided', async () => {
    const { sent } = await world.openWaiting();
    world.door.away = 'before';
    world.startRelay();
    await world.deliver(world.answerTo(sent));
    await until(async () => (await world.received())[0]?.disposition === 'answer');
    expect((await world.received())[0]?.stage).toBe('received');
  });
});

describe('an answer', () => {
  it('to a request that was closed too long ago opens one that goes on from it, once', async () => {
    const { number, sent } = await world.openWaiting();
    let asked = 0;
    const answer: MailDoor['answer'] = async () => {
      asked += 1;
      return 'expired';
    };
    let opened = 0;
    const open: MailDoor['open'] = async (linked) => {
      opened += 1;
      if (opened === 1) throw new Unavailable('Temporal');
      return await world.door.open(linked);
    };
    await world.deliver(world.answerTo(sent, { subject: 'Re: encore' }));
    world.startRelay({ door: doorWith({ answer, open }) });
    const [row] = await world.settled(1);
    expect(row).toMatchObject({ disposition: 'opening', contact: 'claire' });
    expect(row?.number).not.toBe(number);
    expect(await world.state(row?.number ?? '')).toMatchObject({
      previous: number,
      contact: 'claire',
      status: 'registered',
    });
    expect([asked, opened]).toEqual([1, 2]);
  });

  it('that its request refuses for good goes to staff', async () => {
    const { number, sent } = await world.openWaiting();
    const answer: MailDoor['answer'] = () => Promise.reject(new Refusal('ValidationFailed', 'no'));
    await world.deliver(world.answerTo(sent));
    world.startRelay({ door: doorWith({ answer }) });
    expect((await world.settled(1))[0]).toMatchObject({ disposition: 'unverified', reason: 'refused', number });
    expect((await world.state(number)).tasks).toMatchObject([{ kind: 'lookAtMessage' }]);
  });
});

it('a mail that always fails is left to a person, and holds nobody up', async () => {
  const { number, sent } = await world.openWaiting();
  const parse = () => Promise.reject(new TypeError('defect'));
  await world.deliver(world.answerTo(sent));
  world.startRelay({ parser: { parse } });
  await until(async () => ((await world.received())[0]?.attempts ?? 0) >= 2);
  await world.stopRelays();
  await world.pool.query(`UPDATE inbound_mails SET attempts = 5, next_attempt_at = now()`);
  await world.deliver(world.answerTo(sent, { text: 'next' }));
  world.startRelay();
  const rows = await world.settled(2);
  expect(rows).toMatchObject([
    { disposition: 'unmatched', reason: 'undecidable' },
    { disposition: 'answer', number },
  ]);
});

it('a request that was left in opening is started', async () => {
  await world.deliver({ from: CLAIRE, to: TO, subject: 'Panne', text: 'Aïe' });
  const gone = doorWith({ open: () => Promise.reject(new Unavailable('Temporal')) });
  world.startRelay({ door: gone });
  const row = await until(async () => (await world.received()).find(({ number }) => number !== null));
  await world.stopRelays();
  const log = { warn: () => undefined, error: () => undefined };
  const never = () => Promise.reject(new Error('there is none'));
  const doors = { door: world.door, interventions: { open: never }, calls: { begin: never } };
  const early = startOpenings({ pool: world.pool, ...doors, log, pauseMs: 20 });
  const calls = world.door.calls.length;
  await early.close();
  expect(world.door.calls).toHaveLength(calls);
  const openings = startOpenings({ pool: world.pool, ...doors, log, pauseMs: 20, afterSeconds: 0 });
  await until(async () => (await world.state(row.number ?? '')).status === 'registered');
  await openings.close();
});

it('the process drains and ends with 0 on SIGTERM, and takes mail while Temporal is away', async () => {
  const [port = 0] = await freePorts(1);
  const { rows } = await world.pool.query('SELECT current_database() AS name');
  const url = (world.pool.options.connectionString ?? '').replace(/\/[^/]*$/, `/${rows[0].name}`);
  const relay = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../../relay/main.ts', import.meta.url))],
    {
      env: {
        ...process.env,
        DATABASE_URL: url,
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        INBOUND_HOST: '127.0.0.1',
        INBOUND_PORT: String(port),
        MAIL_DOMAIN: DOMAIN,
        TOKEN_KEYS: `k1:${'07'.repeat(32)}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  relay.stdout.on('data', (chunk) => {
    said += chunk;
  });
  try {
    await until(() => said.includes('relay ready'), { timeoutMs: 20_000 });
    const { number, sent } = await world.openWaiting();
    const transporter = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    await transporter.sendMail(world.answerTo(sent));
    transporter.close();
    await until(async () => (await world.received())[0]?.disposition === 'answer', { timeoutMs: 20_000 });
    expect((await world.received())[0]).toMatchObject({ stage: 'received', number });
  } finally {
    relay.kill('SIGTERM');
  }
  const [code] = await once(relay, 'exit');
  expect(code).toBe(0);
  expect(said).toContain('relay drained');
  const refused = connect(port, '127.0.0.1');
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
}, 60_000);

it('a claim is for one relay at a time', async () => {
  const { sent } = await world.openWaiting();
  await world.deliver(world.answerTo(sent));
  const claims = await Promise.all(Array.from({ length: 5 }, () => claimUndecided(world.pool, 5)));
  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  expect(await claimUndelivered(world.pool, 5, 10)).toEqual([]);
  const other = createPool({
    connectionString: world.pool.options.connectionString ?? '',
    log: { warn: () => undefined },
  });
  expect(await claimUndecided(other, 5)).toBeUndefined();
  await other.end();
});
