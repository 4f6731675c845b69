/**
 * When a delay, as contracts write it, has run out. Instants are epoch milliseconds.
 *
 * Pauses are in order of `from`; a due moment moves on by what they take out between the start and that due moment.
 */
import { addBusinessDays, addOpened, type Openings, openedBetween, type Pause, type Reach } from './openingHours.ts';
import type { Delay } from './terms.ts';

/** Finds a calendar of the terms, ready for arithmetic. Throws when the terms have none of that name. */
export type FindOpenings = (calendar: string) => Openings;

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/**
 * When `delay` after `start` is over. Business hours and opened seconds: that much opened time outside the pauses.
 * Business days: the n-th business day after, moved on by the opened time of the pauses. Calendar hours: moved on by
 * the pauses' plain length.
 */
export function dueAfter(delay: Delay, start: number, openings: FindOpenings, pauses: readonly Pause[] = []): Reach {
  if ('calendarHours' in delay) return { at: addPlain(start, delay.calendarHours * HOUR_MS, pauses) };
  const opened = openings(delay.calendar);
  if (!('businessDays' in delay)) return addOpened(opened, start, openedMs(delay), pauses);
  const unpaused = addBusinessDays(opened, start, delay.businessDays);
  if ('beyond' in unpaused) return unpaused;
  const budget = openedBetween(opened, start, unpaused.at);
  if ('beyond' in budget) return budget;
  const moved = addOpened(opened, start, budget.ms, pauses);
  const still = addOpened(opened, start, budget.ms);
  // Without opened time in the pauses the day's own time stands: it may be an opening, where sums see the closing before.
  return 'at' in moved && 'at' in still && moved.at === still.at ? unpaused : moved;
}

/**
 * When `share` of the delay is used up, rounded down to the millisecond; of business days, the share of the opened time
 * that they span without pauses.
 *
 * @param share Between 0 and 1.
 */
export function warnAfter(
  delay: Delay,
  share: number,
  start: number,
  openings: FindOpenings,
  pauses: readonly Pause[] = [],
): Reach {
  if ('calendarHours' in delay) {
    return { at: addPlain(start, Math.floor(delay.calendarHours * HOUR_MS * share), pauses) };
  }
  const opened = openings(delay.calendar);
  if (!('businessDays' in delay)) return addOpened(opened, start, Math.floor(openedMs(delay) * share), pauses);
  const unpaused = addBusinessDays(opened, start, delay.businessDays);
  if ('beyond' in unpaused) return unpaused;
  const budget = openedBetween(opened, start, unpaused.at);
  return 'beyond' in budget ? budget : addOpened(opened, start, Math.floor(budget.ms * share), pauses);
}

/**
 * What is left of `longer` after `shorter`: the spacing of two reminders.
 *
 * @throws RangeError when they differ in kind or calendar, or when `shorter` is the longer one.
 */
export function delayBetween(shorter: Delay, longer: Delay): Delay {
  if ('calendarHours' in shorter && 'calendarHours' in longer) {
    return { calendarHours: difference(shorter.calendarHours, longer.calendarHours) };
  }
  if ('calendar' in shorter && 'calendar' in longer && shorter.calendar === longer.calendar) {
    const { calendar } = longer;
    if ('businessHours' in shorter && 'businessHours' in longer) {
      return { businessHours: difference(shorter.businessHours, longer.businessHours), calendar };
    }
    if ('businessDays' in shorter && 'businessDays' in longer) {
      return { businessDays: difference(shorter.businessDays, longer.businessDays), calendar };
    }
    if ('openedSeconds' in shorter && 'openedSeconds' in longer) {
      return { openedSeconds: difference(shorter.openedSeconds, longer.openedSeconds), calendar };
    }
  }
  throw new RangeError('delays of different kinds or calendars have no difference');
}

function difference(shorter: number, longer: number): number {
  if (!(longer >= shorter)) throw new RangeError(`${longer} is shorter than ${shorter}`);
  return longer - shorter;
}

function openedMs(delay: Extract<Delay, { businessHours: number } | { openedSeconds: number }>): number {
  return Math.round('businessHours' in delay ? delay.businessHours * HOUR_MS : delay.openedSeconds * SECOND_MS);
}

/** Plain time, day and night, without the pauses. */
function addPlain(start: number, ms: number, pauses: readonly Pause[]): number {
  let due = start + Math.round(ms);
  let counted = start;
  for (const pause of pauses) {
    const from = Math.max(pause.from, counted);
    if (pause.to <= from) continue;
    if (from >= due) break;
    due += pause.to - from;
    counted = pause.to;
  }
  return due;
}
