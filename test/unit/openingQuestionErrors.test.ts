import { describe, expect, it } from 'vitest';
import { createAnswerer } from '../../operations/openingQuestions.ts';

const DAY = [['09:00', '17:00']];
const WEEK = { mon: DAY, tue: DAY, wed: DAY, thu: DAY, fri: DAY };
const PARIS = { timezone: 'Europe/Paris', weekly: WEEK };

const HOUR = 3_600;

const answer = createAnswerer();
const ask = (question: object) => JSON.parse(answer(JSON.stringify({ id: 1, calendar: PARIS, ...question })));

describe('a calendar that never opens', () => {
  const never = { timezone: 'Europe/Paris', weekly: {} };
  const closed = { ...PARIS, closures: [{ from: '2026-01-01', to: '2028-06-01' }] };

  it.each([
    { op: 'add', start: '2026-01-01', seconds: 1 },
    { op: 'addBusinessDays', start: '2026-01-01', days: 1 },
    { op: 'nextOpening', at: '2026-01-01' },
  ])('is an error of $op, once for all and for two years', (question) => {
    const error = 'The calendar has no opening within two years.';
    expect(ask({ ...question, calendar: never })).toEqual({ id: 1, error });
    expect(ask({ ...question, calendar: closed })).toEqual({ id: 1, error });
  });

  it('is one of the walk alone, whatever was asked of the calendar before', () => {
    const fresh = createAnswerer();
    const tell = (question: object) => JSON.parse(fresh(JSON.stringify({ calendar: closed, ...question })));
    const across = { op: 'add', start: '2025-12-31T16:30', seconds: HOUR };
    expect(tell(across).error).toContain('two years');
    expect(tell({ op: 'between', start: '2025-01-01', end: '2029-01-01' }).result).toBeGreaterThan(0);
    expect(tell(across).error).toContain('two years');
    expect(tell({ op: 'add', start: '2026-07-01', seconds: HOUR }).result).toBe('2028-06-02T10:00:00+02:00');
    expect(tell({ op: 'add', start: '2025-12-31T16:30', seconds: 1_800 }).result).toBe('2025-12-31T17:00:00+01:00');
  });

  it('is closed all the same, and 0 seconds long', () => {
    expect(ask({ op: 'isOpen', calendar: never, at: '2026-01-01' }).result).toBe(false);
    expect(ask({ op: 'between', calendar: closed, start: '2026-02-01', end: '2028-02-01' }).result).toBe(0);
  });
});

