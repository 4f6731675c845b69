/**
 * Business time: integer arithmetic over opening hours that were computed beforehand.
 *
 * All instants are epoch milliseconds, all lengths milliseconds. Nothing here reads a clock, a time-zone database or a
 * calendar: an `OpeningWindow` brings them as data, so that a replay finds the same due moments for ever. Questions about
 * instants outside the window's horizon are answered `{ beyond: true }`, never guessed.
 *
 * Every answer costs a few binary searches, however far away it lies.
 */
import { offsetAt, openingDays } from './openingDays.ts';

/** Opening hours of one calendar over a horizon. Plain JSON: 65 days of two intervals take a few hundred characters. */
export interface OpeningWindow {
  /** IANA zone of the calendar. */
  readonly zone: string;
  /** Version of the time-zone data that the instants were computed with. */
  readonly tzdata: string;
  /** The calendar's name in the contract's terms. */
  readonly calendar: string;
  /** Grows whenever a closure of this calendar is announced. */
  readonly calendarVersion: number;
  /** Horizon [from, until): outside it nothing is known. */
  readonly from: number;
  readonly until: number;
  /** UTC offset at `from`, then each change inside the horizon: [instant, offset from then on]. */
  readonly offsets: readonly (readonly [number, number])[];
  /** Local date of the first business day, YYYY-MM-DD. */
  readonly first: string;
  /** The hours that occur: [open, close, open, close, …] of a day, each [open, close), in minutes since its midnight. */
  readonly hours: readonly (readonly number[])[];
  /** A character for each date since the first: a dot when closed, else `0` for the first hours, and so on. */
  readonly days: string;
}

/** An instant, or the news that the window does not reach so far. */
export type Reach = { readonly at: number } | { readonly beyond: true };

/** A span that does not count, [from, to). Lists are in order of `from`; what overlaps or touches counts once. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** A window made ready for arithmetic; see {@link indexOpenings}. Kept in memory, never stored. */
export interface Openings {
  readonly window: OpeningWindow;
  /** Intervals of all days, in order. */
  readonly opens: readonly number[];
  readonly closes: readonly number[];
  /** Opened time before each interval, and after the last: one longer than the intervals. */
  readonly before: readonly number[];
  /** Local dates of the business days, as the epoch milliseconds of their midnight in UTC. */
  readonly days: readonly number[];
  /** Index of each day's first interval, and the number of intervals: one longer than the days. */
  readonly firstOfDay: readonly number[];
}

const BEYOND: Reach = Object.freeze({ beyond: true });

const indexed = new WeakMap<OpeningWindow, Openings>();

/**
 * Prefix sums of a window, built once per window object and remembered with it.
 *
 * @throws RangeError when the rows are not whole, ascending, disjoint intervals inside the horizon.
 */
export function indexOpenings(window: OpeningWindow): Openings {
  const known = indexed.get(window);
  if (known) return known;
  const opens: number[] = [];
  const closes: number[] = [];
  const before: number[] = [0];
  const days: number[] = [];
  const firstOfDay: number[] = [];
  let last = window.from;
  let sum = 0;
  for (const { day, edges } of openingDays(window)) {
    days.push(day);
    firstOfDay.push(opens.length);
    if (edges.length === 0 || edges.length % 2 !== 0) throw new RangeError(`${dateOf(day)}: no whole intervals`);
    for (let edge = 0; edge < edges.length; edge += 2) {
      const open = edges[edge] ?? Number.NaN;
      const close = edges[edge + 1] ?? Number.NaN;
      if (!(open >= last && close > open && close <= window.until))
        throw new RangeError(`${dateOf(day)}: not in order`);
      opens.push(open);
      closes.push(close);
      sum += close - open;
      before.push(sum);
      last = close;
    }
  }
  firstOfDay.push(opens.length);
  if (window.offsets.length === 0) throw new RangeError('no offsets');
  const openings: Openings = { window, opens, closes, before, days, firstOfDay };
  indexed.set(window, openings);
  return openings;
}

/**
 * The first instant at which `ms` of opened time outside the pauses have passed since `start`. A budget used up exactly
 * at closing time is due at that closing time; exactly when a pause begins, at that instant or the closing before it.
 *
 * No time at all leads to `start` itself, opened or not: so `openedBetween(start, addOpened(start, ms)) = ms` and
 * `addOpened(addOpened(start, a), b) = addOpened(start, a + b)` hold for every length, zero included.
 *
 * @throws RangeError when `ms` is negative or not a number.
 */
export function addOpened(openings: Openings, start: number, ms: number, pauses: readonly Pause[] = []): Reach {
  if (!(ms >= 0)) throw new RangeError(`cannot add ${ms} ms`);
  if (!reaches(openings, start)) return BEYOND;
  if (ms === 0) return { at: start };
  let target = openedUpTo(openings, start) + ms;
  let counted = start;
  for (const pause of pauses) {
    const from = Math.max(pause.from, counted);
    if (pause.to <= from) continue;
    if (from > openings.window.until || openedUpTo(openings, from) >= target) break;
    if (pause.to > openings.window.until) return BEYOND;
    target += openedUpTo(openings, pause.to) - openedUpTo(openings, from);
    counted = pause.to;
  }
  return whenOpened(openings, target);
}

