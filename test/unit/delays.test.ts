import { describe, expect, it } from 'vitest';
import { delayBetween, dueAfter, warnAfter } from '../../domain/delays.ts';
import type { Pause } from '../../domain/openingHours.ts';
import type { Delay } from '../../domain/terms.ts';
import { calendar, local, openings, said } from '../support/businessTime.ts';

const support = openings(calendar(), '2026-01-01', '2026-12-31');
const find = () => support;
const hours = (businessHours: number): Delay => ({ businessHours, calendar: 'support' });
const days = (businessDays: number): Delay => ({ businessDays, calendar: 'support' });
const pause = (from: string, to: string): Pause => ({ from: local(from), to: local(to) });

describe('due moments with pauses', () => {
  it.each<[string, Delay, string, Pause[], string]>([
    ['hours', hours(24), '2026-06-09 10:00', [pause('2026-06-09 12:00', '2026-06-10 12:00')], 'Fri 2026-06-12 16:00'],
    [
      'days move by opened time',
      days(2),
      '2026-06-09 10:00',
      [pause('2026-06-09 17:00', '2026-06-10 11:00')],
      'Thu 2026-06-11 13:00',
    ],
    [
      'days, over a closing',
      days(2),
      '2026-06-09 16:00',
      [pause('2026-06-10 09:00', '2026-06-10 12:00')],
      'Fri 2026-06-12 10:00',
    ],
    [
      'days, paused only while closed',
      days(1),
      '2026-06-13 12:00',
      [pause('2026-06-13 13:00', '2026-06-14 12:00')],
      'Tue 2026-06-16 09:00',
    ],
    [
      'days, paused before the start',
      days(1),
      '2026-06-09 10:00',
      [pause('2026-06-08 09:00', '2026-06-09 10:00')],
      'Wed 2026-06-10 10:00',
    ],
    [
      'days, paused after the due moment',
      days(1),
      '2026-06-09 10:00',
      [pause('2026-06-10 10:00', '2026-06-10 12:00')],
      'Wed 2026-06-10 10:00',
    ],
    [
      'days, a pause that counts only since another moved the due moment',
      days(1),
      '2026-06-09 10:00',
      [pause('2026-06-09 11:00', '2026-06-09 13:00'), pause('2026-06-10 11:00', '2026-06-10 12:00')],
      'Wed 2026-06-10 13:00',
    ],
    [
      'calendar hours by plain length',
      { calendarHours: 72 },
      '2026-06-12 17:00',
      [pause('2026-06-13 00:00', '2026-06-14 00:00')],
      'Tue 2026-06-16 17:00',
    ],
    ['opened seconds', { openedSeconds: 90, calendar: 'support' }, '2026-06-12 17:59', [], 'Mon 2026-06-15 09:00'],
  ])('%s', (_, delay, start, pauses, due) => {
    expect(said(dueAfter(delay, local(start), find, pauses))).toBe(due);
  });

  it('asks for no calendar when it counts day and night', () => {
    const none = () => expect.unreachable();
    expect(said(dueAfter({ calendarHours: 1 }, local('2026-06-13 12:00'), none))).toBe('Sat 2026-06-13 13:00');
  });
});

describe('warnings', () => {
  it.each<[string, Delay, string, Pause[], string]>([
    ['three quarters of the hours', hours(24), '2026-06-09 10:00', [], 'Thu 2026-06-11 10:00'],
    ['three quarters of the opened time of the days', days(4), '2026-06-09 10:00', [], 'Fri 2026-06-12 10:00'],
    [
      'later by a pause',
      days(4),
      '2026-06-09 10:00',
      [pause('2026-06-09 10:00', '2026-06-09 12:00')],
      'Fri 2026-06-12 12:00',
    ],
    ['three quarters of the calendar hours', { calendarHours: 72 }, '2026-06-12 17:00', [], 'Sun 2026-06-14 23:00'],
  ])('%s', (_, delay, start, pauses, due) => {
    expect(said(warnAfter(delay, 0.75, local(start), find, pauses))).toBe(due);
  });

  it('are rounded down to the millisecond', () => {
    const start = local('2026-06-09 10:00');
    expect(warnAfter({ openedSeconds: 0.003, calendar: 'support' }, 0.5, start, find)).toEqual({ at: start + 1 });
  });
});

describe('the spacing of two delays', () => {
  it.each<[Delay, Delay, Delay]>([
    [days(3), days(9), days(6)],
    [hours(1), hours(1), hours(0)],
    [{ calendarHours: 1 }, { calendarHours: 5 }, { calendarHours: 4 }],
    [
      { openedSeconds: 4, calendar: 'support' },
      { openedSeconds: 12, calendar: 'support' },
      { openedSeconds: 8, calendar: 'support' },
    ],
  ])('%o to %o', (shorter, longer, between) => {
    expect(delayBetween(shorter, longer)).toEqual(between);
  });

  it.each<[string, Delay, Delay]>([
    ['kinds differ', days(1), hours(9)],
    ['calendars differ', days(1), { businessDays: 2, calendar: 'other' }],
    ['one has no calendar', { calendarHours: 1 }, hours(9)],
    ['the order is wrong', days(2), days(1)],
  ])('is none when %s', (_, shorter, longer) => {
    expect(() => delayBetween(shorter, longer)).toThrow(RangeError);
  });
});
