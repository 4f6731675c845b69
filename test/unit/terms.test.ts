import { describe, expect, it } from 'vitest';
import { requestTerms } from '../../contracts/requestTerms.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { parseTerms } from '../../contracts/terms.ts';

const good = () => anomalySupport({ customer: 'Client', provider: 'Provider' });

/** A copy of good terms with the value at a dotted path replaced; `undefined` takes the field away. */
function withValue(path: string, value: unknown): unknown {
  const root: unknown = structuredClone(good());
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent: unknown = root;
  for (const key of keys) parent = Reflect.get(Object(parent), key);
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return root;
}

function errorsOf(input: unknown): readonly { path: string; message: string }[] {
  const result = parseTerms(input);
  return 'errors' in result ? result.errors : [];
}

describe('terms of a contract', () => {
  it('are accepted when they are whole, and survive storage', () => {
    const result = parseTerms(JSON.parse(JSON.stringify(good())));
    expect(errorsOf(good())).toEqual([]);
    expect(result).toHaveProperty('terms');
    expect('terms' in result && parseTerms(JSON.parse(JSON.stringify(result.terms)))).toEqual(result);
  });

  it('have defaults', () => {
    const input = withValue('reopenWithin', undefined) as ReturnType<typeof good>;
    const clock = Object(input.priorities.major?.clocks.resolution);
    for (const field of ['starts', 'warnAt']) Reflect.deleteProperty(clock, field);
    const result = parseTerms(input);
    if ('errors' in result) return expect.unreachable();
    const request = requestTerms('C-1', 1, result.terms);
    expect(request.reopenWithin).toEqual({ businessDays: 10, calendar: 'support' });
    expect(request.priorities.major?.clocks.resolution).toMatchObject({ starts: 'registration', warnAt: 0.75 });
  });

  const day = (businessDays: number, calendar = 'support') => ({ businessDays, calendar });

  it.each<[string, unknown, string, string]>([
    ['zone', 'Europe/Lutece', 'zone', 'There is no such time zone; write an IANA name.'],
    ['supportCalendar', 'night', 'supportCalendar', 'There is no calendar of this name; there are: support.'],
    [
      'defaultPriority',
      'urgent',
      'defaultPriority',
      'There is no priority of this name; there are: blocking, major, minor.',
    ],
    ['channels', undefined, 'channels', 'This is required.'],
    ['channels', {}, 'channels', 'At least one way of asking for support must be open always.'],
    ['channels.phone.hours', 'night', 'channels.phone.hours', 'There is no calendar of this name; there are: support.'],
    [
      'contacts',
      { whoMayAsk: 'contacts', atLeast: 2, atMost: 1 },
      'contacts.atMost',
      'This is less than the 2 people that there must be.',
    ],
    [
      'coverage.defaultKind',
      'miracle',
      'coverage.defaultKind',
      expect.stringContaining('There is no kind of this name') as string,
    ],
    ['coverage.as', 'hosting', 'coverage.as', 'The contract covers no kind of request.'],
    ['languages', [], 'languages', 'This list is too short: it needs 1 or more.'],
    ['family', 'F', 'family', 'This must be one of: A, B, C, D, E.'],
    ['priorities', {}, 'priorities', 'There must be at least one priority.'],
    ['calendars', {}, 'calendars', 'There must be at least one calendar.'],
    ['penalty', 3, 'penalty', 'Terms have no such field.'],
    [
      'reopenWithin',
      day(10, 'night'),
      'reopenWithin.calendar',
      'There is no calendar of this name; there are: support.',
    ],
    [
      'reopenWithin',
      { days: 10 },
      'reopenWithin',
      'A delay is one of { businessHours, calendar }, { businessDays, calendar }, { calendarHours }, { openedSeconds, calendar }.',
    ],
    [
      'calendars.support.holidays.region',
      'XX',
      'calendars.support.holidays.region',
      'There is no such holiday region; known are alsaceMoselle, 57, 67, 68, YT, MQ, GP, GF, RE, MF, BL.',
    ],
    [
      'calendars.support.weekly.mon',
      [
        ['09:00', '12:00'],
        ['11:00', '18:00'],
      ],
      'calendars.support.weekly.mon.1',
      '11:00 is before the end of the interval above.',
    ],
    ['calendars.support.weekly', { mon: [] }, 'calendars.support.weekly', 'The calendar never opens.'],
    [
      'calendars.support.extraHolidays',
      ['24/12/2026'],
      'calendars.support.extraHolidays.0',
      'A date is written YYYY-MM-DD.',
    ],
    [
      'priorities.major.clocks.workaround.delay.calendar',
      'night',
      'priorities.major.clocks.workaround.delay.calendar',
      'There is no calendar of this name; there are: support.',
    ],
    [
      'priorities.major.clocks.workaround.delay.businessHours',
      -1,
      'priorities.major.clocks.workaround.delay.businessHours',
      'This must be more than 0.',
    ],
    [
      'priorities.major.clocks.resolution.delay.businessDays',
      2.5,
      'priorities.major.clocks.resolution.delay.businessDays',
      'This must be a whole number.',
    ],
    [
      'priorities.major.clocks.resolution.delay.businessDays',
      1_000,
      'priorities.major.clocks.resolution.delay.businessDays',
      'This must be at most 260.',
    ],
    [
      'priorities.major.clocks.resolution.warnAt',
      1,
      'priorities.major.clocks.resolution.warnAt',
      'This must be less than 1.',
    ],
    [
      'priorities.major.clocks.workaround',
      undefined,
      'priorities.major.clocks.workaround',
      'Another priority has this clock: say what it is here, or "none".',
    ],
    [
      'priorities.major.clocks.workaround',
      'inFutureMinorVersion',
      'priorities.major.clocks.workaround',
      'Only a resolution comes with a future minor version.',
    ],
    [
      'priorities.major.clocks.workaround',
      'soon',
      'priorities.major.clocks.workaround',
      'A clock is { delay, metBy, … }, "none" or "inFutureMinorVersion".',
    ],
    [
      'priorities.major.clocks.workaround.metBy',
      undefined,
      'priorities.major.clocks.workaround.metBy',
      'This is required.',
    ],
    [
      'priorities.major.clocks.acknowledgement.starts',
      'acknowledgement',
      'priorities.major.clocks.acknowledgement.starts',
      'The acknowledgement cannot start its own clock.',
    ],
    [
      'priorityScheme',
      {
        by: 'matrix',
        urgencies: { high: { label: { fr: 'a', en: 'a' }, meaning: { fr: 'a', en: 'a' } } },
        impacts: { all: { label: { fr: 'a', en: 'a' }, meaning: { fr: 'a', en: 'a' } } },
        cells: { high: { all: 'urgent' } },
      },
      'priorityScheme.cells.high.all',
      'There is no priority of this name; there are: blocking, major, minor.',
    ],
    [
      'priorities.major.reminders.after',
      [day(3), day(3), day(9)],
      'priorities.major.reminders.after.1',
      'This reminder is not later than the one before.',
    ],
    [
      'priorities.major.reminders.after',
      [day(3), day(6), { businessHours: 99, calendar: 'support' }],
      'priorities.major.reminders.after.2',
      'Reminders are of one kind and on one calendar.',
    ],
    [
      'priorities.major.reminders.closeAfterThird',
      { calendarHours: 24 },
      'priorities.major.reminders.closeAfterThird',
      'Closing is counted in the same kind and on the same calendar as the reminders.',
    ],
    [
      'request.declared.reproducible',
      'unlucky',
      'request.declared.reproducible',
      expect.stringContaining('There is no exclusion of this name') as string,
    ],
    ['priorities.constructor', {}, 'priorities.constructor.label', 'This is required.'],
  ])('are refused when %s is %j', (path, value, where, message) => {
    expect(errorsOf(withValue(path, value))).toContainEqual({ path: where, message });
  });

  it('are told everything that is wrong at once, in structure and in sense', () => {
    const input = withValue('zone', 'Nowhere');
    Reflect.set(Object(input), 'defaultPriority', 'urgent');
    Reflect.deleteProperty(Object(input), 'languages');
    expect(
      errorsOf(input)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['defaultPriority', 'languages', 'zone']);
  });

  it.each([[null], [undefined], ['D'], [[]], [7]])('are refused when they are %j', (input) => {
    expect(errorsOf(input)).toHaveLength(1);
  });
});
