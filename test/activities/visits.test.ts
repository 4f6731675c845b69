/** Planned visits in Postgres: opened once a period, started by the relay. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisitActivities } from '../../activities/visits.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { registerIntervention } from '../../db/interventions.ts';
import { returnModuleTime, takeModuleTime } from '../../db/moduleAllowances.ts';
import { listUnstartedVisits } from '../../db/plannedVisits.ts';
import { registerRequest } from '../../db/requests.ts';
import { Refusal } from '../../domain/failures.ts';
import { startVisits } from '../../relay/visits.ts';
import type { VisitActivities } from '../../workflows/messages.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { amendVisited, storeVisited, visitedHosting } from '../support/visitWorld.ts';

let database: TestDatabase;
let pool: Pool;
let openVisit: VisitActivities['openVisit'];
const MARCH = local('2027-03-01 08:00');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  ({ openVisit } = createVisitActivities({ pool }));
});
afterAll(() => database.drop());

async function countOf(contract: string) {
  const { rows } = await pool.query<{ requests: number; interventions: number; visits: number; texts: number }>(
    `SELECT (SELECT count(*)::int FROM requests WHERE contract = $1) AS requests,
            (SELECT count(*)::int FROM interventions WHERE contract = $1) AS interventions,
            (SELECT count(*)::int FROM planned_visits WHERE contract = $1) AS visits,
            (SELECT count(*)::int FROM texts JOIN requests USING (number) WHERE contract = $1) AS texts`,
    [contract],
  );
  return rows[0];
}
const ONE_EACH = { requests: 1, interventions: 1, visits: 1, texts: 1 };

const noneOf = async (contract: string) =>
  expect(await countOf(contract)).toEqual({ requests: 0, interventions: 0, visits: 0, texts: 0 });

describe('opening a visit', () => {
  it('leaves a request and its intervention, in the words of the main contact', async () => {
    const contract = await storeVisited(pool, ['fr', 'en']);
    const opened = await openVisit({ contract, module: 'plannedMaintenance', at: MARCH });
    expect(opened).toMatchObject({ result: 'opened', period: '2027-03' });
    const { rows } = await pool.query(
      `SELECT r.subject, r.language, r.priority, r.details, r.contact, r.stage, r.opening->>'who' AS who, x.body,
              i.module, i.opening, i.contact AS approver, i.stage AS "interventionStage"
       FROM requests r JOIN interventions i ON i.request = r.number JOIN texts x ON x.number = r.number
       WHERE r.contract = $1`,
      [contract],
    );
    expect(rows).toMatchObject([
      {
        subject: 'Planned visit: Planned remote maintenance, March 2027',
        ...{ language: 'en', priority: 'planned', details: { kind: 'maintenance' }, contact: `${contract}-1` },
        ...{ stage: 'opening', interventionStage: 'opening', who: 'system', approver: `${contract}-1` },
        ...{ module: 'plannedMaintenance', opening: { period: '2027-03', who: 'system', channel: 'system' } },
      },
    ]);
    expect(rows[0].body).toContain('Time that the flat rate covers: 1 h.');
  });

  it('opens one, whoever asks at the same time, and finds it ever after', async () => {
    const contract = await storeVisited(pool);
    const asked = { contract, module: 'coordinationDay', at: MARCH };
    const all = await Promise.all(Array.from({ length: 8 }, () => openVisit(asked)));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await openVisit({ ...asked, at: local('2027-12-31 23:59') })).toEqual(all[0]);
    expect(await countOf(contract)).toEqual(ONE_EACH);
  });

  it('leaves nothing when it is interrupted, and is done by the next attempt', async () => {
    const contract = await storeVisited(pool);
    const asked = { contract, module: 'plannedMaintenance', at: MARCH };
    await pool.query('ALTER TABLE planned_visits ADD CONSTRAINT interrupted CHECK (false) NOT VALID');
    try {
      await expect(openVisit(asked)).rejects.toThrow('interrupted');
    } finally {
      await pool.query('ALTER TABLE planned_visits DROP CONSTRAINT interrupted');
    }
    await noneOf(contract);
    expect(await openVisit(asked)).toMatchObject({ result: 'opened' });
    expect(await countOf(contract)).toEqual(ONE_EACH);
  });

  it('opens another one for each period', async () => {
    const contract = await storeVisited(pool);
    const periods = ['2027-02-28 23:59', '2027-03-01 00:00', '2027-03-28 03:30', '2028-02-29 23:59'].map(
      async (time) => await openVisit({ contract, module: 'plannedMaintenance', at: local(time) }),
    );
    const opened = await Promise.all(periods);
    expect(opened.map((one) => 'period' in one && one.period)).toEqual(['2027-02', '2027-03', '2027-03', '2028-02']);
    expect(await countOf(contract)).toEqual({ requests: 3, interventions: 3, visits: 3, texts: 3 });
  });

  it('opens nothing without the module, without a contract in force, or without anybody to tell', async () => {
    const contract = await storeVisited(pool);
    for (const module of ['hosting', 'preventiveHalfDay', 'toString']) {
      expect(await openVisit({ contract, module, at: MARCH })).toEqual({ result: 'noVisits' });
    }
    await amendVisited(pool, contract, 2, visitedHosting(['hosting']));
    expect(await openVisit({ contract, module: 'plannedMaintenance', at: MARCH })).toEqual({ result: 'noVisits' });
    expect(await openVisit({ contract: 'nobody', module: 'hosting', at: MARCH })).toEqual({ result: 'noVisits' });
    await noneOf(contract);
    const silent = await storeVisited(pool, []);
    const asked = { contract: silent, module: 'plannedMaintenance', at: MARCH };
    expect(await openVisit(asked)).toEqual({ result: 'noContact' });
    await noneOf(silent);
  });

  it('takes a visit that staff have opened of their own accord for that of the period', async () => {
    const contract = await storeVisited(pool);
    const byHand = await visitByHand(contract);
    const asked = { contract, module: 'plannedMaintenance', at: MARCH };
    expect(await openVisit(asked)).toEqual({ result: 'opened', period: '2027-03', ...byHand });
    expect(await listUnstartedVisits(pool, 100)).not.toContainEqual(expect.objectContaining({ contract }));
    // One whose time went back was not done.
    const other = await storeVisited(pool);
    const { request, intervention } = await visitByHand(other);
    const back = { seconds: 3_600, request, intervention, who: 'system' };
    const period = { contract: other, module: 'plannedMaintenance', period: '2027-03' };
    await returnModuleTime(pool, { key: randomUUID(), ...period, ...back });
    const opened = await openVisit({ contract: other, module: 'plannedMaintenance', at: MARCH });
    expect('request' in opened && opened.request).not.toBe(request);
  });

  async function visitByHand(contract: string) {
    const request = await registerRequest(pool, {
      ...{ contract, zone: 'Europe/Paris', termsVersion: 1, contact: `${contract}-0`, language: 'fr' },
      ...{ priority: 'standard', subject: 'Visit', description: 'Now.', who: 'staff:s-agent', channel: 'api' },
    });
    const intervention = await registerIntervention(pool, {
      ...{ request, termsVersion: 1, contact: `${contract}-0`, text: randomUUID(), module: 'plannedMaintenance' },
      ...{ who: 'staff:s-agent', channel: 'api' },
    });
    if (intervention === undefined) throw new Error('not registered');
    const period = { contract, module: 'plannedMaintenance', period: '2027-03' };
    const move = { ...period, seconds: 3_600, request, intervention, who: 'staff:s-agent' };
    await takeModuleTime(pool, { key: randomUUID(), ...move }, 3_600);
    return { request, intervention };
  }
});

describe('time of a module', () => {
  it('is whole again in each period: what was left of an earlier one stays there', async () => {
    const contract = await storeVisited(pool);
    const opened = await openVisit({ contract, module: 'plannedMaintenance', at: MARCH });
    if (opened.result !== 'opened') return expect.unreachable();
    const { request, intervention } = opened;
    const move = (period: string, seconds: number) => ({
      ...{ key: randomUUID(), contract, module: 'plannedMaintenance', period, seconds },
      ...{ request, intervention, who: 'system' },
    });
    expect(await takeModuleTime(pool, move('2028-02', 1_000), 3_600)).toBe(1_000);
    for (const period of ['2028-03', '2028-04', '2029-02']) {
      expect(await takeModuleTime(pool, move(period, 7_200), 3_600)).toBe(3_600);
      expect(await takeModuleTime(pool, move(period, 7_200), 3_600)).toBe(0);
    }
    expect(await takeModuleTime(pool, move('2028-02', 7_200), 3_600)).toBe(2_600);
  });
});

describe('the relay', () => {
  const silent = { warn: () => undefined, error: () => undefined };

  it('starts the request of a visit, then its intervention, until that succeeds', async () => {
    await pool.query('UPDATE planned_visits SET started_at = now()');
    const contract = await storeVisited(pool);
    const opened = await openVisit({ contract, module: 'plannedMaintenance', at: MARCH });
    const refused = await openVisit({ contract, module: 'coordinationDay', at: MARCH });
    if (opened.result !== 'opened' || refused.result !== 'opened') return expect.unreachable();
    await pool.query("UPDATE planned_visits SET opened_at = now() - interval '1 hour' WHERE request = $1", [
      refused.request,
    ]);
    const calls: string[] = [];
    const errors: object[] = [];
    let away = 2;
    const relay = startVisits({
      pool,
      requests: {
        async open(number) {
          if (number === refused.request) throw new Refusal('NotFound', 'It is not there.');
          if (away-- > 0) throw new Unavailable('Temporal');
          calls.push(number);
          return { number, version: 1, at: 0, status: 'registered' };
        },
      },
      interventions: {
        async open(id) {
          calls.push(id);
          return { id, version: 1, at: 0, status: 'reserving' };
        },
      },
      log: { ...silent, error: (fields) => errors.push(fields) },
      pauseMs: 20,
    });
    try {
      await until(async () => (await listUnstartedVisits(pool, 10)).length === 1);
    } finally {
      await relay.close();
    }
    expect(calls).toEqual([opened.request, opened.intervention]);
    expect(errors[0]).toMatchObject({ contract, module: 'coordinationDay', period: '2027', error: 'Refusal' });
    await pool.query('UPDATE planned_visits SET started_at = now()');
  });
});
