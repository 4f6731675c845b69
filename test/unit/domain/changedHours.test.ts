/** Closures announced on a request of family D's figures whose calendar admits them: what moves, and what never does. */
import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, CalendarTerms, type Closure } from '../../../contracts/calendar.ts';
import { anomalySupport, SUPPORT_CALENDAR } from '../../../contracts/templates/anomalySupport.ts';
import { announcedVersions, newsIn, withoutOlder } from '../../../domain/changedHours.ts';
import { local, said } from '../../support/businessTime.ts';
import { type Life, openLife } from '../../support/life.ts';
import { supportWindow, WHOLE_WINDOW } from '../../support/rules.ts';

const [terms] = Object.values(anomalySupport({ customer: 'C', provider: 'P' }).calendars);
const calendar = CalendarTerms.parse({ ...terms, closuresAdmitted: true });

/** The opening hours of 2026 and 2027 with these closures. */
function hours(version: number, ...closures: Closure[]) {
  return buildOpeningWindow(calendar, {
    name: SUPPORT_CALENDAR,
    version,
    from: Date.parse('2026-01-01T12:00:00Z'),
    ahead: { until: Date.parse('2027-12-31T12:00:00Z') },
    closures,
  });
}

/** Tells at `time`, at which the last of the closures was announced or taken back, or later. */
function tell(life: Life, time: string, version: number, ...closures: Closure[]): Life {
  return life.on(time, 'openingHoursChanged', { windows: supportWindow(hours(version, ...closures)) });
}

/** `clock: was → is` of the last telling. */
function moved(life: Life): string[] {
  const last = life.entries.at(-1);
  return life.entries
    .filter(({ type, at }) => type === 'openingHoursChanged' && at === last?.at)
    .map(({ facts }) => {
      const at = (instant: number | undefined) => (instant === undefined ? 'beyond' : said({ at: instant }));
      return facts?.clock === undefined ? 'nothing' : `${facts.clock}: ${at(facts.dueWas)} → ${at(facts.dueAt)}`;
    });
}

/** Registered on Monday 2026-11-16 at 10:00: acknowledgement 3 hours, workaround 72 hours, resolution 8 days. */
const request = () => openLife('major', '2026-11-16 10:00');

describe('a closure', () => {
  it.each<[string, string, Closure, string[]]>([
    [
      'of a day to come moves what lies behind it',
      '2026-11-16 10:30',
      { announcedAt: local('2026-11-16 10:30'), day: '2026-11-18' },
      [
        'workaround: Thu 2026-11-26 10:00 → Fri 2026-11-27 10:00',
        'resolution: Thu 2026-11-26 10:00 → Fri 2026-11-27 10:00',
      ],
    ],
    [
      'of hours to come moves what is counted in opened time by as much',
      '2026-11-16 10:30',
      { announcedAt: local('2026-11-16 10:30'), from: local('2026-11-16 11:00'), to: local('2026-11-16 12:00') },
      [
        'acknowledgement: Mon 2026-11-16 13:00 → Mon 2026-11-16 14:00',
        'workaround: Thu 2026-11-26 10:00 → Thu 2026-11-26 11:00',
      ],
    ],
    [
      'of today counts from its announcement',
      '2026-11-16 12:00',
      { announcedAt: local('2026-11-16 12:00'), day: '2026-11-16' },
      [
        'acknowledgement: Mon 2026-11-16 13:00 → Tue 2026-11-17 10:00',
        'workaround: Thu 2026-11-26 10:00 → Thu 2026-11-26 16:00',
      ],
    ],
    [
      'that began before its announcement counts from that on',
      '2026-11-16 12:00',
      { announcedAt: local('2026-11-16 12:00'), from: local('2026-11-16 09:00'), to: local('2026-11-16 12:30') },
      [
        'acknowledgement: Mon 2026-11-16 13:00 → Mon 2026-11-16 13:30',
        'workaround: Thu 2026-11-26 10:00 → Thu 2026-11-26 10:30',
      ],
    ],
    [
      'of a holiday or a weekend moves nothing, and is told in one line',
      '2026-11-16 12:00',
      { announcedAt: local('2026-11-16 12:00'), day: '2026-11-21' },
      ['nothing'],
    ],
    [
      'announced in time and told later counts from its announcement, where nothing was recorded meanwhile',
      '2026-11-16 11:30',
      { announcedAt: local('2026-11-16 10:30'), from: local('2026-11-16 10:45'), to: local('2026-11-16 11:15') },
      [
        'acknowledgement: Mon 2026-11-16 13:00 → Mon 2026-11-16 13:30',
        'workaround: Thu 2026-11-26 10:00 → Thu 2026-11-26 10:30',
      ],
    ],
  ])('%s', (_what, time, closure, expected) => {
    const life = tell(request(), time, 2, closure);
    expect(moved(life)).toEqual(expected);
  });

  it('after a recorded warning repeats no warning and moves the breach', () => {
    const life = request().until('2026-11-16 12:30');
    tell(life, '2026-11-16 12:30', 2, { announcedAt: local('2026-11-16 12:30'), day: '2026-11-16' });
    expect(moved(life)[0]).toBe('acknowledgement: Mon 2026-11-16 13:00 → Tue 2026-11-17 09:30');
    life.until('2026-11-17 09:30');
    expect(life.clock('acknowledgement')?.breachedAt).toBeUndefined();
    life.until('2026-11-17 09:31');
    expect(life.clock('acknowledgement')?.breachedAt).toBe(local('2026-11-17 09:30'));
    expect(life.mailed.filter((mail) => mail.includes('acknowledgement'))).toEqual([
      'Mon 2026-11-16 12:15 warning acknowledgement',
      'Tue 2026-11-17 09:30 breach acknowledgement',
    ]);
  });

  it('never undoes a recorded breach, not even one announced before it and entered afterwards', () => {
    const life = request().until('2026-11-16 15:00');
    tell(life, '2026-11-16 15:00', 2, { announcedAt: local('2026-11-16 11:00'), day: '2026-11-16' });
    expect(life.clock('acknowledgement')?.breachedAt).toBe(local('2026-11-16 13:00'));
    expect(moved(life)).toEqual(['workaround: Thu 2026-11-26 10:00 → Thu 2026-11-26 17:00']);
    expect(life.view.breached).toBe(true);
  });

  it('moves no paused clock; what it moved shows when the clock goes on', () => {
    const life = request().on('2026-11-16 10:30', 'acknowledge', {}).on('2026-11-16 11:00', 'ask', { text: 't' });
    tell(life, '2026-11-16 11:10', 2, { announcedAt: local('2026-11-16 11:10'), day: '2026-11-17' });
    expect(moved(life)).toEqual(['nothing']);
    // Two opened hours of Monday and the whole of Tuesday were closed or waited.
    life.on('2026-11-16 13:00', 'answer', {});
    expect(life.due('workaround')).toBe('Fri 2026-11-27 12:00');
  });
});

