/** Opens the visit of a module's period; started by the module's schedule. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PlannedVisitInput, VisitActivities, VisitOutcome } from './messages.ts';
import { outsideOfTraces } from './traces.ts';

/** Retried until done. */
const { openVisit } = proxyActivities<VisitActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** One visit. However late it is carried out, it is that of the period for which the schedule has started it. */
export async function plannedVisit({ contract, module }: PlannedVisitInput): Promise<VisitOutcome> {
  return await outsideOfTraces(() => openVisit({ contract, module, at: scheduledAt() }));
}

/** Set by Temporal on what a schedule starts. */
const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** When it was to start; when it was started, by hand, without a schedule. */
function scheduledAt(): number {
  const { startTime, typedSearchAttributes } = workflowInfo();
  return (typedSearchAttributes.get(SCHEDULED_AT) ?? startTime).getTime();
}
