/** The door to the workflows of contracts: it tells them that their credit has changed, and starts them. */
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { contractWorkflowId, creditChanged, REQUEST_TASK_QUEUE } from '../workflows/messages.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { isRunning } from './runs.ts';

/** Throws `Unavailable` when Temporal does not answer in time. */
export interface ContractDoor {
  /** Tells the workflow of a contract, started by this if none runs. */
  creditChanged(reference: string): Promise<void>;
}

/** The door as `verify` has it. */
export interface RepairingContractDoor extends ContractDoor {
  /** Whether Temporal has a run of it that goes on. */
  isRunning(reference: string): Promise<boolean>;
}

const WORKFLOW = 'contract';
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);

/** Opens the door. */
export function createContractDoor({ client }: { readonly client: Client }): RepairingContractDoor {
  const { patiently } = createPatience(client, PATIENCE_MS);
  return {
    creditChanged: (reference) =>
      patiently(async () => {
        await client.workflow.signalWithStart(WORKFLOW, {
          workflowId: contractWorkflowId(reference),
          taskQueue: REQUEST_TASK_QUEUE,
          args: [{ contract: reference }],
          signal: creditChanged,
          staticSummary: `credit of ${reference}`,
          typedSearchAttributes: new TypedSearchAttributes([{ key: CONTRACT, value: reference }]),
        });
      }),
    isRunning: (reference) => patiently(() => isRunning(client, contractWorkflowId(reference))),
  };
}
