/** What transitions leave in Postgres: in any order, any number of times; and numbers when many open at once. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestActivities } from '../../activities/requests.ts';
import { openingInput } from '../../client/requestInput.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { readContract, storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { loadDemonstration } from '../../db/demonstration.ts';
import { createPool } from '../../db/pool.ts';
import { allocateNumber, listUnopened, type NewRequest, readRequestRow, registerRequest } from '../../db/requests.ts';
import { readTimeline } from '../../db/timeline.ts';
import type { RequestEvent, Windows } from '../../domain/events.ts';
import { packSave, type RequestSave } from '../../domain/packing.ts';
import { type Advance, advance, openRequest } from '../../domain/request.ts';
import { rulesOf } from '../../domain/rules.ts';
import { type DerivedView, deriveView, joinView, type RequestView } from '../../domain/view.ts';
import type { SupportRequestInput } from '../../workflows/messages.ts';
import { termsOf } from '../support/apiWorld.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let pool: Pool;

const REQUEST: NewRequest = {
  contract: 'ONE',
  zone: 'Europe/Paris',
  termsVersion: 1,
  contact: 'c-one',
  language: 'fr',
  priority: 'blocking',
  subject: 'Empty list',
  description: 'Every time.',
  who: 'staff:s-agent',
  channel: 'api',
};

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  const terms = termsOf(anomalySupport({ customer: 'Customer One', provider: 'Support Example' }));
  await storeContract(pool, { reference: 'ONE', terms });
  await storeTerms(pool, 'ONE', 1, '2026-01-01', terms);
  const contact = { id: 'c-one', contract: 'ONE', name: 'One', email: 'one@customer.test' };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Says nothing about failures that the tests want. */
const activityEnvironment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

/** What a save is packed from. */
type Save = Pick<RequestSave, 'seq' | 'entries' | 'state'> & { readonly derived: DerivedView };

/** A request's saves, in the order in which the core ordered them. */
async function life(...events: readonly Omit<RequestEvent, 'at' | 'who' | 'channel'>[]): Promise<Save[]> {
  const number = await registerRequest(pool, REQUEST);
  const row = await readRequestRow(pool, number);
  if (!row) throw new Error('not registered');
  const now = Date.now();
  const input = await openingInput(pool, row, now);
  const saves: Save[] = [];
  let result = openRequest(number, { ...row.opening, type: 'open', at: now }, rulesOf(input));
  saves.push(...savesOf(result, input));
  for (const [index, event] of events.entries()) {
    const whole = { ...event, at: now + index + 1, who: 'staff:s-agent', channel: 'api' } as RequestEvent;
    result = advance(result.state, whole, rulesOf(input));
    saves.push(...savesOf(result, input));
  }
  return saves;
}

function savesOf({ state, effects }: Advance, input: SupportRequestInput): Save[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'save') return [];
    const { seq, entries } = effect;
    const pending = state.pending.filter(({ kind }) => kind !== 'save');
    return [{ seq, entries, state: { ...state, pending }, derived: deriveView(state, rulesOf(input)) }];
  });
}

async function save(input: Save | undefined): Promise<void> {
  if (!input) throw new Error('there is no such save');
  await activityEnvironment().run(
    createRequestActivities({ pool }).saveRequest,
    packSave(input, input.state, input.derived),
  );
}

function viewIn(saved: Save | undefined): RequestView | undefined {
  return saved && joinView(saved.state, saved.derived);
}

async function told(number: string): Promise<string[]> {
  const lines = await readTimeline(pool, number, 'staff', { limit: 100 });
  return lines.map(({ seq, type }) => `${seq} ${type}`);
}

describe('saves of one request', () => {
  let saves: Save[];
  let number: string;
  beforeEach(async () => {
    saves = await life(
      { type: 'acknowledge' },
      { type: 'assign', assignee: 'staff:s-agent' } as never,
      {
        type: 'refuse',
        exclusion: 'training',
      } as never,
    );
    number = saves[0]?.state.number ?? '';
    expect(saves).toHaveLength(4);
  });

  const LINES = ['1 opened', '2 acknowledged', '3 assigned', '4 refused'];

  it.each([
    ['in order', [0, 1, 2, 3]],
    ['in reverse', [3, 2, 1, 0]],
    ['mixed', [2, 0, 3, 1]],
    ['each twice', [0, 0, 1, 1, 2, 2, 3, 3]],
    ['all again at the end', [0, 1, 2, 3, 0, 1, 2, 3]],
  ])('%s leave the same', async (_order, order) => {
    for (const index of order) await save(saves[index]);
    const row = await readRequestRow(pool, number);
    expect(row).toMatchObject({ version: 4, stage: 'open', state: saves[3]?.state, view: viewIn(saves[3]) });
    expect(await told(number)).toEqual(LINES);
    const { rows } = await pool.query(
      'SELECT status, assignee, next_due_at, reopen_until FROM requests WHERE number = $1',
      [number],
    );
    expect(rows[0]).toMatchObject({ status: 'closed', assignee: 'staff:s-agent', next_due_at: null });
    expect(rows[0].reopen_until.getTime()).toBe(saves[3]?.derived.reopenUntil);
  });

  it('all at once, each five times, leave the same', async () => {
    await Promise.all([...saves, ...saves, ...saves, ...saves, ...saves].reverse().map(save));
    expect((await readRequestRow(pool, number))?.version).toBe(4);
    expect(await told(number)).toEqual(LINES);
  });

  it('with a lower version change the timeline only', async () => {
    await save(saves[3]);
    await save(saves[0]);
    expect((await readRequestRow(pool, number))?.view?.status).toBe('closed');
    expect(await told(number)).toEqual(['1 opened', '4 refused']);
  });

  it('issued again by a later run bring the newer state with the same entries', async () => {
    await save(saves[1]);
    const [, second, , last] = saves;
    if (!second || !last) throw new Error('there are four');
    await save({ ...second, state: last.state, derived: last.derived });
    expect((await readRequestRow(pool, number))?.version).toBe(4);
    expect(await told(number)).toEqual(['2 acknowledged']);
  });

  it('of one version: the one with the later event stays', async () => {
    const [first] = saves;
    if (!first) throw new Error('there are four');
    const later = { ...first, state: { ...first.state, lastAt: first.state.lastAt + 5, pending: [] } };
    await save(later);
    await save(first);
    expect((await readRequestRow(pool, number))?.state).toEqual(later.state);
  });

  it('with the key of another are an EffectConflict, for good, and change nothing', async () => {
    await save(saves[0]);
    const [first, second] = saves;
    if (!first || !second) throw new Error('there are four');
    await expect(save({ ...first, entries: second.entries })).rejects.toMatchObject({
      type: 'EffectConflict',
      nonRetryable: true,
    });
    expect((await readRequestRow(pool, number))?.version).toBe(1);
    expect(await told(number)).toEqual(['1 opened']);
  });

  it('of a request that is not there fail, to be tried again', async () => {
    const [first] = saves;
    if (!first) throw new Error('there are four');
    const failing = save({ ...first, state: { ...first.state, number: 'DA-2000-000001' } });
    await expect(failing).rejects.toThrow('no request');
    await expect(failing).rejects.not.toHaveProperty('nonRetryable');
  });
});

