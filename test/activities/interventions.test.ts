/** Interventions over the ledger and the rows of Postgres: each effect carried out twice, as after a worker's end. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterventionActivities } from '../../activities/interventions.ts';
import { interventionInput, interventionStartOptions } from '../../client/interventionInput.ts';
import { prefilledEstimate } from '../../contracts/estimates.ts';
import { interventionTerms, interventionWindows } from '../../contracts/interventionTerms.ts';
import { readContract, storeContact } from '../../db/contracts.ts';
import { deleteEstimate, readEstimate, storeEstimate } from '../../db/interventionEstimates.ts';
import {
  listLackingCredit,
  type NewIntervention,
  readInterventionRow,
  registerIntervention,
} from '../../db/interventions.ts';
import type { Under } from '../../db/ledger/operations.ts';
import { registerRequest } from '../../db/requests.ts';
import type { InterventionEffect } from '../../domain/intervention/effects.ts';
import { INTERVENTION_CUSTOMER_COMMANDS, type InterventionEvent } from '../../domain/intervention/events.ts';
import { advanceIntervention, openIntervention } from '../../domain/intervention/intervention.ts';
import type { InterventionId, InterventionState } from '../../domain/intervention/state.ts';
import { interventionView } from '../../domain/intervention/view.ts';
import { rulesOf } from '../../domain/rules.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';

let database: TestDatabase;
let pool: Pool;
const NOW = local('2026-11-23 09:00');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

/** A contract of its own, with a request on it. */
async function contractOf(family: 'A' | 'E'): Promise<{ reference: string; request: string; under: Under }> {
  const reference = `${family}-${randomUUID().slice(0, 8)}`;
  const under = await storeCreditContract(pool, reference, LEDGER_TERMS[family]);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'It is slow.', who: 'staff:s-agent', channel: 'api' },
  });
  return { reference, request, under };
}

/** An intervention whose effects are carried out at once, each twice. */
async function live(reference: string, request: string, module?: string) {
  const contract = await readContract(pool, reference);
  if (!contract) throw new Error('no contract');
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
  const text = rows[0]?.id ?? '';
  const registered: NewIntervention = {
    ...{ request, termsVersion: 1, contact: `c-${reference}`, text, who: 'staff:s-agent', channel: 'api' },
    ...(module === undefined ? {} : { module }),
  };
  const id = await registerIntervention(pool, registered);
  const row = id && (await readInterventionRow(pool, id));
  if (!row) throw new Error('not registered');
  const terms = interventionTerms(reference, 1, contract.terms);
  const rules = rulesOf({ terms, windows: interventionWindows(contract.terms, { from: NOW, now: NOW }) });
  const activities = createInterventionActivities({ pool, now: () => NOW });
  let state: InterventionState;
  const done: InterventionEffect[] = [];

  async function follow(result: { state: InterventionState; effects: readonly InterventionEffect[] }): Promise<void> {
    state = result.state;
    for (const effect of result.effects) await carryOut(effect);
  }

  async function carryOut(effect: InterventionEffect): Promise<void> {
    done.push(effect);
    const tell = (event: object) =>
      follow(
        advanceIntervention(
          state,
          { who: 'system', channel: 'system', key: effect.key, at: state.lastAt, ...event } as InterventionEvent,
          rules,
        ),
      );
    const twice = async <T>(act: () => Promise<T>): Promise<T> => {
      await act();
      return await act();
    };
    const common = { key: effect.key, contract: reference, request, intervention: state.id };
    switch (effect.kind) {
      case 'save': {
        const save = { ...effect, state: { ...state, pending: [] }, view: interventionView(state, rules) };
        await twice(() => activities.saveIntervention(save));
        return await tell({ type: 'saved' });
      }
      case 'mail':
        return await tell({ type: 'mailAccepted' });
      case 'reserve': {
        const answer = await twice(() => activities.reserveUnits({ ...common, ...effect, who: effect.by }));
        if (answer.result === 'insufficient') return await tell({ type: 'unitsLacking', missing: answer.missing });
        const { validUntil } = answer;
        return await tell({ type: 'unitsReserved', ...(validUntil === undefined ? {} : { validUntil }) });
      }
      case 'settle':
        await twice(() => activities.settleUnits({ ...common, ...effect, who: effect.by }));
        return await tell({ type: 'unitsSettled' });
      case 'takeAllowance': {
        const taken = await twice(() => activities.takeAllowance({ ...common, ...effect, who: effect.by }));
        return await tell({ type: 'allowanceTaken', seconds: taken.seconds });
      }
      case 'returnAllowance':
        await twice(() => activities.returnAllowance({ ...common, ...effect, who: effect.by }));
        return await tell({ type: 'allowanceReturned' });
      case 'extendWindow':
        return;
    }
  }

  await follow(openIntervention(row, { ...row.opening, type: 'open', at: NOW }, rules));
  return {
    id: row.id,
    done,
    get state() {
      return state;
    },
    async on(time: string, type: InterventionEvent['type'], fields: object = {}) {
      const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(type);
      const who = isCustomers ? `contact:c-${reference}` : 'staff:s-agent';
      const event = { who, channel: 'api', at: local(time), ...withText(fields, text), type } as InterventionEvent;
      await follow(advanceIntervention(state, event, rules));
    },
  };
}

