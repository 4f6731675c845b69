import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, type CalendarTerms } from '../../contracts/calendar.ts';
import { openingDays, packDays } from '../../domain/openingDays.ts';
import {
  addBusinessDays,
  addOpened,
  extensionDueAt,
  indexOpenings,
  isOpen,
  nextOpening,
  openedBetween,
} from '../../domain/openingHours.ts';
import { calendar, everyDay, local, openings, said } from '../support/businessTime.ts';

const HOUR = 3_600_000;
const always = () => calendar({ weekly: everyDay(['00:00', '24:00']), holidays: 'none' });

describe('adding opened time', () => {
  const weeks = openings(calendar(), '2026-01-01', '2027-01-31');

  it.each([
    ['within a day', '2026-06-09 10:00', 3, 'Tue 2026-06-09 13:00'],
    ['exactly at closing', '2026-06-08 15:00', 3, 'Mon 2026-06-08 18:00'],
    ['a whole day from opening', '2026-06-08 09:00', 9, 'Mon 2026-06-08 18:00'],
    ['over night', '2026-06-08 16:00', 3, 'Tue 2026-06-09 10:00'],
    ['from Friday 16:50', '2026-11-20 16:50', 3, 'Mon 2026-11-23 10:50'],
    ['from the instant of closing', '2026-06-12 18:00', 3, 'Mon 2026-06-15 12:00'],
    ['from a Saturday', '2026-06-13 12:00', 24, 'Wed 2026-06-17 15:00'],
    ['before opening', '2026-06-09 03:00', 3, 'Tue 2026-06-09 12:00'],
    ['over Armistice Day', '2026-11-10 17:00', 3, 'Thu 2026-11-12 11:00'],
    ['over Christmas', '2026-12-24 17:00', 3, 'Mon 2026-12-28 11:00'],
    ['over New Year', '2026-12-31 17:00', 3, 'Mon 2027-01-04 11:00'],
    ['over the spring change of the hour', '2026-03-27 16:00', 3, 'Mon 2026-03-30 10:00'],
    ['over the autumn change of the hour', '2026-10-23 16:00', 3, 'Mon 2026-10-26 10:00'],
    ['nothing, while closed', '2026-06-13 12:00', 0, 'Sat 2026-06-13 12:00'],
  ])('%s', (_, start, hours, due) => {
    expect(said(addOpened(weeks, local(start), hours * HOUR))).toBe(due);
  });

  it('counts neither pauses nor what overlaps or touches twice', () => {
    const start = local('2026-06-09 10:00');
    const pauses = [
      { from: local('2026-06-09 11:00'), to: local('2026-06-09 12:00') },
      { from: local('2026-06-09 11:30'), to: local('2026-06-09 12:30') },
      { from: local('2026-06-09 12:30'), to: local('2026-06-09 13:00') },
      { from: local('2026-06-09 17:00'), to: local('2026-06-10 10:00') },
    ];
    expect(said(addOpened(weeks, start, HOUR, pauses))).toBe('Tue 2026-06-09 11:00');
    expect(said(addOpened(weeks, start, 2 * HOUR, pauses))).toBe('Tue 2026-06-09 14:00');
    expect(said(addOpened(weeks, start, 6 * HOUR, pauses))).toBe('Wed 2026-06-10 11:00');
    expect(openedBetween(weeks, start, local('2026-06-10 11:00'), pauses)).toEqual({ ms: 6 * HOUR });
  });

  it('answers beyond, not a guess, outside the horizon', () => {
    const week = openings(calendar(), '2026-06-08', '2026-06-12');
    const start = local('2026-06-12 17:00');
    expect(said(addOpened(week, start, HOUR))).toBe('Fri 2026-06-12 18:00');
    expect(addOpened(week, start, HOUR + 1)).toEqual({ beyond: true });
    expect(addOpened(week, local('2026-06-07 12:00'), 1)).toEqual({ beyond: true });
    expect(addOpened(week, start, HOUR, [{ from: start, to: local('2026-07-01 12:00') }])).toEqual({ beyond: true });
    expect(openedBetween(week, start, local('2026-06-15 12:00'))).toEqual({ beyond: true });
    expect(openedBetween(week, start, start - 1)).toEqual({ ms: 0 });
    expect(addBusinessDays(week, local('2026-06-08 12:00'), 5)).toEqual({ beyond: true });
    expect(nextOpening(week, local('2026-06-12 18:00'))).toEqual({ beyond: true });
    expect(isOpen(week, local('2026-06-15 12:00'))).toBe(false);
  });

  it('refuses lengths that are none', () => {
    expect(() => addOpened(weeks, local('2026-06-09 10:00'), -1)).toThrow(RangeError);
    expect(() => addOpened(weeks, local('2026-06-09 10:00'), Number.NaN)).toThrow(RangeError);
    expect(() => addBusinessDays(weeks, local('2026-06-09 10:00'), 1.5)).toThrow(RangeError);
  });
});