/** Opened time in [from, to) outside the pauses; 0 when `to` is not after `from`. */
export function openedBetween(
  openings: Openings,
  from: number,
  to: number,
  pauses: readonly Pause[] = [],
): { readonly ms: number } | { readonly beyond: true } {
  if (to <= from) return { ms: 0 };
  if (!reaches(openings, from) || !reaches(openings, to)) return { beyond: true };
  let ms = openedUpTo(openings, to) - openedUpTo(openings, from);
  let counted = from;
  for (const pause of pauses) {
    const start = Math.max(pause.from, counted);
    const end = Math.min(pause.to, to);
    if (end <= start) continue;
    ms -= openedUpTo(openings, end) - openedUpTo(openings, start);
    counted = end;
  }
  return { ms };
}

/**
 * The same local time of day on the n-th business day after `start`. A start outside opening hours counts from the next
 * opening. When that day is closed at that time: its last closing before it, else its first opening.
 *
 * @param days Whole business days; 0 is `start` or the next opening.
 * @throws RangeError when `days` is negative or not whole.
 */
export function addBusinessDays(openings: Openings, start: number, days: number): Reach {
  if (!Number.isSafeInteger(days) || days < 0) throw new RangeError(`cannot add ${days} business days`);
  const opened = nextOpening(openings, start);
  if ('beyond' in opened || days === 0) return opened;
  const { window, opens, closes, days: dates, firstOfDay } = openings;
  const startDay = lastAtMost(firstOfDay, lastAtMost(opens, opened.at));
  const day = startDay + days;
  const startDate = dates[startDay];
  const date = dates[day];
  if (startDate === undefined || date === undefined) return BEYOND;
  const timeOfDay = opened.at + offsetAt(window, opened.at) - startDate;
  const wished = fromLocal(window, date + timeOfDay);
  const first = firstOfDay[day] ?? 0;
  const interval = Math.min(lastAtMost(opens, wished), (firstOfDay[day + 1] ?? 0) - 1);
  if (interval < first) return { at: opens[first] ?? wished };
  return { at: Math.min(wished, closes[interval] ?? wished) };
}

/** Whether `at` lies in opening hours; false outside the horizon. The instant of closing is closed. */
export function isOpen(openings: Openings, at: number): boolean {
  return at < (openings.closes[lastAtMost(openings.opens, at)] ?? Number.NEGATIVE_INFINITY);
}

/** `at` itself when open, else the opening that follows. */
export function nextOpening(openings: Openings, at: number): Reach {
  if (!reaches(openings, at)) return BEYOND;
  const interval = lastAtMost(openings.opens, at);
  if (at < (openings.closes[interval] ?? Number.NEGATIVE_INFINITY)) return { at };
  const next = openings.opens[interval + 1];
  return next === undefined ? BEYOND : { at: next };
}

/** The first instant at which fewer than `days` business days are left: the window wants to be extended then. */
export function extensionDueAt(openings: Openings, days = 10): number {
  const { window, closes, firstOfDay } = openings;
  const lastInterval = firstOfDay[openings.days.length - days + 1];
  return lastInterval === undefined ? window.from : (closes[lastInterval - 1] ?? window.from);
}

function dateOf(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

function reaches({ window }: Openings, at: number): boolean {
  return at >= window.from && at <= window.until;
}

/** Opened time between the beginning of the horizon and `at`, which lies in it. */
function openedUpTo({ opens, closes, before }: Openings, at: number): number {
  const interval = lastAtMost(opens, at);
  if (interval < 0) return 0;
  return (before[interval] ?? 0) + Math.min(at, closes[interval] ?? at) - (opens[interval] ?? at);
}

/** The first instant up to which `total` > 0 of opened time has passed since the beginning of the horizon. */
function whenOpened({ opens, closes, before }: Openings, total: number): Reach {
  const interval = lastBelow(before, total);
  const open = opens[interval];
  const close = closes[interval];
  if (open === undefined || close === undefined) return BEYOND;
  return { at: open + total - (before[interval] ?? 0) };
}

/**
 * The instant of a local time, given as if it were UTC. What a change of offset makes ambiguous is its first occurrence;
 * what it leaves out moves forward by the width of the gap.
 */
export function fromLocal({ offsets }: OpeningWindow, local: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const end = (offsets[middle + 1]?.[0] ?? 0) + (offsets[middle]?.[1] ?? 0);
    if (local < end) high = middle;
    else low = middle + 1;
  }
  const [start = 0, offset = 0] = offsets[low] ?? [];
  const at = local - offset;
  return at >= start ? at : local - (offsets[low - 1]?.[1] ?? offset);
}

/** Index of the last value ≤ `wanted`, or −1. Days without intervals do not exist, so `values` ascend strictly. */
export function lastAtMost(values: readonly number[], wanted: number): number {
  let low = -1;
  let high = values.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? wanted) <= wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** Index of the last value < `wanted`, or −1. */
function lastBelow(values: readonly number[], wanted: number): number {
  let low = -1;
  let high = values.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? wanted) < wanted) low = middle;
    else high = middle;
  }
  return low;
}
