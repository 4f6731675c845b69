/**
 * What work costs. A unit begun is a unit used; what is added up before it is rounded is a matter of the terms. Time of a
 * module's allowance is consumed first. Work is counted in whole seconds, so no change of the hour at night adds any.
 */
import { startedUnits } from '../ledger/units.ts';
import { amountOf, covers, NONE, plus, unitsIn } from './amounts.ts';
import type { InterventionState } from './state.ts';
import type { InterventionTerms, UnitAmounts, UnitTerms } from './terms.ts';

const MINUTE = 60;
/** A whole in basis points. */
const WHOLE = 10_000;

/** What usage is counted from. */
export type Worked = Pick<InterventionState, 'estimate' | 'reservations' | 'allowance' | 'logs' | 'trips'>;

/** Whole seconds between two instants; a part of a second is not worked time. */
export function wholeSeconds(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / 1_000));
}

/** Seconds of all logs. */
export function secondsWorked({ logs }: Pick<Worked, 'logs'>): number {
  return logs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** All that the ledger holds for it. */
export function reservedOf({ reservations }: Pick<Worked, 'reservations'>): UnitAmounts {
  return plus(...reservations.map(({ amounts }) => amounts));
}

/** Name of the unit in which its work is counted; undefined where nothing is debited: on-call work, a contract without units. */
export function unitOf({ estimate }: Pick<Worked, 'estimate'>, { units }: InterventionTerms): string | undefined {
  if (estimate?.onCall) return undefined;
  return estimate?.unit ?? Object.keys(units)[0];
}

/** Units that logs and trips use. */
export function usedOf(worked: Worked, terms: InterventionTerms): UnitAmounts {
  const unit = unitOf(worked, terms);
  const unitTerms = unit === undefined ? undefined : terms.units[unit];
  if (unit === undefined || !unitTerms) return NONE;
  const trips = amountOf(unit, worked.trips * tripUnits(unitTerms));
  const left = reservedOf(worked);
  const work = groupsOf(worked, unitTerms).map((seconds) => unitsOf(seconds, unit, terms, left));
  return plus(trips, ...work);
}

/** Units of a return trip. */
export function tripUnits({ travel }: UnitTerms): number {
  return travel.counted === 'returnTrip' ? travel.units : 0;
}

/** Seconds that are rounded up together, without those that the allowance pays. */
function groupsOf({ logs, allowance }: Worked, { roundedPer }: UnitTerms): number[] {
  let free = allowance?.seconds ?? 0;
  const paid = logs.map(({ seconds }) => {
    const freely = Math.min(free, seconds);
    free -= freely;
    return seconds - freely;
  });
  if (isApart(roundedPer)) return paid;
  return [paid.reduce((sum, seconds) => sum + seconds, 0)];
}

/** Whether each log is rounded by itself. A call is one; an incident has one intervention at a time. */
function isApart(roundedPer: UnitTerms['roundedPer']): boolean {
  return roundedPer === 'workLog' || roundedPer === 'call';
}

/**
 * Units of so many seconds. Of a unit that goes on in another, at least one and then whole ones, the rest in the other; but
 * a unit that was approved and not the other is used once it is begun.
 */
function unitsOf(seconds: number, unit: string, terms: InterventionTerms, approved: UnitAmounts): UnitAmounts {
  const { minutes, restIn } = terms.units[unit] ?? { minutes: 0 };
  if (seconds <= 0 || minutes === 0) return NONE;
  const rest = restIn === undefined ? undefined : terms.units[restIn];
  if (restIn === undefined || !rest) return amountOf(unit, startedUnits(seconds, minutes));
  const whole = Math.max(1, Math.floor(seconds / (minutes * MINUTE)));
  const beyond = startedUnits(Math.max(0, seconds - whole * minutes * MINUTE), rest.minutes);
  const literally = plus(amountOf(unit, whole), amountOf(restIn, beyond));
  const begun = amountOf(unit, startedUnits(seconds, minutes));
  return covers(approved, literally) || !covers(approved, begun) ? literally : begun;
}

/** Time that may be worked, and how much of it is used; in seconds. */
export interface Budget {
  readonly seconds: number;
  readonly used: number;
}

/** Time that the reserved units and the allowance pay for; undefined where nothing is debited. */
export function budgetOf(worked: Worked, terms: InterventionTerms): Budget | undefined {
  const unit = unitOf(worked, terms);
  const unitTerms = unit === undefined ? undefined : terms.units[unit];
  if (unit === undefined || !unitTerms) return undefined;
  const reserved = reservedOf(worked);
  const unitSeconds = unitTerms.minutes * MINUTE;
  const rest = unitTerms.restIn === undefined ? undefined : terms.units[unitTerms.restIn];
  const restSeconds = rest && unitTerms.restIn ? unitsIn(reserved, unitTerms.restIn) * rest.minutes * MINUTE : 0;
  const free = worked.allowance?.seconds ?? 0;
  const trips = worked.trips * tripUnits(unitTerms) * unitSeconds;
  const total = free + unitsIn(reserved, unit) * unitSeconds + restSeconds;
  if (!isApart(unitTerms.roundedPer)) return { seconds: total, used: secondsWorked(worked) + trips };
  const rounded = groupsOf(worked, unitTerms).reduce(
    (sum, seconds) => sum + startedUnits(seconds, unitTerms.minutes) * unitSeconds,
    0,
  );
  return { seconds: total, used: Math.min(free, secondsWorked(worked)) + rounded + trips };
}

/** Seconds that may still be worked; without end where nothing is debited. */
export function secondsLeft(worked: Worked, terms: InterventionTerms): number {
  const budget = budgetOf(worked, terms);
  return budget ? Math.max(0, budget.seconds - budget.used) : Number.POSITIVE_INFINITY;
}

/** Seconds of work until the share of the terms is used; 0 once it is. */
export function secondsToShare(worked: Worked, terms: InterventionTerms): number {
  const budget = budgetOf(worked, terms);
  if (!budget) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.ceil((budget.seconds * terms.warnAt) / WHOLE) - budget.used);
}

/** What logging time would do; units are those of the whole intervention. */
export interface LoggingCost {
  /** Whether it stays within what the customer has agreed to. */
  readonly possible: boolean;
  readonly used: UnitAmounts;
  /** Units that are used with it; missing where it is not possible. */
  readonly usedAfter?: UnitAmounts;
  /** Seconds that may be logged at most before more has to be agreed to; missing where no units are debited. */
  readonly secondsLeft?: number;
}

/** What it would cost to log so many seconds of work now, asked beforehand. */
export function whatLoggingCosts(worked: Worked, terms: InterventionTerms, seconds: number): LoggingCost {
  const left = secondsLeft(worked, terms);
  const used = usedOf(worked, terms);
  const most = Number.isFinite(left) ? { secondsLeft: left } : {};
  if (seconds > left) return { possible: false, used, ...most };
  const logs = [...worked.logs, { seconds, at: 0, who: 'system' as const }];
  return { possible: true, used, usedAfter: usedOf({ ...worked, logs }, terms), ...most };
}
