/** Planned visits in Postgres: opened once a period, started by the relay, their schedules kept as the contracts say. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisitActivities } from '../../activities/visits.ts';
import { Unavailable } from '../../client/unavailable.ts';
import type { VisitDoor } from '../../client/visitDoor.ts';
import type { ModuleName } from '../../contracts/commercial/modules.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { readContract, storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { registerIntervention } from '../../db/interventions.ts';
import { returnModuleTime, takeModuleTime } from '../../db/moduleAllowances.ts';
import { listUnstartedVisits } from '../../db/plannedVisits.ts';
import { registerRequest } from '../../db/requests.ts';
import { Refusal } from '../../domain/failures.ts';
import { startVisitSchedules, startVisits } from '../../relay/visits.ts';
import type { VisitActivities } from '../../workflows/messages.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let pool: Pool;
let openVisit: VisitActivities['openVisit'];
const MARCH = local('2027-03-01 08:00');
const DAY_MS = 86_400_000;
const MODULES = ['plannedMaintenance', 'coordinationDay', 'hosting'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  ({ openVisit } = createVisitActivities({ pool }));
});
afterAll(() => database.drop());

function hosting(activeModules: readonly ModuleName[] = MODULES): ContractTermsInput {
  const monthlyCents = { hosting: 80_000, equipment: 20_000, services: 30_000 };
  return managedHosting({ customer: 'Customer', provider: 'Host' }, { activeModules, monthlyCents });
}

/** A contract of its own; of its contacts the last one is the main one. */
async function contractOf(
  contacts: readonly ('fr' | 'en')[] = ['fr'],
  input: ContractTermsInput = hosting(),
): Promise<string> {
  const reference = `E-${randomUUID().slice(0, 8)}`;
  await amend(reference, 1, input);
  for (const [index, language] of contacts.entries()) {
    const id = `${reference}-${index}`;
    const contact = { id, contract: reference, name: `Person ${index}`, email: `${id}@customer.test`, language };
    await storeContact(pool, { ...contact, trained: true });
    if (index === contacts.length - 1) await pool.query('UPDATE contacts SET main = true WHERE id = $1', [id]);
  }
  return reference;
}

