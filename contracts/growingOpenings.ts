/**
 * Openings of a timetable that nobody has bounded beforehand: windows are built for the span that a question needs, growing
 * while its answer lies beyond, and kept for the next question.
 */
import { indexOpenings, type Openings, type Reach } from '../domain/openingHours.ts';
import { type Span, type Timetable, windowOf } from './calendar.ts';
import { DAY_MS, instantOf, offsetAt } from './zone.ts';

/** No walk goes on through a closed time as long as this: two years. */
const LONGEST_CLOSED_MS = 731 * DAY_MS;
/** No answer lies further away; a power of two, as windows double. */
const MOST_YEARS = 512;
const END_YEAR = 10_000;

/** Openings of one timetable. Instants are epoch milliseconds of the years 1 to 9999. */
export interface GrowingOpenings {
  /** Openings that know all between two instants. @throws RangeError when they lie more than 500 years apart */
  spanning(from: number, until: number): Openings;
  /**
   * The answer of a walk that begins at `from`.
   *
   * @throws RangeError when nothing opens for two years on its way, or it would go on for more than 500.
   */
  reaching(from: number, walk: (openings: Openings) => Reach): number;
  /** Intervals kept in memory. */
  readonly size: number;
  /** Keeps no more of them. */
  forget(): void;
}

interface Known {
  readonly years: number;
  readonly openings: Openings;
  /** Closed times of more than two years. */
  readonly dark: readonly Span[];
}

/** Holds the windows of this timetable: one for each local year in which a question began. */
export function growingOpenings(timetable: Timetable, closures: readonly Span[]): GrowingOpenings {
  const { zone } = timetable;
  const known = new Map<number, Known>();
  let size = 0;

  const yearOf = (at: number) => new Date(at + offsetAt(zone, at)).getUTCFullYear();
  const firstInstantOf = (year: number) => instantOf(zone, new Date(0).setUTCFullYear(year, 0, 1));

  /** The window that begins with the year and has `years`, or more. */
  function windowFrom(year: number, years: number): Known {
    const kept = known.get(year);
    if (kept && kept.years >= years) return kept;
    const until = firstInstantOf(Math.min(year + years, END_YEAR));
    const request = { name: 'explicit', version: 1, from: firstInstantOf(year), ahead: { until } };
    const openings = indexOpenings(windowOf(timetable, request, closures, { mayStayClosed: true }));
    const built = { years, openings, dark: darkTimes(openings) };
    size += openings.opens.length - (kept?.openings.opens.length ?? 0);
    known.set(year, built);
    return built;
  }

  return {
    spanning(from, until) {
      const year = yearOf(from);
      const needed = yearOf(until) - year + 1;
      if (needed > MOST_YEARS) throw new RangeError('The two lie more than 500 years apart.');
      let years = 1;
      while (years < needed) years *= 2;
      const { openings } = windowFrom(year, years);
      // Where clocks went back over New Year's Eve, its last minutes come after the first ones of the year.
      return openings.window.until > until ? openings : windowFrom(year, years * 2).openings;
    },
    reaching(from, walk) {
      const year = yearOf(from);
      for (let years = known.get(year)?.years ?? 1; years <= MOST_YEARS; years *= 2) {
        const { openings, dark } = windowFrom(year, years);
        const reach = walk(openings);
        const walked = { from, to: 'at' in reach ? reach.at : openings.window.until };
        // What a window reaches must not depend on the questions before: a long closed time ends the walk in any.
        if (dark.some((time) => isDark({ from: Math.max(time.from, from), to: Math.min(time.to, walked.to) }))) {
          throw new RangeError('The calendar has no opening within two years.');
        }
        if ('at' in reach) return reach.at;
        if (year + years >= END_YEAR) break;
      }
      throw new RangeError('The answer lies more than 500 years away, or after the year 9999.');
    },
    get size() {
      return size;
    },
    forget() {
      known.clear();
      size = 0;
    },
  };
}

function isDark({ from, to }: Span): boolean {
  return to - from > LONGEST_CLOSED_MS;
}

/** Between the closings and openings of a window, its beginning and its end among them. */
function darkTimes({ window, opens, closes }: Openings): Span[] {
  const from = [window.from, ...closes];
  const to = [...opens, window.until];
  return from.map((closing, index) => ({ from: closing, to: to[index] ?? closing })).filter(isDark);
}
