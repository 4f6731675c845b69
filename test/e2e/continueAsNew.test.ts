import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLost } from '../../client/temporalErrors.ts';
import { type RequestSave, unpackSave } from '../../domain/packing.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { createProcesses, type Processes } from '../../scripts/stack/processes.ts';
import { startTemporal } from '../../scripts/stack/temporalServer.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import {
  commandUpdate,
  getRequest,
  openUpdate,
  REQUEST_TASK_QUEUE,
  requestWorkflowId,
  type SendMail,
  type SupportRequestInput,
} from '../../workflows/messages.ts';
import { TERMS, windowsFrom, workflowBundle } from '../support/requestWorld.ts';

const NUMBER = 'DA-2030-000001';
const NOTES = 60;

const directory = mkdtempSync(join(tmpdir(), 'relance-continue-'));
const saves: RequestSave[] = [];
const mails: SendMail[] = [];
let processes: Processes;
let connection: Connection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  processes = createProcesses(directory, () => {});
  const [port = 0] = await freePorts(1);
  // A run is asked to continue as new after this many events, instead of thousands.
  const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': '80' };
  const { address } = await startTemporal(processes, { directory, port, dynamicConfig, report: () => {} });
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  worker = await createRequestWorker({
    connection: native,
    namespace: 'default',
    maxCachedWorkflows: 10,
    workflowBundle: await workflowBundle(),
    activities: {
      async saveRequest(save) {
        saves.push(unpackSave(save));
      },
      async sendMail(mail) {
        mails.push(mail);
        return { result: 'accepted', at: Date.now() };
      },
      extendWindows: async ({ from }) => windowsFrom(from, Date.now()),
    },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await connection?.close();
  await processes?.stopAll();
  rmSync(directory, { recursive: true, force: true });
});

it('carries a request on from run to run, with every command answered and done once', async () => {
  const client = new Client({ connection });
  const now = Date.now();
  const opening = randomUUID();
  const input: SupportRequestInput = {
    number: NUMBER,
    terms: TERMS,
    windows: windowsFrom(now),
    open: { contact: 'c1', priority: 'major', text: 't1', who: 'contact:c1', channel: 'portal', commandId: opening },
  };
  await client.workflow.executeUpdateWithStart(openUpdate, {
    args: [{ commandId: opening }],
    startWorkflowOperation: new WithStartWorkflowOperation('supportRequest', {
      workflowId: requestWorkflowId(NUMBER),
      taskQueue: REQUEST_TASK_QUEUE,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
  const handle = client.workflow.getHandle(requestWorkflowId(NUMBER));
  const { runId: first } = await handle.describe();

  for (let batch = 0; batch < NOTES / 5; batch++) await Promise.all(Array.from({ length: 5 }, () => note()));

  expect((await handle.describe()).runId).not.toBe(first);
  const view = await handle.query(getRequest);
  expect(view).toMatchObject({ status: 'registered', version: 1 + NOTES });
  const noted = saves.filter((save) => save.entries.some(({ type }) => type === 'noted')).map(({ seq }) => seq);
  expect(new Set(noted).size).toBe(NOTES);
  expect(new Set(mails.map(({ key }) => key)).size).toBe(1);

  /** As the door does: what a run that ended has lost is sent again under the same id. */
  async function note(): Promise<void> {
    const commandId = randomUUID();
    const command = { who: 'staff:a1', channel: 'api', commandId, text: 't2' } as const;
    for (;;) {
      try {
        await handle.executeUpdate(commandUpdate('note'), { args: [command], updateId: commandId });
        return;
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    }
  }
});
