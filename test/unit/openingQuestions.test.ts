import { describe, expect, it } from 'vitest';
import { createAnswerer } from '../../operations/openingQuestions.ts';

const DAY = [['09:00', '17:00']];
const WEEK = { mon: DAY, tue: DAY, wed: DAY, thu: DAY, fri: DAY };
const PARIS = { timezone: 'Europe/Paris', weekly: WEEK };
const ALWAYS = everyDay(['00:00', '24:00']);
const HOUR = 3_600;

function everyDay(...hours: [string, string][]) {
  return { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours };
}

const answer = createAnswerer();
const ask = (question: object) => JSON.parse(answer(JSON.stringify({ id: 1, calendar: PARIS, ...question })));
const in_ = (timezone: string, more: object = {}) => ({ timezone, weekly: WEEK, ...more });

describe('add', () => {
  it.each([
    ['within a day', PARIS, '2026-11-20T10:00', HOUR, '2026-11-20T11:00:00+01:00'],
    ['over a weekend', PARIS, '2026-11-20T16:20', HOUR, '2026-11-23T09:20:00+01:00'],
    ['up to the closing', PARIS, '2026-11-20T16:00', HOUR, '2026-11-20T17:00:00+01:00'],
    ['from closed time', PARIS, '2026-11-21T03:00', HOUR, '2026-11-23T10:00:00+01:00'],
    ['nothing, in closed time: the start itself', PARIS, '2026-11-21T03:00', 0, '2026-11-21T03:00:00+01:00'],
    ['a part of a second', PARIS, '2026-11-20T10:00', 0.25, '2026-11-20T10:00:00.250+01:00'],
    ['to a start with an offset', PARIS, '2026-11-20T10:00Z', HOUR, '2026-11-20T12:00:00+01:00'],
    ['a thousand hours', PARIS, '2026-01-05T09:00', 1_000 * HOUR, '2026-06-26T17:00:00+02:00'],
    ['thirty years', { timezone: 'UTC', weekly: ALWAYS }, '2026-01-01', 946_684_800, '2056-01-01T00:00:00+00:00'],
    [
      'over a holiday',
      in_('Europe/Paris', { holidays: ['2026-11-20'] }),
      '2026-11-19T16:30',
      HOUR,
      '2026-11-23T09:30:00+01:00',
    ],
    [
      'over a holiday of every year',
      in_('Europe/Paris', { annualHolidays: ['11-20'] }),
      '2026-11-19T16:30',
      HOUR,
      '2026-11-23T09:30:00+01:00',
    ],
    [
      'over the 29th of February',
      in_('Europe/Paris', { annualHolidays: ['02-29'] }),
      '2028-02-28T16:30',
      HOUR,
      '2028-03-01T09:30:00+01:00',
    ],
    [
      'where there is none',
      in_('Europe/Paris', { annualHolidays: ['02-29'] }),
      '2027-02-26T16:30',
      HOUR,
      '2027-03-01T09:30:00+01:00',
    ],
    [
      'over a closure',
      in_('Europe/Paris', { closures: [{ from: '2026-11-20T10:00', to: '2026-11-20T15:00' }] }),
      '2026-11-20T09:30',
      HOUR,
      '2026-11-20T15:30:00+01:00',
    ],
    [
      'over closed days, the last included',
      in_('Europe/Paris', { closures: [{ from: '2026-11-19', to: '2026-11-20' }] }),
      '2026-11-18T16:30',
      HOUR,
      '2026-11-23T09:30:00+01:00',
    ],
    [
      'over closures that overlap',
      in_('Europe/Paris', {
        closures: [
          { from: '2026-11-20T12:00Z', to: '2026-11-20T13:00Z' },
          { from: '2026-11-20T10:00', to: '2026-11-20T13:30' },
        ],
      }),
      '2026-11-20T09:30',
      HOUR,
      '2026-11-20T14:30:00+01:00',
    ],
    [
      'on a shortened day',
      in_('Europe/Paris', { overrides: { '2026-12-24': [['09:00', '12:00']] } }),
      '2026-12-24T11:30',
      HOUR,
      '2026-12-25T09:30:00+01:00',
    ],
    [
      'on a Sunday opened by an override',
      in_('Europe/Paris', { overrides: { '2026-11-22': [['10:00', '12:00']] } }),
      '2026-11-20T16:30',
      HOUR,
      '2026-11-22T10:30:00+01:00',
    ],
    [
      'on a day closed by an override',
      in_('Europe/Paris', { overrides: { '2026-11-20': [] } }),
      '2026-11-19T16:30',
      HOUR,
      '2026-11-23T09:30:00+01:00',
    ],
    [
      'on a holiday opened by an override',
      in_('Europe/Paris', {
        holidays: ['2026-11-20'],
        annualHolidays: ['11-20'],
        overrides: { '2026-11-20': [['13:00', '14:00']] },
      }),
      '2026-11-19T16:30',
      HOUR,
      '2026-11-20T13:30:00+01:00',
    ],
    [
      'on an override that a closure cuts',
      in_('Europe/Paris', {
        overrides: { '2026-11-20': [['13:00', '15:00']] },
        closures: [{ from: '2026-11-20T13:00', to: '2026-11-20T14:00' }],
      }),
      '2026-11-19T16:30',
      HOUR,
      '2026-11-20T14:30:00+01:00',
    ],
    [
      'over midnight',
      { timezone: 'Europe/Paris', weekly: { fri: [['20:00', '24:00']], sat: [['00:00', '02:00']] } },
      '2026-11-20T23:30',
      HOUR,
      '2026-11-21T00:30:00+01:00',
    ],
    [
      'up to midnight',
      { timezone: 'Europe/Paris', weekly: { fri: [['20:00', '24:00']] } },
      '2026-11-20T23:00',
      HOUR,
      '2026-11-21T00:00:00+01:00',
    ],
    [
      'over intervals that touch',
      {
        timezone: 'Europe/Paris',
        weekly: {
          fri: [
            ['12:00', '17:00'],
            ['09:00', '12:00'],
          ],
        },
      },
      '2026-11-20T11:30',
      HOUR,
      '2026-11-20T12:30:00+01:00',
    ],
    [
      'over a noon break',
      {
        timezone: 'Europe/Paris',
        weekly: {
          fri: [
            ['09:00', '12:00'],
            ['14:00', '17:00'],
          ],
        },
      },
      '2026-11-20T11:30',
      HOUR,
      '2026-11-20T14:30:00+01:00',
    ],
    ['in 1900, before zones were whole minutes', PARIS, '1900-01-01T09:00:00Z', 60, '1900-01-01T09:10:00+00:09'],
    [
      'in 2100, no leap year',
      in_('Europe/Paris', { annualHolidays: ['02-29'] }),
      '2100-02-26T16:30',
      HOUR,
      '2100-03-01T09:30:00+01:00',
    ],
    [
      'in 2400, a leap year',
      in_('Europe/Paris', { annualHolidays: ['02-29'] }),
      '2400-02-28T16:30',
      HOUR,
      '2400-03-01T09:30:00+01:00',
    ],
    ['over a leap year’s end', PARIS, '2024-12-31T16:30', HOUR, '2025-01-01T09:30:00+01:00'],
  ] as const)('%s', (_, calendar, start, seconds, result) => {
    expect(ask({ op: 'add', calendar, start, seconds })).toEqual({ id: 1, result });
  });

  it.each([
    ['before the start', [['2026-11-20T08:00', '2026-11-20T09:30']], '2026-11-20T11:00:00+01:00'],
    ['around the start', [['2026-11-20T08:00', '2026-11-20T10:30']], '2026-11-20T11:30:00+01:00'],
    [
      'overlapping and out of order',
      [
        ['2026-11-20T10:40', '2026-11-20T12:00'],
        ['2026-11-20T10:30', '2026-11-20T11:00'],
      ],
      '2026-11-20T12:30:00+01:00',
    ],
    [
      'within another',
      [
        ['2026-11-20T10:30', '2026-11-20T12:00'],
        ['2026-11-20T11:00', '2026-11-20T11:10'],
      ],
      '2026-11-20T12:30:00+01:00',
    ],
    ['of a whole day', [['2026-11-20', '2026-11-20']], '2026-11-23T10:00:00+01:00'],
    ['without length', [['2026-11-20T10:30', '2026-11-20T10:30']], '2026-11-20T11:00:00+01:00'],
    ['from the due instant on', [['2026-11-20T11:00', '2026-11-20T12:00']], '2026-11-20T11:00:00+01:00'],
    ['of ten years', [['2026-11-20T10:30', '2036-11-20T10:30']], '2036-11-20T11:00:00+01:00'],
  ])('with a pause %s', (_, spans, result) => {
    const pauses = spans.map(([from, to]) => ({ from, to }));
    expect(ask({ op: 'add', start: '2026-11-20T10:00', seconds: HOUR, pauses })).toEqual({ id: 1, result });
  });
});

