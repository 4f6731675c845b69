/** Requests that are told of new opening hours, over the real core and a real Postgres; without Temporal. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestActivities } from '../../activities/requests.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { announceClosure, takeClosureBack } from '../../db/closures.ts';
import { claimOlderHours, countHours, REQUEST_HOURS } from '../../db/olderHours.ts';
import { createPool } from '../../db/pool.ts';
import { readRequestRow, registerRequest } from '../../db/requests.ts';
import { saveRequestState } from '../../db/saveRequest.ts';
import { readTimeline } from '../../db/timeline.ts';
import type { Windows } from '../../domain/events.ts';
import { openingDays } from '../../domain/openingDays.ts';
import {
  type OpeningHoursDeps,
  type OpeningHoursTeller,
  startOpeningHours,
  toldRequests,
} from '../../relay/openingHours.ts';
import { storeAdmitting } from '../support/closureTerms.ts';
import { type CoreDoor, createCoreDoor } from '../support/coreDoor.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let pool: Pool;
let door: CoreDoor;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  door = createCoreDoor(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A contract of its own for a test; its calendar is `<reference>.support`. */
async function contract(reference: string): Promise<{ calendar: string; open: () => Promise<string> }> {
  await storeAdmitting(pool, reference);
  return {
    calendar: `${reference}.support`,
    async open() {
      const number = await registerRequest(pool, {
        ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: `c-${reference}`, language: 'fr' },
        ...{ priority: 'blocking', subject: 'S', description: 'D', who: 'staff:s-agent', channel: 'api' },
      });
      await door.open(number);
      return number;
    },
  };
}

/** Closes from an hour on, for a day's length. */
async function announce(calendar: string, from = Date.now() + HOUR_MS): Promise<string> {
  const id = randomUUID();
  const now = Date.now();
  const when = { from, to: from + DAY_MS };
  await announceClosure(pool, {
    ...{ id, calendar, when, reason: 'Stocktaking', announcedAt: now, enteredAt: now, by: 'staff:s-supervisor' },
  });
  return id;
}

type RequestsDoor = Parameters<typeof toldRequests>[0];

async function telling(
  work: (teller: OpeningHoursTeller) => Promise<unknown>,
  { door: other = door, ...deps }: Partial<OpeningHoursDeps & { door: RequestsDoor }> = {},
) {
  const teller = startOpeningHours({ pool, told: [toldRequests(other)], log: QUIET, pauseMs: 50, ...deps });
  try {
    await work(teller);
  } finally {
    await teller.close();
  }
}

const counted = (calendar: string) => countHours(pool, REQUEST_HOURS, calendar);
const areNewest = (calendar: string) => until(async () => (await counted(calendar)).older === 0);
const changes = async (number: string) =>
  (await readTimeline(pool, number, 'staff', { limit: 100 })).filter(({ type }) => type === 'openingHoursChanged');
const told = (number: string) => pool.query('SELECT FROM hours_told WHERE number = $1', [number]);

