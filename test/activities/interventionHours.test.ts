/** Interventions that are told of new opening hours, over the real core and a real Postgres; without Temporal. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractTermsInput } from '../../contracts/terms.ts';
import { announceClosure, takeClosureBack } from '../../db/closures.ts';
import { storeContact } from '../../db/contracts.ts';
import { storeEstimate } from '../../db/interventionEstimates.ts';
import { readInterventionRow, registerIntervention } from '../../db/interventions.ts';
import { countHours, INTERVENTION_HOURS, REQUEST_HOURS } from '../../db/olderHours.ts';
import { createPool } from '../../db/pool.ts';
import { registerRequest } from '../../db/requests.ts';
import type { InterventionPayloads } from '../../domain/intervention/events.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { startOpeningHours, toldInterventions } from '../../relay/openingHours.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { DAY_AND_NIGHT } from '../support/dayAndNight.ts';
import { type CoreInterventionDoor, createCoreInterventionDoor } from '../support/interventionDoors.ts';
import { buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let pool: Pool;
let door: CoreInterventionDoor;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIGRATION = new URL('../../db/migrations/0008_interventions_followed.sql', import.meta.url);
const SUPERVISOR = 'staff:s-supervisor';
/** Open day and night, so that the test may run at any hour. */
const TERMS = { ...LEDGER_TERMS.A, calendars: { support: { ...DAY_AND_NIGHT, closuresAdmitted: true } } };

beforeAll(async () => {
  database = await createTestDatabase();
  // Relays listen: that connection ends with its pool.
  pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  door = createCoreInterventionDoor(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A contract of its own with ten tickets; its calendar is `<reference>.support`. */
async function contract() {
  const reference = `A-${randomUUID().slice(0, 8)}`;
  const today = new Date().toISOString().slice(0, 10);
  const under = await storeCreditContract(pool, reference, TERMS, today);
  await buy(pool, reference, { unit: 'ticket', units: 10 }, under, today);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'It is slow.', who: 'staff:s-agent', channel: 'api' },
  });
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
  return { reference, request, calendar: `${reference}.support`, text: rows[0]?.id ?? '' };
}

type Contract = Awaited<ReturnType<typeof contract>>;

async function open({ reference, request, text }: Contract): Promise<InterventionId> {
  const by = { who: 'staff:s-agent', channel: 'api' } as const;
  const id = await registerIntervention(pool, { request, termsVersion: 1, contact: `c-${reference}`, text, ...by });
  if (!id) throw new Error('not registered');
  await door.open(id);
  return id;
}

/** With a date so many days ahead, eight hours long. */
async function planned(world: Contract, days = 20): Promise<{ id: InterventionId; from: number; to: number }> {
  const id = await open(world);
  const give = <T extends keyof InterventionPayloads & Parameters<typeof door.command>[1]>(
    name: T,
    payload: object,
  ) => {
    const who = name === 'approve' ? `contact:c-${world.reference}` : 'staff:s-agent';
    return door.command(id, name, { who, channel: 'api', commandId: randomUUID(), ...payload } as never);
  };
  await give('study', { feasible: true, text: world.text });
  const figures = { unit: 'ticket', units: 2 };
  const estimate = await storeEstimate(pool, {
    ...{
      intervention: id,
      service: null,
      scope: 'A server.',
      prerequisites: [],
      limits: [],
      deliverables: [],
      figures,
    },
    draftedBy: 'staff:s-agent',
  });
  await give('sendEstimate', { estimate, ...figures });
  await give('approve', { estimate });
  const from = Date.now() + days * DAY_MS;
  const to = from + 8 * HOUR_MS;
  await give('schedule', { from, to });
  return { id, from, to };
}

async function announce(calendar: string, when: { from: number; to: number }): Promise<string> {
  const id = randomUUID();
  const now = Date.now();
  await announceClosure(pool, {
    ...{ id, calendar, when, reason: 'Stocktaking', announcedAt: now, enteredAt: now, by: SUPERVISOR },
  });
  return id;
}

async function telling(work: () => Promise<unknown>, warn: () => void = () => undefined): Promise<void> {
  const teller = startOpeningHours({ pool, told: [toldInterventions(door)], log: { ...QUIET, warn }, pauseMs: 50 });
  try {
    await work();
  } finally {
    await teller.close();
  }
}

const counted = (calendar: string) => countHours(pool, INTERVENTION_HOURS, calendar);
const areNewest = (calendar: string) => until(async () => (await counted(calendar)).older === 0);
const stateOf = async (id: InterventionId) => (await readInterventionRow(pool, id))?.state;
const changes = async (id: InterventionId) => {
  const { rows } = await pool.query(
    "SELECT FROM intervention_timeline WHERE intervention = $1 AND type = 'openingHoursChanged'",
    [id],
  );
  return rows.length;
};