describe('adding business days', () => {
  const weeks = openings(calendar(), '2026-01-01', '2027-01-31');

  it.each([
    ['same time of day', '2026-06-09 10:00', 5, 'Tue 2026-06-16 10:00'],
    ['one minute before closing', '2026-06-12 17:59', 1, 'Mon 2026-06-15 17:59'],
    ['from the instant of closing: from the next opening', '2026-06-12 18:00', 1, 'Tue 2026-06-16 09:00'],
    ['from a Saturday: from Monday 9:00', '2026-06-13 12:00', 5, 'Mon 2026-06-22 09:00'],
    ['over Christmas and New Year', '2026-12-24 17:00', 5, 'Mon 2027-01-04 17:00'],
    ['over Armistice Day', '2026-11-10 17:00', 5, 'Wed 2026-11-18 17:00'],
    ['over the spring change of the hour', '2026-03-27 16:00', 5, 'Fri 2026-04-03 16:00'],
    ['over the autumn change of the hour', '2026-10-23 16:00', 5, 'Fri 2026-10-30 16:00'],
    ['none', '2026-06-09 10:00', 0, 'Tue 2026-06-09 10:00'],
  ])('%s', (_, start, days, due) => {
    expect(said(addBusinessDays(weeks, local(start), days))).toBe(due);
  });

  const uneven = openings(
    calendar({
      weekly: {
        mon: [
          ['08:00', '12:00'],
          ['13:00', '18:00'],
        ],
        tue: [['14:00', '17:00']],
        wed: [
          ['08:00', '10:00'],
          ['15:00', '16:00'],
        ],
      },
    }),
    '2026-06-01',
    '2026-06-30',
  );

  it.each([
    ['a shorter day: its closing', '2026-06-08 17:30', 1, 'Tue 2026-06-09 17:00'],
    ['a day that closes at that very time', '2026-06-08 17:00', 1, 'Tue 2026-06-09 17:00'],
    ['a day that opens later: its first opening', '2026-06-08 09:00', 1, 'Tue 2026-06-09 14:00'],
    ['in a break: the closing before it', '2026-06-08 11:00', 2, 'Wed 2026-06-10 10:00'],
    ['start in a break: from the opening after it', '2026-06-08 12:30', 3, 'Mon 2026-06-15 13:00'],
  ])('%s', (_, start, days, due) => {
    expect(said(addBusinessDays(uneven, local(start), days))).toBe(due);
  });
});

