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
/** The library names it only where it is one by law. */
const GOOD_FRIDAY_NAME = { fr: 'Vendredi saint', en: 'Good Friday' };
const EASTER_MONDAY = 'easter 1';
const WHIT_MONDAY = 'easter 50';

/** Which public holidays close a calendar. */
export const HolidayTerms = z.union([
  z.literal('none'),
  z.strictObject({
    country: z.literal('FR').meta({ description: 'country' }),
    region: z
      .string()
      .refine((region) => REGIONS.has(region), {
        error: `There is no such holiday region; known are ${[...REGIONS.keys()].join(', ')}.`,
      })
      .optional()
      .meta({
        description: 'alsaceMoselle, a département (57, 67, 68) or an overseas code; none: what is common to all',
      }),
    whitMonday: z
      .enum(['holiday', 'worked'])
      .default('holiday')
      .meta({ description: 'a public holiday that is often worked, as the solidarity day' }),
    goodFriday: z
      .boolean()
      .default(false)
      .meta({ description: 'in Alsace-Moselle it depends on the commune; elsewhere it is no holiday' }),
  }),
]);
export type HolidayTerms = z.infer<typeof HolidayTerms>;

/** A holiday's name in each language of the product. */
export interface HolidayName {
  readonly fr: string;
  readonly en: string;
}

const cache = new Map<string, ReadonlySet<string>>();
const nameCache = new Map<string, ReadonlyMap<string, HolidayName>>();

/** Local dates (`YYYY-MM-DD`) of the public holidays of a year. */
export function publicHolidays(terms: HolidayTerms, year: number): ReadonlySet<string> {
  if (terms === 'none') return new Set();
  const key = keyOf(terms, year);
  let dates = cache.get(key);
  if (!dates) {
    dates = new Set(namesIn('fr', terms, year).keys());
    cache.set(key, dates);
  }
  return dates;
}

/** The same dates with their names; for explanations, as it takes twice as long. */
export function holidayNames(terms: HolidayTerms, year: number): ReadonlyMap<string, HolidayName> {
  if (terms === 'none') return new Map();
  const key = keyOf(terms, year);
  let names = nameCache.get(key);
  if (!names) {
    const english = namesIn('en', terms, year);
    const both = [...namesIn('fr', terms, year)].map(
      ([date, fr]) => [date, { fr, en: english.get(date) ?? fr }] as const,
    );
    names = new Map(both);
    nameCache.set(key, names);
  }
  return names;
}

type RegionTerms = Exclude<HolidayTerms, 'none'>;

function keyOf(terms: RegionTerms, year: number): string {
  return [terms.country, terms.region, terms.whitMonday, terms.goodFriday, year].join('/');
}

function namesIn(language: 'fr' | 'en', terms: RegionTerms, year: number): Map<string, string> {
  const region = terms.region === undefined ? undefined : REGIONS.get(terms.region);
  const holidays = region === undefined ? new Holidays(terms.country) : new Holidays(terms.country, region);
  const names = new Map<string, string>();
  for (const { type, rule, date, name } of holidays.getHolidays(year, language)) {
    if (type !== 'public' || rule === GOOD_FRIDAY) continue;
    if (rule === WHIT_MONDAY && terms.whitMonday === 'worked') continue;
    // Ascension Day falls on the 1st of May at times.
    const other = names.get(date.slice(0, 10));
    names.set(date.slice(0, 10), other === undefined ? name : `${other}, ${name}`);
    if (rule === EASTER_MONDAY && terms.goodFriday)
      names.set(threeDaysBefore(date.slice(0, 10)), GOOD_FRIDAY_NAME[language]);
  }
  return names;
}

function threeDaysBefore(date: string): string {
  return new Date(Date.parse(date) - 3 * 86_400_000).toISOString().slice(0, 10);
}
