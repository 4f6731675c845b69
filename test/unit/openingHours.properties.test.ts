import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, type CalendarTerms } from '../../contracts/calendar.ts';
import { dueAfter, warnAfter } from '../../domain/delays.ts';
import {
  addBusinessDays,
  addOpened,
  indexOpenings,
  isOpen,
  nextOpening,
  openedBetween,
  type Pause,
  type Reach,
} from '../../domain/openingHours.ts';
import { calendar, local, openings } from '../support/businessTime.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const RUNS = { numRuns: 300 };

const at = (reach: Reach): number => ('at' in reach ? reach.at : Number.NaN);

describe('business time over a year of Paris', () => {
  const year = openings(calendar(), '2026-01-01', '2026-12-31');
  const instant = fc.integer({ min: local('2026-01-02 00:00'), max: local('2026-06-30 00:00') });
  const length = fc.oneof(fc.integer({ min: 0, max: 200 * HOUR }), fc.constantFrom(0, 9 * HOUR, 72 * HOUR));
  const pauses = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 90 * HOUR }), fc.integer({ min: 1, max: 90 * HOUR })), { maxLength: 6 })
    .map((spans) => spans.sort(([one], [other]) => one - other));
  const from = (start: number, spans: readonly (readonly [number, number])[]): Pause[] =>
    spans.map(([after, lasting]) => ({ from: start + after, to: start + after + lasting }));

  it('what is added is what lies between', () => {
    fc.assert(
      fc.property(instant, length, pauses, (start, ms, spans) => {
        const paused = from(start, spans);
        expect(openedBetween(year, start, at(addOpened(year, start, ms)))).toEqual({ ms });
        expect(openedBetween(year, start, at(addOpened(year, start, ms, paused)), paused)).toEqual({ ms });
      }),
      RUNS,
    );
  });

  it('two steps lead where one does', () => {
    fc.assert(
      fc.property(instant, length, length, (start, one, other) => {
        expect(addOpened(year, at(addOpened(year, start, one)), other)).toEqual(addOpened(year, start, one + other));
      }),
      RUNS,
    );
  });

  it('nothing falls due in a closed period, nor in a pause', () => {
    fc.assert(
      fc.property(instant, length, pauses, (start, ms, spans) => {
        fc.pre(ms > 0);
        const paused = from(start, spans);
        const lastUsed = at(addOpened(year, start, ms, paused)) - 1;
        expect(isOpen(year, lastUsed)).toBe(true);
        expect(paused.some((pause) => pause.from <= lastUsed && lastUsed < pause.to)).toBe(false);
      }),
      RUNS,
    );
  });

  it('a pause never brings a due moment forward, and a warning never follows it', () => {
    const delay = fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((businessHours) => ({ businessHours, calendar: 'support' })),
      fc.integer({ min: 1, max: 20 }).map((businessDays) => ({ businessDays, calendar: 'support' })),
      fc.integer({ min: 1, max: 100 }).map((calendarHours) => ({ calendarHours })),
    );
    fc.assert(
      fc.property(instant, delay, pauses, (start, budget, spans) => {
        const paused = from(start, spans);
        const due = at(dueAfter(budget, start, () => year, paused));
        expect(due).toBeGreaterThanOrEqual(at(dueAfter(budget, start, () => year)));
        expect(at(warnAfter(budget, 0.75, start, () => year, paused))).toBeLessThanOrEqual(due);
      }),
      RUNS,
    );
  });

  it('a major’s 72 hours and 8 days run out together, whatever the pauses', () => {
    fc.assert(
      fc.property(instant, pauses, (start, spans) => {
        const paused = from(start, spans);
        const workaround = at(dueAfter({ businessHours: 72, calendar: 'support' }, start, () => year, paused));
        const resolution = at(dueAfter({ businessDays: 8, calendar: 'support' }, start, () => year, paused));
        // From an opening on, the hours end at a closing and the days at the opening that follows it.
        if (workaround !== resolution) expect(nextOpening(year, workaround)).toEqual({ at: resolution });
        if (isOpen(year, start) && isOpen(year, start - 1)) expect(workaround).toBe(resolution);
      }),
      RUNS,
    );
  });
});

