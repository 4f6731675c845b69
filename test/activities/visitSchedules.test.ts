/** The relay keeps the schedules of planned visits as the contracts in force say. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisitActivities } from '../../activities/visits.ts';
import { Unavailable } from '../../client/unavailable.ts';
import type { VisitDoor } from '../../client/visitDoor.ts';
import { noteContractEnd } from '../../db/contractEnds.ts';
import { readContract, storeContact, storeTerms } from '../../db/contracts.ts';
import { startVisitSchedules } from '../../relay/visits.ts';
import type { VisitActivities } from '../../workflows/messages.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { amendVisited, storeVisited, visitedHosting } from '../support/visitWorld.ts';

let database: TestDatabase;
let pool: Pool;
let openVisit: VisitActivities['openVisit'];
const DAY_MS = 86_400_000;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  ({ openVisit } = createVisitActivities({ pool }));
});
afterAll(() => database.drop());

describe('the relay', () => {
  const silent = { warn: () => undefined, error: () => undefined };

  /** One look of the relay over the contracts of this file: what it told Temporal of one of them. */
  async function look(contract: string, { now = Date.now(), fails = false } = {}) {
    const told: string[] = [];
    let looked = 0;
    const door: VisitDoor = {
      async keep(visits, isMissing) {
        if (visits.contract !== contract) return 'kept';
        if (fails) throw new Unavailable('Temporal');
        told.push(`keep ${visits.module} each ${visits.every} in ${visits.zone}${isMissing ? ', missing' : ''}`);
        return 'kept';
      },
      async remove(visits) {
        if (fails) throw new Unavailable('Temporal');
        told.push(`remove ${visits.module}`);
      },
    };
    const query = async (...args: Parameters<Pool['query']>) => {
      if (String(args[0]).includes('FULL JOIN')) looked++;
      return await pool.query(...args);
    };
    const counted = { query } as unknown as Pool;
    const relay = startVisitSchedules({ pool: counted, door, log: silent, now: () => now, pauseMs: 20 });
    try {
      await until(() => looked >= (fails ? 2 : 3));
    } finally {
      await relay.close();
    }
    return told;
  }

  const known = async (contract: string) =>
    (await pool.query('SELECT module FROM visit_schedules WHERE contract = $1 ORDER BY 1', [contract])).rows.map(
      ({ module }) => module,
    );
  const KEPT = ['keep coordinationDay each year in Europe/Paris', 'keep plannedMaintenance each month in Europe/Paris'];
  /** Visits of the periods of an instant, as if they had been opened. */
  async function visited(contract: string, at: number): Promise<void> {
    for (const module of ['plannedMaintenance', 'coordinationDay']) await openVisit({ contract, module, at });
    await pool.query('UPDATE planned_visits SET started_at = now()');
  }

  it('tells Temporal once of each module with visits, and again a day later', async () => {
    const now = local('2027-03-01 08:00');
    const contract = await storeVisited(pool);
    await visited(contract, now);
    expect(await look(contract, { now })).toEqual(KEPT);
    expect(await look(contract, { now: now + DAY_MS - 1 })).toEqual([]);
    expect(await look(contract, { now: now + DAY_MS })).toEqual(KEPT);
  });

  it('tells again what it could not tell, and takes away what may have been told', async () => {
    const contract = await storeVisited(pool);
    expect(await look(contract, { fails: true })).toEqual([]);
    expect(await known(contract)).toEqual(['coordinationDay']);
    expect(await look(contract)).toHaveLength(2);
    await amendVisited(pool, contract, 2, visitedHosting(['plannedMaintenance', 'hosting']));
    expect(await look(contract, { fails: true })).toEqual([]);
    expect(await look(contract)).toEqual(['remove coordinationDay']);
    expect(await known(contract)).toEqual(['plannedMaintenance']);
    const { modules: _, ...none } = (await readContract(pool, contract))?.terms ?? expect.unreachable();
    await storeTerms(pool, contract, 3, '2026-01-01', none);
    expect(await look(contract)).toEqual(['remove plannedMaintenance']);
    expect(await known(contract)).toEqual([]);
    expect(await look(contract)).toEqual([]);
  });

  it('goes on with others when one cannot be told, and says which', async () => {
    const contracts = [await storeVisited(pool), await storeVisited(pool)].sort();
    const errors: object[] = [];
    const kept: string[] = [];
    const door: VisitDoor = {
      async keep({ contract, module }) {
        if (contract === contracts[0]) throw new TypeError('no such zone');
        kept.push(`${contract} ${module}`);
        return 'kept';
      },
      remove: async () => undefined,
    };
    const log = { ...silent, error: (fields: object) => errors.push(fields) };
    const relay = startVisitSchedules({ pool, door, log, pauseMs: 20 });
    try {
      await until(() => kept.includes(`${contracts[1]} plannedMaintenance`));
    } finally {
      await relay.close();
    }
    expect(errors).toContainEqual({ contract: contracts[0], module: 'plannedMaintenance', error: 'TypeError' });
    expect(await look(contracts[0] ?? '')).toHaveLength(2);
  });

  it('takes schedules away once the contract has ended, and opens nothing more', async () => {
    const contract = await storeVisited(pool);
    await visited(contract, Date.now());
    expect(await look(contract)).toEqual(KEPT);
    const end = async (days: number) => {
      const lastDay = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
      await noteContractEnd(pool, contract, { lastDay, reason: 'Terminated.', by: 'staff:s-supervisor' });
    };
    await end(2);
    expect(await look(contract)).toEqual([]);
    await end(-2);
    expect(await look(contract)).toEqual(['remove coordinationDay', 'remove plannedMaintenance']);
    expect(await openVisit({ contract, module: 'plannedMaintenance', at: Date.now() })).toEqual({ result: 'noVisits' });
  });

  it('waits for somebody to be told', async () => {
    const contract = await storeVisited(pool, []);
    expect(await look(contract)).toEqual([]);
    const contact = {
      id: `${contract}-0`,
      contract,
      name: 'Person',
      email: 'p@customer.test',
      language: 'fr',
    } as const;
    await storeContact(pool, { ...contact, trained: true });
    expect(await look(contract)).toHaveLength(2);
  });

  it('heeds terms from the day on which they are in force', async () => {
    const contract = await storeVisited(pool);
    await look(contract);
    await amendVisited(pool, contract, 2, visitedHosting(['hosting']), '2999-01-01');
    expect(await look(contract)).toEqual([]);
    await pool.query("UPDATE contract_terms SET effective_from = '2026-01-02' WHERE contract = $1 AND version = 2", [
      contract,
    ]);
    expect(await look(contract)).toEqual(['remove coordinationDay', 'remove plannedMaintenance']);
  });

  it('tells of another time as soon as the terms have one', async () => {
    const contract = await storeVisited(pool, ['fr'], visitedHosting(['plannedMaintenance', 'hosting']));
    const now = local('2027-03-10 12:00');
    expect(await look(contract, { now })).toHaveLength(1);
    await amendVisited(pool, contract, 2, {
      ...visitedHosting(['plannedMaintenance', 'hosting']),
      zone: 'Indian/Reunion',
    });
    expect(await look(contract, { now })).toEqual(['keep plannedMaintenance each month in Indian/Reunion, missing']);
    expect(await look(contract, { now })).toEqual([]);
  });

  it('asks for a visit that nobody has opened an hour after its time, each hour until it is there', async () => {
    const opens = local('2027-04-01 08:00');
    const contract = await storeVisited(pool, ['fr'], visitedHosting(['plannedMaintenance', 'hosting']));
    const missing = 'keep plannedMaintenance each month in Europe/Paris, missing';
    const at = async (now: number) => await look(contract, { now });
    await look(contract, { now: opens - DAY_MS / 2 });
    await openVisit({ contract, module: 'plannedMaintenance', at: opens - DAY_MS });
    expect(await at(opens + 3_599_999)).toEqual([]);
    expect(await at(opens + 3_600_000)).toEqual([missing]);
    expect(await at(opens + 7_199_999)).toEqual([]);
    expect(await at(opens + 7_200_000)).toEqual([missing]);
    await openVisit({ contract, module: 'plannedMaintenance', at: opens });
    expect(await at(opens + 9_000_000)).toEqual([]);
    await pool.query('UPDATE planned_visits SET started_at = now()');
  });
});
