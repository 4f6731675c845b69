/** Interventions and a call on a real Temporal server and a real ledger, with a worker that ends and returns. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHotlineActivities } from '../../activities/hotline.ts';
import { createInterventionActivities } from '../../activities/interventions.ts';
import { createTemporalClient } from '../../client/connection.ts';
import { tellCreditAdded } from '../../client/creditNews.ts';
import { createHotlineDoor } from '../../client/hotlineDoor.ts';
import { createInterventionDoor } from '../../client/interventionDoor.ts';
import { interventionInput, interventionStartOptions } from '../../client/interventionInput.ts';
import { storeContact } from '../../db/contracts.ts';
import { beginHotlineCall, listUnfollowedCalls } from '../../db/hotlineCalls.ts';
import { discardIntervention, readInterventionRow, registerIntervention } from '../../db/interventions.ts';
import type { Under } from '../../db/ledger/operations.ts';
import { registerRequest } from '../../db/requests.ts';
import {
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
} from '../../domain/intervention/events.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { endCall } from '../../workflows/hotlineMessages.ts';
import { interventionOpenUpdate, interventionUpdate } from '../../workflows/interventionMessages.ts';
import { REQUEST_TASK_QUEUE } from '../../workflows/messages.ts';
import { DAY_AND_NIGHT } from '../support/closureTerms.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let client: ReturnType<typeof createTemporalClient>;
let connection: NativeConnection;
let namespace: string;
let present: { worker: Worker; running: Promise<void> } | undefined;
const mails: string[] = [];
const today = new Date().toISOString().slice(0, 10);

/** Both families, open day and night, so that the test may run at any hour. */
const TERMS = {
  A: { ...LEDGER_TERMS.A, calendars: { support: { ...DAY_AND_NIGHT, closuresAdmitted: true } } },
  E: { ...LEDGER_TERMS.E, calendars: { ...LEDGER_TERMS.E.calendars, business: DAY_AND_NIGHT } },
};

beforeAll(async () => {
  const [stored, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  database = stored;
  namespace = temporal.namespace;
  client = createTemporalClient(temporal);
  connection = await NativeConnection.connect({ address: temporal.address });
  await startWorker();
});
afterAll(async () => {
  await stopWorker();
  await connection?.close();
  await client?.connection.close();
  await database?.drop();
});

async function startWorker(): Promise<void> {
  const never = (): never => {
    throw new Error('this world has no requests that run');
  };
  const { pool } = database;
  const worker = await createRequestWorker({
    ...{ connection, namespace, maxCachedWorkflows: 10, workflowBundle: await workflowBundle() },
    activities: {
      ...{ saveRequest: never, sendMail: never, extendWindows: never },
      ...createInterventionActivities({ pool }),
      ...createHotlineActivities({ pool }),
      async sendInterventionMail({ order }) {
        mails.push(order.kind);
        return { result: 'accepted', at: Date.now() };
      },
      async alertAgent({ because }) {
        mails.push(because);
      },
    },
  });
  present = { worker, running: worker.run() };
}

async function stopWorker(): Promise<void> {
  present?.worker.shutdown();
  await present?.running;
  present = undefined;
}

async function contractOf(family: 'A' | 'E'): Promise<{ reference: string; request: string; under: Under }> {
  const reference = `${family}-${randomUUID().slice(0, 8)}`;
  const under = await storeCreditContract(database.pool, reference, TERMS[family], today);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(database.pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(database.pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'It is slow.', who: 'staff:s-agent', channel: 'api' },
  });
  return { reference, request, under };
}

async function open(reference: string, request: string): Promise<{ id: InterventionId; text: string }> {
  const { pool } = database;
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
  const text = rows[0]?.id ?? '';
  const contact = `c-${reference}`;
  const id = await registerIntervention(pool, {
    ...{ request, termsVersion: 1, contact, text, who: 'staff:s-agent', channel: 'api' },
  });
  const row = id && (await readInterventionRow(pool, id));
  if (!row) throw new Error('not registered');
  const options = interventionStartOptions(await interventionInput(pool, row, Date.now()));
  const startWorkflowOperation = new WithStartWorkflowOperation('intervention', {
    ...{ ...options, workflowIdConflictPolicy: 'USE_EXISTING' },
  });
  const { commandId } = row.opening;
  await client.workflow.executeUpdateWithStart(interventionOpenUpdate, {
    args: [{ commandId }],
    startWorkflowOperation,
  });
  return { id: row.id, text };
}