describe('a closure taken back', () => {
  const announcedAt = local('2026-11-16 10:30');

  it('before it begins leaves everything as it was', () => {
    const life = tell(request(), '2026-11-16 10:30', 2, { announcedAt, day: '2026-11-18' });
    tell(life, '2026-11-16 15:00', 3, { announcedAt, day: '2026-11-18', takenBackAt: local('2026-11-16 15:00') });
    expect(moved(life)).toEqual([
      'workaround: Fri 2026-11-27 10:00 → Thu 2026-11-26 10:00',
      'resolution: Fri 2026-11-27 10:00 → Thu 2026-11-26 10:00',
    ]);
  });

  it('while it lasts opens what is left of it; what was closed until then stays closed', () => {
    const life = tell(request(), '2026-11-16 10:30', 2, { announcedAt, day: '2026-11-16' });
    expect(life.due('acknowledgement')).toBe('Tue 2026-11-17 11:30');
    tell(life, '2026-11-16 15:00', 3, { announcedAt, day: '2026-11-16', takenBackAt: local('2026-11-16 15:00') });
    // Half an hour was used before; the rest of three hours counts from 15:00.
    expect(life.due('acknowledgement')).toBe('Mon 2026-11-16 17:30');
    expect(life.clock('acknowledgement')?.breachedAt).toBeUndefined();
  });
});

describe('windows', () => {
  const second = hours(2, { announcedAt: 0, day: '2026-11-18' });

  it('are news when their calendar has a newer version', () => {
    const atHand = supportWindow(WHOLE_WINDOW);
    expect(newsIn({ support: second }, atHand)).toEqual({ support: second });
    expect(newsIn({ support: second }, { support: second })).toEqual({});
    expect(newsIn({ support: WHOLE_WINDOW }, { support: second })).toEqual({});
    expect(withoutOlder({ support: WHOLE_WINDOW }, { support: second })).toEqual({});
    expect(withoutOlder({ support: second }, { support: second })).toEqual({ support: second });
  });

  it('name the versions that announcements made', () => {
    expect(announcedVersions({ support: WHOLE_WINDOW, publisher: second })).toEqual({ publisher: 2 });
  });

  it('that reach further and bring a closure before it was told are told as changed hours', () => {
    const life = request();
    life.on('2026-11-16 10:30', 'windowExtended', { key: 'k', windows: { support: second } });
    expect(moved(life)[0]).toBe('workaround: Thu 2026-11-26 10:00 → Fri 2026-11-27 10:00');
    const lines = life.entries.length;
    life.on('2026-11-16 10:40', 'windowExtended', { key: 'k', windows: { support: second } });
    expect(life.entries).toHaveLength(lines);
  });
});
