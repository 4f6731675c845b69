import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLost } from '../../client/temporalErrors.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../../domain/escalation/events.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { escalationUpdate, escalationWorkflowId, getEscalation } from '../../workflows/escalationMessages.ts';
import { REQUEST_TASK_QUEUE, requestWorkflowId } from '../../workflows/messages.ts';
import { ESCALATION_FIELDS, type Verdict } from '../support/escalationLife.ts';
import {
  escalationBundle,
  escalationInput,
  NO_REQUESTS,
  type Recorded,
  recordingActivities,
} from '../support/escalationWorld.ts';
import { type RunningWorker, run } from '../support/runningWorker.ts';
import { type ShortRunsServer, startShortRuns } from '../support/shortRuns.ts';
import { answers, heard, type Leaving, leave, type standInRequest, tell } from '../support/standInRequest.ts';
import { until } from '../support/until.ts';

const NOTES = 60;

const recorded: Recorded = { saves: [], mails: [], filed: [] };
let server: ShortRunsServer;
let env: TestWorkflowEnvironment;
let worker: RunningWorker;
let client: Client;

beforeAll(async () => {
  server = await startShortRuns(80);
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  client = env.client;
  const created = await createRequestWorker({
    connection: env.nativeConnection,
    namespace: 'default',
    maxCachedWorkflows: 10,
    workflowBundle: await escalationBundle(),
    activities: { ...NO_REQUESTS, ...recordingActivities(recorded, async () => Date.now()) },
  });
  worker = run(created);
});

afterAll(async () => {
  await worker?.stop();
  await env?.teardown();
  await server?.stop();
});

/** A stand-in for this request, whose escalation has saved once. */
async function send(request: string) {
  const parent = await client.workflow.start<typeof standInRequest>('standInRequest', {
    workflowId: requestWorkflowId(request),
    taskQueue: REQUEST_TASK_QUEUE,
    args: [{ escalation: escalationInput(request, 'p2', Date.now()) }],
  });
  await until(() => recorded.saves.some(({ state }) => state.request === request));
  const escalation = client.workflow.getHandle(escalationWorkflowId(request, 1));
  const latest = client.workflow.getHandle<typeof standInRequest>(parent.workflowId);
  return {
    parent: latest,
    escalation,
    /** As the door does: what a run that ended has lost is sent again under the same id. */
    async command(name: EscalationCommandName, id: string = randomUUID()) {
      const fields = { who: 'publisher:p1', channel: 'api', commandId: id, ...ESCALATION_FIELDS[name] };
      for (;;) {
        try {
          const command = fields as EscalationCommandOf<typeof name>;
          return await escalation.executeUpdate(escalationUpdate(name), { args: [command], updateId: id });
        } catch (error) {
          if (!isLost(error)) throw error;
        }
      }
    },
    async tell(verdict: Verdict) {
      await latest.signal(tell, { id: randomUUID(), at: Date.now(), who: 'contact:c1', ...verdict });
    },
    async leave(how: Leaving) {
      await latest.signal(leave, how);
    },
    heard: async () => (await latest.query(heard)).map(({ what }) => what),
  };
}

/** As the rows have them: what a later attempt, or a later run, files again is there once. */
const filed = (request: string) => {
  const reports = recorded.filed.filter((filing) => filing.request === request).map(({ report }) => report);
  return [...new Map(reports.map(({ id, what }) => [id, what])).values()];
};

describe('request and escalation', () => {
  it.each(['again', 'unsettled'] as const)(
    'the request continuing as new (%s) loses nothing, and starts nothing twice',
    async (how) => {
      const { parent, escalation, command, tell: say, leave: go, heard: hears } = await send(`DA-2030-${how}`);
      await command('acknowledge');
      const { runId: first } = await parent.describe();
      await go(how);
      await until(async () => (await parent.describe()).runId !== first);
      await command('deliverFix');
      await until(async () => (await hears()).length === 2);
      expect(await hears()).toEqual(['acknowledged', 'delivered']);
      await say({ what: 'accepted', kind: 'fix', ends: true });
      expect(await escalation.result()).toMatchObject({ status: 'closed' });
      expect(filed(`DA-2030-${how}`)).toEqual([]);
      await go('end');
    },
  );

  it('what a request has no run to hear is filed, in order', async () => {
    const { parent, escalation, command, leave: go } = await send('DA-2030-ended');
    await go('end');
    await parent.result();
    await command('acknowledge');
    await command('deliverFix');
    await command('withdraw');
    expect(await escalation.result()).toMatchObject({ status: 'withdrawn' });
    expect(filed('DA-2030-ended')).toEqual(['acknowledged', 'delivered', 'withdrawn']);
  });

  it('a verdict finds an escalation gone that has ended', async () => {
    const { parent, escalation, tell: say, leave: go } = await send('DA-2030-gone');
    await say({ what: 'withdrawn' });
    await escalation.result();
    await say({ what: 'withdrawn' });
    await until(async () => (await parent.query(answers)).length === 2);
    expect(await parent.query(answers)).toEqual(['told', 'gone']);
    await go('end');
  });
});

it('an escalation goes on from run to run, with every command answered and done once', async () => {
  const request = 'DA-2030-long';
  const { escalation, command, heard: hears } = await send(request);
  const { runId: first } = await escalation.describe();
  await command('acknowledge', 'ack');
  for (let batch = 0; batch < NOTES / 5; batch++) {
    await Promise.all(Array.from({ length: 5 }, () => command('note')));
    // What was commanded in an earlier run is remembered as long as in the same.
    if (batch === 8) await command('acknowledge', 'ack');
  }
  expect((await escalation.describe()).runId).not.toBe(first);
  expect(await escalation.query(getEscalation)).toMatchObject({
    status: 'acknowledged',
    version: 2 + NOTES,
    sr: { number: 'SR-2026-000001' },
  });
  const { searchAttributes } = await escalation.describe();
  expect(searchAttributes).toMatchObject({ EscalationStatus: ['acknowledged'], Publisher: ['pub1'] });
  expect(await hears()).toEqual(['acknowledged']);
  const mails = recorded.mails.filter((mail) => mail.escalation === escalationWorkflowId(request, 1));
  expect(new Set(mails.map(({ key }) => key)).size).toBe(1);
  await command('withdraw');
  expect(await escalation.result()).toMatchObject({ status: 'withdrawn' });
});