describe('interventions that are not over', () => {
  it('know of a closure on their date, and of its taking back, once each; staff get a task', async () => {
    const world = await contract();
    const [{ id, from, to }, elsewhere, without] = [await planned(world), await planned(world, 40), await open(world)];
    await telling(async () => {
      const closure = await announce(world.calendar, { from, to });
      await areNewest(world.calendar);
      expect(await stateOf(id)).toMatchObject({ tasks: [{ kind: 'agreeOtherDate' }], plan: { uncovered: true } });
      expect(await stateOf(elsewhere.id)).toMatchObject({ tasks: [] });
      expect(await counted(world.calendar)).toEqual({ newest: 3, older: 0 });
      const back = { at: Date.now(), by: SUPERVISOR, commandId: randomUUID() } as const;
      await takeClosureBack(pool, { id: closure, calendar: world.calendar }, back);
      await areNewest(world.calendar);
    });
    expect((await stateOf(id))?.plan?.uncovered).toBeUndefined();
    for (const one of [id, elsewhere.id, without]) expect(await changes(one)).toBe(2);
    const { rows } = await pool.query('SELECT calendar_versions AS held FROM interventions WHERE id = $1', [id]);
    expect(rows).toEqual([{ held: { [world.calendar]: 3 } }]);
    // Their request has nothing to do with it: nobody told it.
    expect(await countHours(pool, REQUEST_HOURS, world.calendar)).toEqual({ newest: 0, older: 0 });
    const claims = 'SELECT FROM intervention_hours_told WHERE intervention = $1';
    await telling(() => until(async () => (await pool.query(claims, [id])).rowCount === 0));
  });

  it('opened or planned meanwhile hear of it too; what is over is left alone', async () => {
    const world = await contract();
    const [over, going] = [await open(world), await open(world)];
    const by = { who: 'staff:s-agent', channel: 'api', commandId: randomUUID() } as const;
    await door.command(over, 'withdraw', { ...by, text: world.text });
    const now = Date.now();
    await announce(world.calendar, { from: now + DAY_MS, to: now + 2 * DAY_MS });
    // With the hours of the day: nothing is news to it.
    const fresh = await open(world);
    expect(await counted(world.calendar)).toEqual({ newest: 1, older: 1 });
    await telling(() => areNewest(world.calendar));
    expect([await changes(over), await changes(going), await changes(fresh)]).toEqual([0, 1, 0]);
  });

  it('are told again when Temporal was away, and once though several relays tell', async () => {
    const world = await contract();
    const ids = await Promise.all([open(world), open(world), open(world), open(world), open(world), open(world)]);
    const now = Date.now();
    await announce(world.calendar, { from: now + DAY_MS, to: now + 2 * DAY_MS });
    door.away = 'before';
    let failed = 0;
    const count = () => void failed++;
    await telling(
      () =>
        telling(async () => {
          await until(() => failed > 1);
          door.away = undefined;
          await areNewest(world.calendar);
        }, count),
      count,
    );
    for (const id of ids) expect(await changes(id)).toBe(1);
  });

  it('hear only of the calendars that they count on', async () => {
    const reference = `E-${randomUUID().slice(0, 8)}`;
    await storeCreditContract(pool, reference, LEDGER_TERMS.E);
    const { rows } = await pool.query<{ name: string; by: boolean }>(
      'SELECT name, counted_by_interventions AS by FROM contract_calendars WHERE contract = $1 ORDER BY name',
      [reference],
    );
    expect(rows.filter(({ by }) => by).map(({ name }) => name)).toEqual([LEDGER_TERMS.E.supportCalendar]);
    expect(rows.length).toBeGreaterThan(1);
    // Those of terms that were stored before are found by the migration, to the same effect.
    const { calendars, interventions, supportCalendar } = LEDGER_TERMS.A;
    const counted = { ...calendars, approvals: DAY_AND_NIGHT, reminders: DAY_AND_NIGHT, clocks: DAY_AND_NIGHT };
    const approvalWithin = { businessDays: 5, calendar: 'approvals' };
    const remindersAfter = [1, 2, 3].map((businessDays) => ({ businessDays, calendar: 'reminders' }));
    const other = `A-${randomUUID().slice(0, 8)}`;
    await storeCreditContract(pool, other, {
      ...LEDGER_TERMS.A,
      calendars: counted,
      interventions: { ...interventions, approvalWithin, remindersAfter },
    } as ContractTermsInput);
    const all = async () =>
      (
        await pool.query<{ name: string }>(
          'SELECT name FROM contract_calendars WHERE contract IN ($1, $2) AND counted_by_interventions ORDER BY contract, name',
          [reference, other],
        )
      ).rows.map(({ name }) => name);
    const stored = await all();
    expect(stored.sort()).toEqual(['approvals', 'reminders', supportCalendar, LEDGER_TERMS.E.supportCalendar].sort());
    await pool.query('UPDATE contract_calendars SET counted_by_interventions = true');
    await pool.query(/UPDATE contract_calendars[^;]*;/.exec(readFileSync(MIGRATION, 'utf8'))?.[0] ?? '');
    expect((await all()).sort()).toEqual(stored);
  });
});
