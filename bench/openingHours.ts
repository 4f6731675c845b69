/** Deadlines in business time: how many per second, at which distance, and whether the answers agree. */
import { buildOpeningWindow, CalendarTerms } from '../contracts/calendar.ts';
import { publicHolidays } from '../contracts/holidays.ts';
import { addBusinessDays, addOpened, indexOpenings, type Reach } from '../domain/openingHours.ts';
import { createAnswerer } from '../operations/openingQuestions.ts';
import { type CalendarLibrary, calendarLibraries } from './calendarLibraries.ts';
import type { BenchOptions, Figure } from './report.ts';
import { median } from './report.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'Europe/Paris';
const YEARS = [2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033];
const AIM_TIMES = 200;
const FLAT_TIMES = 2;
const BATCH_MS = 20;
const FEWEST_BATCHES = 5;

const DAY = [['09:00', '18:00']];
const CALENDAR = CalendarTerms.parse({
  zone: ZONE,
  weekly: { mon: DAY, tue: DAY, wed: DAY, thu: DAY, fri: DAY },
  holidays: { country: 'FR', whitMonday: 'holiday', goodFriday: false },
});
const FROM = Date.parse('2026-01-01T00:00:00Z');
const UNTIL = Date.parse('2033-06-30T00:00:00Z');

/** Opened hours; a year of French business days has 252 or so. */
const DISTANCES = [
  { name: '1 hour', hours: 1 },
  { name: '1 day', hours: 9 },
  { name: '1,000 hours', hours: 1_000 },
  { name: '1 year', hours: 252 * 9 },
  { name: '5 years', hours: 5 * 252 * 9 },
];

/** See the issue of each library's answers in the table: the first that differs is shown. */
export async function openingHours({ runs }: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  process.env.TZ = ZONE; // the others know no zone but the process's
  const window = buildOpeningWindow(CALENDAR, { name: 'bench', version: 1, from: FROM, ahead: { until: UNTIL } });
  const openings = indexOpenings(window);
  const hours = (start: number, count: number) => instant(addOpened(openings, start, count * HOUR_MS));
  const days = (start: number, count: number) => instant(addBusinessDays(openings, start, count));
  const holidays = YEARS.flatMap((year) => [...publicHolidays(CALENDAR.holidays, year)]);
  const others = calendarLibraries(holidays);
  const starts = startsOfAYear(400);
  const figures: Figure[] = [];

  const eight = (add: (start: number, count: number) => number) => () => {
    let sum = 0;
    for (const start of starts) sum += add(start, 8);
    return sum;
  };
  const contenders = [
    { name: 'Relance', add: hours },
    ...others.flatMap(({ name, addHours }) => (addHours ? [{ name, add: addHours }] : [])),
  ].map(({ name, add }) => ({ name, rates: [] as number[], round: eight(add) }));
  for (let run = 1; run <= runs; run++) {
    report(`run ${run} of ${runs}`);
    for (const { rates, round } of contenders) rates.push(ratePerSecond(round, 300) * starts.length);
  }
  const rates = contenders.map(({ name, rates }) => ({ name, rate: median(rates) }));
  for (const { name, rate } of rates) figures.push({ what: `8 opened hours: ${name}`, value: rate, unit: 'per s' });
  const fastest = Math.max(...rates.slice(1).map(({ rate }) => rate));
  const times = (rates[0]?.rate ?? 0) / fastest;
  figures.push({
    ...{ what: '8 opened hours: beside the fastest other', value: times, unit: 'times' },
    ...{ aim: `≥ ${AIM_TIMES} times`, isMet: times >= AIM_TIMES },
  });

  figures.push(...costsByDistance('Relance', hours, starts, true));
  for (const { name, addHours } of others)
    if (addHours) figures.push(...costsByDistance(name, addHours, starts, false));
  figures.push(answersOfThePipe(starts));
  for (const library of others) figures.push(...agreements(library, hours, days, starts));
  return figures;
}

function instant(reach: Reach): number {
  return 'at' in reach ? reach.at : Number.NaN;
}

