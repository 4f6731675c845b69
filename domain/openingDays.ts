/**
 * The rows of an opening window, and the few characters that they are kept in: business days are mostly alike, so each is
 * a character that names its hours. A window is in every request's input.
 */
import type { OpeningWindow } from './openingHours.ts';

/** One business day. */
export interface OpeningDay {
  /** Its local date, as the epoch milliseconds of that date's midnight in UTC. */
  readonly day: number;
  /** [open, close, open, close, …], each [open, close), epoch milliseconds. */
  readonly edges: readonly number[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const CLOSED = '.';
const FIRST_CODE = '0'.charCodeAt(0);

/** @param days In order, one a date. `offsets` as in the window. */
export function packDays(
  days: readonly OpeningDay[],
  offsets: OpeningWindow['offsets'],
): Pick<OpeningWindow, 'first' | 'hours' | 'days'> {
  const first = days[0]?.day ?? 0;
  const hours: number[][] = [];
  const codes = new Map<string, string>();
  let packed = '';
  for (const { day, edges } of days) {
    const midnight = midnightOf(day, offsets);
    const minutes = edges.map((edge) => (edge - midnight) / MINUTE_MS);
    const name = minutes.join();
    const code = codes.get(name) ?? String.fromCharCode(FIRST_CODE + hours.length);
    if (!codes.has(name)) hours.push(minutes);
    codes.set(name, code);
    packed = packed.padEnd((day - first) / DAY_MS, CLOSED) + code;
  }
  return { first: new Date(first).toISOString().slice(0, 10), hours, days: packed };
}

/** The business days of a window, in order. */
export function openingDays({ first, hours, days, offsets }: OpeningWindow): OpeningDay[] {
  const rows: OpeningDay[] = [];
  let day = Date.parse(first);
  for (let index = 0; index < days.length; index++, day += DAY_MS) {
    const minutes = hours[days.charCodeAt(index) - FIRST_CODE];
    if (!minutes) continue;
    const midnight = midnightOf(day, offsets);
    rows.push({ day, edges: minutes.map((minute) => Math.round(midnight + minute * MINUTE_MS)) });
  }
  return rows;
}

/** By the offset at noon: so the usual hours are the usual minutes on a day, too, on which the hour changes at night. */
function midnightOf(day: number, offsets: OpeningWindow['offsets']): number {
  return day - offsetAt({ offsets }, day + DAY_MS / 2);
}

/** UTC offset in force at an instant of the horizon, in milliseconds. */
export function offsetAt({ offsets }: Pick<OpeningWindow, 'offsets'>, at: number): number {
  let low = 0;
  let high = offsets.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle]?.[0] ?? at) <= at) low = middle;
    else high = middle;
  }
  return offsets[low]?.[1] ?? 0;
}