describe('open requests', () => {
  it('are told once of each version, those opened meanwhile too, and their timelines say what moved', async () => {
    const { calendar, open } = await contract('ONE');
    const numbers = await Promise.all([open(), open(), open()]);
    const calls = door.calls.length;
    await telling(async () => {
      const id = await announce(calendar);
      await areNewest(calendar);
      numbers.push(await open());
      await takeClosureBack(
        pool,
        { id, calendar },
        { at: Date.now(), by: 'staff:s-supervisor', commandId: randomUUID() },
      );
      await areNewest(calendar);
    });
    const [first = '', , , last = ''] = numbers;
    const lines = await changes(first);
    expect(lines.map(({ seq, facts }) => `${seq} ${facts.clock}`)).toEqual([
      ...['2 acknowledgement', '2 workaround', '3 acknowledgement', '3 workaround'],
    ]);
    const [, announced, , takenBack] = lines.map(({ facts }) => facts);
    expect((announced?.dueAt ?? 0) - (announced?.dueWas ?? 0)).toBe(DAY_MS);
    expect(takenBack).toEqual({ clock: 'workaround', dueWas: announced?.dueAt, dueAt: announced?.dueWas });
    // It was opened with the closure: only the taking back is news to it.
    expect(new Set((await changes(last)).map(({ seq }) => seq)).size).toBe(1);
    const tellings = door.calls.slice(calls).filter((call) => call === 'openingHoursChanged');
    expect(tellings).toHaveLength(3 + 4);
    expect(await counted(calendar)).toEqual({ newest: 4, older: 0 });
    // Whoever looks next removes the claims that the first relay left.
    await telling(() => until(async () => (await told(first)).rowCount === 0));
  });

  it('are told by several relays, each once', async () => {
    const { calendar, open } = await contract('TWO');
    const numbers = await Promise.all(Array.from({ length: 12 }, open));
    await telling(() =>
      telling(async () => {
        await announce(calendar);
        await areNewest(calendar);
      }),
    );
    for (const number of numbers) expect(new Set((await changes(number)).map(({ seq }) => seq)).size).toBe(1);
  });

  it('that are closed meanwhile are left alone', async () => {
    const { calendar, open } = await contract('THREE');
    const [closed, other] = [await open(), await open()];
    const by = { who: 'staff:s-agent', channel: 'api', commandId: randomUUID() } as const;
    await door.command(closed, 'close', { ...by, reason: 'withdrawn' });
    await announce(calendar);
    await telling(() => areNewest(calendar));
    expect(await changes(closed)).toEqual([]);
    expect(await changes(other)).not.toEqual([]);
    expect(await counted(calendar)).toEqual({ newest: 1, older: 0 });
  });

  it('are told again when Temporal was away', async () => {
    const { calendar, open } = await contract('FOUR');
    const number = await open();
    await announce(calendar);
    door.away = 'before';
    const calls = door.calls.length;
    await telling(async () => {
      await until(() => door.calls.slice(calls).includes('openingHoursChanged'));
      door.away = undefined;
      await areNewest(calendar);
    });
    expect(new Set((await changes(number)).map(({ seq }) => seq)).size).toBe(1);
  });

  it('are told no more at a time than can be recomputed', async () => {
    const { calendar, open } = await contract('FIVE');
    await Promise.all(Array.from({ length: 6 }, open));
    await announce(calendar);
    let under = 0;
    let most = 0;
    const held: (() => void)[] = [];
    const slow: RequestsDoor = {
      async openingHoursChanged(number, hours) {
        most = Math.max(most, ++under);
        // The signal is taken at once; the workflow recomputes later.
        held.push(() => {
          under--;
          void door.openingHoursChanged(number, hours);
        });
        return 'delivered';
      },
    };
    await telling(
      async () => {
        await until(async () => {
          held.shift()?.();
          return (await counted(calendar)).older === 0;
        });
      },
      { door: slow, atOnce: 2 },
    );
    expect(most).toBe(2);
  });

  it('whose workflow was made anew with the newest hours count as told the second time', async () => {
    const { calendar, open } = await contract('SIX');
    const number = await open();
    await announce(calendar);
    const silent: RequestsDoor = { openingHoursChanged: async () => 'delivered' };
    await telling(() => until(async () => (await told(number)).rowCount === 1), { door: silent });
    expect((await counted(calendar)).older).toBe(1);
    await pool.query('UPDATE hours_told SET until = now() WHERE number = $1', [number]);
    await telling(() => areNewest(calendar), { door: silent });
  });

  it('that cannot be told keep nobody waiting', async () => {
    const { calendar, open } = await contract('SEVEN');
    const [odd, other] = [await open(), await open()];
    await announce(calendar);
    const errors: object[] = [];
    const failing: RequestsDoor = {
      async openingHoursChanged(number, hours) {
        if (number === odd) throw new Error('a defect');
        return await door.openingHoursChanged(number, hours);
      },
    };
    const log = { ...QUIET, error: (fields: object) => void errors.push(fields) };
    await telling(() => until(async () => (await counted(calendar)).older === 1), { door: failing, log });
    expect(await changes(other)).not.toEqual([]);
    expect(errors).toMatchObject([{ id: odd, calendar }]);
  });

  it('are given back by a relay that ends', async () => {
    const { calendar, open } = await contract('EIGHT');
    await Promise.all([open(), open(), open()]);
    await announce(calendar);
    const away: RequestsDoor = {
      async openingHoursChanged() {
        throw new Unavailable('Temporal');
      },
    };
    let warned = 0;
    const log = { ...QUIET, warn: () => void warned++ };
    await telling(() => until(() => warned > 0), { door: away, log, atOnce: 1, pauseMs: 60_000 });
    const mine = (await claimOlderHours(pool, REQUEST_HOURS, 100)).filter((claim) => claim.calendar === calendar);
    expect(mine).toHaveLength(3);
  });
});

describe('a save', () => {
  it('says whose hours the row counts on: older ones, of an amendment that was under way, are found again', async () => {
    const { calendar, open } = await contract('NINE');
    const number = await open();
    const row = await readRequestRow(pool, number);
    if (!row?.state || !row.view) throw new Error('not opened');
    await announce(calendar);
    await telling(() => areNewest(calendar));
    const versions = async () =>
      (await pool.query('SELECT calendar_versions AS held FROM requests WHERE number = $1', [number])).rows[0].held;
    expect(await versions()).toEqual({ [calendar]: 2 });
    const state = { ...row.state, seq: 3, lastAt: Date.now() };
    await saveRequestState(pool, { key: 'amended', seq: 3, state, view: row.view, entries: [] });
    expect(await versions()).toEqual({});
    expect(await counted(calendar)).toEqual({ newest: 0, older: 1 });
  });
});

describe('opening hours further ahead', () => {
  it('bring the closures announced so far, and their version', async () => {
    const { calendar } = await contract('TEN');
    await announce(calendar, Date.parse('2026-11-24T00:00:00Z'));
    const now = Date.parse('2026-11-20T10:00:00Z');
    const { extendWindows } = createRequestActivities({ pool, now: () => now });
    const asked = { contract: 'TEN', termsVersion: 1, from: now };
    await pool.query('UPDATE closures SET announced_at = $1, entered_at = $1 WHERE calendar = $2', [
      new Date(now),
      calendar,
    ]);
    const windows = (await new MockActivityEnvironment().run(extendWindows, asked)) as Windows;
    expect(windows.support?.calendarVersion).toBe(2);
    const edges = windows.support ? openingDays(windows.support).flatMap(({ edges }) => edges) : [];
    const closedFrom = Date.parse('2026-11-24T00:00:00Z');
    expect(edges).toContain(closedFrom);
    expect(edges).toContain(closedFrom + DAY_MS);
  });
});
