/** Interventions over the ledger and the rows of Postgres: each effect carried out twice, as after a worker's end. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterventionMailActivities, type InterventionMailDeps } from '../../activities/interventionMail.ts';
import { interventionInput, interventionStartOptions } from '../../client/interventionInput.ts';
import { deleteEstimate, readEstimate, storeEstimate } from '../../db/interventionEstimates.ts';
import { listServable, readInterventionRow } from '../../db/interventions.ts';
import { readStatement } from '../../db/ledger/statement.ts';
import type { InterventionMailOrder } from '../../domain/intervention/effects.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import type { SendInterventionMail } from '../../workflows/interventionMessages.ts';
import type { MailOutcome } from '../../workflows/messages.ts';
import { local } from '../support/businessTime.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { balanceOf, buy } from '../support/ledgerWorld.ts';
import { approve, contractFor, type Living, liveIntervention, NOW, plan } from '../support/liveInterventions.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

const contractOf = (family: 'A' | 'E') => contractFor(pool, family);
const live = (reference: string, request: string, module?: string) =>
  liveIntervention(pool, { reference, request, ...(module === undefined ? {} : { module }) });

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

  it('says in the statement who spent, why, for what, and on which day the work was', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 10 }, under);
    const one = await live(reference, request);
    await approve(one, 'ticket', 4);
    await one.on('2026-11-23 10:00', 'schedule', plan('2026-12-01 09:00', '2026-12-01 15:00'));
    await one.on('2026-12-01 12:00', 'logWork', { minutes: 125, from: local('2026-12-01 09:00') });
    await one.on('2026-12-02 10:00', 'complete', { text: '' });
    const two = await live(reference, request);
    await approve(two, 'ticket', 2);
    await two.on('2026-11-23 10:00', 'schedule', plan('2026-12-02 09:00', '2026-12-02 12:00'));
    await two.on('2026-12-01 09:00', 'cancel', { lost: { ticket: 2 } });
    const lines = (await readStatement(pool, reference, { limit: 100 })).slice(1);
    const said = lines.map(({ kind, who, why, on }) => [kind, who, why, on]);
    const contact = `contact:c-${reference}`;
    expect(said).toEqual([
      ['reserve', contact, 'approved', '2026-11-23'],
      ['post', 'staff:s-agent', 'work done', '2026-12-01'],
      ['release', 'staff:s-agent', 'work done', '2026-12-01'],
      ['reserve', contact, 'approved', '2026-11-23'],
      ['forfeit', contact, 'cancelled inside the limit', '2026-12-01'],
    ]);
    expect(lines.map((line) => line.request)).toEqual(lines.map(() => request));
    expect(lines.map(({ intervention }) => intervention)).toEqual([...Array(3).fill(one.id), ...Array(2).fill(two.id)]);
    expect(new Set(lines.map(({ operation }) => operation)).size).toBe(4);
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
    expect(await listServable(pool, reference, { ticket: 2 })).toEqual([]);
    expect(await listServable(pool, reference, { ticket: 3 })).toEqual([second.id]);
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    await second.on('2026-11-23 11:00', 'creditAdded');
    expect(second.state.status).toBe('ready');
    expect(await listServable(pool, reference, { ticket: 3 })).toEqual([]);
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

  it('moves to them though it holds some of them already', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, '2025-11-30');
    const [other, one] = [await live(reference, request), await live(reference, request)];
    await approve(other, 'ticket', 3);
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, '2026-11-20');
    await approve(one, 'ticket', 4);
    expect(one.state.reservations).toMatchObject([{ validUntil: '2026-11-30' }]);
    await one.on('2026-11-23 11:00', 'schedule', plan('2026-12-02 09:00', '2026-12-02 12:00'));
    expect(one.state).toMatchObject({ status: 'scheduled', reservations: [{ validUntil: '2027-11-20' }] });
    expect(await kindsOf(one.id)).toEqual(['reserve 8', 'release 4']);
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 1, pending: 7 });
    await one.on('2026-11-23 12:00', 'withdraw', { text: '' });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 5, pending: 3 });
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

describe('mails that wait to be sent', () => {
  const deps: Omit<InterventionMailDeps, 'pool'> = {
    transport: { send: async () => ({ result: 'accepted', at: NOW }), close: () => undefined },
    tokenKeys: [{ id: 'k1', key: Buffer.alloc(32, 9) }],
    sender: { name: 'Support', domain: 'support.test' },
    staffAlerts: { address: 'staff@support.test', language: 'fr' },
    logger: { warn: () => undefined, error: () => undefined },
    publicUrl: 'http://relance.test',
  };
  const [first, second] = [plan('2026-12-01 09:00', '2026-12-01 12:00'), plan('2026-12-02 09:00', '2026-12-02 12:00')];

  async function sent(one: Living, order: InterventionMailOrder, seq = one.state.seq): Promise<string> {
    const input: SendInterventionMail = { key: `${one.id}:${randomUUID()}:${seq}`, intervention: one.id, order };
    const { sendInterventionMail } = createInterventionMailActivities({ ...deps, pool });
    const sending = new MockActivityEnvironment().run<[SendInterventionMail], MailOutcome, typeof sendInterventionMail>(
      sendInterventionMail,
      input,
    );
    return (await sending).result;
  }

  it('are not sent when they speak of another date than the one that stands', async () => {
    const { reference, request, under } = await contractOf('A');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    const one = await live(reference, request);
    await approve(one, 'ticket', 2);
    await one.on('2026-11-23 10:00', 'schedule', first);
    expect(await sent(one, { kind: 'dayBefore', ...first, backup: true })).toBe('accepted');
    await one.on('2026-11-23 11:00', 'schedule', second);
    for (const kind of ['dayBefore', 'scheduled'] as const) {
      expect(await sent(one, { kind, ...first, backup: true })).toBe('superseded');
      expect(await sent(one, { kind, ...second, backup: true })).toBe('accepted');
      // Its own save is on its way still.
      expect(await sent(one, { kind, ...first, backup: true }, one.state.seq + 1)).toBe('accepted');
    }
    await one.on('2026-11-23 12:00', 'withdraw', { text: '' });
    expect(await sent(one, { kind: 'dayBefore', ...second, backup: true })).toBe('superseded');
  });

  it('are not sent when they remind of what is not waited for since', async () => {
    const { reference, request, under } = await contractOf('A');
    const one = await live(reference, request);
    await approve(one, 'ticket', 2);
    const reminder = {
      kind: 'waitingReminder',
      waitingFor: 'order',
      step: 1,
      since: local('2026-11-23 09:20'),
    } as const;
    expect(await sent(one, reminder)).toBe('accepted');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under);
    await one.on('2026-11-23 11:00', 'creditAdded');
    expect(await sent(one, reminder)).toBe('superseded');
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
    const words = {
      scope: 'Déplacer le serveur',
      prerequisites: ['Accès'],
      limits: ['Un poste'],
      deliverables: ['Note'],
    };
    const figures = { unit: 'ticket', units: 4 };
    const stored = {
      ...{ intervention: one.id, service: 'licenceServer', ...words, figures, draftedBy: 'staff:s-agent' },
    };
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
