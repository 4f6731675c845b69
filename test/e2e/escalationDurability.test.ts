/** Runs, workers and the mail server are taken away at every step of an escalation: it ends as if nothing had happened. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReports } from '../../relay/reports.ts';
import { startSendings } from '../../relay/sendings.ts';
import { allMailed, go, STEPS } from '../support/durableLife.ts';
import { createDurableWorld, type Drafted, type DurableWorld, type Told } from '../support/durableWorld.ts';
import { until } from '../support/until.ts';

const SILENT = { warn: () => undefined, error: () => undefined };

/** Every mail of a life. */
const MAILS = [
  'customer acknowledgement accepted',
  'customer escalated accepted',
  'customer escalationAcknowledged accepted',
  'customer fix accepted',
  'customer fix accepted',
  'customer production accepted',
  'customer receipt accepted',
  'publisher accepted accepted',
  'publisher escalated accepted',
  'publisher provided accepted',
  'publisher rejected accepted',
  'staff publisherTask accepted',
];

let world: DurableWorld;
let relay: { close(): Promise<void> }[];
/** How a life goes that nothing disturbs. */
let undisturbed: Told;

beforeAll(async () => {
  world = await createDurableWorld();
  const { pool, door, escalations } = world;
  relay = [
    startReports({ pool, door, log: SILENT, pauseMs: 50 }),
    startSendings({ pool, door, escalations, log: SILENT, afterSeconds: 2, pauseMs: 200 }),
  ];
  const life = await world.drafted();
  await go(world, life);
  await allMailed(world, life, MAILS.length);
  undisturbed = await world.told(life);
});
afterAll(async () => {
  await Promise.all(relay?.map((loop) => loop.close()) ?? []);
  await world?.close();
});

/** The life has ended as an undisturbed one does, and told nobody anything twice. */
async function endsUndisturbed(life: Drafted): Promise<void> {
  await allMailed(world, life, undisturbed.mails.length);
  expect(await world.told(life)).toEqual(undisturbed);
}

/** A life for each step, which waits before it. */
async function lifeBeforeEach(): Promise<Drafted[]> {
  return await Promise.all(
    STEPS.map(async (_step, index) => {
      const life = await world.drafted();
      await go(world, life, { to: index });
      return life;
    }),
  );
}

it('a life that nothing disturbs is told to each side once', () => {
  expect(undisturbed.escalation).toEqual([
    'sent',
    'acknowledged',
    'asked',
    'provided',
    'fixDelivered',
    'rejected',
    'fixDelivered',
    'accepted',
  ]);
  expect(undisturbed.mails).toEqual(MAILS);
});

describe.concurrent('ends the same when at each step', () => {
  it('the escalation’s run is lost, and the next command or verdict makes it again', async () => {
    const life = await world.drafted();
    await go(world, life, {
      async heard({ name }) {
        if (name !== 'accepted') await world.escalation(life.id).terminate('lost');
      },
    });
    await endsUndisturbed(life);
  });

  it('the escalation’s run is lost before it has told anybody, and is made again by hand', async () => {
    const life = await world.drafted();
    await go(world, life, {
      async answered({ name, isHeard }) {
        // Verdicts are with the request yet, and the beginning.
        if (name === 'sent' || name === 'rejected' || name === 'accepted') await until(() => isHeard(world, life));
        // The last one may have ended it already.
        await world
          .escalation(life.id)
          .terminate('lost')
          .catch(() => undefined);
        await world.escalations.revive(life.id);
      },
    });
    await endsUndisturbed(life);
  });

  it('the request’s run is lost, and whoever has something for it makes it again', async () => {
    const life = await world.drafted();
    const lose = () => world.request(life.number).terminate('lost');
    const isItsOwn = (name: string) => ['sent', 'rejected', 'accepted'].includes(name);
    await go(world, life, {
      async answered({ name }) {
        if (!isItsOwn(name)) return;
        await lose();
        // Nobody has anything for a request whose verdict is on its way: it is made again by hand.
        if (name !== 'sent') await world.door.revive(life.number);
      },
      // The next report or command finds it gone.
      heard: async ({ name }) => void (isItsOwn(name) || (await lose())),
    });
    await endsUndisturbed(life);
  });
});

describe('ends the same when, at one step of each of many lives,', () => {
  it('the worker vanishes with what it has in hand', async () => {
    const lives = await lifeBeforeEach();
    const before = world.begun;
    const going = Promise.all(lives.map((life, index) => go(world, life, { from: index, to: index + 1 })));
    await until(() => world.begun >= before + STEPS.length / 2);
    await world.killWorker();
    await going;
    await Promise.all(lives.map((life, index) => go(world, life, { from: index + 1 })));
    for (const life of lives) await endsUndisturbed(life);
  });

  it('the mail server is down', async () => {
    const lives = await lifeBeforeEach();
    world.isMailDown = true;
    const { rows } = await world.pool.query<{ since: Date }>('SELECT clock_timestamp() AS since');
    await Promise.all(lives.map((life, index) => go(world, life, { from: index, to: index + 1 })));
    const ordered = await world.pool.query<{ status: string }>(
      'SELECT DISTINCT status FROM outbound_mails WHERE created_at > $1',
      [rows[0]?.since],
    );
    expect(ordered.rows).toEqual([{ status: 'waiting' }]);
    world.isMailDown = false;
    await Promise.all(lives.map((life, index) => go(world, life, { from: index + 1 })));
    for (const life of lives) await endsUndisturbed(life);
  });
});

it('no mail has come twice, and each escalation has one SR: none was allocated in vain', async () => {
  const taken = world.taken();
  expect(taken.length).toBe(new Set(taken).size);
  const { rows } = await world.pool.query<{ allocated: number; issued: number }>(
    `SELECT (SELECT sum(last) FROM sr_numbers)::integer AS allocated,
            (SELECT count(DISTINCT sr) FROM escalations WHERE sr IS NOT NULL)::integer AS issued`,
  );
  expect(rows[0]?.allocated).toBe(rows[0]?.issued);
  const { rows: orders } = await world.pool.query('SELECT FROM outbound_mails WHERE status = $1', ['accepted']);
  expect(taken.length).toBe(orders.length);
});
