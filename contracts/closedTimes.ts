/** Why a calendar was closed where one would expect it open: by the week, by a holiday, by an announced closure. */
import { indexOpenings, type Openings, openedBetween } from '../domain/openingHours.ts';
import { type CalendarTerms, type Span, timetableOf, weekdayOf, windowOf } from './calendar.ts';
import { type HolidayName, holidayNames } from './holidays.ts';
import { DAY_MS, dateOfDay, instantOf, localDate, localDayOf } from './zone.ts';

/** Instants are epoch milliseconds; the dates are local to the calendar, both included. */
export interface ClosedTime extends Span {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly because: 'week' | 'holiday' | 'extraHoliday' | 'closure';
  /** Of a public holiday. */
  readonly name?: HolidayName;
  /** Of a closure, where its announcement gave one. */
  readonly reason?: string;
}

/** A closure as it was announced. */
export type NamedClosure = Span & { readonly reason?: string };

/**
 * Whole days without opening, and what closures took out of others, between two instants; in order. Days in a row that are
 * closed every week are one. Closures are what the calendar's own hours have and `openings` lack.
 */
export function closedTimes(
  calendar: CalendarTerms,
  openings: Openings,
  span: Span,
  announced: readonly NamedClosure[] = [],
): ClosedTime[] {
  const { zone } = calendar;
  const times: ClosedTime[] = [];
  const request = { name: '', version: 1, from: span.from, ahead: { until: Math.max(span.to, span.from + 1) } };
  const usual = indexOpenings(windowOf(timetableOf(calendar), request, [], { mayStayClosed: true }));
  const openDays = new Set(usual.opens.map((open) => localDayOf(zone, open)));
  for (let day = localDayOf(zone, span.from); day <= localDayOf(zone, Math.max(span.from, span.to - 1)); day++) {
    if (openDays.has(day)) continue;
    const date = dateOfDay(day);
    const whole = { from: instantOf(zone, day * DAY_MS), to: instantOf(zone, (day + 1) * DAY_MS) };
    const time = { ...clipped(whole, span), firstDate: date, lastDate: date, ...reasonOf(calendar, day) };
    const last = times.at(-1);
    if (last?.because === 'week' && time.because === 'week' && last.lastDate === dateOfDay(day - 1)) {
      times[times.length - 1] = { ...last, to: time.to, lastDate: date };
    } else times.push(time);
  }
  return [...times, ...closuresIn(zone, usual, openings, span, announced)].sort((one, other) => one.from - other.from);
}

function reasonOf(calendar: CalendarTerms, day: number): Pick<ClosedTime, 'because' | 'name'> {
  if (!calendar.weekly[weekdayOf(day)]?.length) return { because: 'week' };
  const date = dateOfDay(day);
  const name = holidayNames(calendar.holidays, Number(date.slice(0, 4))).get(date);
  return name ? { because: 'holiday', name } : { because: 'extraHoliday' };
}

/** What is usually open and is not; one for each local day. */
function closuresIn(
  zone: string,
  usual: Openings,
  openings: Openings,
  span: Span,
  announced: readonly NamedClosure[],
): ClosedTime[] {
  const missing = usual.opens.flatMap((open, index) => {
    const interval = clipped({ from: open, to: usual.closes[index] ?? open }, span);
    return interval.from < interval.to ? without(interval, openings) : [];
  });
  const times: ClosedTime[] = [];
  for (const part of missing) {
    const date = localDate(zone, part.from);
    const last = times.at(-1);
    const between = last && openedBetween(openings, last.to, part.from);
    if (last?.firstDate === date && between && 'ms' in between && between.ms === 0) {
      times[times.length - 1] = { ...last, to: part.to };
      continue;
    }
    const reason = announced.find(({ from, to }) => from < part.to && part.from < to)?.reason;
    times.push({ ...part, firstDate: date, lastDate: date, because: 'closure', ...(reason ? { reason } : {}) });
  }
  return times;
}

function without(interval: Span, { opens, closes }: Openings): Span[] {
  const parts: Span[] = [];
  let { from } = interval;
  opens.forEach((open, index) => {
    const close = closes[index] ?? open;
    if (close <= from || open >= interval.to) return;
    if (open > from) parts.push({ from, to: open });
    from = close;
  });
  return from < interval.to ? [...parts, { from, to: interval.to }] : parts;
}

function clipped(one: Span, other: Span): Span {
  return { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
}