const withText = (fields: object, text: string) => ('text' in fields ? { ...fields, text } : fields);

type Living = Awaited<ReturnType<typeof live>>;

async function approve(one: Living, unit: string, units: number): Promise<void> {
  await one.on('2026-11-23 09:00', 'study', { feasible: true, text: '' });
  await one.on('2026-11-23 09:10', 'sendEstimate', { estimate: 'e1', unit, units });
  await one.on('2026-11-23 09:20', 'approve', { estimate: 'e1' });
}

const plan = (from: string, to: string) => ({ from: local(from), to: local(to) });

async function kindsOf(id: InterventionId): Promise<string[]> {
  const { rows } = await pool.query<{ kind: string; units: number }>(
    `SELECT kind, sum(greatest(abs(available), abs(pending)))::int AS units FROM credit_entries
     WHERE intervention = $1 GROUP BY kind ORDER BY min(id)`,
    [id],
  );
  return rows.map(({ kind, units }) => `${kind} ${units}`);
}

describe('an intervention over the ledger', () => {
  it('reserves, debits what was worked, and gives the rest back, once', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 10 }, under);
    const one = await live(reference, request);
    await approve(one, 'ticket', 4);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 6, pending: 4 });
    expect(one.state.reservations).toMatchObject([{ validUntil: '2027-11-21' }]);
    await one.on('2026-11-23 10:00', 'schedule', plan('2026-12-01 09:00', '2026-12-01 15:00'));
    await one.on('2026-12-01 12:00', 'logWork', { minutes: 125, from: local('2026-12-01 09:00') });
    await one.on('2026-12-01 14:00', 'complete', { text: '' });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 7, pending: 0 });
    expect(await kindsOf(one.id)).toEqual(['reserve 4', 'post 3', 'release 1']);
    const row = await readInterventionRow(pool, one.id);
    expect(row).toMatchObject({ n: 1, stage: 'open', version: one.state.seq, view: { status: 'done' } });
    const { rows } = await pool.query('SELECT type FROM intervention_timeline WHERE intervention = $1 ORDER BY id', [
      one.id,
    ]);
    expect(rows.map(({ type }) => type)).toContain('unitsPosted');
  });

  it('debits what was ordered in the midst of the work from that order', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    const one = await live(reference, request);
    await approve(one, 'ticket', 4);
    await one.on('2026-11-23 10:00', 'schedule', plan('2026-11-23 11:00', '2026-11-23 17:00'));
    await one.on('2026-11-23 16:00', 'logWork', { minutes: 240, from: local('2026-11-23 11:00') });
    await one.on('2026-11-23 16:30', 'agreeMore', { units: { ticket: 2 } });
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, '2026-11-24');
    await one.on('2026-11-24 09:00', 'schedule', plan('2026-11-24 10:00', '2026-11-24 12:00'));
    await one.on('2026-11-24 09:00', 'creditAdded');
    await one.on('2026-11-24 12:00', 'logWork', { minutes: 61 });
    await one.on('2026-11-24 12:00', 'complete', { text: '' });
    expect(await kindsOf(one.id)).toEqual(['reserve 6', 'post 6']);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 2, pending: 0 });
  });

  it('forfeits what was planned when it is cancelled too late', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 10 }, under);
    const one = await live(reference, request);
    await approve(one, 'ticket', 6);
    await one.on('2026-11-23 10:00', 'schedule', {
      ...plan('2026-12-01 09:00', '2026-12-01 12:00'),
      units: { ticket: 3 },
    });
    await one.on('2026-11-27 09:00', 'cancel', { lost: { ticket: 3 } });
    expect(await kindsOf(one.id)).toEqual(['reserve 6', 'forfeit 3', 'release 3']);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 7, pending: 0 });
  });

  it('without enough credit is found when an order arrives, and goes on', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    const [first, second] = [await live(reference, request), await live(reference, request)];
    await approve(first, 'ticket', 3);
    await approve(second, 'ticket', 3);
    expect([first.state.status, second.state.status]).toEqual(['ready', 'awaitingOrder']);
    expect(second.state.missing).toEqual({ ticket: 2 });
    expect(await listLackingCredit(pool, reference)).toEqual([second.id]);
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    await second.on('2026-11-23 11:00', 'creditAdded');
    expect(second.state.status).toBe('ready');
    expect(await listLackingCredit(pool, reference)).toEqual([]);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 2, pending: 6 });
  });

  it('moves to units that are valid on a later date', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, '2025-11-30');
    const one = await live(reference, request);
    await approve(one, 'ticket', 4);
    expect(one.state.reservations).toMatchObject([{ validUntil: '2026-11-30' }]);
    await one.on('2026-11-23 10:00', 'schedule', plan('2026-12-02 09:00', '2026-12-02 12:00'));
    expect(one.state).toMatchObject({ status: 'ready', reservations: [{ validUntil: '2026-11-30' }] });
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, '2026-11-20');
    await one.on('2026-11-23 11:00', 'schedule', plan('2026-12-02 09:00', '2026-12-02 12:00'));
    expect(one.state).toMatchObject({ status: 'scheduled', reservations: [{ validUntil: '2027-11-20' }] });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 4, pending: 4 });
    await one.on('2026-11-23 12:00', 'withdraw', { text: '' });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 8, pending: 0 });
  });

  it('spans a renewal of the base', async () => {
    const { reference, request, under } = await contractOf('E');
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under);
    const one = await live(reference, request);
    await approve(one, 'timeUnit', 20);
    expect(one.state.status).toBe('ready');
    expect(await balanceOf(pool, reference, 'timeUnit')).toEqual({ available: 12, pending: 20 });
  });
});