describe('where the hour changes', () => {
  const days = (timezone: string) => ({ timezone, weekly: ALWAYS });
  it.each([
    ['Europe/Paris', '2026-03-29', 23],
    ['Europe/Paris', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Asia/Tehran', '2021-03-22', 23],
    ['Asia/Tehran', '2021-09-21', 25],
    ['Europe/Paris', '2100-03-28', 23],
    ['Europe/Paris', '2400-10-29', 25],
    ['Pacific/Apia', '2011-12-30', 0],
  ])('%s has on %s a day of %d hours', (timezone, date, hours) => {
    const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
    const whole = { op: 'between', calendar: days(timezone), start: date, end: next };
    expect(ask(whole)).toEqual({ id: 1, result: hours * HOUR });
    if (hours === 0) return;
    const due = ask({ op: 'add', calendar: days(timezone), start: date, seconds: hours * HOUR });
    expect(due.result).toContain(`${next}T0`);
  });

  it.each([
    ['the first of two equal times', '2026-10-25T02:30', '2026-10-25T02:30:00+02:00'],
    ['the second one, by its offset', '2026-10-25T02:30+01:00', '2026-10-25T02:30:00+01:00'],
    ['a time that is left out, moved forward', '2026-03-29T02:30', '2026-03-29T03:30:00+02:00'],
  ])('takes %s', (_, start, result) => {
    expect(ask({ op: 'add', calendar: days('Europe/Paris'), start, seconds: 0 })).toEqual({ id: 1, result });
  });

  it('opens nothing on a day that a zone leaves out, nor on the next in its place', () => {
    const calendar = in_('Pacific/Apia');
    expect(ask({ op: 'add', calendar, start: '2011-12-29T16:30', seconds: HOUR }).result).toBe(
      '2012-01-02T09:30:00+14:00',
    );
    expect(ask({ op: 'addBusinessDays', calendar, start: '2011-12-29T16:30', days: 1 }).result).toBe(
      '2012-01-02T16:30:00+14:00',
    );
  });
});

describe('the other questions', () => {
  it.each([
    ['a week', '2026-11-16', '2026-11-23', [], 40 * HOUR],
    ['an end before the start', '2026-11-23', '2026-11-16', [], 0],
    ['the same instant', '2026-11-20T10:00', '2026-11-20T09:00Z', [], 0],
    ['an end with an offset', '2026-11-20T10:00', '2026-11-20T10:00Z', [], HOUR],
    ['milliseconds', '2026-11-20T10:00:00.250', '2026-11-20T10:00:01', [], 0.75],
    [
      'pauses',
      '2026-11-20T10:00',
      '2026-11-20T15:00',
      [
        ['2026-11-20T11:00', '2026-11-20T12:00'],
        ['2026-11-20T11:30', '2026-11-20T12:30'],
        ['2026-11-20T14:30', '2026-11-21T00:00'],
      ],
      3 * HOUR,
    ],
    ['a hundred and ten years', '1900-01-01', '2010-01-01', [], 28_699 * 8 * HOUR],
    ['ordinal, week and basic dates', '2026-324T10', '2026-W47-5T110000,5', [], HOUR + 0.5],
  ] as const)('between: %s', (_, start, end, spans, result) => {
    const pauses = spans.map(([from, to]) => ({ from, to }));
    const calendar = { timezone: start < '2000' ? 'UTC' : 'Europe/Paris', weekly: WEEK };
    expect(ask({ op: 'between', calendar, start, end, pauses })).toEqual({ id: 1, result });
  });

  it.each([
    ['the same time of day', '2026-11-19T10:15', 2, '2026-11-23T10:15:00+01:00'],
    ['none, in opening hours', '2026-11-19T10:15', 0, '2026-11-19T10:15:00+01:00'],
    ['none, outside them: the next opening', '2026-11-21T10:15', 0, '2026-11-23T09:00:00+01:00'],
    ['from a closed day: from the next opening', '2026-11-21T10:15', 1, '2026-11-24T09:00:00+01:00'],
    ['a thousand', '2026-01-05T09:00', 1_000, '2029-11-06T09:00:00+01:00'],
    ['to a day that closes earlier: its last closing', '2026-12-23T16:00', 1, '2026-12-24T12:00:00+01:00'],
    ['to a day that opens later: its first opening', '2026-12-29T09:30', 1, '2026-12-30T14:00:00+01:00'],
    ['not counting a day that is closed as a whole', '2026-12-24T09:30', 1, '2026-12-28T09:30:00+01:00'],
    ['counting a day that is open for an hour', '2026-12-30T15:30', 1, '2026-12-31T10:00:00+01:00'],
  ])('addBusinessDays: %s', (_, start, days, result) => {
    const overrides = {
      '2026-12-24': [['09:00', '12:00']],
      '2026-12-25': [],
      '2026-12-30': [['14:00', '17:00']],
      '2026-12-31': [['09:00', '10:00']],
    };
    expect(ask({ op: 'addBusinessDays', calendar: { ...PARIS, overrides }, start, days })).toEqual({ id: 1, result });
  });

  it.each([
    ['2026-11-20T09:00', true],
    ['2026-11-20T17:00', false],
    ['2026-11-20T16:59:59.999', true],
    ['2026-11-20T08:00Z', true],
    ['2026-11-21T12:00', false],
  ])('isOpen at %s: %s', (at, result) => {
    expect(ask({ op: 'isOpen', at })).toEqual({ id: 1, result });
  });

  it.each([
    ['2026-11-20T10:00', '2026-11-20T10:00:00+01:00'],
    ['2026-11-20T17:00', '2026-11-23T09:00:00+01:00'],
    ['2026-12-31T17:00', '2027-01-01T09:00:00+01:00'],
    ['9000-12-31T17:00', '9001-01-01T09:00:00+01:00'],
    ['0050-01-01', '0050-01-03T08:59:39+00:09'],
  ])('nextOpening at %s', (at, result) => {
    expect(ask({ op: 'nextOpening', at })).toEqual({ id: 1, result });
  });
});

it('answers the same of a calendar that it had to forget meanwhile', () => {
  const first = { op: 'nextOpening', at: '2026-11-20T17:00' };
  const { result } = ask(first);
  for (let day = 0; day < 205; day++) {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
    expect(ask({ op: 'isOpen', calendar: in_('UTC', { holidays: [date] }), at: `${date}T10:00` }).result).toBe(false);
  }
  expect(ask(first).result).toBe(result);
});
