/** What `/metrics` says of prepaid work: interventions, calls, planned visits, credit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeContact } from '../../db/contracts.ts';
import { beginHotlineCall } from '../../db/hotlineCalls.ts';
import { registerIntervention } from '../../db/interventions.ts';
import { listUntold, noteTold } from '../../db/ledger/watching.ts';
import { registerRequest } from '../../db/requests.ts';
import { noteScheduleWanted } from '../../db/visitSchedules.ts';
import { createFigures } from '../../metrics/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';

const HOUR = 3_600;
const today = new Date().toISOString().slice(0, 10);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const run = (statement: string, values: unknown[] = []) => database.pool.query(statement, values);

/** A figure, as a process that has not kept any reads it; undefined when there is none. */
async function figure(name: string, labels = ''): Promise<number | undefined> {
  const log = { info: () => undefined, warn: () => undefined };
  const text = await createFigures({ process: 'api', db: database.pool, log }).metrics();
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`relance_${name}{${labels}${labels && ','}process="api"}`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

/** A contract of the family with a request on it. */
async function contract(reference: string, family: 'A' | 'E') {
  const under = await storeCreditContract(database.pool, reference, LEDGER_TERMS[family], today);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(database.pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(database.pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'Slow.', who: 'staff:s-agent', channel: 'api' },
  });
  await run("UPDATE requests SET stage = 'open' WHERE number = $1", [request]);
  return { reference, under, request };
}

/** An intervention as if it had been saved so. */
async function intervention(
  { reference, request }: { readonly reference: string; readonly request: string },
  status: string,
  state: {
    readonly wanted?: object;
    readonly missing?: object;
    readonly plan?: object;
    readonly tasks?: object[];
  } = {},
): Promise<string> {
  const { rows } = await run('SELECT id FROM texts WHERE number = $1', [request]);
  const id = await registerIntervention(database.pool, {
    ...{ request, termsVersion: 1, contact: `c-${reference}`, text: rows[0]?.id, who: 'staff:s-agent', channel: 'api' },
  });
  const { wanted = {}, missing = {}, tasks = [] } = state;
  await run(
    `UPDATE interventions SET stage = 'open', status = $2, open_tasks = $3, state = $4, view = $5 WHERE id = $1`,
    [id, status, tasks.length, JSON.stringify({ ...state, wanted, tasks }), JSON.stringify({ missing })],
  );
  return id ?? expect.unreachable();
}

async function call(request: string, hoursAgo: number) {
  const beganAt = new Date(Date.now() - hoursAgo * HOUR * 1_000);
  const begins = { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt } as const;
  return (await beginHotlineCall(database.pool, begins)) ?? expect.unreachable();
}