/** The zone's own clock, minute after minute. */
interface WallClock {
  readonly from: number;
  readonly dates: readonly string[];
  /** Minutes since midnight. */
  readonly walls: readonly number[];
}

function wallClock(zone: string, from: number, days: number): WallClock {
  const digits = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const dates: string[] = [];
  const walls: number[] = [];
  for (let half = 0; half < days * 48; half++) {
    // Zones change on the half-hour: what is true of its first minute is true of all thirty.
    const [date = '', time = ''] = digits.format(from + half * 30 * MINUTE).split(' ');
    for (let minute = 0; minute < 30; minute++) {
      dates.push(date);
      walls.push(minutes(time) + minute);
    }
  }
  return { from, dates, walls };
}

/** Business time in the plainest way there is: one minute after the other. */
class MinuteWalk {
  readonly #clock: WallClock;
  readonly #open: readonly boolean[];

  constructor(clock: WallClock, weekly: CalendarTerms['weekly']) {
    const week = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
    const byDate = new Map<string, boolean[]>();
    const hoursOf = (date: string): boolean[] => {
      const hours = weekly[week[new Date(date).getUTCDay()] ?? 'sun'] ?? [];
      return Array.from({ length: 1_440 }, (_, wall) =>
        hours.some(([open, close]) => minutes(open) <= wall && wall < minutes(close)),
      );
    };
    for (const date of new Set(clock.dates)) byDate.set(date, hoursOf(date));
    this.#clock = clock;
    this.#open = clock.dates.map((date, index) => byDate.get(date)?.[clock.walls[index] ?? -1] === true);
  }

  isOpen(instant: number, pauses: readonly Pause[] = []): boolean {
    const paused = pauses.some(({ from, to }) => from <= instant && instant < to);
    return !paused && this.#open[(instant - this.#clock.from) / MINUTE] === true;
  }

  add(start: number, count: number, pauses: readonly Pause[]): number {
    let at = start;
    for (let left = count; left > 0; at += MINUTE) if (this.isOpen(at, pauses)) left--;
    return at;
  }

  between(from: number, to: number, pauses: readonly Pause[]): number {
    let count = 0;
    for (let at = from; at < to; at += MINUTE) if (this.isOpen(at, pauses)) count++;
    return count * MINUTE;
  }

