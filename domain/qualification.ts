/** Changing by what a request is judged: its priority, or its terms. */
import { newBudgets } from './clockChanges.ts';
import { dueMoments } from './clocks.ts';
import { backStatus, type Draft, endPauses, orderMail, record, type Source, withText } from './draft.ts';
import type { EventOf } from './events.ts';
import { priorityOf, requirePriority } from './transitions.ts';

/** The new budget counts from the old start, with the old pauses. One that is used up already is due now, not before. */
export function requalify(draft: Draft, event: EventOf<'requalify'>): void {
  const priority = priorityOf(draft.rules, event);
  const { urgency, impact } = event;
  draft.state.priority = priority;
  const matrix = urgency === undefined || impact === undefined ? {} : { urgency, impact };
  record(draft, event.at, event, { type: 'requalified', text: event.text, facts: { priority, ...matrix } });
  newBudgets(draft, event.at);
  resumeIfPromised(draft, event.at, event);
  orderMail(draft, { kind: 'requalified', priority, text: event.text, due: dueMoments(draft.state, draft.rules) });
}

/** `advance` has put the new terms into the draft's rules. */
export function amendTerms(draft: Draft, event: EventOf<'amendTerms'>): void {
  requirePriority(draft.rules, draft.state.priority);
  draft.state.termsVersion = event.terms.version;
  record(draft, event.at, event, { type: 'termsAmended', facts: { termsVersion: event.terms.version } });
  newBudgets(draft, event.at);
  resumeIfPromised(draft, event.at, event);
}

/** What is promised a resolution cannot stay deferred: its clock would stand still for ever. */
function resumeIfPromised(draft: Draft, at: number, source: Source): void {
  const deferrable = draft.rules.terms.priorities[draft.state.priority]?.deferrable ?? false;
  if (draft.state.status === 'deferred' && !deferrable) resume(draft, at, source);
}

/** Goes on with what was deferred. */
export function resume(draft: Draft, at: number, source: Source, text?: string): void {
  draft.state.status = backStatus(draft);
  endPauses(draft, ['deferred'], at);
  record(draft, at, source, { type: 'resumed', ...withText(text) });
}