/** Instants of one year to the whole minute, by day and night, spread evenly; the same in every run. */
function startsOfAYear(count: number): number[] {
  const minutes = 365 * 24 * 60;
  return Array.from({ length: count }, (_, index) => FROM + (((index * 7_919 * 61) % minutes) * HOUR_MS) / 60);
}

/** Keeps the work from being left out as useless. */
export const kept = { sum: 0 };

/**
 * Rounds per second of this process's own time, measured for at least so many milliseconds of it: in batches of so many
 * rounds that reading the clock does not count, of which the median is taken, so that a collection of garbage does not
 * count either. What else the machine does meanwhile is not this process's time.
 */
function ratePerSecond(round: () => number, ms: number): number {
  const timed = (rounds: number): number => {
    const begun = process.cpuUsage();
    for (let done = 0; done < rounds; done++) kept.sum += round();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
  let size = 1;
  while (timed(size) < BATCH_MS) size *= 2;
  const rates: number[] = [];
  for (let spent = 0; spent < ms || rates.length < FEWEST_BATCHES; ) {
    const took = timed(size);
    rates.push((size * 1_000) / took);
    spent += took;
  }
  return median(rates);
}

type Add = (start: number, count: number) => number;

function costsByDistance(name: string, add: Add, starts: readonly number[], isOurs: boolean): Figure[] {
  let next = 0;
  const costs = DISTANCES.map(({ name: distance, hours }) => {
    const rate = ratePerSecond(() => add(starts[next++ % starts.length] ?? FROM, hours), 400);
    return { what: `${distance} away: ${name}`, value: 1_000_000 / rate, unit: 'µs' };
  });
  if (!isOurs) return costs;
  const grown = Math.max(...costs.map(({ value }) => value)) / Math.min(...costs.map(({ value }) => value));
  return [
    ...costs,
    {
      ...{ what: 'dearest distance beside the cheapest: Relance', value: grown, unit: 'times' },
      ...{ aim: `flat: ≤ ${FLAT_TIMES} times`, isMet: grown <= FLAT_TIMES },
    },
  ];
}

/** Lines of JSON in, lines of JSON out, with the calendar repeated in each. */
function answersOfThePipe(starts: readonly number[]): Figure {
  const hours = [['09:00', '18:00']];
  const weekly = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
  const calendar = { timezone: ZONE, weekly, annualHolidays: ['01-01', '05-01', '07-14', '12-25'] };
  const answer = createAnswerer();
  const lines = starts.map((at, id) =>
    JSON.stringify({ id, op: 'add', calendar, start: new Date(at).toISOString(), seconds: 28_800 }),
  );
  const rate = ratePerSecond(() => lines.reduce((sum, line) => sum + answer(line).length, 0), 400) * lines.length;
  return { what: '8 opened hours, asked by the line with the calendar in each', value: rate, unit: 'per s' };
}

/** How often a library says what we say: starts in opening hours and outside them apart. */
function agreements(library: CalendarLibrary, hours: Add, days: Add, starts: readonly number[]): Figure[] {
  const openStarts = starts.filter((start) => days(start, 0) === start);
  const shutStarts = starts.filter((start) => days(start, 0) !== start);
  const questions = [
    ...(library.addHours
      ? [
          { what: '8 hours', ours: hours, theirs: library.addHours, count: 8 },
          { what: '9 hours', ours: hours, theirs: library.addHours, count: 9 },
        ]
      : []),
    { what: '5 business days', ours: days, theirs: library.addDays, count: 5 },
  ];
  return questions.flatMap(({ what, ours, theirs, count }) =>
    [
      { when: 'starts in opening hours', from: openStarts },
      { when: 'starts outside them', from: shutStarts },
    ].map(({ when, from }) => {
      const other = from.filter((start) => ours(start, count) !== theirs(start, count));
      const [first] = other;
      const example =
        first === undefined
          ? ''
          : `; ${local(first)} → ${local(theirs(first, count))}, not ${local(ours(first, count))}`;
      const value = `${from.length - other.length} of ${from.length} agree${example}`;
      return { what: `${what}, ${when}: ${library.name}`, value, unit: '' };
    }),
  );
}

function local(at: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'medium' });
  return Number.isFinite(at) ? format.format(at) : 'nothing';
}