  addDays(start: number, days: number): number {
    const { from, dates, walls } = this.#clock;
    const first = this.#open.indexOf(true, (start - from) / MINUTE);
    const date = [...new Set(dates.filter((_, index) => index >= first && this.#open[index]))][days];
    const ofDay = dates.flatMap((other, index) => (other === date ? [index] : []));
    const wished = ofDay.find((index) => walls[index] === walls[first]) ?? this.#afterGap(ofDay, walls[first] ?? 0);
    if (this.#open[wished]) return from + wished * MINUTE;
    const before = ofDay.filter((index) => index < wished && this.#open[index]).at(-1);
    const index = before === undefined ? ofDay.find((candidate) => this.#open[candidate]) : before + 1;
    return from + (index ?? 0) * MINUTE;
  }

  /** As far behind the gap as the missing time lies behind the gap's beginning. */
  #afterGap(ofDay: readonly number[], wall: number): number {
    const { walls } = this.#clock;
    const expected = (index: number): number => ((walls[index - 1] ?? 0) + 1) % 1_440;
    const gap = ofDay.find((index) => expected(index) <= wall && wall < (walls[index] ?? 0)) ?? 0;
    return gap + wall - expected(gap);
  }
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

describe('against a walk from minute to minute', () => {
  const DAYS = 20;
  // Edges on the quarter hour, outside the hours that a change of the hour repeats or leaves out.
  const edge = fc.integer({ min: 16, max: 91 }).map((quarters) => quarters * 15);
  const dayHours = fc.oneof(
    { weight: 1, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 1, arbitrary: fc.constant<[string, string][]>([['00:00', '24:00']]) },
    {
      weight: 4,
      arbitrary: fc.uniqueArray(edge, { minLength: 2, maxLength: 6 }).map((edges) => {
        const sorted = edges.sort((one, other) => one - other);
        const intervals: [string, string][] = [];
        for (let index = 0; index + 1 < sorted.length; index += 2) {
          intervals.push([clockTime(sorted[index] ?? 0), clockTime(sorted[index + 1] ?? 0)]);
        }
        return intervals;
      }),
    },
  );
  const weekly = fc
    .record({ mon: dayHours, tue: dayHours, wed: dayHours, thu: dayHours, fri: dayHours, sat: dayHours, sun: dayHours })
    .filter((week) => Object.values(week).filter((day) => day.length > 0).length >= 2);
  const minute = (days: number) => fc.integer({ min: 0, max: days * 1_440 - 1 });
  const paused = fc
    .array(fc.tuple(minute(8), fc.integer({ min: 1, max: 2_000 })), { maxLength: 4 })
    .map((spans) => spans.sort(([one], [other]) => one - other));

  function clockTime(minuteOfDay: number): string {
    const pad = (n: number) => String(n).padStart(2, '0');
    return `${pad(Math.floor(minuteOfDay / 60))}:${pad(minuteOfDay % 60)}`;
  }

  it.each([
    ['Europe/Paris in spring', 'Europe/Paris', '2026-03-26'],
    ['Europe/Paris in autumn', 'Europe/Paris', '2026-10-22'],
    ['America/New_York in spring', 'America/New_York', '2026-03-05'],
    ['America/New_York in autumn', 'America/New_York', '2026-10-29'],
    ['Australia/Lord_Howe, by half an hour, in spring', 'Australia/Lord_Howe', '2026-10-01'],
    ['Australia/Lord_Howe, by half an hour, in autumn', 'Australia/Lord_Howe', '2026-04-02'],
    ['Asia/Tehran, at midnight, in spring', 'Asia/Tehran', '2021-03-19'],
    ['Asia/Tehran, at midnight, in autumn', 'Asia/Tehran', '2021-09-19'],
  ])('%s', (_, zone, firstDate) => {
    const from = local(`${firstDate} 00:00`, zone);
    const clock = wallClock(zone, from, DAYS);
    fc.assert(
      fc.property(weekly, minute(8), minute(8), minute(2), paused, fc.integer({ min: 1, max: 2 }), (week, ...given) => {
        const [startMinute, endMinute, count, spans, days] = given;
        const terms = calendar({ zone, weekly: week, holidays: 'none' });
        const horizon = { name: 'support', version: 1, from, ahead: { until: from + DAYS * 24 * HOUR } };
        const opened = indexOpenings(buildOpeningWindow(terms, horizon));
        const walk = new MinuteWalk(clock, terms.weekly);
        const start = from + startMinute * MINUTE;
        const end = from + endMinute * MINUTE;
        const pauses = spans.map(([after, lasting]) => ({
          from: from + after * MINUTE,
          to: from + (after + lasting) * MINUTE,
        }));
        const budget = Math.min(count, walk.between(start, from + DAYS * 24 * HOUR, pauses) / MINUTE);
        expect(isOpen(opened, start)).toBe(walk.isOpen(start));
        expect(openedBetween(opened, start, end, pauses)).toEqual({ ms: walk.between(start, end, pauses) });
        expect(addOpened(opened, start, budget * MINUTE, pauses)).toEqual({ at: walk.add(start, budget, pauses) });
        expect(addBusinessDays(opened, start, days)).toEqual({ at: walk.addDays(start, days) });
      }),
      { numRuns: 25, interruptAfterTimeLimit: 10_000 },
    );
  });
});
