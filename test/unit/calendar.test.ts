import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, CalendarTerms, Closure, calendarId } from '../../contracts/calendar.ts';
import { openingDays } from '../../domain/openingDays.ts';
import { addBusinessDays, addOpened, indexOpenings, isOpen, openedBetween } from '../../domain/openingHours.ts';
import { calendar, everyDay, local, openings, said } from '../support/businessTime.ts';

const HOUR = 3_600_000;

describe('French holidays', () => {
  it.each([
    ['Whit Monday is one', { country: 'FR' }, '2026-05-22 17:00', 'Tue 2026-05-26 11:00'],
    ['Whit Monday may be worked', { country: 'FR', whitMonday: 'worked' }, '2026-05-22 17:00', 'Mon 2026-05-25 11:00'],
    ['Saint Stephen’s is none', { country: 'FR' }, '2025-12-24 17:00', 'Fri 2025-12-26 11:00'],
    ['Saint Stephen’s is one in Moselle', { country: 'FR', region: '57' }, '2025-12-24 17:00', 'Mon 2025-12-29 11:00'],
    [
      'as in all Alsace-Moselle',
      { country: 'FR', region: 'alsaceMoselle' },
      '2025-12-24 17:00',
      'Mon 2025-12-29 11:00',
    ],
    ['Good Friday is none', { country: 'FR' }, '2026-04-02 17:00', 'Fri 2026-04-03 11:00'],
    ['nor by département alone', { country: 'FR', region: '67' }, '2026-04-02 17:00', 'Fri 2026-04-03 11:00'],
    [
      'but where the calendar says so',
      { country: 'FR', region: '67', goodFriday: true },
      '2026-04-02 17:00',
      'Tue 2026-04-07 11:00',
    ],
    [
      'Whit Monday worked in Moselle',
      { country: 'FR', region: '57', whitMonday: 'worked' },
      '2026-05-22 17:00',
      'Mon 2026-05-25 11:00',
    ],
    ['Labour Day and the 8th of May', { country: 'FR' }, '2026-04-30 17:00', 'Mon 2026-05-04 11:00'],
    ['Bastille Day', { country: 'FR' }, '2026-07-13 17:00', 'Wed 2026-07-15 11:00'],
  ] as const)('%s', (_, holidays, start, due) => {
    const days = openings(calendar({ holidays }), start.slice(0, 10), '2026-12-31');
    expect(said(addOpened(days, local(start), 3 * HOUR))).toBe(due);
  });

  it('may be none, or more', () => {
    const all = openings(calendar({ holidays: 'none', extraHolidays: ['2026-12-24'] }), '2026-12-20', '2026-12-31');
    expect(said(addOpened(all, local('2026-12-23 17:00'), 3 * HOUR))).toBe('Fri 2026-12-25 11:00');
  });
});