describe('where the hour changes', () => {
  const autumn = openings(always(), '2026-10-23', '2026-10-28');
  const spring = openings(always(), '2026-03-27', '2026-04-01');
  const secondHalfPastTwo = Date.parse('2026-10-25T01:30:00Z');

  it('a day has 25 or 23 hours, and an hour added makes an hour', () => {
    expect(openedBetween(autumn, local('2026-10-25 00:00'), local('2026-10-26 00:00'))).toEqual({ ms: 25 * HOUR });
    expect(openedBetween(spring, local('2026-03-29 00:00'), local('2026-03-30 00:00'))).toEqual({ ms: 23 * HOUR });
    const first = secondHalfPastTwo - HOUR;
    expect(addOpened(autumn, first, HOUR)).toEqual({ at: secondHalfPastTwo });
    expect(addOpened(autumn, secondHalfPastTwo, HOUR)).toEqual({ at: local('2026-10-25 03:30') });
  });

  it('an ambiguous local time is the first one', () => {
    expect(addBusinessDays(autumn, local('2026-10-24 02:30'), 1)).toEqual({ at: secondHalfPastTwo - HOUR });
    expect(addBusinessDays(autumn, secondHalfPastTwo, 1)).toEqual({ at: local('2026-10-26 02:30') });
  });

  it('a local time in the gap moves forward', () => {
    expect(said(addBusinessDays(spring, local('2026-03-28 02:30'), 1))).toBe('Sun 2026-03-29 03:30');
    expect(said(addBusinessDays(spring, local('2026-03-29 03:30'), 1))).toBe('Mon 2026-03-30 03:30');
  });
});

describe('what is left of a window', () => {
  const fortnight = openings(calendar(), '2026-06-08', '2026-06-19');

  it('is to be extended once fewer than the days wanted are left', () => {
    expect(extensionDueAt(fortnight)).toBe(local('2026-06-08 18:00'));
    expect(extensionDueAt(fortnight, 3)).toBe(local('2026-06-17 18:00'));
    expect(extensionDueAt(fortnight, 4)).toBe(local('2026-06-16 18:00'));
    expect(extensionDueAt(fortnight, 1)).toBe(local('2026-06-19 18:00'));
    expect(extensionDueAt(fortnight, 11)).toBe(fortnight.window.from);
  });

  it('opens next', () => {
    expect(said(nextOpening(fortnight, local('2026-06-13 12:00')))).toBe('Mon 2026-06-15 09:00');
    expect(said(nextOpening(fortnight, local('2026-06-15 09:30')))).toBe('Mon 2026-06-15 09:30');
    expect(isOpen(fortnight, local('2026-06-15 09:00'))).toBe(true);
    expect(isOpen(fortnight, local('2026-06-15 18:00'))).toBe(false);
  });
});

describe('a window as data', () => {
  const window = (terms: CalendarTerms, businessDays: number) =>
    buildOpeningWindow(terms, {
      name: 'support',
      version: 1,
      from: local('2026-06-08 10:00'),
      ahead: { now: local('2026-06-08 10:00'), openedMs: 0, businessDays },
    });

  it('holds 65 days of two intervals in less than 400 characters', () => {
    const twoIntervals = calendar({ weekly: everyDay(['09:00', '12:00'], ['13:00', '18:00']), holidays: 'none' });
    const days = window(twoIntervals, 44);
    expect(openingDays(days)).toHaveLength(65);
    expect(JSON.stringify(days).length).toBeLessThan(400);
  });

  it('answers the same after a journey as JSON, and is indexed once', () => {
    const days = window(calendar(), 20);
    const copy = JSON.parse(JSON.stringify(days)) as typeof days;
    const start = local('2026-06-09 10:00');
    expect(addOpened(indexOpenings(copy), start, 72 * HOUR)).toEqual(addOpened(indexOpenings(days), start, 72 * HOUR));
    expect(indexOpenings(days)).toBe(indexOpenings(days));
  });

  it.each<[string, number[]]>([
    ['an interval without end', [1]],
    ['an interval that closes before it opens', [20, 10]],
    ['an interval before the one above', [50, 60, 40, 45]],
    ['an interval past the horizon', [50, 2_000]],
  ])('with %s is refused', (_, edges) => {
    const whole = window(calendar(), 20);
    const day = Date.parse('2026-06-09');
    const broken = { ...whole, from: 0, until: 1_000, ...packDays([{ day, edges }], whole.offsets) };
    expect(() => indexOpenings(broken)).toThrow(RangeError);
  });
});