async function command(id: InterventionId, reference: string, name: InterventionCommandName, payload: object) {
  const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(name);
  const who = isCustomers ? `contact:c-${reference}` : 'staff:s-agent';
  const whole = { who, channel: 'api', commandId: randomUUID(), ...payload } as InterventionCommandOf<'note'>;
  return await client.workflow.getHandle(id).executeUpdate(interventionUpdate(name as 'note'), { args: [whole] });
}

async function reaches(id: InterventionId, status: string): Promise<void> {
  await until(async () => (await readInterventionRow(database.pool, id))?.view?.status === status, {
    timeoutMs: 30_000,
  });
}

describe('on a real server', () => {
  it('what its terms refuse is started never, and leaves its number to the next', async () => {
    const { pool } = database;
    const { reference, request } = await contractOf('E');
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
    const door = createInterventionDoor({ client, pool });
    const wanted = { request, termsVersion: 1, contact: `c-${reference}`, text: rows[0]?.id ?? '' };
    const by = { who: 'staff:s-agent', channel: 'api' } as const;
    const refused = await registerIntervention(pool, { ...wanted, ...by, module: 'noSuchModule' });
    if (!refused) throw new Error('not registered');
    for (const _ of [1, 2]) await expect(door.open(refused)).rejects.toMatchObject({ type: 'ValidationFailed' });
    await discardIntervention(pool, refused);
    const next = await registerIntervention(pool, { ...wanted, ...by });
    expect(next).toBe(refused);
    expect(await door.open(refused)).toMatchObject({ status: 'studied', version: 1 });
    const calls = createHotlineDoor({ client, pool });
    const call = await beginHotlineCall(pool, {
      ...{ request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt: new Date() },
    });
    if (!call) throw new Error('no call');
    await calls.begin(call);
    expect(await listUnfollowedCalls(pool, 0, 100)).not.toContain(call);
    const end = { commandId: randomUUID() };
    expect(await calls.end(call, end)).toMatchObject({ units: 0 });
  });

  it('credit is lacking, an order arrives, a worker ends and another goes on: what was worked is debited', async () => {
    const { pool } = database;
    const { reference, request, under } = await contractOf('A');
    const { id, text } = await open(reference, request);
    await command(id, reference, 'study', { feasible: true, text });
    await command(id, reference, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 });
    await command(id, reference, 'approve', { estimate: 'e1' });
    await reaches(id, 'awaitingOrder');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, today);
    expect(await tellCreditAdded(client, pool, reference)).toBe(1);
    await reaches(id, 'ready');
    expect(await tellCreditAdded(client, pool, reference)).toBe(0);
    await stopWorker();
    const from = Date.now() + 60_000;
    const scheduled = command(id, reference, 'schedule', { from, to: from + 3_600_000 });
    await startWorker();
    expect(await scheduled).toMatchObject({ status: 'scheduled' });
    await command(id, reference, 'logWork', { minutes: 61 });
    await command(id, reference, 'complete', { text });
    expect(await client.workflow.getHandle(id).result()).toMatchObject({ status: 'done' });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 2, pending: 0 });
    expect(await readInterventionRow(pool, id)).toMatchObject({
      view: { status: 'done', ended: { used: { ticket: 2 }, returned: { ticket: 2 } } },
    });
    expect(mails).toEqual(expect.arrayContaining(['estimate', 'orderNeeded', 'scheduled', 'report']));
  });

  it('a call beyond the free minutes is owed until it can be debited', async () => {
    const { pool } = database;
    const { reference, request, under } = await contractOf('E');
    const beganAt = new Date(Date.now() - 40 * 60_000);
    const call = { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt } as const;
    const id = await beginHotlineCall(pool, call);
    if (!id) throw new Error('no call');
    const input = {
      id,
      contract: reference,
      request,
      agent: call.agent,
      beganAt: beganAt.getTime(),
      alertAfter: 1_500,
    };
    const handle = await client.workflow.start('hotlineCall', {
      ...{ workflowId: id, taskQueue: REQUEST_TASK_QUEUE, args: [input] },
    });
    const outcome = await handle.executeUpdate(endCall, { args: [{}] });
    expect(outcome).toMatchObject({ freeSeconds: 1_800, unit: 'timeUnit', units: 1 });
    await until(() => mails.includes('creditLacking'));
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under, today);
    expect(await tellCreditAdded(client, pool, reference)).toBe(1);
    await handle.result();
    expect(await balanceOf(pool, reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });
});