describe('opening hours of a week', () => {
  it.each([
    ['closing before opening', { mon: [['09:00', '08:00']] }, 'weekly.mon.0'],
    ['closing at opening', { mon: [['09:00', '09:00']] }, 'weekly.mon.0'],
    [
      'overlapping intervals',
      {
        tue: [
          ['09:00', '12:00'],
          ['11:59', '18:00'],
        ],
      },
      'weekly.tue.1',
    ],
    [
      'intervals out of order',
      {
        tue: [
          ['14:00', '18:00'],
          ['09:00', '12:00'],
        ],
      },
      'weekly.tue.1',
    ],
    ['a time that is none', { wed: [['9:00', '18:00']] }, 'weekly.wed.0.0'],
    ['an end past the day', { wed: [['09:00', '24:01']] }, 'weekly.wed.0.1'],
    ['a start at the end of the day', { wed: [['24:00', '24:00']] }, 'weekly.wed.0'],
    ['no opening at all', { mon: [] }, 'weekly'],
    ['a day of another name', { monday: [['09:00', '18:00']] }, 'weekly'],
  ])('with %s are refused', (_, weekly, path) => {
    const result = CalendarTerms.safeParse({ zone: 'Europe/Paris', weekly, holidays: 'none' });
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('take 24:00 as the end of the day, and count no closed minute at midnight', () => {
    const always = openings(
      calendar({ weekly: everyDay(['00:00', '24:00']), holidays: 'none' }),
      '2026-06-08',
      '2026-06-14',
    );
    expect(openedBetween(always, local('2026-06-08 00:00'), local('2026-06-15 00:00'))).toEqual({ ms: 168 * HOUR });
    expect(isOpen(always, local('2026-06-09 00:00') - 1)).toBe(true);
    expect(isOpen(always, local('2026-06-09 00:00'))).toBe(true);
  });

  it('open at the first of two equal local times, whatever the current date', () => {
    const early = openings(
      calendar({ weekly: everyDay(['02:30', '06:00']), holidays: 'none' }),
      '2026-10-25',
      '2026-10-25',
    );
    const first = Date.parse('2026-10-25T00:30:00Z');
    expect(early.opens).toEqual([first]);
    expect(openedBetween(early, first, local('2026-10-25 12:00'))).toEqual({ ms: 4.5 * HOUR });
    const late = openings(
      calendar({ weekly: everyDay(['00:00', '02:30']), holidays: 'none' }),
      '2026-10-25',
      '2026-10-25',
    );
    expect(late.closes).toEqual([first]);
  });

  it('open later where the hour is left out, and count nothing twice', () => {
    const gap = calendar({ weekly: everyDay(['00:00', '02:30'], ['03:00', '06:00']), holidays: 'none' });
    const [{ edges } = { edges: [] }] = openingDays(openings(gap, '2026-03-29', '2026-03-29').window);
    expect(edges.map((at) => said({ at }).slice(-5))).toEqual(['00:00', '03:30', '03:30', '06:00']);
    const night = openings(
      calendar({ weekly: everyDay(['02:30', '06:00']), holidays: 'none' }),
      '2026-03-29',
      '2026-03-29',
    );
    expect(night.opens).toEqual([local('2026-03-29 03:30')]);
  });

  it('follow their own zone', () => {
    const away = openings(calendar({ zone: 'America/New_York', holidays: 'none' }), '2026-03-02', '2026-03-31');
    const due = addBusinessDays(away, local('2026-03-06 10:00', 'America/New_York'), 1);
    expect(said(due, 'America/New_York')).toBe('Mon 2026-03-09 10:00');
    expect(away.window.offsets).toEqual([
      [local('2026-03-02 00:00', 'America/New_York'), -5 * HOUR],
      [Date.parse('2026-03-08T07:00:00Z'), -4 * HOUR],
    ]);
  });
});

describe('exceptional closures', () => {
  const admitting = calendar({ closuresAdmitted: true });
  const from = local('2026-06-08 09:00');
  const withClosures = (...closures: Closure[]) =>
    indexOpenings(
      buildOpeningWindow(admitting, {
        name: 'support',
        version: 2,
        from,
        ahead: { until: from + 20 * 24 * HOUR },
        closures,
      }),
    );

  it('of a day make it no business day', () => {
    const closed = withClosures({ announcedAt: from, day: '2026-06-10' });
    expect(said(addOpened(closed, local('2026-06-09 17:00'), 3 * HOUR))).toBe('Thu 2026-06-11 11:00');
    expect(said(addBusinessDays(closed, local('2026-06-09 17:00'), 1))).toBe('Thu 2026-06-11 17:00');
    expect(closed.window.calendarVersion).toBe(2);
  });

  it('of an interval take it out', () => {
    const closed = withClosures({ announcedAt: from, from: local('2026-06-10 11:00'), to: local('2026-06-10 15:00') });
    expect(said(addOpened(closed, local('2026-06-10 10:00'), 3 * HOUR))).toBe('Wed 2026-06-10 17:00');
  });

  it('count from their announcement: opened time before it stays', () => {
    const closed = withClosures({ announcedAt: local('2026-06-10 11:00'), day: '2026-06-10' });
    expect(openedBetween(closed, local('2026-06-10 00:00'), local('2026-06-11 00:00'))).toEqual({ ms: 2 * HOUR });
  });

  it('that were taken back count until then', () => {
    const day = '2026-06-10';
    const before = withClosures({ announcedAt: from, day, takenBackAt: local('2026-06-09 12:00') });
    expect(openedBetween(before, local(`${day} 00:00`), local('2026-06-11 00:00'))).toEqual({ ms: 9 * HOUR });
    const during = withClosures({ announcedAt: from, day, takenBackAt: local(`${day} 11:00`) });
    expect(openedBetween(during, local(`${day} 00:00`), local('2026-06-11 00:00'))).toEqual({ ms: 7 * HOUR });
    const after = withClosures({ announcedAt: from, day, takenBackAt: local('2026-06-12 11:00') });
    expect(openedBetween(after, local(`${day} 00:00`), local('2026-06-11 00:00'))).toEqual({ ms: 0 });
  });

  it('are announced for the id of the calendar, or its name in its contract', () => {
    expect(calendarId('ACME', 'support', calendar())).toBe('ACME.support');
    expect(calendarId('ACME', 'support', calendar({ id: 'saas-support' }))).toBe('saas-support');
    expect(CalendarTerms.safeParse({ ...calendar(), id: 'ACME.support' }).success).toBe(false);
  });

  it('are refused where the calendar does not admit them', () => {
    const closures = [{ announcedAt: from, day: '2026-06-10' }];
    const request = { name: 'support', version: 2, from, ahead: { until: from + HOUR }, closures };
    expect(() => buildOpeningWindow(calendar(), request)).toThrow(/support admits no exceptional closures/);
    expect(Closure.safeParse({ announcedAt: 2, from: 5, to: 5 }).success).toBe(false);
  });
});

describe('the horizon', () => {
  it('begins with the local day asked for, and ends with the day that is enough', () => {
    const from = local('2026-06-08 15:00');
    const ahead = { now: local('2026-06-10 12:00'), openedMs: 27 * HOUR, businessDays: 2 };
    const window = buildOpeningWindow(calendar(), { name: 'support', version: 1, from, ahead });
    expect(window.from).toBe(local('2026-06-08 00:00'));
    expect(window.until).toBe(local('2026-07-14 00:00'));
    const days = openingDays(window).map(({ day }) => day);
    expect(days.at(-1)).toBe(Date.parse('2026-07-13'));
    expect(days.filter((day) => day > Date.parse('2026-06-10'))).toHaveLength(3 + 20);
  });

  it('is an error at once when nothing opens within two years', () => {
    const request = { name: 'support', version: 1, from: local('2026-06-08 15:00') };
    const mondays = calendar({ weekly: { mon: [['09:00', '18:00']] }, extraHolidays: mondaysFrom('2026-06-08', 110) });
    const ahead = { now: request.from, openedMs: 0, businessDays: 1 };
    expect(() => buildOpeningWindow(mondays, { ...request, ahead })).toThrow(/no opening within two years/);
    expect(() => buildOpeningWindow(mondays, { ...request, ahead: { until: request.from + 1 } })).toThrow(RangeError);
  });
});

function mondaysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, week) =>
    new Date(Date.parse(first) + week * 7 * 24 * HOUR).toISOString().slice(0, 10),
  );
}
