/**
 * What the customer is waited for, and the reminders of it. As with requests, a reminder counts when the mail server accepted
 * it, and spacing is measured from there: never two in a burst, never one left out. Silence spends nothing.
 */

import { delayBetween, dueAfter } from '../delays.ts';
import { record, SYSTEM } from '../draft.ts';
import type { Reach } from '../openingHours.ts';
import { endOfDay } from './days.ts';
import { type InterventionDraft, openTask, orderMail } from './draft.ts';
import type { CustomersTurn } from './effects.ts';
import { hoursOf, type InterventionRules } from './rules.ts';
import type { InterventionState } from './state.ts';

/** It is the customer's turn: the reminders begin. */
export function wait(draft: InterventionDraft, turn: CustomersTurn, at: number): void {
  draft.state.waiting = { for: turn, since: at, sent: [] };
}

/** It is not the customer's turn any more, for this. */
export function stopWaiting(draft: InterventionDraft, ...turns: readonly CustomersTurn[]): void {
  const { waiting } = draft.state;
  if (waiting && turns.includes(waiting.for)) delete draft.state.waiting;
}

/** When the next reminder goes out; undefined when there is none, or one is on its way, or no mail arrives. */
export function nextReminder(
  { waiting, tasks }: InterventionState,
  { terms, openings }: InterventionRules,
): { readonly step: number; readonly due: Reach } | undefined {
  if (!waiting || waiting.sending !== undefined || tasks.some(({ kind }) => kind === 'correctAddress'))
    return undefined;
  const step = waiting.sent.length + 1;
  const delay = terms.reminders[step - 1];
  if (!delay) return undefined;
  const fromWaiting = dueAfter(delay, waiting.since, openings);
  const last = waiting.sent.at(-1);
  const previous = terms.reminders[step - 2];
  if (!last || !previous) return { step, due: fromWaiting };
  const fromLast = dueAfter(delayBetween(previous, delay), last.at, openings);
  if ('beyond' in fromWaiting || 'beyond' in fromLast) return { step, due: { beyond: true } };
  return { step, due: { at: Math.max(fromWaiting.at, fromLast.at) } };
}

/** Sends the reminder whose moment has come. */
export function remind(draft: InterventionDraft, at: number): void {
  const next = nextReminder(draft.state, draft.rules);
  const { waiting } = draft.state;
  if (!next || !waiting || 'beyond' in next.due || next.due.at > at) return;
  const { for: waitingFor, since } = waiting;
  const sending = orderMail(draft, { kind: 'waitingReminder', waitingFor, step: next.step, since });
  draft.state.waiting = { ...waiting, sending };
}

/** The mail server has accepted a reminder. After the last one about work that stands still, a person looks. */
export function reminded(draft: InterventionDraft, key: string, at: number): void {
  const { waiting } = draft.state;
  if (waiting?.sending !== key) return;
  const { sending: _, ...quiet } = waiting;
  const sent = [...waiting.sent, { key, at }];
  draft.state.waiting = { ...quiet, sent };
  record(draft, at, SYSTEM, { type: 'reminderSent', facts: { waitingFor: waiting.for, step: sent.length } });
  if (waiting.for === 'more' && sent.length === draft.rules.terms.reminders.length) {
    openTask(draft, at, { kind: 'moreUnanswered' });
  }
}

/** A reminder that did not arrive does not count: it is sent again once the address is right. */
export function notReminded(draft: InterventionDraft, key: string): void {
  const { waiting } = draft.state;
  if (!waiting) return;
  const index = waiting.sent.findIndex((sent) => sent.key === key);
  const { sending, ...quiet } = waiting;
  const sent = index < 0 ? waiting.sent : waiting.sent.slice(0, index);
  const stays = sending !== undefined && sending !== key && index < 0 ? { sending } : {};
  draft.state.waiting = { ...quiet, sent, ...stays };
}

/**
 * The first instant at which the estimate cannot be approved any more: the end of the last local day. Undefined when it is
 * approved, or when that instant lies beyond the opening window.
 */
export function expiresAt({ status, estimate }: InterventionState, rules: InterventionRules): number | undefined {
  if (status !== 'estimated' || !estimate) return undefined;
  const due = dueAfter(rules.terms.approvalWithin, estimate.sentAt, rules.openings);
  return 'at' in due ? endOfDay(hoursOf(rules), due.at) : undefined;
}