describe('what is wrong is said', () => {
  const add = { op: 'add', start: '2026-11-20', seconds: 1 };
  const weekly = (...mon: unknown[]) => ({ ...add, calendar: { ...PARIS, weekly: { mon } } });
  it.each([
    ['no operation', { start: '2026-11-20' }, 'op'],
    ['an unknown operation', { op: 'subtract' }, 'op'],
    ['a negative duration', { ...add, seconds: -1 }, 'seconds'],
    ['a duration without end', { ...add, seconds: 1e15 }, 'seconds'],
    ['a duration as text', { ...add, seconds: '1' }, 'seconds'],
    ['no duration', { op: 'add', start: '2026-11-20' }, 'seconds'],
    ['negative days', { op: 'addBusinessDays', start: '2026-11-20', days: -1 }, 'days'],
    ['half a day', { op: 'addBusinessDays', start: '2026-11-20', days: 0.5 }, 'days'],
    ['a start that is a number', { ...add, start: 1_795_000_000 }, 'start'],
    ['no start', { op: 'add', seconds: 1 }, 'start'],
    ['a start that is no date', { ...add, start: 'tomorrow' }, 'ISO 8601'],
    ['a day that does not exist', { ...add, start: '2026-02-29' }, 'ISO 8601'],
    ['a time alone', { ...add, start: '10:00' }, 'ISO 8601'],
    ['a month alone', { ...add, start: '2026-11' }, 'ISO 8601'],
    ['an hour 25', { ...add, start: '2026-11-20T25:00' }, 'ISO 8601'],
    ['an offset that no zone has', { ...add, start: '2026-11-20T10:00+25:00' }, 'ISO 8601'],
    ['the year 0', { ...add, start: '0000-11-20' }, 'years 1 to 9999'],
    [
      'a pause that ends before it starts',
      { ...add, pauses: [{ from: '2026-11-21T00:00', to: '2026-11-20T23:59' }] },
      'is before',
    ],
    ['a pause without an end', { ...add, pauses: [{ from: '2026-11-21' }] }, 'pauses.0.to'],
    ['pauses where there are none', { op: 'isOpen', at: '2026-11-20', pauses: [] }, 'Only add and between'],
    [
      'a closure that ends before it starts',
      { ...add, calendar: { ...PARIS, closures: [{ from: '2026-11-21', to: '2026-11-20' }] } },
      'is before',
    ],
    ['no calendar', { ...add, calendar: undefined }, 'calendar'],
    [
      'an unknown zone',
      { ...add, calendar: { ...PARIS, timezone: 'Europe/Lutetia' } },
      'calendar.timezone: There is no such time zone',
    ],
    ['no zone', { ...add, calendar: { weekly: WEEK } }, 'calendar.timezone'],
    ['a field that is misspelt', { ...add, calendar: { ...PARIS, overides: {} } }, 'overides'],
    ['a day that is none', { ...add, calendar: { ...PARIS, weekly: { monday: DAY } } }, 'calendar.weekly'],
    ['an interval that ends before it starts', weekly(['12:00', '09:00']), 'not after opening'],
    ['an interval without length', weekly(['12:00', '12:00']), 'not after opening'],
    ['intervals that overlap', weekly(['09:00', '12:00'], ['11:00', '13:00']), 'before the end of the interval above'],
    ['a time past midnight', weekly(['20:00', '26:00']), 'HH:MM'],
    ['an interval of one time', weekly(['20:00']), 'calendar.weekly.mon.0'],
    [
      'a holiday that is none',
      { ...add, calendar: { ...PARIS, holidays: ['2026-02-30'] } },
      'calendar.holidays.0: A date is written',
    ],
    ['a holiday of no year', { ...add, calendar: { ...PARIS, annualHolidays: ['02-30'] } }, 'MM-DD'],
    ['an override of no day', { ...add, calendar: { ...PARIS, overrides: { tomorrow: [] } } }, 'calendar.overrides'],
    [
      'an override that overlaps itself',
      {
        ...add,
        calendar: {
          ...PARIS,
          overrides: {
            '2026-12-24': [
              ['09:00', '12:00'],
              ['10:00', '11:00'],
            ],
          },
        },
      },
      'calendar.overrides.2026-12-24.1',
    ],
    ['an answer after the year 9999', { ...add, start: '9990-01-01', seconds: 10 ** 10 }, '500 years'],
    ['two instants too far apart', { op: 'between', start: '0900-01-01', end: '2026-01-01' }, '500 years'],
  ])('%s', (_, question, words) => {
    const { id, error, ...rest } = ask(question);
    expect(id).toBe(1);
    expect(error).toContain(words);
    expect(rest).toEqual({});
  });

  it.each([
    ['text', 'garbage', 'The line is no JSON.'],
    ['half an object', '{"id": 7', 'The line is no JSON.'],
    ['a list', '[{"id": 7}]', 'The line is no JSON object.'],
    ['null', 'null', 'The line is no JSON object.'],
  ])('%s is no question', (_, line, error) => {
    expect(JSON.parse(answer(line))).toEqual({ id: null, error });
  });

  it('with the id that was given, whatever it is, and null for none', () => {
    for (const id of ['a', 0, false, null, { n: 1 }, [1]]) {
      expect(ask({ op: 'isOpen', at: '2026-11-20T10:00', id })).toEqual({ id, result: true });
    }
    expect(ask({ op: 'isOpen', at: '2026-11-20T10:00', id: undefined })).toEqual({ id: null, result: true });
  });
});
