/** What a command on an intervention would do now: by the rules that would do it, over what was saved last. Nothing changes. */
import type { Pool } from 'pg';
import type { InterventionRow } from '../db/interventions.ts';
import { minus, NONE } from '../domain/intervention/amounts.ts';
import { type CancellationCost, whatCancellingCosts } from '../domain/intervention/cancellation.ts';
import { hasEnded } from '../domain/intervention/credit.ts';
import type { InterventionEventOf } from '../domain/intervention/events.ts';
import { advanceIntervention } from '../domain/intervention/intervention.ts';
import type { InterventionRules } from '../domain/intervention/rules.ts';
import type { InterventionState } from '../domain/intervention/state.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import { requirePossible } from '../domain/intervention/transitions.ts';
import { reservedOf, secondsLeft, usedOf } from '../domain/intervention/usage.ts';
import { rulesOf } from '../domain/rules.ts';
import { interventionInput } from './interventionInput.ts';
import { Unavailable } from './unavailable.ts';

/** What work written down would come to. */
export interface LoggingForecast {
  /** Units that this would use beyond those that are used: none while it fits into a unit that is begun. */
  readonly more: UnitAmounts;
  /** Units that all work so far and this use together. */
  readonly used: UnitAmounts;
  /** What would return if it were finished then. */
  readonly returned: UnitAmounts;
  /** Work that could still be done; absent where nothing is debited. */
  readonly secondsLeft?: number;
}

/** What cancelling by the customer would cost at `now`, epoch milliseconds. @throws Refusal: it cannot be cancelled */
export async function forecastCancelling(pool: Pool, row: InterventionRow, now: number): Promise<CancellationCost> {
  const { state, rules } = await atHand(pool, row, now);
  requirePossible(state, 'cancel', rules, now);
  return whatCancellingCosts(state, rules, now);
}

/** What another date would cost. */
export interface DateChangeForecast extends CancellationCost {
  /** First instant at which cancelling on the wished date costs, epoch milliseconds; it may be past. Absent where it never does. */
  readonly newFreeBefore?: number;
}

/**
 * What the customer's wish for another date would cost at `event.at`: that of cancelling inside the limit, else nothing.
 * @throws Refusal: what the real command would be refused with, but for what has to be shown first
 */
export async function forecastChangingDate(
  pool: Pool,
  row: InterventionRow,
  event: Omit<InterventionEventOf<'changeDate'>, 'type'>,
): Promise<DateChangeForecast> {
  const { state, rules } = await atHand(pool, row, event.at);
  requirePossible(state, 'changeDate', rules, event.at);
  const cost = whatCancellingCosts(state, rules, event.at);
  const after = advanceIntervention(state, { ...event, type: 'changeDate', lost: cost.lost }, rules).state;
  if (hasEnded(after)) return cost;
  const { freeBefore } = cost;
  const newFreeBefore = after.plan?.freeBefore;
  const limit = {
    ...(freeBefore === undefined ? {} : { freeBefore }),
    ...(newFreeBefore === undefined ? {} : { newFreeBefore }),
  };
  return { free: true, lost: NONE, used: NONE, returned: NONE, expensesDue: 0, ...limit };
}

/** Whether an estimate could be sent now, and fits the contract. @throws Refusal: what it would be refused with */
export async function requireSendable(
  pool: Pool,
  row: InterventionRow,
  event: Omit<InterventionEventOf<'sendEstimate'>, 'type'>,
): Promise<void> {
  const { state, rules } = await atHand(pool, row, event.at);
  advanceIntervention(state, { ...event, type: 'sendEstimate' }, rules);
}

/** What logging work would come to. @throws Refusal: what the real command would be refused with */
export async function forecastLogging(
  pool: Pool,
  row: InterventionRow,
  event: Omit<InterventionEventOf<'logWork'>, 'type'>,
): Promise<LoggingForecast> {
  const { state, rules } = await atHand(pool, row, event.at);
  const after = advanceIntervention(state, { ...event, type: 'logWork' }, rules).state;
  const used = usedOf(after, rules.terms);
  const left = secondsLeft(after, rules.terms);
  return {
    more: minus(used, usedOf(state, rules.terms)),
    used,
    returned: minus(reservedOf(after), used),
    ...(Number.isFinite(left) ? { secondsLeft: left } : {}),
  };
}

async function atHand(
  pool: Pool,
  row: InterventionRow,
  now: number,
): Promise<{ readonly state: InterventionState; readonly rules: InterventionRules }> {
  if (!row.state) throw new Unavailable('worker');
  const input = await interventionInput(pool, row, now);
  return { state: row.state, rules: rulesOf(input) };
}
