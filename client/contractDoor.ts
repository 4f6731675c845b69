/** The door to the workflows of contracts: it tells them that their credit has changed, and starts them. */
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { contractWorkflowId, creditChanged, REQUEST_TASK_QUEUE } from '../workflows/messages.ts';
import { isTemporalAway } from './temporalErrors.ts';
import { Unavailable } from './unavailable.ts';

/** Throws `Unavailable` when Temporal does not answer in time. */
export interface ContractDoor {
  /** Tells the workflow of a contract, started by this if none runs. */
  creditChanged(reference: string): Promise<void>;
}

const WORKFLOW = 'contract';
const PATIENCE_MS = 10_000;
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);

/** Opens the door. */
export function createContractDoor({ client }: { readonly client: Client }): ContractDoor {
  return {
    async creditChanged(reference) {
      try {
        await client.withDeadline(Date.now() + PATIENCE_MS, () =>
          client.workflow.signalWithStart(WORKFLOW, {
            workflowId: contractWorkflowId(reference),
            taskQueue: REQUEST_TASK_QUEUE,
            args: [{ contract: reference }],
            signal: creditChanged,
            staticSummary: `credit of ${reference}`,
            typedSearchAttributes: new TypedSearchAttributes([{ key: CONTRACT, value: reference }]),
          }),
        );
      } catch (error) {
        if (isTemporalAway(error)) throw new Unavailable('Temporal', undefined, { cause: error });
        throw error;
      }
    },
  };
}
