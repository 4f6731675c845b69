/** What was registered and left, and is started by the relay: over the real core and a real Postgres, without Temporal. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HotlineDoor } from '../../client/hotlineDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { storeContact } from '../../db/contracts.ts';
import { beginHotlineCall, listUnfollowedCalls, markHotlineCallFollowed } from '../../db/hotlineCalls.ts';
import { readInterventionRow, registerIntervention } from '../../db/interventions.ts';
import { markOpen, registerRequest } from '../../db/requests.ts';
import { storeText } from '../../db/texts.ts';
import { type OpeningsDeps, startOpenings } from '../../relay/openings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createCoreInterventionDoor } from '../support/interventionDoors.ts';
import { LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let pool: Pool;
const QUIET = { warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

/** A contract of its own, with a request in stage `opening`. */
async function incident(): Promise<{ reference: string; request: string }> {
  const reference = `E-${randomUUID().slice(0, 8)}`;
  await storeCreditContract(pool, reference, LEDGER_TERMS.E);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'It is slow.', who: 'staff:s-agent', channel: 'api' },
  });
  return { reference, request };
}

/** As the API registers it, and then ends. */
async function left({ reference, request }: { reference: string; request: string }, module?: string) {
  const commandId = randomUUID();
  await storeText(pool, { id: commandId, number: request, body: 'A new server.', author: 'staff:s-agent' });
  const id = await registerIntervention(pool, {
    ...{ request, termsVersion: 1, contact: `c-${reference}`, text: commandId, who: 'staff:s-agent', channel: 'api' },
    ...{ commandId, ...(module === undefined ? {} : { module }) },
  });
  if (!id) throw new Error('not registered');
  return { id, text: commandId };
}

const call = (request: string, beganAt = new Date()) =>
  beginHotlineCall(pool, { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt });

/** Lets a relay look until `done`; what it tried, in order. */
async function looking(done: (tried: string[]) => unknown, over: Partial<OpeningsDeps> = {}): Promise<string[]> {
  const tried: string[] = [];
  const core = createCoreInterventionDoor(pool);
  const openings = startOpenings({
    ...{ pool, log: QUIET, pauseMs: 20, afterSeconds: 0 },
    door: {
      async open(number) {
        tried.push(number);
        await markOpen(pool, number);
        return { number, version: 1, at: 0, status: 'registered' };
      },
    },
    interventions: {
      open(id) {
        tried.push(id);
        return core.open(id);
      },
    },
    calls: {
      async begin(id) {
        tried.push(id);
        await markHotlineCallFollowed(pool, id);
      },
    },
    ...over,
  });
  try {
    await until(async () => await done(tried));
  } finally {
    await openings.close();
  }
  return tried;
}

describe('an intervention that was left in opening', () => {
  it('is started after its request, once', async () => {
    const world = await incident();
    const { id } = await left(world);
    const tried = await looking(async () => (await readInterventionRow(pool, id))?.stage === 'open');
    expect(tried.filter((one) => one.includes(world.request))).toEqual([world.request, id]);
    expect((await readInterventionRow(pool, id))?.state?.status).toBe('studied');
  });

  it('is left to whoever registered it for a minute, and waits for its request', async () => {
    const world = await incident();
    const { id } = await left(world);
    const refusing = { open: () => Promise.reject(new Error('not yet')) };
    const other = await incident();
    await markOpen(pool, other.request);
    const young = await left(other);
    expect(await looking(() => true, { door: refusing, afterSeconds: 60 })).not.toContain(young.id);
    expect(await looking(() => true, { door: refusing })).not.toContain(id);
    expect((await readInterventionRow(pool, id))?.stage).toBe('opening');
    expect((await readInterventionRow(pool, young.id))?.stage).toBe('open');
  });

  it('that is refused goes, with its text, and is not tried for ever', async () => {
    const world = await incident();
    await markOpen(pool, world.request);
    const { id, text } = await left(world, 'noSuchModule');
    const tried = await looking(async () => (await readInterventionRow(pool, id)) === undefined);
    expect(tried.filter((one) => one === id)).toHaveLength(1);
    expect((await pool.query('SELECT FROM texts WHERE id = $1', [text])).rowCount).toBe(0);
    // Its number is free again, and its workflow's id was never used.
    const next = await left(world);
    expect(next.id).toBe(id);
    await looking(async () => (await readInterventionRow(pool, id))?.stage === 'open');
  });
});

describe('a call whose workflow was never started', () => {
  it('is started, once; the next day again while it is not over or owes units', async () => {
    const { request } = await incident();
    await markOpen(pool, request);
    const id = await call(request);
    if (!id) throw new Error('no call');
    expect(await listUnfollowedCalls(pool, 60, 100)).not.toContain(id);
    const tried = await looking(async (so) => so.includes(id));
    expect(tried.filter((one) => one === id)).toHaveLength(1);
    expect(await listUnfollowedCalls(pool, 0, 100)).not.toContain(id);
    await pool.query("UPDATE hotline_calls SET followed_at = now() - interval '25 hours' WHERE id = $1", [id]);
    expect(await listUnfollowedCalls(pool, 60, 100)).toContain(id);
    await pool.query(
      `UPDATE hotline_calls SET ended_at = now(), seconds = 60, free_seconds = 60, unit = 'timeUnit', units = 0,
         debited_at = now() WHERE id = $1`,
      [id],
    );
    expect(await listUnfollowedCalls(pool, 0, 100)).not.toContain(id);
  });

  it('waits while Temporal is away', async () => {
    const { request } = await incident();
    await markOpen(pool, request);
    const id = await call(request);
    let isAway = true;
    const begin: HotlineDoor['begin'] = async (one) => {
      if (isAway) throw new Unavailable('Temporal');
      await markHotlineCallFollowed(pool, one);
    };
    await looking(
      async () => {
        isAway = false;
        return !(await listUnfollowedCalls(pool, 0, 100)).includes(id ?? 'hotline::0');
      },
      { calls: { begin } },
    );
  });
});
