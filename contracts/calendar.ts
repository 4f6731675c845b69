/** Calendars of contracts: opening hours by the week, holidays, closures; and the opening windows made of them. */
import { z } from 'zod';
import { type OpeningDay, packDays } from '../domain/openingDays.ts';
import type { OpeningWindow } from '../domain/openingHours.ts';
import { HolidayTerms, publicHolidays } from './holidays.ts';
import { DAY_MS, dateOfDay, instantOf, localDayOf, offsetsWithin, tzdataVersion, zoneExists } from './zone.ts';

const MINUTE_MS = 60_000;
/** In the order of JavaScript's days of the week. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** A window reaches so many business days past the longest delay. */
const SPARE_BUSINESS_DAYS = 20;
/** A calendar that stays closed longer is a mistake. */
const LONGEST_CLOSED_DAYS = 731;

/** A time of day of an interval's edge. */
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'A time of day is written HH:MM, from 00:00 to 24:00.' });

/** Open intervals of one day, [open, close) in local time, in order. `24:00` is the end of the day. */
export const DayHours = z.array(z.tuple([TimeOfDay, TimeOfDay])).superRefine((intervals, context) => {
  let lastClose = 0;
  intervals.forEach(([open, close], index) => {
    if (minutesOf(close) <= minutesOf(open)) {
      context.addIssue({ code: 'custom', path: [index], message: `Closing ${close} is not after opening ${open}.` });
    }
    if (minutesOf(open) < lastClose) {
      context.addIssue({ code: 'custom', path: [index], message: `${open} is before the end of the interval above.` });
    }
    lastClose = Math.max(lastClose, minutesOf(close));
  });
});

/** An IANA zone that this process knows. */
export const ZoneName = z.string().refine(zoneExists, { error: 'There is no such time zone; write an IANA name.' });

/** Without a point, so that it is never the id that another contract's calendar has by default. */
const SharedId = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, {
  error: 'An id is made of small letters, digits and hyphens, and begins with a letter.',
});

/** One calendar of a contract. A business day is a day with opening hours. */
export const CalendarTerms = z.strictObject({
  id: SharedId.optional().meta({
    description: 'the same in every contract that has this calendar: closures are announced once for all',
  }),
  zone: ZoneName.meta({ description: 'IANA zone of its hours' }),
  weekly: z
    .partialRecord(z.enum(WEEKDAYS), DayHours)
    .refine((week) => Object.values(week).some((day) => day?.length), {
      error: 'The calendar never opens.',
    })
    .meta({ description: 'open intervals [open, close) of each day, local HH:MM in order; 24:00 ends a day' }),
  holidays: HolidayTerms.meta({ description: 'the public holidays that close it' }),
  extraHolidays: z
    .array(z.iso.date({ error: 'A date is written YYYY-MM-DD.' }))
    .default([])
    .meta({ description: 'local dates closed beside the public holidays' }),
  closuresAdmitted: z
    .boolean()
    .default(false)
    .meta({ description: 'whether announced closures stop the clocks: in families A and B only' }),
});
export type CalendarTerms = z.infer<typeof CalendarTerms>;

/** What closures are announced for: the calendar's own id, or `<contract>.<name>`. */
export function calendarId(contract: string, name: string, calendar: Pick<CalendarTerms, 'id'>): string {
  return calendar.id ?? `${contract}.${name}`;
}

const Instant = z.int().nonnegative();
/** Both instants at which people are told, and of what. */
const told = { announcedAt: Instant, takenBackAt: Instant.optional(), reason: z.string().optional() };

/**
 * An exceptional closure: a local day, or an interval [from, to). Instants are epoch milliseconds. It counts from its
 * announcement until it is taken back: time before either never changes.
 */
export const Closure = z.union([
  z.strictObject({ ...told, day: z.iso.date() }),
  z
    .strictObject({ ...told, from: Instant, to: Instant })
    .refine(({ from, to }) => to > from, { error: 'A closure ends after it begins.', path: ['to'] }),
]);
export type Closure = z.infer<typeof Closure>;

/** What an opening window is asked for. Instants are epoch milliseconds. */
export interface WindowRequest {
  /** The calendar's name in the terms. */
  readonly name: string;
  /** Grows with every closure announced; 1 at first. */
  readonly version: number;
  /** Oldest instant that matters; the window begins with its local day. */
  readonly from: number;
  /** How far ahead: to the end of a local day, or past what delays that start now may need, and 20 business days more. */
  readonly ahead:
    | { readonly until: number }
    | { readonly now: number; readonly openedMs: number; readonly businessDays: number };
  readonly closures?: readonly Closure[];
}

/** Opening hours by the local day: all that a window needs of a calendar, whatever its rules are written in. */
export interface Timetable {
  /** IANA zone. */
  readonly zone: string;
  /** Open intervals of a day counted from 1970-01-01, in order; none when it is closed. */
  hoursOf(day: number): readonly (readonly [string, string])[];
}

/** Instants [from, to); epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The opening hours of a calendar over a horizon of whole local days.
 *
 * @throws RangeError when the calendar stays closed for two years, or does not admit the closures.
 */
export function buildOpeningWindow(calendar: CalendarTerms, request: WindowRequest): OpeningWindow {
  return windowOf(timetableOf(calendar), request, closedSpans(calendar, request));
}

/** The hours of a contract's calendar: those of the week, but none on holidays. */
export function timetableOf(calendar: CalendarTerms): Timetable {
  return {
    zone: calendar.zone,
    hoursOf(day) {
      const hours = calendar.weekly[weekdayOf(day)] ?? [];
      if (hours.length === 0) return hours;
      const date = dateOfDay(day);
      const isHoliday =
        calendar.extraHolidays.includes(date) || publicHolidays(calendar.holidays, yearOf(date)).has(date);
      return isHoliday ? [] : hours;
    },
  };
}

