/** Local times as people write them, and calendars for tests of business time. */
import { DateTime } from 'luxon';
import { buildOpeningWindow, CalendarTerms } from '../../contracts/calendar.ts';
import { indexOpenings, type Openings, type Reach } from '../../domain/openingHours.ts';

const FORMAT = 'yyyy-MM-dd HH:mm';

/** Epoch milliseconds of `2026-11-20 16:50`; not for times that a change of the hour makes ambiguous. */
export function local(text: string, zone = 'Europe/Paris'): number {
  const time = DateTime.fromFormat(text, FORMAT, { zone });
  if (!time.isValid) throw new RangeError(`${text}: ${time.invalidExplanation}`);
  return time.toMillis();
}

/** The local time of an answer, with its day of the week: `Fri 2026-11-20 16:50`. */
export function said(reach: Reach, zone = 'Europe/Paris'): string {
  return 'beyond' in reach ? 'beyond' : DateTime.fromMillis(reach.at, { zone }).toFormat(`ccc ${FORMAT}`);
}

/** A calendar open Monday to Friday at the same hours; anything may be said otherwise. */
export function calendar(over: Partial<typeof CalendarTerms._input> = {}): CalendarTerms {
  const hours: [string, string][] = [['09:00', '18:00']];
  return CalendarTerms.parse({
    zone: 'Europe/Paris',
    weekly: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
    holidays: { country: 'FR' },
    ...over,
  });
}

/** The same intervals on every day of the week. */
export function everyDay(...hours: [string, string][]): typeof CalendarTerms._input.weekly {
  return { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours };
}

/** Openings of a calendar between two local dates, both included. */
export function openings(terms: CalendarTerms, first: string, last: string): Openings {
  const from = local(`${first} 12:00`, terms.zone);
  const until = local(`${last} 12:00`, terms.zone);
  return indexOpenings(buildOpeningWindow(terms, { name: 'support', version: 1, from, ahead: { until } }));
}
