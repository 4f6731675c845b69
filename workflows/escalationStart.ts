/** How an escalation is started, by its request or from another namespace. */
import type { EscalationInput } from './escalationMessages.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './searchAttributes.ts';

/** Name of the workflow function. */
export const ESCALATION_WORKFLOW = 'escalation';

/**
 * Id, argument, and what the Temporal UI shows of it from the first moment. An id is used once, unless the escalation goes on
 * from a stored state: its run was lost.
 */
export function escalationStart(input: EscalationInput) {
  const { id, request, n, publisher, terms, send, state } = input;
  const priority = state?.priority ?? send?.priority;
  return {
    workflowId: id,
    args: [input] as [EscalationInput],
    workflowIdReusePolicy: state ? ('ALLOW_DUPLICATE' as const) : ('REJECT_DUPLICATE' as const),
    staticSummary: `${request} · escalation ${n} · ${publisher} · ${terms.contract} · ${priority ?? ''}`,
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTE_KEYS.EscalationStatus, value: state?.status ?? 'sent' },
      { key: SEARCH_ATTRIBUTE_KEYS.Publisher, value: publisher },
      { key: SEARCH_ATTRIBUTE_KEYS.ContractReference, value: terms.contract },
      { key: SEARCH_ATTRIBUTE_KEYS.SlaBreached, value: false },
      ...(priority === undefined ? [] : [{ key: SEARCH_ATTRIBUTE_KEYS.RequestPriority, value: priority }]),
    ],
  };
}
