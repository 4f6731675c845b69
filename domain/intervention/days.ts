/** Local days of an intervention: business days before a date, ends of days, work inside opening hours. */
import { offsetAt } from '../openingDays.ts';
import { fromLocal, isOpen, lastAtMost, nextOpening, type Openings, openedBetween } from '../openingHours.ts';

const DAY_MS = 86_400_000;

/** Midnight in UTC of an instant's local date. */
function dayOf({ window }: Openings, at: number): number {
  return Math.floor((at + offsetAt(window, at)) / DAY_MS) * DAY_MS;
}

/** Local date of an instant, YYYY-MM-DD. */
export function localDate(openings: Openings, at: number): string {
  return new Date(dayOf(openings, at)).toISOString().slice(0, 10);
}

/** The first instant after the local day of `at`. */
export function endOfDay(openings: Openings, at: number): number {
  return fromLocal(openings.window, dayOf(openings, at) + DAY_MS);
}

/**
 * The first instant at which fewer than `days` whole business days are left before `planned`: its own day counts where it
 * is one, that of the instant never does. The window's beginning when that lies before it.
 */
export function fewerThan(openings: Openings, planned: number, days: number): number {
  const { window } = openings;
  const first = openings.days[lastAtMost(openings.days, dayOf(openings, planned)) - (days - 1)];
  return first === undefined ? window.from : fromLocal(window, first);
}

/** The first opening of the last business day before the local day of `planned`; undefined when it lies before the window. */
export function openingDayBefore(openings: Openings, planned: number): number | undefined {
  const day = lastAtMost(openings.days, dayOf(openings, planned) - DAY_MS);
  const interval = openings.firstOfDay[day];
  return day < 0 || interval === undefined ? undefined : openings.opens[interval];
}

/** Whether two instants lie on one local day, or the first on a later one. */
export function isSameDayOrLater(openings: Openings, at: number, planned: number): boolean {
  return dayOf(openings, at) >= dayOf(openings, planned);
}

/** Why work from `from` to `to` is not inside opening hours, or nothing. Closed time in between, as at noon, is not worked. */
export function whyOutsideHours(openings: Openings, from: number, to: number): string | undefined {
  if (to > openings.window.until || from < openings.window.from) return 'Its opening hours are not known yet.';
  if (!isOpen(openings, from)) {
    const next = nextOpening(openings, from);
    return 'at' in next ? 'It begins outside opening hours.' : 'Its opening hours are not known yet.';
  }
  const opened = openedBetween(openings, from, to);
  if ('beyond' in opened) return 'Its opening hours are not known yet.';
  return isOpen(openings, to - 1) ? undefined : 'It ends outside opening hours.';
}

/** The closing that ends the opened interval of `at`; undefined when it is closed then. */
export function closingAfter(openings: Openings, at: number): number | undefined {
  return isOpen(openings, at) ? openings.closes[lastAtMost(openings.opens, at)] : undefined;
}
