import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, type CalendarTerms } from '../../contracts/calendar.ts';
import { type ClosedTime, closedTimes, type NamedClosure } from '../../contracts/closedTimes.ts';
import { holidayNames, publicHolidays } from '../../contracts/holidays.ts';
import { indexOpenings } from '../../domain/openingHours.ts';
import { calendar, everyDay, local, said } from '../support/businessTime.ts';

/** `2026-12-26 to 2026-12-27 week`, with the times of closures. */
function told(times: readonly ClosedTime[]): string[] {
  return times.map(({ firstDate, lastDate, because, name, reason, from, to }) => {
    const dates = firstDate === lastDate ? firstDate : `${firstDate} to ${lastDate}`;
    const clock = because === 'closure' ? [`${said({ at: from }).slice(-5)}-${said({ at: to }).slice(-5)}`] : [];
    return [dates, ...clock, because, name?.fr, reason].filter(Boolean).join(' ');
  });
}

function closed(terms: CalendarTerms, first: string, last: string, closures: readonly NamedClosure[] = []): string[] {
  const span = { from: local(first), to: local(last) };
  const announced = closures.map(({ from, to }) => ({ announcedAt: span.from, from, to }));
  const request = { name: 'support', version: 1, from: span.from, ahead: { until: span.to }, closures: announced };
  return told(closedTimes(terms, indexOpenings(buildOpeningWindow(terms, request)), span, closures));
}

describe('closed times', () => {
  it.each<[string, CalendarTerms, string, string, string[]]>([
    ['of a week', calendar(), '2026-11-16 09:00', '2026-11-23 09:00', ['2026-11-21 to 2026-11-22 week']],
    ['none within a day', calendar(), '2026-11-16 09:00', '2026-11-16 18:00', []],
    [
      'holidays by name, but none on days that are closed anyway',
      calendar({ holidays: { country: 'FR', region: 'alsaceMoselle' } }),
      '2026-12-24 09:00',
      '2026-12-29 09:00',
      ['2026-12-25 holiday Noël', '2026-12-26 to 2026-12-27 week'],
    ],
    [
      'Good Friday where it is one',
      calendar({ holidays: { country: 'FR', region: '67', goodFriday: true } }),
      '2026-04-02 09:00',
      '2026-04-07 09:00',
      ['2026-04-03 holiday Vendredi saint', '2026-04-04 to 2026-04-05 week', '2026-04-06 holiday Lundi de Pâques'],
    ],
    [
      'days of the calendar’s own',
      calendar({ extraHolidays: ['2026-11-18'] }),
      '2026-11-18 06:00',
      '2026-11-19 09:00',
      ['2026-11-18 extraHoliday'],
    ],
    [
      'none of a calendar that is always open',
      calendar({ weekly: everyDay(['00:00', '24:00']), holidays: 'none' }),
      '2026-12-20 09:00',
      '2027-01-10 09:00',
      [],
    ],
  ])('%s', (_, terms, first, last, times) => {
    expect(closed(terms, first, last)).toEqual(times);
  });

  it('closures with their reasons, a day each, and only where it would have been open', () => {
    const split: [string, string][] = [
      ['09:00', '12:00'],
      ['14:00', '18:00'],
    ];
    const weekly = { mon: split, tue: split, wed: split, thu: split, fri: split };
    const terms = calendar({ weekly, closuresAdmitted: true });
    const closures = [
      { from: local('2026-11-16 16:00'), to: local('2026-11-18 00:00'), reason: 'works' },
      { from: local('2026-11-18 10:00'), to: local('2026-11-18 10:30') },
      { from: local('2026-11-18 11:00'), to: local('2026-11-18 15:00'), reason: 'inventory' },
    ];
    expect(closed(terms, '2026-11-16 09:00', '2026-11-19 09:00', closures)).toEqual([
      '2026-11-16 16:00-18:00 closure works',
      '2026-11-17 09:00-18:00 closure works',
      '2026-11-18 10:00-10:30 closure',
      '2026-11-18 11:00-15:00 closure inventory',
    ]);
  });
});

describe('names of holidays', () => {
  it('are there for every holiday, in both languages', () => {
    const terms = { country: 'FR', region: 'alsaceMoselle', whitMonday: 'worked', goodFriday: true } as const;
    for (let year = 2024; year <= 2032; year++) {
      expect([...holidayNames(terms, year).keys()]).toEqual([...publicHolidays(terms, year)]);
    }
    expect(holidayNames(terms, 2026).get('2026-04-03')).toEqual({ fr: 'Vendredi saint', en: 'Good Friday' });
    expect(holidayNames('none', 2026).size).toBe(0);
  });

  it('are two on a day that is two', () => {
    const names = holidayNames({ country: 'FR', whitMonday: 'holiday', goodFriday: false }, 2008);
    expect(names.get('2008-05-01')?.fr.split(', ').sort()).toEqual(['Ascension', 'Fête du travail']);
  });
});
