/** A calendar that names its days itself: for machines that have holidays and closures of their own. */
import { z } from 'zod';
import { DayHours, type Span, TimeOfDay, type Timetable, WEEKDAYS, weekdayOf, ZoneName } from './calendar.ts';
import { readSpan } from './isoInstant.ts';
import { dateOfDay } from './zone.ts';

/** In any order; what overlaps is refused as in the terms of contracts. */
const Hours = z
  .array(z.tuple([TimeOfDay, TimeOfDay]))
  .transform((intervals) => [...intervals].sort(([one], [other]) => (one < other ? -1 : 1)))
  .pipe(DayHours);

const LocalDate = z.iso.date({ error: 'A date is written YYYY-MM-DD.' });

/** A day of every year in which it exists: `02-29` in leap years only. */
const AnnualDate = z.string().refine((text) => z.iso.date().safeParse(`2000-${text}`).success, {
  error: 'A date of every year is written MM-DD.',
});

/** From and to, ISO 8601, local to the calendar without an offset; a date alone is a whole local day. */
export const SpanText = z.strictObject({ from: z.string(), to: z.string() });

/** The calendar as it is written; see docs/time.md. */
export const ExplicitCalendar = z.strictObject({
  timezone: ZoneName,
  weekly: z.partialRecord(z.enum(WEEKDAYS), Hours),
  holidays: z.array(LocalDate).default([]),
  annualHolidays: z.array(AnnualDate).default([]),
  /** Cut out of what is open, overrides included. */
  closures: z.array(SpanText).default([]),
  /** The hours of a date, whatever day of the week or holiday it is; none: closed. */
  overrides: z.record(LocalDate, Hours).default({}),
});
export type ExplicitCalendar = z.infer<typeof ExplicitCalendar>;

/** What windows are made of. @throws RangeError when a closure is no span */
export function explicitTimetable(calendar: ExplicitCalendar): { timetable: Timetable; closures: Span[] } {
  const { timezone: zone, weekly } = calendar;
  const overrides = new Map(Object.entries(calendar.overrides));
  const holidays = new Set(calendar.holidays);
  const annual = new Set(calendar.annualHolidays);
  const closures = calendar.closures.map((closure) => readSpan(zone, closure)).filter(({ from, to }) => to > from);
  return {
    timetable: {
      zone,
      hoursOf(day) {
        const hours = weekly[weekdayOf(day)] ?? [];
        if (hours.length === 0 && overrides.size === 0) return hours;
        const date = dateOfDay(day);
        return overrides.get(date) ?? (holidays.has(date) || annual.has(date.slice(5)) ? [] : hours);
      },
    },
    closures,
  };
}
