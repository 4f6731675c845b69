/** What another namespace may ask of this one about escalations, as Nexus operations. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import { getClient } from '@temporalio/nexus';
import { type ServiceHandler, serviceHandler } from 'nexus-rpc';
import { escalationReported, verdictGiven } from '../workflows/escalationMessages.ts';
import { ESCALATION_WORKFLOW, escalationStart } from '../workflows/escalationStart.ts';
import { REQUEST_TASK_QUEUE, requestWorkflowId } from '../workflows/messages.ts';
import { escalationService } from '../workflows/nexusBoundary.ts';

/** Both sides' operations: which of them are called depends on where the endpoints lead. Each may be called twice. */
export function escalationServices(): ServiceHandler[] {
  return [
    serviceHandler(escalationService, {
      async start(_context, input) {
        try {
          const { typedSearchAttributes, ...options } = escalationStart(input);
          await getClient().workflow.start(ESCALATION_WORKFLOW, {
            ...options,
            typedSearchAttributes: [...typedSearchAttributes],
            taskQueue: REQUEST_TASK_QUEUE,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      },
      tell: async (_context, { escalation, verdict }) =>
        await toldOrGone(() => getClient().workflow.getHandle(escalation).signal(verdictGiven, verdict)),
      report: async (_context, { request, report }) =>
        await toldOrGone(() =>
          getClient().workflow.getHandle(requestWorkflowId(request)).signal(escalationReported, report),
        ),
    }),
  ];
}

async function toldOrGone(signal: () => Promise<void>): Promise<'told' | 'gone'> {
  try {
    await signal();
    return 'told';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}
