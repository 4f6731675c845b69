import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { ANOMALY_TERMS, closing, rulesOf, supportWindow, WHOLE_WINDOW } from '../../support/rules.ts';

const MS = 1;
const HOUR = 3_600_000;

describe('what is promised at registration', () => {
  it.each([
    ['blocking', '2026-11-16 10:00', 'Mon 2026-11-16 13:00', 'Wed 2026-11-18 16:00', 'Mon 2026-11-23 10:00'],
    [
      'blocking, over a weekend',
      '2026-11-20 16:50',
      'Mon 2026-11-23 10:50',
      'Wed 2026-11-25 13:50',
      'Fri 2026-11-27 16:50',
    ],
    [
      'blocking, over 1 and 8 May',
      '2026-04-30 15:00',
      'Thu 2026-04-30 18:00',
      'Wed 2026-05-06 12:00',
      'Mon 2026-05-11 15:00',
    ],
    [
      'blocking, over Christmas',
      '2026-12-24 16:00',
      'Mon 2026-12-28 10:00',
      'Wed 2026-12-30 13:00',
      'Mon 2027-01-04 16:00',
    ],
    [
      'blocking, over the spring change',
      '2026-03-27 17:00',
      'Mon 2026-03-30 11:00',
      'Wed 2026-04-01 14:00',
      'Fri 2026-04-03 17:00',
    ],
    [
      'blocking, over the autumn change',
      '2026-10-23 17:00',
      'Mon 2026-10-26 11:00',
      'Wed 2026-10-28 14:00',
      'Fri 2026-10-30 17:00',
    ],
    [
      'blocking, on a Saturday',
      '2026-11-21 12:00',
      'Mon 2026-11-23 12:00',
      'Wed 2026-11-25 15:00',
      'Mon 2026-11-30 09:00',
    ],
    ['major', '2026-11-16 10:00', 'Mon 2026-11-16 13:00', 'Thu 2026-11-26 10:00', 'Thu 2026-11-26 10:00'],
    [
      'major, over 1 May and Ascension',
      '2026-04-30 15:00',
      'Thu 2026-04-30 18:00',
      'Fri 2026-05-15 15:00',
      'Fri 2026-05-15 15:00',
    ],
    [
      'major, over Christmas',
      '2026-12-24 16:00',
      'Mon 2026-12-28 10:00',
      'Thu 2027-01-07 16:00',
      'Thu 2027-01-07 16:00',
    ],
    ['major, at night', '2026-11-16 20:00', 'Tue 2026-11-17 12:00', 'Thu 2026-11-26 18:00', 'Fri 2026-11-27 09:00'],
    ['minor', '2026-11-16 10:00', 'Wed 2026-11-18 10:00', undefined, undefined],
    ['minor, over a weekend', '2026-11-20 16:50', 'Tue 2026-11-24 16:50', undefined, undefined],
    ['minor, over 1 May', '2026-04-30 15:00', 'Tue 2026-05-05 15:00', undefined, undefined],
    ['minor, over Christmas', '2026-12-24 16:00', 'Tue 2026-12-29 16:00', undefined, undefined],
  ])('%s', (name, registered, acknowledgement, workaround, resolution) => {
    const life = openLife(name.split(',')[0] ?? name, registered);
    expect(life.due('acknowledgement')).toBe(acknowledgement);
    expect(life.due('workaround')).toBe(workaround);
    expect(life.due('resolution')).toBe(resolution);
  });
});

describe('a major’s workaround and resolution', () => {
  it.each(['2026-11-16 09:30', '2026-07-13 17:59', '2026-03-27 12:00', '2026-12-31 09:01'])(
    'fall due at the same instant when registered at %s',
    (time) => {
      const life = openLife('major', time);
      expect(life.clock('workaround')?.dueAt).toBe(life.clock('resolution')?.dueAt);
    },
  );
});

