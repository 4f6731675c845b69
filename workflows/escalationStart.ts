/** How an escalation is started, by its request or from another namespace. */
import type { EscalationInput } from './escalationMessages.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './searchAttributes.ts';

/** Name of the workflow function. */
export const ESCALATION_WORKFLOW = 'escalation';

/** Id, argument, and what the Temporal UI shows of it from the first moment. An id is used once. */
export function escalationStart(input: EscalationInput) {
  const { id, request, n, publisher, terms, send } = input;
  return {
    workflowId: id,
    args: [input] as [EscalationInput],
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    staticSummary: `${request} · escalation ${n} · ${publisher} · ${terms.contract} · ${send?.priority ?? ''}`,
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTE_KEYS.EscalationStatus, value: 'sent' },
      { key: SEARCH_ATTRIBUTE_KEYS.Publisher, value: publisher },
      { key: SEARCH_ATTRIBUTE_KEYS.ContractReference, value: terms.contract },
      { key: SEARCH_ATTRIBUTE_KEYS.SlaBreached, value: false },
      ...(send ? [{ key: SEARCH_ATTRIBUTE_KEYS.RequestPriority, value: send.priority }] : []),
    ],
  };
}
