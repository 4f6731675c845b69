/** How an intervention ends, and what becomes of the units: used ones are debited, lost ones forfeited, the rest returns. */

import type { Source } from '../draft.ts';
import { record, withText } from '../draft.ts';
import { Refusal } from '../failures.ts';
import { isSame, least, minus, NONE } from './amounts.ts';
import { type CancellationCost, whatCancellingCosts } from './cancellation.ts';
import { returnAllowance, settleReservations } from './credit.ts';
import { deliveredBy, secondsIncluded } from './deliverables.ts';
import { type InterventionDraft, orderMail, tellStaff } from './draft.ts';
import type { InterventionEventOf } from './events.ts';
import type { Ending, InterventionStatus } from './state.ts';
import { reservedOf, secondsWorked, usedOf, wholeSeconds } from './usage.ts';

interface End extends Pick<Ending, 'by' | 'used' | 'lost'> {
  readonly status: InterventionStatus;
  readonly expensesDue?: number;
}

/** The end: whatever was reserved is settled, nothing is waited for any more. */
export function endWith(draft: InterventionDraft, at: number, source: Source, end: End): void {
  const { state } = draft;
  const { status, by, used, lost, expensesDue = sumOfExpenses(draft) } = end;
  const returned = minus(minus(reservedOf(state), used), lost);
  state.status = status;
  state.ended = { at, by, used, lost, returned, expensesDue };
  delete state.waiting;
  delete state.running;
  state.overrun = {};
  state.tasks = state.tasks.filter(({ kind }) => kind === 'effectConflict');
  settleReservations(draft, at, source);
  returnAllowance(draft, source);
}

function sumOfExpenses({ state }: InterventionDraft): number {
  return state.expenses.reduce((sum, { cents }) => sum + cents, 0);
}

/** A clock that runs is stopped by what ends the work. */
function stopClock(draft: InterventionDraft, at: number, source: Source): void {
  const { running, logs } = draft.state;
  if (!running) return;
  const seconds = wholeSeconds(running.since, at);
  delete draft.state.running;
  record(draft, at, source, { type: 'workStopped', facts: { seconds } });
  if (seconds > 0) draft.state.logs = [...logs, { seconds, at, who: running.who, from: running.since }];
}

/** The work is done: the customer gets the report with what belongs to it, and is debited what was used. */
export function complete(draft: InterventionDraft, event: InterventionEventOf<'complete'>): void {
  const { at, text } = event;
  const delivered = deliveredBy(draft.state, draft.rules, event);
  stopClock(draft, at, event);
  const { state, rules } = draft;
  const reserved = reservedOf(state);
  const used = least(reserved, usedOf(state, rules.terms));
  const returned = minus(reserved, used);
  const seconds = secondsWorked(state);
  const { report: _, actionPlan, ...index } = delivered;
  const included = secondsIncluded(state);
  record(draft, at, event, { type: 'completed', text, facts: { seconds, used, returned, ...index } });
  if (actionPlan !== undefined) record(draft, at, event, { type: 'actionPlanDelivered', text: actionPlan });
  orderMail(draft, {
    ...{ kind: 'report', text, seconds, used, returned, ...index },
    ...(actionPlan === undefined ? {} : { actionPlan }),
    ...(included === undefined ? {} : { included }),
  });
  draft.state.delivered = delivered;
  endWith(draft, at, event, { status: 'done', by: 'provider', used, lost: NONE });
}

/** By the customer: what it costs is what was shown. @throws Refusal `Conflict`: it costs something else by now */
export function cancelledByCustomer(
  draft: InterventionDraft,
  event: InterventionEventOf<'cancel'> | InterventionEventOf<'changeDate'>,
): void {
  const { at } = event;
  const cost = whatCancellingCosts(draft.state, draft.rules, at);
  requireShown(cost, event);
  stopClock(draft, at, event);
  const { lost, used, returned, expensesDue } = cost;
  record(draft, at, event, { type: 'cancelled', ...withText(event.text), facts: { lost, used, returned } });
  const wish = event.type === 'changeDate' ? ({ otherDate: true } as const) : {};
  orderMail(draft, { kind: 'cancelled', by: 'customer', ...wish, cost });
  tellStaff(draft, event, 'cancelled');
  endWith(draft, at, event, { status: 'cancelled', by: 'customer', used, lost, expensesDue });
}

/** Units are lost, and a date is lost by wishing another, only by somebody who was shown it. */
function requireShown(
  { free, lost }: CancellationCost,
  { type, lost: shown }: InterventionEventOf<'cancel'> | InterventionEventOf<'changeDate'>,
): void {
  const isCancelling = type === 'cancel';
  if ((isCancelling && free) || (shown !== undefined && isSame(shown, lost))) return;
  const amounts = Object.entries(lost).map(([unit, units]) => `${units} ${unit}`);
  const loses = amounts.length === 0 ? 'loses no units' : `loses units: ${amounts.join(', ')}`;
  const what = isCancelling
    ? `Cancelling now ${loses}.`
    : `So near to the date, another one counts as cancelling: it ends the intervention and ${loses}.`;
  throw new Refusal('Conflict', `${what} Show this first, then send it along as lost.`, {
    fields: [{ path: 'lost', message: `${amounts.join(', ') || 'No units'} would be lost.` }],
  });
}

/** By the provider: nothing is lost. Work done is debited only where the provider says that it is owed. */
export function withdraw(draft: InterventionDraft, event: InterventionEventOf<'withdraw'>): void {
  const { at, text, debitWork = false } = event;
  stopClock(draft, at, event);
  const { state, rules } = draft;
  const reserved = reservedOf(state);
  const used = debitWork ? least(reserved, usedOf(state, rules.terms)) : NONE;
  const returned = minus(reserved, used);
  const expensesDue = debitWork ? sumOfExpenses(draft) : 0;
  record(draft, at, event, { type: 'withdrawn', text, facts: { used, returned } });
  const cost = { free: true, lost: NONE, used, returned, expensesDue };
  orderMail(draft, { kind: 'cancelled', by: 'provider', cost, text });
  endWith(draft, at, event, { status: 'cancelled', by: 'provider', used, lost: NONE, expensesDue });
}