describe('time of a module', () => {
  it('is taken once, never beyond its period, and returns', async () => {
    const { reference, request, under } = await contractOf('E');
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under);
    const first = await live(reference, request, 'plannedMaintenance');
    expect(first.state).toMatchObject({ status: 'ready', allowance: { period: '2026-11', seconds: 3_600 } });
    const second = await live(reference, request, 'plannedMaintenance');
    expect(second.state).toMatchObject({ status: 'ready', allowance: { seconds: 0 } });
    await first.on('2026-11-23 10:00', 'schedule', plan('2026-11-30 09:00', '2026-11-30 10:00'));
    await first.on('2026-11-30 10:00', 'logWork', { minutes: 45 });
    await first.on('2026-11-30 10:00', 'complete', { text: '' });
    const third = await live(reference, request, 'plannedMaintenance');
    expect(third.state.allowance).toEqual({ period: '2026-11', seconds: 900 });
    const { rows } = await pool.query('SELECT used, seconds FROM module_allowances WHERE contract = $1', [reference]);
    expect(rows).toEqual([{ used: 3_600, seconds: 3_600 }]);
  });
});

describe('an estimate', () => {
  it('is stored as the customer reads it; the input of a run is made of the row', async () => {
    const { reference, request } = await contractOf('A');
    const one = await live(reference, request);
    const contract = await readContract(pool, reference);
    const sheet = contract && prefilledEstimate(contract.terms, 'licenceServer', 'fr');
    if (!sheet) throw new Error('no such service');
    const { service, unit, units, ...words } = sheet;
    const figures = { unit, units };
    const stored = { intervention: one.id, service, ...words, figures, draftedBy: 'staff:s-agent' };
    const id = await storeEstimate(pool, stored);
    expect(await readEstimate(pool, id)).toMatchObject({ id, ...stored });
    const row = await readInterventionRow(pool, one.id);
    if (!row) throw new Error('no row');
    expect(await interventionInput(pool, row, NOW)).toMatchObject({ id: one.id, n: 1, state: { status: 'studied' } });
    const fresh = await interventionInput(pool, { ...row, state: null }, NOW);
    expect(interventionStartOptions(fresh)).toMatchObject({
      workflowId: one.id,
      args: [{ open: { contact: `c-${reference}` } }],
    });
    await deleteEstimate(pool, id);
    expect(await readEstimate(pool, id)).toBeUndefined();
  });
});

describe('many at once', () => {
  it('reserve no unit twice: what is left over is lacking', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 10 }, under);
    const all = [];
    for (let index = 0; index < 6; index++) all.push(await live(reference, request));
    await Promise.all(all.map((one) => approve(one, 'ticket', 3)));
    const statuses = all.map(({ state }) => state.status).sort();
    expect(statuses).toEqual(['awaitingOrder', 'awaitingOrder', 'awaitingOrder', 'ready', 'ready', 'ready']);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 1, pending: 9 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(6);
  });
});
