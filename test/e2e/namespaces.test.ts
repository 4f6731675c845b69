/** A publisher with a Temporal namespace of its own: request and escalation reach each other by Nexus. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOptions } from '../../client/requestInput.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import {
  type EscalationActivities,
  escalationUpdate,
  escalationWorkflowId,
  getEscalation,
} from '../../workflows/escalationMessages.ts';
import {
  commandUpdate,
  getRequest,
  openUpdate,
  type RequestActivities,
  requestWorkflowId,
} from '../../workflows/messages.ts';
import { escalationInput } from '../support/escalationWorld.ts';
import { TERMS, windowsFrom, workflowBundle } from '../support/requestWorld.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const STAFF = { who: 'staff:a1', channel: 'api' } as const;
const THEIRS = { who: 'publisher:p1', channel: 'api' } as const;
const commandId = () => randomUUID();

const ours = { endpoint: `requests-${randomUUID().slice(0, 8)}` };
const theirs = { endpoint: `publisher-${randomUUID().slice(0, 8)}` };
const filed: EscalationReport[] = [];
let connection: Connection;
let native: NativeConnection;
let requests: Client;
let escalations: Client;
const workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];

beforeAll(async () => {
  const [here, there] = await Promise.all([createTestNamespace(), createTestNamespace()]);
  connection = await Connection.connect({ address: here.address });
  native = await NativeConnection.connect({ address: here.address });
  requests = new Client({ connection, namespace: here.namespace });
  escalations = new Client({ connection, namespace: there.namespace });
  for (const [{ endpoint }, { namespace }] of [[ours, here] as const, [theirs, there] as const]) {
    const target = { worker: { namespace, taskQueue: 'requests' } };
    await connection.operatorService.createNexusEndpoint({ spec: { name: endpoint, target } });
    const worker = await createRequestWorker({
      ...{ connection: native, namespace, maxCachedWorkflows: 10, answersNexus: true },
      workflowBundle: await workflowBundle(),
      activities: { ...requestActivities(), ...escalationActivities() },
    });
    workers.push({ worker, running: worker.run() });
  }
}, 60_000);

afterAll(async () => {
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ running }) => running));
  await native?.close();
  await connection?.close();
});

function requestActivities(): RequestActivities {
  return {
    saveRequest: async () => undefined,
    sendMail: async () => ({ result: 'accepted', at: Date.now() }),
    extendWindows: async ({ from }) => windowsFrom(from, Date.now()),
  };
}

function escalationActivities(): EscalationActivities {
  return {
    prepareEscalation: async ({ id }) => ({
      ...escalationInput(id.split(':')[1] ?? '', 'p2', Date.now()),
      reportsTo: ours.endpoint,
    }),
    storedEscalation: async () => undefined,
    saveEscalation: async () => undefined,
    sendEscalationMail: async () => ({ result: 'accepted', at: Date.now() }),
    extendPublisherWindows: async () => ({}),
    async fileReport({ report }) {
      filed.push(report);
    },
  };
}

/** Opened, acknowledged, sent to the publisher's namespace, and begun there. */
async function escalated(number: string) {
  const now = Date.now();
  const opening = { contact: 'c1', priority: 'blocking', text: randomUUID(), commandId: commandId() };
  const terms = { ...TERMS, productionFollowsFix: false, publisherContracts: ['TEST-C'] };
  const input = { number, terms, windows: windowsFrom(now), open: { ...opening, ...STAFF } };
  const startWorkflowOperation = new WithStartWorkflowOperation('supportRequest', {
    ...startOptions(input),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await requests.workflow.executeUpdateWithStart(openUpdate, {
    args: [{ commandId: opening.commandId }],
    startWorkflowOperation,
  });
  const request = requests.workflow.getHandle(requestWorkflowId(number));
  const escalation = escalations.workflow.getHandle(escalationWorkflowId(number, 1));
  await request.executeUpdate(commandUpdate('acknowledge'), { args: [{ ...STAFF, commandId: commandId() }] });
  const to = { n: 1, publisher: 'pub1', publisherContract: 'TEST-C', endpoint: theirs.endpoint };
  await request.executeUpdate(commandUpdate('escalate'), { args: [{ ...STAFF, ...to, commandId: commandId() }] });
  await until(async () => (await escalation.query(getEscalation).catch(() => undefined))?.status === 'sent');
  return { request, escalation };
}

it('lives a whole escalation across two namespaces', async () => {
  const number = 'DA-2031-000001';
  const { request, escalation } = await escalated(number);
  const acknowledgement = {
    ...THEIRS,
    sr: 'SR-2031-000001',
    srIssuedBy: 'distributor',
    commandId: commandId(),
  } as const;
  await escalation.executeUpdate(escalationUpdate('acknowledge'), { args: [acknowledgement] });
  await until(async () => (await request.query(getRequest)).escalations?.[0]?.sr === 'SR-2031-000001');

  const delivery = { ...THEIRS, text: randomUUID() };
  await escalation.executeUpdate(escalationUpdate('deliverFix'), { args: [{ ...delivery, commandId: commandId() }] });
  await until(async () => (await request.query(getRequest)).status === 'waiting');
  const rejection = { ...STAFF, text: randomUUID(), commandId: commandId() };
  await request.executeUpdate(commandUpdate('reject'), { args: [rejection] });
  await until(async () => (await escalation.query(getEscalation)).status === 'inProgress');

  await escalation.executeUpdate(escalationUpdate('deliverFix'), { args: [{ ...delivery, commandId: commandId() }] });
  await until(async () => (await request.query(getRequest)).status === 'waiting');
  await request.executeUpdate(commandUpdate('confirm'), { args: [{ ...STAFF, commandId: commandId() }] });
  expect(await request.result()).toMatchObject({ reason: 'confirmed' });
  expect(await escalation.result()).toMatchObject({ status: 'closed' });
  expect(filed).toEqual([]);
  // Nobody's child there: the two know each other by their ids.
  expect((await escalation.describe()).raw.workflowExecutionInfo?.parentExecution).toBeFalsy();
}, 60_000);

it('files what the publisher says once the request has ended', async () => {
  const number = 'DA-2031-000002';
  const { request, escalation } = await escalated(number);
  await request.terminate('lost');
  const acknowledgement = {
    ...THEIRS,
    sr: 'SR-2031-000002',
    srIssuedBy: 'distributor',
    commandId: commandId(),
  } as const;
  await escalation.executeUpdate(escalationUpdate('acknowledge'), { args: [acknowledgement] });
  await until(async () => filed.length === 1);
  expect(filed[0]).toMatchObject({ what: 'acknowledged', sr: 'SR-2031-000002' });
}, 60_000);
