/** Whether workflow code takes up what is running: histories of open requests and escalations, replayed on it without a change to anything. */
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { REQUEST_TASK_QUEUE } from '../workflows/messages.ts';

/** What came of it. */
export interface Replayed {
  readonly histories: number;
  /** Workflows whose next task this code could not do, and why. */
  readonly failed: readonly { readonly workflowId: string; readonly reason: string }[];
}

/** Whatever its type: workers of this code would get its next task. */
const RUNNING = `TaskQueue = "${REQUEST_TASK_QUEUE}" AND ExecutionStatus = "Running"`;
const FETCHED_AT_ONCE = 8;

/** Replays the histories of `most` open requests and escalations, the newest first, on the bundle at `codePath`. */
export async function replayRunning(client: Client, codePath: string, most: number): Promise<Replayed> {
  const running = client.workflow.list({ query: RUNNING });
  const failed: { workflowId: string; reason: string }[] = [];
  let histories = 0;
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath } },
    firstOf(running.intoHistories({ concurrency: FETCHED_AT_ONCE }), most),
  );
  for await (const { workflowId, error } of results) {
    histories += 1;
    if (error) failed.push({ workflowId, reason: error.message });
  }
  return { histories, failed };
}

async function* firstOf<T>(all: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let given = 0;
  if (most <= 0) return;
  for await (const one of all) {
    yield one;
    given += 1;
    if (given >= most) return;
  }
}
