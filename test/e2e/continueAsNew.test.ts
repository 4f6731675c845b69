import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLost } from '../../client/temporalErrors.ts';
import { type RequestSave, unpackSave } from '../../domain/packing.ts';
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
import { type RunningWorker, run } from '../support/runningWorker.ts';
import { type ShortRunsServer, startShortRuns } from '../support/shortRuns.ts';

const NUMBER = 'DA-2030-000001';
const NOTES = 60;

const saves: RequestSave[] = [];
const mails: SendMail[] = [];
let server: ShortRunsServer;
let env: TestWorkflowEnvironment;
let worker: RunningWorker;

beforeAll(async () => {
  server = await startShortRuns(80);
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  const created = await createRequestWorker({
    connection: env.nativeConnection,
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
  worker = run(created);
});

afterAll(async () => {
  await worker?.stop();
  await env?.teardown();
  await server?.stop();
});

it('carries a request on from run to run, with every command answered and done once', async () => {
  const { client } = env;
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