/** `mon`, … of a day counted from 1970-01-01. */
export function weekdayOf(day: number): (typeof WEEKDAYS)[number] {
  return WEEKDAYS[new Date(day * DAY_MS).getUTCDay()] ?? 'sun';
}

/**
 * The opening hours of a timetable over a horizon of whole local days, without the spans that are closed.
 *
 * @param mayStayClosed For callers who see to it themselves that no walk is without end.
 * @throws RangeError when nothing opens for two years, unless it may stay closed.
 */
export function windowOf(
  timetable: Timetable,
  request: Omit<WindowRequest, 'closures'>,
  closures: readonly Span[],
  { mayStayClosed = false } = {},
): OpeningWindow {
  const { zone } = timetable;
  const firstDay = localDayOf(zone, request.from);
  const isEnough = enoughAhead(zone, request.ahead);
  const days: OpeningDay[] = [];
  let day = firstDay;
  let lastOpenDay = Math.max(firstDay, 'now' in request.ahead ? localDayOf(zone, request.ahead.now) : firstDay);
  let lastClose = Number.NEGATIVE_INFINITY;
  for (let enough = false; !enough || (days.length === 0 && !mayStayClosed); day++) {
    if (day - lastOpenDay > LONGEST_CLOSED_DAYS && !mayStayClosed) {
      throw new RangeError(`Calendar ${request.name} has no opening within two years after ${dateOfDay(lastOpenDay)}.`);
    }
    const edges = edgesOf(timetable, day, lastClose, closures);
    const close = edges.at(-1);
    if (close !== undefined) {
      days.push({ day: day * DAY_MS, edges });
      lastClose = close;
      lastOpenDay = Math.max(lastOpenDay, day);
    }
    enough = isEnough(day, edges);
  }
  const from = instantOf(zone, firstDay * DAY_MS);
  const until = Math.max(instantOf(zone, day * DAY_MS), lastClose);
  const offsets = offsetsWithin(zone, from, until);
  return {
    zone,
    tzdata: tzdataVersion(),
    calendar: request.name,
    calendarVersion: request.version,
    from,
    until,
    offsets,
    ...packDays(days, offsets),
  };
}

/** Tells of each day in turn whether the window may end with it. */
function enoughAhead(zone: string, ahead: WindowRequest['ahead']): (day: number, edges: readonly number[]) => boolean {
  if ('until' in ahead) {
    const lastDay = localDayOf(zone, ahead.until - 1);
    return (day) => day >= lastDay;
  }
  const today = localDayOf(zone, ahead.now);
  let openedMs = 0;
  let businessDays = 0;
  let spare = 0;
  return (day, edges) => {
    if (day <= today || edges.length === 0) return false;
    if (openedMs >= ahead.openedMs && businessDays >= ahead.businessDays) spare++;
    businessDays++;
    openedMs += edges.reduce((sum, edge, index) => sum + (index % 2 === 0 ? -edge : edge), 0);
    return spare >= SPARE_BUSINESS_DAYS;
  };
}

/** Opening and closing instants of one local day, in order; none when it is closed. */
function edgesOf({ zone, hoursOf }: Timetable, day: number, notBefore: number, closures: readonly Span[]): number[] {
  const edges: number[] = [];
  let last = notBefore;
  for (const [opening, closing] of hoursOf(day)) {
    // Where the hour changes, an opening moved forward may reach into what follows it: no instant is counted twice.
    const open = Math.max(last, instantOf(zone, day * DAY_MS + minutesOf(opening) * MINUTE_MS));
    // A zone that changes its date leaves out a day: what moves forward into the next one is no part of it.
    const close = Math.min(
      instantOf(zone, day * DAY_MS + minutesOf(closing) * MINUTE_MS),
      instantOf(zone, (day + 1) * DAY_MS),
    );
    if (close <= open) continue;
    for (const part of withoutClosures({ from: open, to: close }, closures)) edges.push(part.from, part.to);
    last = close;
  }
  return edges;
}

function withoutClosures(interval: Span, closures: readonly Span[]): Span[] {
  let parts = [interval];
  for (const closure of closures) {
    if (closure.to <= interval.from || closure.from >= interval.to) continue;
    parts = parts.flatMap((part) => {
      if (closure.to <= part.from || closure.from >= part.to) return [part];
      const before = { from: part.from, to: closure.from };
      const after = { from: closure.to, to: part.to };
      return [before, after].filter(({ from, to }) => to > from);
    });
  }
  return parts;
}

function closedSpans(calendar: CalendarTerms, { name, closures = [] }: WindowRequest): Span[] {
  if (closures.length > 0 && !calendar.closuresAdmitted) {
    throw new RangeError(`Calendar ${name} admits no exceptional closures.`);
  }
  return closures.flatMap((closure) => closedSpan(calendar.zone, closure));
}

/** What a closure closes in a zone: from its announcement until it is taken back; none when that leaves nothing. */
export function closedSpan(zone: string, closure: Closure): Span[] {
  const { from, to } = 'day' in closure ? localDay(zone, closure.day) : closure;
  const span = { from: Math.max(from, closure.announcedAt), to: Math.min(to, closure.takenBackAt ?? to) };
  return span.to > span.from ? [span] : [];
}

/** A local date (YYYY-MM-DD) as the interval [from, to); epoch milliseconds. */
export function localDay(zone: string, date: string): Span {
  return { from: instantOf(zone, Date.parse(date)), to: instantOf(zone, Date.parse(date) + DAY_MS) };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
