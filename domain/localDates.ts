/** Local dates, written YYYY-MM-DD, without a zone: what notices, validities and obligations are counted in. */

const DAY_MS = 86_400_000;

/** The same day of the month so many months later, or the last day of a shorter month; YYYY-MM-DD. */
export function monthsAfter(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10);
}

/** So many days later; YYYY-MM-DD. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A length of calendar time. */
export type Period = { readonly calendarDays: number } | { readonly months: number } | { readonly years: number };

/** The date at the end of a period that begins on `date`; of a month too short for the day, its last day. */
export function periodAfter(date: string, period: Period): string {
  if ('calendarDays' in period) return daysAfter(date, period.calendarDays);
  return monthsAfter(date, 'months' in period ? period.months : 12 * period.years);
}