describe('a breach', () => {
  const due = local('2026-11-16 13:00');

  it('does not happen to what is done exactly at the due instant', () => {
    const life = openLife('major', '2026-11-16 10:00').on(due, 'acknowledge', {}).until('2026-11-16 17:00');
    expect(life.clock('acknowledgement')).toMatchObject({ status: 'met', metAt: due });
    expect(life.clock('acknowledgement')?.breachedAt).toBeUndefined();
    expect(life.view.breached).toBe(false);
  });

  it('is recorded one millisecond later, with the due instant, and stops nothing', () => {
    const life = openLife('major', '2026-11-16 10:00').on(due + MS, 'acknowledge', {});
    expect(life.clock('acknowledgement')).toMatchObject({ status: 'met', metAt: due + MS, breachedAt: due });
    expect(life.told.slice(-2)).toStrictEqual([
      'Mon 2026-11-16 13:00 clockBreached acknowledgement',
      'Mon 2026-11-16 13:00 acknowledged',
    ]);
    expect(life.state.status).toBe('inProgress');
  });

  it('is found late by a worker that was away, with the due instant, once, and without a belated warning', () => {
    const life = openLife('major', '2026-11-16 10:00').awayUntil('2026-11-18 11:00').until('2026-11-18 18:00');
    expect(life.told.slice(1)).toStrictEqual([
      'Mon 2026-11-16 12:15 clockWarned acknowledgement',
      'Mon 2026-11-16 13:00 clockBreached acknowledgement',
    ]);
    expect(life.mailed.slice(1)).toStrictEqual(['Wed 2026-11-18 11:00 breach acknowledgement']);
  });

  it('of two clocks in one activation is told in order, and before the event that finds them', () => {
    const life = openLife('blocking', '2026-11-16 10:00').onAwakening('2026-11-24 10:00', 'acknowledge', {});
    expect(life.told.slice(1)).toStrictEqual([
      'Mon 2026-11-16 12:15 clockWarned acknowledgement',
      'Mon 2026-11-16 13:00 clockBreached acknowledgement',
      'Wed 2026-11-18 10:00 clockWarned workaround',
      'Wed 2026-11-18 16:00 clockBreached workaround',
      'Thu 2026-11-19 16:45 clockWarned resolution',
      'Mon 2026-11-23 10:00 clockBreached resolution',
      'Tue 2026-11-24 10:00 acknowledged',
    ]);
    expect(life.state.seq).toBe(2);
  });

  it('of two clocks at the same instant is told of both, in the order of the clocks', () => {
    const life = openLife('major', '2026-11-16 10:00').until('2026-11-26 12:00');
    expect(life.told.slice(-2)).toStrictEqual([
      'Thu 2026-11-26 10:00 clockBreached workaround',
      'Thu 2026-11-26 10:00 clockBreached resolution',
    ]);
  });

  it('is not taken back by a closure that is announced afterwards', () => {
    const life = openLife('major', '2026-11-16 10:00').until('2026-11-16 15:00');
    const closed = closing(WHOLE_WINDOW, local('2026-11-16 15:00'), local('2026-11-16 18:00'));
    life.on('2026-11-16 15:00', 'openingHoursChanged', { windows: supportWindow(closed) });
    expect(life.clock('acknowledgement')?.breachedAt).toBe(due);
    expect(life.due('resolution')).toBe('Thu 2026-11-26 10:00');
    expect(life.due('workaround')).toBe('Thu 2026-11-26 13:00');
  });
});

describe('a closure announced in time', () => {
  it('moves what is due, and is told to staff', () => {
    const life = openLife('major', '2026-11-16 10:00');
    const closed = closing(WHOLE_WINDOW, local('2026-11-16 12:00'), local('2026-11-16 18:00'));
    life.on('2026-11-16 11:00', 'openingHoursChanged', { windows: supportWindow(closed) });
    expect(life.due('acknowledgement')).toBe('Tue 2026-11-17 10:00');
    expect(life.told.slice(-2)).toStrictEqual([
      'Mon 2026-11-16 11:00 openingHoursChanged acknowledgement',
      'Mon 2026-11-16 11:00 openingHoursChanged workaround',
    ]);
  });

  it('counts from its announcement even when it is heard of later', () => {
    const life = openLife('major', '2026-11-16 10:00');
    const closed = closing(WHOLE_WINDOW, local('2026-11-16 12:00'), local('2026-11-16 18:00'));
    life.onAwakening('2026-11-16 16:00', 'openingHoursChanged', { windows: supportWindow(closed) });
    expect(life.clock('acknowledgement')?.breachedAt).toBeUndefined();
    expect(life.due('acknowledgement')).toBe('Tue 2026-11-17 10:00');
  });
});

