/**
 * How a request and its escalations reach each other: always by workflow id, never by run id, so that either side may
 * have continued as new. The publisher's side may live elsewhere: only this file knows where.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  type SignalDefinition,
  startChild,
} from '@temporalio/workflow';
import type { EscalationReport, EscalationVerdict } from '../domain/escalation/messages.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import { type EscalationInput, escalationReported, verdictGiven } from './escalationMessages.ts';
import { ESCALATION_WORKFLOW, escalationStart } from './escalationStart.ts';
import { requestWorkflowId } from './messages.ts';

/** `gone`: no run of the addressee is there to hear it. */
export type Told = 'told' | 'gone';

/** The publisher's side, as a request sees it. Both may be called again with the same: it then counts once. */
export interface PublisherSide {
  /**
   * Resolves once the start is confirmed; an escalation that was started before counts as started. One whose input has a
   * state is made again, unless it runs.
   */
  start(input: EscalationInput): Promise<void>;
  tell(escalation: EscalationId, verdict: EscalationVerdict): Promise<Told>;
}

/** The distributor's side, as an escalation sees it. May be called again with the same: it then counts once. */
export interface DistributorSide {
  /** `request`: the request's number. */
  report(request: string, report: EscalationReport): Promise<Told>;
}

/** The publisher's side in the request's own namespace and task queue: a child that outlives its request. */
export const publisherHere: PublisherSide = {
  async start(input) {
    try {
      // The child's type is named, not imported: the two sides share no code beyond their messages.
      await startChild(ESCALATION_WORKFLOW, {
        ...escalationStart(input),
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },
  tell: (escalation, verdict) => signalled(escalation, verdictGiven, verdict),
};

/** The distributor's side in the escalation's own namespace. */
export const distributorHere: DistributorSide = {
  report: (request, report) => signalled(requestWorkflowId(request), escalationReported, report),
};

/** @throws ApplicationFailure for anything but a target that has ended or never was. */
async function signalled<T>(workflowId: string, signal: SignalDefinition<[T]>, message: T): Promise<Told> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, message);
    return 'told';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    throw error;
  }
}

/** The SDK has no class for it: the failure's type is the server's cause, where it has one, and its message says the same. */
function isNotFound(error: unknown): boolean {
  if (!(error instanceof ApplicationFailure)) return false;
  return /EXECUTION_NOT_FOUND$/.test(error.type ?? '') || /was not found/.test(error.message);
}
