/** What opening hours make of a date that was agreed: its reminder, the limit of cancelling, whether they still cover it. */
import { record, SYSTEM } from '../draft.ts';
import { openedBetween } from '../openingHours.ts';
import { hasEnded } from './credit.ts';
import { fewerThan, isSameDayOrLater, openingDayBefore, whyOutsideHours } from './days.ts';
import { type InterventionDraft, openTask } from './draft.ts';
import type { PlannedTime } from './events.ts';
import { calendarsOf, hoursOf, type InterventionRules } from './rules.ts';
import type { InterventionState, Plan } from './state.ts';

const FIRST_VERSION = 1;

/** What is worked out of a date's hours when it is agreed, at `at`. */
export function datedBy(
  rules: InterventionRules,
  { from, to }: PlannedTime,
  at: number,
): Pick<Plan, 'remindAt' | 'freeBefore' | 'opened'> {
  const remindAt = reminderOf(rules, from, at);
  const freeBefore = freeBeforeOf(rules, from);
  const opened = openedBetween(hoursOf(rules), from, to);
  return {
    ...(remindAt === undefined ? {} : { remindAt }),
    ...(freeBefore === undefined ? {} : { freeBefore }),
    ...('ms' in opened ? { opened: opened.ms } : {}),
  };
}

/** On the business day before, at its first opening; at once when that is past. On the day itself there is none. */
function reminderOf(rules: InterventionRules, from: number, at: number): number | undefined {
  const hours = hoursOf(rules);
  if (isSameDayOrLater(hours, at, from)) return undefined;
  const opening = openingDayBefore(hours, from);
  return Math.max(at, opening ?? at);
}

function freeBeforeOf({ terms, openings }: InterventionRules, from: number): number | undefined {
  const { cancellation } = terms;
  return cancellation && fewerThan(openings(cancellation.calendar), from, cancellation.businessDays);
}

/** Versions of the calendars that it counts on, as far as something was announced for them. */
export function hoursVersions({ terms, openings }: InterventionRules): { readonly [calendar: string]: number } {
  const versions = calendarsOf(terms).map((name) => [name, openings(name).window.calendarVersion] as const);
  return Object.fromEntries(versions.filter(([, version]) => version > FIRST_VERSION));
}

/**
 * Whether hours hold that its date was not worked out by: they came with a wider window, or with a run that was made again.
 * States from before this was kept are taken as they are.
 */
export function hasNewerHours({ hours: known }: InterventionState, rules: InterventionRules): boolean {
  if (!known) return false;
  return Object.entries(hoursVersions(rules)).some(([name, version]) => version > (known[name] ?? FIRST_VERSION));
}

/**
 * Opening hours changed. The day before may be another one. The limit of cancelling is never brought forward: a closure of
 * the provider's costs the customer nothing. A date whose hours are not all open any more is told to staff.
 */
export function hoursChanged(draft: InterventionDraft, at: number): void {
  const { state, rules } = draft;
  if (hasEnded(state)) return;
  if (state.hours) state.hours = hoursVersions(rules);
  if (state.plan) state.plan = underNewHours(draft, state.plan, at);
  if (state.fallback) state.fallback = underNewHours(draft, state.fallback, at);
  const { plan } = state;
  // One line always: its save is how the relay knows that these hours are counted on.
  record(draft, at, SYSTEM, {
    type: 'openingHoursChanged',
    ...(plan ? { facts: { from: plan.from, to: plan.to } } : {}),
  });
  // A date that is still being secured is told of when it is.
  if (state.status !== 'reserving') tellUncovered(draft, at);
}

function underNewHours({ state, rules }: InterventionDraft, plan: Plan, at: number): Plan {
  const { uncovered: _, ...rest } = plan;
  const { remindAt, freeBefore } = datedBy(rules, plan, at);
  const limits = [plan.freeBefore, freeBefore].filter((limit) => limit !== undefined);
  return {
    ...rest,
    ...(limits.length === 0 ? {} : { freeBefore: Math.max(...limits) }),
    // What was agreed on the day itself has none; what was missed is said so.
    ...(plan.remindAt === undefined || remindAt === undefined ? {} : { remindAt }),
    ...(isUncovered(state, rules, plan, at) ? { uncovered: true as const } : {}),
  };
}

/** Whether it begins or ends in closed hours, or fewer hours are open in between than when it was agreed. */
function isUncovered(
  { estimate }: Pick<InterventionState, 'estimate'>,
  rules: InterventionRules,
  { from, to, opened }: Plan,
  at: number,
): boolean {
  if (estimate?.onCall || to <= at) return false;
  if (whyOutsideHours(hoursOf(rules), from, to) !== undefined) return true;
  const now = openedBetween(hoursOf(rules), from, to);
  return opened !== undefined && 'ms' in now && now.ms < opened;
}

/** Staff agree another date, or settle the task because this one will do. */
export function tellUncovered(draft: InterventionDraft, at: number): void {
  if (draft.state.plan?.uncovered) openTask(draft, at, { kind: 'agreeOtherDate' });
}

/** While nobody has looked at a date in closed hours, the customer is not reminded of it. */
export function isReminderHeld({ plan, tasks }: InterventionState): boolean {
  return plan?.uncovered === true && tasks.some(({ kind }) => kind === 'agreeOtherDate');
}