describe('a warning', () => {
  it('comes once, at three quarters of the budget', () => {
    const life = openLife('major', '2026-11-16 10:00').until('2026-11-16 12:30');
    expect(life.mailed.slice(1)).toStrictEqual(['Mon 2026-11-16 12:15 warning acknowledgement']);
    expect(life.clock('acknowledgement')?.warnedAt).toBe(local('2026-11-16 12:15'));
    life.on('2026-11-16 12:31', 'acknowledge', {}).until('2026-11-20 18:00');
    expect(life.mailed.filter((mail) => mail.includes('warning'))).toHaveLength(1);
  });

  it('comes by the opened time of a budget in days', () => {
    // 8 days of 9 hours: 54 of 72 hours.
    const life = openLife('major', '2026-11-16 10:00').on('2026-11-16 10:30', 'acknowledge', {});
    life.until('2026-11-26 09:00');
    expect(life.mailed.slice(2)).toStrictEqual([
      'Tue 2026-11-24 10:00 warning workaround',
      'Tue 2026-11-24 10:00 warning resolution',
    ]);
  });
});

describe('waiting on the customer', () => {
  const asked = () => openLife('major', '2026-11-16 10:00').on('2026-11-16 11:00', 'ask', { text: 't' });

  it('pauses workaround and resolution by the opened time that it takes', () => {
    const life = asked();
    expect(life.clock('resolution')).toMatchObject({ status: 'paused' });
    expect(life.clock('resolution')?.dueAt).toBeUndefined();
    life.on('2026-11-17 12:00', 'answer', {});
    // 10 opened hours: one day and one hour.
    expect(life.due('workaround')).toBe('Fri 2026-11-27 11:00');
    expect(life.due('resolution')).toBe('Fri 2026-11-27 11:00');
  });

  it('takes nothing when it lasts while support is closed', () => {
    const life = openLife('major', '2026-11-20 10:00')
      .on('2026-11-20 18:30', 'ask', { text: 't' })
      .on('2026-11-22 20:00', 'answer', {});
    expect(life.due('resolution')).toBe('Wed 2026-12-02 10:00');
  });

  it('does not pause the acknowledgement', () => {
    const life = openLife('major', '2026-11-16 10:00').on('2026-11-16 10:05', 'ask', { text: 't', automatic: true });
    expect(life.due('acknowledgement')).toBe('Mon 2026-11-16 13:00');
    life.on('2026-11-16 13:30', 'answer', {});
    expect(life.clock('acknowledgement')?.breachedAt).toBe(local('2026-11-16 13:00'));
    expect(life.state.status).toBe('registered');
  });

  it('counts in times with pauses, and not in those without', () => {
    const life = asked().on('2026-11-16 15:00', 'answer', {}).on('2026-11-16 16:00', 'proposeFix', { text: 't' });
    life.on('2026-11-17 10:00', 'putInProduction', {});
    expect(life.clock('resolution')?.took).toStrictEqual({ withPauses: 6 * HOUR, withoutPauses: 2 * HOUR });
    expect(life.clock('acknowledgement')?.took).toStrictEqual({ withPauses: HOUR, withoutPauses: HOUR });
  });

  it('never lets a budget of days run out while it lasts', () => {
    // Registered at night: due at an opening, after which no opened time is left to be moved on.
    const life = openLife('blocking', '2026-11-16 20:00').on('2026-11-16 20:10', 'acknowledge', {});
    expect(life.due('resolution')).toBe('Tue 2026-11-24 09:00');
    life.on('2026-11-23 18:30', 'ask', { text: 't' }).on('2026-11-24 11:00', 'answer', {});
    expect(life.clock('resolution')?.breachedAt).toBeUndefined();
    expect(life.due('resolution')).toBe('Tue 2026-11-24 11:00');
    life.until('2026-11-24 12:00');
    expect(life.clock('resolution')?.breachedAt).toBe(local('2026-11-24 11:00'));
  });
});

describe('calendar hours', () => {
  it('run day and night, and stand still by the plain length of a pause', () => {
    const { major, ...others } = ANOMALY_TERMS.priorities;
    const resolution = major?.clocks.resolution;
    if (!major || !resolution) throw new Error('family D promises a resolution');
    const clocks = { resolution: { ...resolution, delay: { calendarHours: 72 } } };
    const terms = { ...ANOMALY_TERMS, priorities: { ...others, major: { ...major, clocks } } };
    const life = openLife('major', '2026-11-20 16:00', rulesOf(terms));
    expect(life.due('resolution')).toBe('Mon 2026-11-23 16:00');
    life.on('2026-11-20 17:00', 'ask', { text: 't' }).on('2026-11-21 05:00', 'answer', {});
    expect(life.due('resolution')).toBe('Tue 2026-11-24 04:00');
  });
});
