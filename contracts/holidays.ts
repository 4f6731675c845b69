/** Public holidays of a calendar. The two that custom decides, not law, are the calendar's own switches. */
import Holidays from 'date-holidays';
import { z } from 'zod';

/** Everything that date-holidays knows of France, and a name for the three départements that share one law. */
const ALSACE_MOSELLE = 'alsaceMoselle';
const REGIONS = new Map([
  [ALSACE_MOSELLE, '57'],
  ...Object.keys(new Holidays().getStates('FR') ?? {}).map((code): [string, string] => [code, code]),
]);

const GOOD_FRIDAY = 'easter -2';
const EASTER_MONDAY = 'easter 1';
const WHIT_MONDAY = 'easter 50';

/** Which public holidays close a calendar. */
export const HolidayTerms = z.union([
  z.literal('none'),
  z.strictObject({
    country: z.literal('FR'),
    /** `alsaceMoselle`, a département (57, 67, 68) or an overseas code (RE, MQ, …); none: what is common to all. */
    region: z
      .string()
      .refine((region) => REGIONS.has(region), {
        error: `There is no such holiday region; known are ${[...REGIONS.keys()].join(', ')}.`,
      })
      .optional(),
    /** A public holiday that is often worked, as the solidarity day. */
    whitMonday: z.enum(['holiday', 'worked']).default('holiday'),
    /** In Alsace-Moselle it depends on the commune; elsewhere it is no holiday. */
    goodFriday: z.boolean().default(false),
  }),
]);
export type HolidayTerms = z.infer<typeof HolidayTerms>;

const cache = new Map<string, ReadonlySet<string>>();

/** Local dates (`YYYY-MM-DD`) of the public holidays of a year. */
export function publicHolidays(terms: HolidayTerms, year: number): ReadonlySet<string> {
  if (terms === 'none') return new Set();
  const key = [terms.country, terms.region, terms.whitMonday, terms.goodFriday, year].join('/');
  let dates = cache.get(key);
  if (!dates) {
    dates = datesOf(terms, year);
    cache.set(key, dates);
  }
  return dates;
}

function datesOf(terms: Exclude<HolidayTerms, 'none'>, year: number): ReadonlySet<string> {
  const region = terms.region === undefined ? undefined : REGIONS.get(terms.region);
  const holidays = region === undefined ? new Holidays(terms.country) : new Holidays(terms.country, region);
  const dates = new Set<string>();
  for (const { type, rule, date } of holidays.getHolidays(year)) {
    if (type !== 'public' || rule === GOOD_FRIDAY) continue;
    if (rule === WHIT_MONDAY && terms.whitMonday === 'worked') continue;
    dates.add(date.slice(0, 10));
    if (rule === EASTER_MONDAY && terms.goodFriday) dates.add(threeDaysBefore(date.slice(0, 10)));
  }
  return dates;
}

function threeDaysBefore(date: string): string {
  return new Date(Date.parse(date) - 3 * 86_400_000).toISOString().slice(0, 10);
}
