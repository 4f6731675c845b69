/** How the last run of a workflow stands. */
import type { Client } from '@temporalio/client';
import { isGone } from './temporalErrors.ts';

/** `RUNNING`, `COMPLETED`, …; undefined when Temporal knows none. */
export async function lastRun(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether there is a run that goes on. */
export async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  return (await lastRun(client, workflowId)) === 'RUNNING';
}