describe('metrics of prepaid work', () => {
  it('are 0 where there is none', async () => {
    for (const of of ['request', 'intervention', 'call', 'visit']) {
      expect(await figure('opening_age_seconds', `of="${of}"`)).toBe(0);
    }
    for (const of of ['intervention', 'call']) {
      expect(await figure('credit_lacking', `of="${of}"`)).toBe(0);
      expect(await figure('credit_unclaimed', `of="${of}"`)).toBe(0);
    }
    for (const name of ['call_age_seconds', 'call_owed_age_seconds', 'visits_missing', 'billing_undecided']) {
      expect(await figure(name)).toBe(0);
    }
  });

  it('count interventions that are not over, their tasks, and those that wait for units that are there', async () => {
    const tickets = await contract('TICKETS', 'A');
    const lacking = (units: number) => ({ wanted: { ticket: units }, missing: { ticket: units } });
    const inTwoYears = { plan: { from: Date.now() + 800 * 24 * HOUR * 1_000 } };
    await intervention(tickets, 'awaitingOrder', lacking(4));
    await intervention(tickets, 'awaitingOrder', { ...lacking(5), tasks: [{ kind: 'correctAddress' }] });
    await intervention(tickets, 'scheduled', { ...lacking(1), ...inTwoYears, tasks: [{ kind: 'effectConflict' }] });
    await intervention(tickets, 'cancelled', { ...lacking(1), tasks: [{ kind: 'effectConflict' }] });
    expect(await figure('interventions', 'status="awaitingOrder"')).toBe(2);
    expect(await figure('interventions', 'status="scheduled"')).toBe(1);
    expect(await figure('interventions', 'status="cancelled"')).toBeUndefined();
    expect(await figure('intervention_tasks', 'kind="effectConflict"')).toBe(2);
    expect(await figure('intervention_tasks', 'kind="correctAddress"')).toBe(1);
    expect(await figure('credit_lacking', 'of="intervention"')).toBe(3);
    expect(await figure('credit_unclaimed', 'of="intervention"')).toBe(0);

    await buy(database.pool, 'TICKETS', { unit: 'ticket', units: 4 }, tickets.under, today);
    expect(await figure('credit_unclaimed', 'of="intervention"')).toBe(1);
    const yesterday = new Date(Date.now() - 24 * HOUR * 1_000).toISOString().slice(0, 10);
    await run("UPDATE contracts SET ends_on = $1, ends_reason = '', ends_noted_by = '', ends_noted_at = now()", [
      yesterday,
    ]);
    expect(await figure('credit_unclaimed', 'of="intervention"')).toBe(0);
    await run('UPDATE contracts SET ends_on = NULL, ends_reason = NULL, ends_noted_by = NULL, ends_noted_at = NULL');
  });

  it('say since when a contract was not told of an entry', async () => {
    expect(await figure('credit_untold_age_seconds')).toBeGreaterThan(0);
    for (const untold of await listUntold(database.pool, 10)) await noteTold(database.pool, untold);
    expect(await figure('credit_untold_age_seconds')).toBe(0);
  });

  it('say since when something is registered and not started', async () => {
    const { reference, request } = await contract('LEFT', 'E');
    const id = await intervention({ reference, request }, 'studied');
    await run("UPDATE interventions SET stage = 'opening', created_at = now() - interval '2 hours' WHERE id = $1", [
      id,
    ]);
    const called = await call(request, 3);
    await run(
      `INSERT INTO planned_visits (contract, module, period, request, intervention, opened_at)
       VALUES ($1, 'plannedMaintenance', '2026-01', $2, $3, now() - interval '4 hours')`,
      [reference, request, id],
    );
    const ages = async () =>
      await Promise.all(
        ['intervention', 'call', 'visit'].map(async (of) =>
          Math.floor(((await figure('opening_age_seconds', `of="${of}"`)) ?? -1) / HOUR),
        ),
      );
    expect(await ages()).toEqual([2, 3, 4]);
    await run("UPDATE interventions SET stage = 'open'");
    await run('UPDATE hotline_calls SET followed_at = now() WHERE id = $1', [called]);
    await run('UPDATE planned_visits SET started_at = now()');
    expect(await ages()).toEqual([0, 0, 0]);
  });

  it('say since when calls are not over or owed, and whether what they need has come', async () => {
    const { reference, under, request } = await contract('CALLS', 'E');
    const id = await call(request, 50);
    await run('UPDATE hotline_calls SET followed_at = now()');
    expect(Math.floor(((await figure('call_age_seconds')) ?? 0) / HOUR)).toBe(50);
    await run(
      `UPDATE hotline_calls SET ended_at = now() - interval '49 hours', seconds = 3600, free_seconds = 900,
         unit = 'timeUnit', units = 2 WHERE id = $1`,
      [id],
    );
    await run('DELETE FROM hotline_calls WHERE ended_at IS NULL');
    expect(await figure('call_age_seconds')).toBe(0);
    expect(Math.floor(((await figure('call_owed_age_seconds')) ?? 0) / HOUR)).toBe(49);
    expect(await figure('credit_lacking', 'of="call"')).toBe(1);
    expect(await figure('credit_unclaimed', 'of="call"')).toBe(0);
    await buy(database.pool, reference, { unit: 'timeUnit', units: 40 }, under, today);
    expect(await figure('credit_unclaimed', 'of="call"')).toBe(1);
    await run('UPDATE hotline_calls SET debited_at = now()');
    expect(await figure('call_owed_age_seconds')).toBe(0);
    expect(await figure('credit_lacking', 'of="call"')).toBe(0);
  });

  it('count modules whose visit of the period is not there', async () => {
    const { reference, request } = await contract('VISITS', 'E');
    const id = await intervention({ reference, request }, 'studied');
    const opened = async (module: string, period: string) =>
      await run(
        `INSERT INTO planned_visits (contract, module, period, request, intervention, started_at)
         VALUES ($1, $2, $3, $4, $5, now())`,
        [reference, module, period, request, id],
      );
    for (const module of ['plannedMaintenance', 'coordinationDay']) {
      await noteScheduleWanted(database.pool, reference, module);
    }
    expect(await figure('visits_missing')).toBe(2);
    await opened('plannedMaintenance', '2020-01');
    await opened('coordinationDay', '2020');
    expect(await figure('visits_missing')).toBe(2);
    // The zone may be in the next month or year already.
    await opened('plannedMaintenance', '2999-01');
    expect(await figure('visits_missing')).toBe(1);
    await opened('coordinationDay', '2999');
    expect(await figure('visits_missing')).toBe(0);
  });

  it('count proposals to bill time that nobody has decided', async () => {
    const { request } = await contract('BILLED', 'E');
    await run(
      `INSERT INTO billing_proposals (request, contract, seconds, cause, proposed_by, proposed_at)
       SELECT number, 'BILLED', 60, id, 'staff:s-agent', now() - interval '2 hours' FROM texts WHERE number = $1`,
      [request],
    );
    expect(await figure('billing_undecided')).toBe(1);
    expect(Math.floor(((await figure('billing_undecided_age_seconds')) ?? 0) / HOUR)).toBe(2);
    await run("UPDATE billing_proposals SET decision = 'rejected', decided_by = 'staff:s', decided_at = now()");
    expect(await figure('billing_undecided')).toBe(0);
  });
});
