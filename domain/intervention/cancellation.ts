/** What cancelling costs the customer (A art. 1, 4a): asked beforehand, and done by the same rule. */
import { isNone, least, minus, NONE } from './amounts.ts';
import { isAsFirstReleased } from './release.ts';
import type { InterventionRules } from './rules.ts';
import type { InterventionState, Plan } from './state.ts';
import type { UnitAmounts } from './terms.ts';
import { reservedOf, usedOf, wholeSeconds } from './usage.ts';

/** What cancelling at one instant does. Amounts in units; expenses in cents, excluding VAT. */
export interface CancellationCost {
  /** No unit is lost. */
  readonly free: boolean;
  /** First instant at which it costs, epoch milliseconds; absent without a date, or where it never does. */
  readonly freeBefore?: number;
  /** Planned and not yet performed: neither refunded nor postponed. */
  readonly lost: UnitAmounts;
  /** Work done: debited. */
  readonly used: UnitAmounts;
  readonly returned: UnitAmounts;
  /** Expenses that stay due. */
  readonly expensesDue: number;
}

/** What it would cost the customer to cancel at `at`, epoch milliseconds. Work that is being timed counts until then. */
export function whatCancellingCosts(state: InterventionState, rules: InterventionRules, at: number): CancellationCost {
  const stopped = stoppedAt(state, at);
  const reserved = reservedOf(state);
  const used = least(reserved, usedOf(stopped, rules.terms));
  const unused = minus(reserved, used);
  const freeBefore = state.plan && costsFrom(state.plan);
  const lost = isInsideLimit(state, at) ? least(unused, lostOf(state, rules, unused, used)) : NONE;
  return {
    free: isNone(lost),
    ...(freeBefore === undefined ? {} : { freeBefore }),
    lost,
    used,
    returned: minus(unused, lost),
    expensesDue: expensesDue(stopped, rules),
  };
}

/** First instant at which cancelling costs; never on a date that the provider has closed. */
export function costsFrom({ freeBefore, uncovered }: Plan): number | undefined {
  return uncovered ? undefined : freeBefore;
}

/** Whether cancelling, or a change of date, is too late to be free. A date that passed without work was not kept: no limit is left. */
export function isInsideLimit(
  state: Pick<InterventionState, 'plan' | 'status' | 'asFirstReleased'>,
  at: number,
): boolean {
  const { plan, status } = state;
  const limit = plan && costsFrom(plan);
  if (!plan || limit === undefined || at < limit) return false;
  return status !== 'scheduled' || at < plan.to || isAsFirstReleased(state);
}

/** Of what was planned for the date: what is not performed. Otherwise all that was approved. */
function lostOf(
  { plan }: InterventionState,
  { terms }: InterventionRules,
  unused: UnitAmounts,
  used: UnitAmounts,
): UnitAmounts {
  if (!plan || terms.cancellation?.lost === 'wholeIntervention') return unused;
  const performed = minus(used, plan.usedBefore);
  return minus(plan.units, performed);
}

/** As if the clock of the work had been stopped at `at`, epoch milliseconds. */
export function stoppedAt(state: InterventionState, at: number): InterventionState {
  if (!state.running) return state;
  const { since, who } = state.running;
  const seconds = wholeSeconds(since, at);
  return seconds < 1 ? state : { ...state, logs: [...state.logs, { seconds, at, who, from: since }] };
}

/** In cents: those that cannot be had back, where the terms say that they stay due; all of them once work was done. */
function expensesDue({ expenses, logs }: InterventionState, { terms }: InterventionRules): number {
  const isDue = terms.cancellation?.nonRefundableExpensesDue ?? true;
  const due = expenses.filter(({ nonRefundable }) => (nonRefundable && isDue) || logs.length > 0);
  return due.reduce((sum, { cents }) => sum + cents, 0);
}

/** What becomes of each reservation when so much in all is used and lost: the oldest pay first, what is left returns. */
export function shares(
  amounts: readonly UnitAmounts[],
  used: UnitAmounts,
  lost: UnitAmounts,
): { readonly post: UnitAmounts; readonly forfeit: UnitAmounts }[] {
  let toPost = used;
  let toForfeit = lost;
  return amounts.map((held) => {
    const post = least(held, toPost);
    toPost = minus(toPost, post);
    const forfeit = least(minus(held, post), toForfeit);
    toForfeit = minus(toForfeit, forfeit);
    return { post, forfeit };
  });
}