async function amend(reference: string, version: number, input: ContractTermsInput): Promise<void> {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  await storeContract(pool, { reference, terms: parsed.terms });
  await storeTerms(pool, reference, version, '2026-01-01', parsed.terms);
}

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
    const contract = await contractOf(['fr', 'en']);
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
    const contract = await contractOf();
    const asked = { contract, module: 'coordinationDay', at: MARCH };
    const all = await Promise.all(Array.from({ length: 8 }, () => openVisit(asked)));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await openVisit({ ...asked, at: local('2027-12-31 23:59') })).toEqual(all[0]);
    expect(await countOf(contract)).toEqual(ONE_EACH);
  });

  it('leaves nothing when it is interrupted, and is done by the next attempt', async () => {
    const contract = await contractOf();
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
    const contract = await contractOf();
    const periods = ['2027-02-28 23:59', '2027-03-01 00:00', '2027-03-28 03:30', '2028-02-29 23:59'].map(
      async (time) => await openVisit({ contract, module: 'plannedMaintenance', at: local(time) }),
    );
    const opened = await Promise.all(periods);
    expect(opened.map((one) => 'period' in one && one.period)).toEqual(['2027-02', '2027-03', '2027-03', '2028-02']);
    expect(await countOf(contract)).toEqual({ requests: 3, interventions: 3, visits: 3, texts: 3 });
  });

  it('opens nothing without the module, without a contract in force, or without anybody to tell', async () => {
    const contract = await contractOf();
    for (const module of ['hosting', 'preventiveHalfDay', 'toString']) {
      expect(await openVisit({ contract, module, at: MARCH })).toEqual({ result: 'noVisits' });
    }
    await amend(contract, 2, hosting(['hosting']));
    expect(await openVisit({ contract, module: 'plannedMaintenance', at: MARCH })).toEqual({ result: 'noVisits' });
    expect(await openVisit({ contract: 'nobody', module: 'hosting', at: MARCH })).toEqual({ result: 'noVisits' });
    await noneOf(contract);
    const silent = await contractOf([]);
    const asked = { contract: silent, module: 'plannedMaintenance', at: MARCH };
    expect(await openVisit(asked)).toEqual({ result: 'noContact' });
    await noneOf(silent);
  });

  it('takes a visit that staff have opened of their own accord for that of the period', async () => {
    const contract = await contractOf();
    const byHand = await visitByHand(contract);
    const asked = { contract, module: 'plannedMaintenance', at: MARCH };
    expect(await openVisit(asked)).toEqual({ result: 'opened', period: '2027-03', ...byHand });
    expect(await listUnstartedVisits(pool, 100)).not.toContainEqual(expect.objectContaining({ contract }));
    // One whose time went back was not done.
    const other = await contractOf();
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
    const contract = await contractOf();
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
    const contract = await contractOf();
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

  /** One look of the relay over the contracts of this file: what it told Temporal of one of them. */
  async function look(
    contract: string,
    { now = Date.now(), fails = false, answer = 'kept' as 'kept' | 'paused' } = {},
  ) {
    const told: string[] = [];
    let looked = 0;
    const door: VisitDoor = {
      async keep(visits, isMissing) {
        if (visits.contract !== contract) return 'kept';
        if (fails) throw new Unavailable('Temporal');
        told.push(`keep ${visits.module} each ${visits.every} in ${visits.zone}${isMissing ? ', missing' : ''}`);
        return answer;
      },
      async remove(visits) {
        if (fails) throw new Unavailable('Temporal');
        told.push(`remove ${visits.module}`);
      },
    };
    const pausing = {
      pool: {
        query: async (...args: Parameters<Pool['query']>) => {
          if (String(args[0]).includes('FULL JOIN')) looked++;
          return await pool.query(...args);
        },
      } as unknown as Pool,
    };
    const relay = startVisitSchedules({ ...pausing, door, log: silent, now: () => now, pauseMs: 20 });
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
    const contract = await contractOf();
    await visited(contract, now);
    expect(await look(contract, { now })).toEqual(KEPT);
    expect(await look(contract, { now: now + DAY_MS - 1 })).toEqual([]);
    expect(await look(contract, { now: now + DAY_MS })).toEqual(KEPT);
  });

  it('tells again what it could not tell, and takes away what may have been told', async () => {
    const contract = await contractOf();
    expect(await look(contract, { fails: true })).toEqual([]);
    expect(await known(contract)).toEqual(['coordinationDay']);
    expect(await look(contract)).toHaveLength(2);
    await amend(contract, 2, hosting(['plannedMaintenance', 'hosting']));
    expect(await look(contract, { fails: true })).toEqual([]);
    expect(await look(contract)).toEqual(['remove coordinationDay']);
    expect(await known(contract)).toEqual(['plannedMaintenance']);
    const { modules: _, ...none } = (await readContract(pool, contract))?.terms ?? expect.unreachable();
    await storeTerms(pool, contract, 3, '2026-01-01', none);
    expect(await look(contract)).toEqual(['remove plannedMaintenance']);
    expect(await known(contract)).toEqual([]);
    expect(await look(contract)).toEqual([]);
  });

  it('waits for somebody to be told', async () => {
    const contract = await contractOf([]);
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
    const contract = await contractOf();
    await look(contract);
    const parsed = parseTerms(hosting(['hosting']));
    if ('errors' in parsed) return expect.unreachable();
    await storeTerms(pool, contract, 2, '2999-01-01', parsed.terms);
    expect(await look(contract)).toEqual([]);
    await pool.query("UPDATE contract_terms SET effective_from = '2026-01-02' WHERE contract = $1 AND version = 2", [
      contract,
    ]);
    expect(await look(contract)).toEqual(['remove coordinationDay', 'remove plannedMaintenance']);
  });

  it('tells of another time as soon as the terms have one', async () => {
    const contract = await contractOf(['fr'], hosting(['plannedMaintenance', 'hosting']));
    const now = local('2027-03-10 12:00');
    expect(await look(contract, { now })).toHaveLength(1);
    await amend(contract, 2, { ...hosting(['plannedMaintenance', 'hosting']), zone: 'Indian/Reunion' });
    expect(await look(contract, { now })).toEqual(['keep plannedMaintenance each month in Indian/Reunion, missing']);
    expect(await look(contract, { now })).toEqual([]);
  });

  it('asks for a visit that nobody has opened an hour after its time, each hour until it is there', async () => {
    const opens = local('2027-04-01 08:00');
    const contract = await contractOf(['fr'], hosting(['plannedMaintenance', 'hosting']));
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
