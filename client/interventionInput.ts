/** What an intervention's workflow is started with: built from its row, with opening windows made now. */
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { Pool } from 'pg';
import { interventionTerms, interventionWindows } from '../contracts/interventionTerms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import type { InterventionRow } from '../db/interventions.ts';
import { Refusal } from '../domain/failures.ts';
import type { InterventionInput } from '../workflows/interventionMessages.ts';
import { REQUEST_TASK_QUEUE } from '../workflows/messages.ts';

/** Of a new intervention its opening; of one that was saved the state that it goes on from. @throws Refusal `NotFound` */
export async function interventionInput(pool: Pool, row: InterventionRow, now: number): Promise<InterventionInput> {
  const { id, request, n, contract, termsVersion, opening, state } = row;
  const terms = await readTerms(pool, contract, termsVersion);
  if (!terms) throw new Refusal('NotFound', `The contract has no terms of version ${termsVersion}.`);
  const announced = await readAnnounced(pool, contract, termsVersion);
  const from = state?.openedAt ?? now;
  return {
    ...{ id, request, n, terms: interventionTerms(contract, termsVersion, terms) },
    windows: interventionWindows(terms, { from, now, announced }),
    ...(state ? { state } : { open: opening }),
  };
}

const STATUS = defineSearchAttributeKey('InterventionStatus', SearchAttributeType.KEYWORD);
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);

/** Id, queue, input, and what the Temporal UI shows of it from the first moment. */
export function interventionStartOptions(input: InterventionInput) {
  const { id, terms, state } = input;
  const status = state?.status ?? (input.open?.module === undefined ? 'studied' : 'reserving');
  return {
    workflowId: id,
    taskQueue: REQUEST_TASK_QUEUE,
    args: [input] as [InterventionInput],
    staticSummary: `${id} · ${terms.contract} · ${terms.family}`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: STATUS, value: status },
      { key: CONTRACT, value: terms.contract },
    ]),
  };
}