describe('numbers', () => {
  it('are all different when many open at once', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 50 }, () => allocateNumber(pool, 'Europe/Paris', Date.now())),
    );
    expect(new Set(numbers).size).toBe(50);
  });

  it('bear the year of the contract’s zone', async () => {
    const newYearsEve = Date.parse('2026-12-31T23:30:00Z');
    expect(await allocateNumber(pool, 'Europe/Paris', newYearsEve)).toMatch(/^DA-2027-\d{6}$/);
    expect(await allocateNumber(pool, 'UTC', newYearsEve)).toMatch(/^DA-2026-\d{6}$/);
  });
});

describe('a registration', () => {
  it('leaves a row to be opened, with its text; nothing when what belongs to it fails', async () => {
    const commandId = randomUUID();
    const number = await registerRequest(pool, { ...REQUEST, commandId });
    const row = await readRequestRow(pool, number);
    expect(row).toMatchObject({ stage: 'opening', version: 0, state: null, view: null });
    expect(row?.opening).toMatchObject({ text: commandId, commandId, contact: 'c-one', priority: 'blocking' });
    expect(JSON.stringify(row?.opening)).not.toContain(REQUEST.subject);
    const { rows } = await pool.query('SELECT body FROM texts WHERE id = $1', [commandId]);
    expect(rows).toEqual([{ body: REQUEST.description }]);

    const lost = randomUUID();
    const failing = registerRequest(pool, { ...REQUEST, commandId: lost }, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    const after = await pool.query('SELECT FROM texts WHERE id = $1', [lost]);
    expect(after.rowCount).toBe(0);
  });

  it('is listed for the relay once it has waited', async () => {
    const number = await registerRequest(pool, REQUEST);
    expect(await listUnopened(pool, 60, 1_000)).not.toContain(number);
    await pool.query("UPDATE requests SET created_at = now() - interval '61 seconds' WHERE number = $1", [number]);
    expect(await listUnopened(pool, 60, 1_000)).toContain(number);
  });
});

describe('opening hours further ahead', () => {
  it('are built from the stored terms, from the instant asked for', async () => {
    const now = Date.parse('2026-11-20T10:00:00Z');
    const from = Date.parse('2026-10-01T08:00:00Z');
    const { extendWindows } = createRequestActivities({ pool, now: () => now });
    const asked = { contract: 'ONE', termsVersion: 1, from };
    const windows = (await activityEnvironment().run(extendWindows, asked)) as Windows;
    expect(windows.support?.from).toBeLessThanOrEqual(from);
    expect(windows.support?.until).toBeGreaterThan(now + 28 * 86_400_000);
  });
});

describe('the demonstration', () => {
  it('is the same at a second start, tokens included; a token of before is replaced', async () => {
    const first = await loadDemonstration(pool);
    expect(first.contracts.map(({ reference }) => reference)).toEqual([
      'DEMO-ANOMALY',
      'DEMO-SECONDS',
      'DEMO-PREPAID',
      'DEMO-HOSTING',
    ]);
    expect(await loadDemonstration(pool, first.tokens)).toEqual(first);
    const other = await loadDemonstration(pool, { ...first.tokens, agent: first.tokens.customer });
    expect(other.tokens.agent).not.toBe(first.tokens.agent);
    expect(other.tokens.customer).toBe(first.tokens.customer);
  });

  it('puts its terms in force as a new version over those of an older release, once', async () => {
    const ofDemonstration = async () => await readContract(pool, 'DEMO-ANOMALY');
    await loadDemonstration(pool);
    const { version = 0, terms } = (await ofDemonstration()) ?? {};
    await pool.query(
      `UPDATE contract_terms SET terms = jsonb_set(terms::jsonb, '{channels}', '{"mail":{"opens":"always"}}') WHERE contract = 'DEMO-ANOMALY'`,
    );
    await loadDemonstration(pool);
    await loadDemonstration(pool);
    expect(await ofDemonstration()).toMatchObject({ version: version + 1, terms });
  });

  it('refuses to load in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    try {
      await expect(loadDemonstration(pool)).rejects.toThrow('production');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
