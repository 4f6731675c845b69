import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { publicHolidays } from '../../contracts/holidays.ts';
import { createAnswerer } from '../../operations/openingQuestions.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

type Intervals = readonly (readonly [string, string])[];
interface Calendar {
  readonly timezone: string;
  readonly weekly: { readonly [day in (typeof WEEK)[number]]?: Intervals };
  readonly holidays?: readonly string[];
  readonly annualHolidays?: readonly string[];
  readonly closures?: readonly { readonly from: string; readonly to: string }[];
  readonly overrides?: { readonly [date: string]: Intervals };
}

const answer = createAnswerer();
function ask(calendar: Calendar, question: object): unknown {
  const told = JSON.parse(answer(JSON.stringify({ id: 0, calendar, ...question })));
  if ('error' in told) throw new Error(told.error);
  return told.result;
}
const add = (calendar: Calendar, start: string, seconds: number, pauses: object[] = []) =>
  ask(calendar, { op: 'add', start, seconds, pauses }) as string;
const iso = (at: number) => new Date(at).toISOString();

describe('what must hold, across changes of the hour and of the year', () => {
  const hours: Intervals = [
    ['08:30', '12:30'],
    ['13:30', '17:00'],
  ];
  const office = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
  const nights: Intervals = [
    ['00:00', '04:00'],
    ['22:00', '24:00'],
  ];
  const always = Object.fromEntries(WEEK.map((day) => [day, nights]));
  const french = (region?: string) =>
    [2020, 2021, 2022, 2025, 2026, 2027, 2028].flatMap((year) => [
      ...publicHolidays(
        { country: 'FR', whitMonday: 'holiday', goodFriday: region !== undefined, ...(region ? { region } : {}) },
        year,
      ),
    ]);

  it.each<[string, Calendar, string]>([
    ['Europe/Paris, French holidays', { timezone: 'Europe/Paris', weekly: office, holidays: french() }, '2026-01-01'],
    [
      'Europe/Paris, Alsace-Moselle',
      { timezone: 'Europe/Paris', weekly: office, holidays: french('alsaceMoselle') },
      '2025-12-01',
    ],
    ['Europe/Paris by night', { timezone: 'Europe/Paris', weekly: always, holidays: french() }, '2026-01-01'],
    ['America/New_York by night', { timezone: 'America/New_York', weekly: always }, '2026-01-01'],
    ['Australia/Lord_Howe by night', { timezone: 'Australia/Lord_Howe', weekly: always }, '2026-01-01'],
    ['Asia/Tehran by night', { timezone: 'Asia/Tehran', weekly: always }, '2021-01-01'],
  ])('%s', (_, calendar, first) => {
    const start = fc.integer({ min: 0, max: 400 * 24 * 60 }).map((minute) => iso(Date.parse(first) + minute * MINUTE));
    const seconds = fc.oneof(fc.integer({ min: 0, max: 300 * 3_600 }), fc.constantFrom(0, 7.5 * 3_600, 6 * 3_600));
    fc.assert(
      fc.property(start, seconds, seconds, (from, one, other) => {
        const opening = ask(calendar, { op: 'nextOpening', at: from }) as string;
        const due = add(calendar, opening, one);
        expect(ask(calendar, { op: 'between', start: opening, end: due })).toBe(one);
        expect(add(calendar, due, other)).toBe(add(calendar, opening, one + other));
        if (one === 0) return;
        // In opening hours, or the very end of them.
        expect(ask(calendar, { op: 'isOpen', at: iso(Date.parse(due) - 1) })).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

/** What luxon's clock shows, minute after minute. */
interface WallClock {
  readonly from: number;
  readonly dates: readonly string[];
  readonly times: readonly string[];
}

function wallClock(zone: string, from: number, days: number): WallClock {
  const dates: string[] = [];
  const times: string[] = [];
  for (let half = 0; half < days * 48; half++) {
    // Zones change on the half-hour.
    const zoned = DateTime.fromMillis(from + half * 30 * MINUTE, { zone });
    for (let minute = 0; minute < 30; minute++) {
      dates.push(zoned.toISODate() ?? '');
      times.push(`${two(zoned.hour)}:${two(zoned.minute + minute)}`);
    }
  }
  return { from, dates, times };
}

/** A calendar understood in the plainest way: by that clock, one minute after the other. */
class SlowWalk {
  readonly #from: number;
  readonly #open: readonly boolean[];
  readonly #dates: readonly string[];
  readonly #clock: readonly string[];

  constructor(calendar: Calendar, { from, dates, times }: WallClock) {
    const { weekly, holidays = [], annualHolidays = [], closures = [], overrides = {} } = calendar;
    const spans = closures.map((closure) => [Date.parse(closure.from), Date.parse(closure.to)] as const);
    const hours = new Map<string, Intervals>();
    for (const date of new Set(dates)) {
      const isHoliday = holidays.includes(date) || annualHolidays.includes(date.slice(5));
      const usual = weekly[WEEK[(new Date(date).getUTCDay() + 6) % 7] ?? 'mon'] ?? [];
      hours.set(date, overrides[date] ?? (isHoliday ? [] : usual));
    }
    this.#from = from;
    this.#dates = dates;
    this.#clock = times;
    this.#open = times.map((time, index) => {
      const at = from + index * MINUTE;
      const isOpen = hours.get(dates[index] ?? '')?.some(([open, close]) => open <= time && time < close) ?? false;
      return isOpen && !spans.some(([begin, end]) => begin <= at && at < end);
    });
  }

  isOpen(at: number): boolean {
    return this.#open[(at - this.#from) / MINUTE] === true;
  }

  /** Minutes that count between two instants. */
  between(from: number, to: number, pauses: readonly (readonly [number, number])[]): number {
    let count = 0;
    for (let at = from; at < to; at += MINUTE) if (this.isOpen(at) && !isPaused(at, pauses)) count++;
    return count;
  }

  add(start: number, minutes: number, pauses: readonly (readonly [number, number])[]): number {
    let at = start;
    for (let left = minutes; left > 0; at += MINUTE) if (this.isOpen(at) && !isPaused(at, pauses)) left--;
    return at;
  }

  nextOpening(at: number): number {
    return this.#from + this.#open.indexOf(true, (at - this.#from) / MINUTE) * MINUTE;
  }

  addDays(start: number, days: number): number {
    const first = (this.nextOpening(start) - this.#from) / MINUTE;
    const open = this.#open.flatMap((isOpen, index) => (isOpen && index >= first ? [index] : []));
    const date = [...new Set(open.map((index) => this.#dates[index]))][days];
    const ofDay = open.filter((index) => this.#dates[index] === date);
    const same = ofDay.find((index) => this.#clock[index] === this.#clock[first]);
    const before = ofDay.filter((index) => (this.#clock[index] ?? '') < (this.#clock[first] ?? '')).at(-1);
    const index = same ?? (before === undefined ? ofDay[0] : before + 1);
    return this.#from + (index ?? Number.NaN) * MINUTE;
  }
}

function isPaused(at: number, pauses: readonly (readonly [number, number])[]): boolean {
  return pauses.some(([from, to]) => from <= at && at < to);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

describe('against a walk from minute to minute', () => {
  const DAYS = 24;
  // Outside the hours that a change of the hour repeats or leaves out.
  const edge = fc.integer({ min: 16, max: 90 }).map((quarters) => {
    const minutes = quarters * 15;
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });
  const intervals = fc.uniqueArray(edge, { minLength: 2, maxLength: 6 }).map((edges) => {
    const sorted = edges.sort();
    return Array.from({ length: Math.floor(sorted.length / 2) }, (_, index): [string, string] => [
      sorted[2 * index] ?? '',
      sorted[2 * index + 1] ?? '',
    ]);
  });
  const hours = fc.oneof(
    { weight: 1, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 1, arbitrary: fc.constant<[string, string][]>([['00:00', '24:00']]) },
    { weight: 4, arbitrary: intervals },
  );
  const day = fc.integer({ min: 0, max: DAYS - 1 });
  const minute = (days: number) => fc.integer({ min: 0, max: days * 1_440 - 1 });
  const span = fc.tuple(minute(10), fc.integer({ min: 0, max: 3_000 }));
  const world = fc.record({
    weekly: fc.record(Object.fromEntries(WEEK.map((name) => [name, hours]))),
    holidays: fc.array(day, { maxLength: 2 }),
    annual: fc.array(day, { maxLength: 2 }),
    overrides: fc.array(fc.tuple(day, hours), { maxLength: 3 }),
    closures: fc.array(span, { maxLength: 3 }),
    pauses: fc.array(span, { maxLength: 3 }),
  });

  it.each([
    ['Europe/Paris', '2026-03-24'],
    ['Europe/Paris', '2026-10-20'],
    ['Europe/Paris', '2027-12-22'],
    ['America/New_York', '2026-03-04'],
    ['America/New_York', '2026-10-28'],
    ['Australia/Lord_Howe', '2026-09-30'],
    ['Australia/Lord_Howe', '2026-04-01'],
    ['Asia/Tehran', '2021-03-18'],
    ['Asia/Tehran', '2021-09-17'],
    ['Europe/Paris', '2400-03-22'],
  ])('%s from %s', (timezone, first) => {
    const from = DateTime.fromISO(first, { zone: timezone }).toMillis();
    const shown = wallClock(timezone, from, DAYS);
    const dateOf = (index: number) => iso(Date.parse(first) + index * DAY).slice(0, 10);
    const instant = (minutes: number) => from + minutes * MINUTE;
    fc.assert(
      fc.property(world, minute(6), minute(10), minute(3), fc.integer({ min: 0, max: 2 }), (drawn, ...asked) => {
        const [startMinute, endMinute, budget, days] = asked;
        const calendar: Calendar = {
          timezone,
          weekly: drawn.weekly,
          holidays: drawn.holidays.map(dateOf),
          annualHolidays: drawn.annual.map((index) => dateOf(index).slice(5)),
          overrides: Object.fromEntries(drawn.overrides.map(([index, open]) => [dateOf(index), open])),
          closures: drawn.closures.map(([at, lasting]) => ({
            from: iso(instant(at)),
            to: iso(instant(at + lasting)),
          })),
        };
        const walk = new SlowWalk(calendar, shown);
        const start = instant(startMinute);
        const end = instant(endMinute);
        const spans = drawn.pauses.map(([at, lasting]) => [instant(at), instant(at + lasting)] as const);
        const pauses = spans.map(([begin, stop]) => ({ from: iso(begin), to: iso(stop) }));
        const last = instant(DAYS * 1_440);
        fc.pre(walk.between(start, instant(20 * 1_440), []) > 0);

        expect(ask(calendar, { op: 'isOpen', at: iso(start) })).toBe(walk.isOpen(start));
        const opened = { op: 'between', start: iso(start), end: iso(end), pauses };
        expect(ask(calendar, opened)).toBe(walk.between(start, end, spans) * 60);
        const count = Math.min(budget, walk.between(start, last, spans));
        expect(Date.parse(add(calendar, iso(start), count * 60, pauses))).toBe(walk.add(start, count, spans));
        const opening = ask(calendar, { op: 'nextOpening', at: iso(start) }) as string;
        expect(Date.parse(opening)).toBe(walk.nextOpening(start));
        // A time of day that a change of the hour repeats or leaves out has a rule of its own; see the tables.
        const [, clock = ''] = opening.split('T');
        const wished = walk.addDays(start, days);
        if (clock < '00:00' || (clock >= '04:00' && clock < '23:00')) {
          fc.pre(Number.isFinite(wished));
          const found = ask(calendar, { op: 'addBusinessDays', start: iso(start), days }) as string;
          expect(Date.parse(found)).toBe(wished);
        }
      }),
      { numRuns: 12, interruptAfterTimeLimit: 10_000 },
    );
  });
});
