/** What a request's workflow is started with: built from its row, with opening windows made now. */
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { Pool } from 'pg';
import { requestTerms, requestWindows } from '../contracts/requestTerms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import type { RequestRow } from '../db/requests.ts';
import type { EventOf, Windows } from '../domain/events.ts';
import { Refusal } from '../domain/failures.ts';
import { openRequest } from '../domain/request.ts';
import { rulesOf } from '../domain/rules.ts';
import { shortTerms } from '../domain/shortTerms.ts';
import type { RequestState } from '../domain/state.ts';
import type { RequestTerms } from '../domain/terms.ts';
import { viewOf } from '../domain/view.ts';
import {
  REQUEST_TASK_QUEUE,
  requestWorkflowId,
  type ShortInput,
  type SupportRequestInput,
} from '../workflows/messages.ts';

/** Terms and opening windows of one version, reaching back to `from` (epoch milliseconds). @throws Refusal `NotFound` */
export async function termsAndWindows(
  pool: Pool,
  contract: string,
  version: number,
  from: number,
  now: number,
): Promise<{ terms: RequestTerms; windows: Windows }> {
  const terms = await readTerms(pool, contract, version);
  if (!terms) throw new Refusal('NotFound', `The contract has no terms of version ${version}.`);
  const announced = await readAnnounced(pool, contract, version);
  return { terms: requestTerms(contract, version, terms), windows: requestWindows(terms, { from, now, announced }) };
}

/** Input of a request that is opened: nothing is stored of it but its opening. */
export async function openingInput(pool: Pool, row: RequestRow, now: number): Promise<SupportRequestInput> {
  const { number, contract, termsVersion, opening } = row;
  const from = Math.min(opening.receivedAt ?? now, now);
  return { number, ...(await termsAndWindows(pool, contract, termsVersion, from, now)), open: opening };
}

/** Input of a request that goes on from its stored state. */
export async function ongoingInput(pool: Pool, state: RequestState, now: number): Promise<SupportRequestInput> {
  const { number, contract, termsVersion } = state;
  return { number, ...(await termsAndWindows(pool, contract, termsVersion, oldestStart(state), now)), state };
}

/** Where opening windows must reach back to. */
export function oldestStart(state: Pick<RequestState, 'registeredAt'>): number {
  return state.registeredAt;
}

const STATUS = defineSearchAttributeKey('RequestStatus', SearchAttributeType.KEYWORD);
const PRIORITY = defineSearchAttributeKey('RequestPriority', SearchAttributeType.KEYWORD);
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);
const BREACHED = defineSearchAttributeKey('SlaBreached', SearchAttributeType.BOOL);
const DUE = defineSearchAttributeKey('NextDueAt', SearchAttributeType.DATETIME);

/**
 * Id, queue, input, and what the Temporal UI shows of it from the first moment: what is said here, the run need not say
 * again in an event of its own. @throws Refusal for an opening that the terms refuse
 */
export function startOptions(input: SupportRequestInput) {
  const { number, terms } = input;
  const { status, priority, breached, nextDueAt } = viewOf(stateAtStart(input), rulesOf(input));
  const short: ShortInput = { ...input, terms: shortTerms(terms) };
  return {
    workflowId: requestWorkflowId(number),
    taskQueue: REQUEST_TASK_QUEUE,
    args: [short] as [ShortInput],
    staticSummary: `${number} · ${terms.contract} · ${priority} · ${terms.family}`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: STATUS, value: status },
      { key: PRIORITY, value: priority },
      { key: CONTRACT, value: terms.contract },
      { key: BREACHED, value: breached },
      ...(nextDueAt === undefined ? [] : [{ key: DUE, value: new Date(nextDueAt) }]),
    ]),
  };
}

/** As the run itself will find it within moments. */
function stateAtStart(input: SupportRequestInput): RequestState {
  if (input.state) return input.state;
  if (!input.open) throw new RangeError('the input has neither an opening nor a state');
  const now = Date.now();
  const open: EventOf<'open'> = { ...input.open, type: 'open', at: Math.min(input.open.receivedAt ?? now, now) };
  return openRequest(input.number, open, rulesOf(input)).state;
}
