/** What the histories of a run say: which tasks failed, on which code each request is, and who has the mark of the change. */
import type { Client, WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** One request's history, as far as it matters here. */
export interface Seen {
  readonly workflowId: string;
  readonly events: number;
  /** Causes of failed workflow tasks. */
  readonly failures: readonly string[];
  /** Whether `patched` was asked, and answered yes. */
  readonly isPatched: boolean;
  /** Build of the worker that did its last workflow task. */
  readonly lastBuildId: string;
}

/** Reads every request's history. */
export async function readHistories(temporal: Client): Promise<Seen[]> {
  const seen: Seen[] = [];
  const all = temporal.workflow.list({ query: 'WorkflowType = "supportRequest"' });
  for await (const { workflowId, history } of all.intoHistories({ concurrency: 8 })) {
    const events = (history as History).events ?? [];
    const completed = events.flatMap(({ workflowTaskCompletedEventAttributes: done }) => (done ? [done] : []));
    const last = completed.at(-1);
    seen.push({
      workflowId,
      events: events.length,
      failures: events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
        failed ? [`${failed.cause}: ${failed.failure?.message ?? ''}`] : [],
      ),
      isPatched: events.some((event) => event.markerRecordedEventAttributes?.markerName === 'core_patch'),
      lastBuildId: last?.deploymentVersion?.buildId || last?.workerVersion?.buildId || '',
    });
  }
  return seen;
}
