import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestWorker } from '../../worker/worker.ts';
import {
  endCall,
  type HotlineCallId,
  type HotlineCallInput,
  hotlineCreditAdded,
} from '../../workflows/hotlineMessages.ts';
import { REQUEST_TASK_QUEUE } from '../../workflows/messages.ts';
import { refusalOf, workflowBundle } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const MINUTE = 60_000;
let env: TestWorkflowEnvironment;
let client: Client;
let stop: () => Promise<void>;
const alerts: string[] = [];
const ended: string[] = [];
const debits: string[] = [];
let isCreditThere = true;

beforeAll(async () => {
  env = await createTimeSkippingEnvironment();
  // Not the environment's own client: that lets the server skip years while it waits for a result.
  client = new Client({ connection: env.connection, namespace: env.namespace ?? 'default' });
  const never = (): never => {
    throw new Error('this world has calls only');
  };
  const worker = await createRequestWorker({
    ...{ connection: env.nativeConnection, namespace: env.namespace ?? 'default', maxCachedWorkflows: 0 },
    workflowBundle: await workflowBundle(),
    activities: {
      ...{ saveRequest: never, sendMail: never, extendWindows: never },
      async alertAgent({ id, because }) {
        alerts.push(`${id} ${because}`);
      },
      async endHotlineCall({ id, seconds }) {
        ended.push(`${id} ${seconds}`);
        return { id, seconds, freeSeconds: Math.min(seconds, 1_800), unit: 'timeUnit', units: 1 };
      },
      async debitHotlineCall({ id }) {
        debits.push(id);
        return { result: isCreditThere ? 'done' : 'insufficient' };
      },
    },
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
  };
});
afterAll(async () => {
  await stop?.();
  await env?.teardown();
});

async function begin(id: HotlineCallId, alertAfter: number, over: Partial<HotlineCallInput> = {}) {
  const beganAt = await env.currentTimeMs();
  const call = { id, contract: 'E-1', request: 'DA-1', agent: 'staff:a1', beganAt, alertAfter } as const;
  const input: HotlineCallInput = { ...call, ...over };
  const handle = await client.workflow.start('hotlineCall', {
    ...{ workflowId: id, taskQueue: REQUEST_TASK_QUEUE, args: [input] },
  });
  return { handle, beganAt };
}

describe('a call of the hotline', () => {
  it('alerts its agent at 25 minutes, and is debited when it is over', async () => {
    const { handle, beganAt } = await begin('hotline:DA-1:1', 25 * 60);
    await env.sleep(25 * MINUTE - 5_000);
    expect(alerts).toEqual([]);
    await env.sleep(10_000);
    await until(() => alerts.length === 1);
    expect(alerts).toEqual(['hotline:DA-1:1 freeMinutesEnd']);
    expect(await refusalOf(handle.executeUpdate(endCall, { args: [{ at: beganAt - 1 }] }))).toMatchObject({
      type: 'ValidationFailed',
    });
    await env.sleep(20 * MINUTE);
    const outcome = await handle.executeUpdate(endCall, { args: [{}] });
    expect(outcome).toMatchObject({ id: 'hotline:DA-1:1', units: 1 });
    expect(outcome.seconds).toBeGreaterThanOrEqual(45 * 60);
    await handle.result();
    expect(debits).toEqual(['hotline:DA-1:1']);
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await handle.fetchHistory());
  });

  it('that ends before alerts nobody; it may have ended earlier than it is told', async () => {
    const { handle, beganAt } = await begin('hotline:DA-1:2', 25 * 60);
    await env.sleep(10 * MINUTE);
    await handle.executeUpdate(endCall, { args: [{ at: beganAt + 4 * MINUTE + 500 }] });
    await handle.result();
    expect(ended.at(-1)).toBe('hotline:DA-1:2 240');
    expect(alerts.filter((alert) => alert.startsWith('hotline:DA-1:2'))).toEqual([]);
  });

  it('ends now at the latest, whatever is said', async () => {
    const { handle, beganAt } = await begin('hotline:DA-1:5', 25 * 60);
    const outcome = await handle.executeUpdate(endCall, { args: [{ at: beganAt + 60 * MINUTE }] });
    await handle.result();
    expect(outcome.seconds).toBeLessThan(20 * 60);
  });

  it('without free minutes alerts at once; what cannot be debited is debited once an order is there', async () => {
    isCreditThere = false;
    const { handle } = await begin('hotline:DA-1:3', 0);
    const mine = () => alerts.filter((alert) => alert.startsWith('hotline:DA-1:3'));
    await until(() => mine().length === 1);
    await handle.executeUpdate(endCall, { args: [{}] });
    await until(() => mine().length === 2);
    expect(mine()[1]).toBe('hotline:DA-1:3 creditLacking');
    const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(JSON.stringify(metadata)).toContain('| owed | 1 timeUnit |');
    const tried = () => debits.filter((id) => id === 'hotline:DA-1:3').length;
    // Still too little: that was told.
    await handle.signal(hotlineCreditAdded);
    await until(() => tried() === 2);
    isCreditThere = true;
    await handle.signal(hotlineCreditAdded);
    await handle.result();
    expect(tried()).toBe(3);
    expect(mine()).toHaveLength(2);
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await handle.fetchHistory());
  });

  it('that is taken up again once it is over alerts nobody; it is debited, and says what it cost', async () => {
    const beganAt = await env.currentTimeMs();
    await env.sleep(20 * MINUTE);
    isCreditThere = false;
    const over = { beganAt, endedAt: beganAt + 10 * MINUTE };
    const { handle } = await begin('hotline:DA-1:4', 25 * 60, over);
    const mine = () => alerts.filter((alert) => alert.startsWith('hotline:DA-1:4'));
    await until(() => mine().length === 1);
    isCreditThere = true;
    expect(await handle.executeUpdate(endCall, { args: [{}] })).toMatchObject({ seconds: 600 });
    await handle.signal(hotlineCreditAdded);
    await handle.result();
    expect(mine()).toEqual(['hotline:DA-1:4 creditLacking']);
    expect(debits.filter((id) => id === 'hotline:DA-1:4')).toHaveLength(2);
  });
});
