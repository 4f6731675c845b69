import { describe, expect, it } from 'vitest';
import type { RequestTerms } from '../../../domain/terms.ts';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { ANOMALY_TERMS, supportWindow, WHOLE_WINDOW } from '../../support/rules.ts';

describe('re-qualifying', () => {
  it('keeps what was used and what was paused', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'ask', { text: 't' })
      .on('2026-11-16 15:00', 'answer', {})
      .on('2026-11-17 10:00', 'requalify', { priority: 'blocking', text: 't' });
    expect(life.due('workaround')).toBe('Thu 2026-11-19 11:00');
    expect(life.due('resolution')).toBe('Mon 2026-11-23 14:00');
    life.on('2026-11-17 11:00', 'requalify', { priority: 'major', text: 't' });
    expect(life.due('workaround')).toBe('Thu 2026-11-26 14:00');
    expect(life.due('resolution')).toBe('Thu 2026-11-26 14:00');
  });

  it('while waiting keeps the pause that runs', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'ask', { text: 't' })
      .on('2026-11-16 13:00', 'requalify', { priority: 'blocking', text: 't' });
    expect(life.clock('workaround')).toMatchObject({ status: 'paused' });
    life.on('2026-11-16 15:00', 'answer', {});
    expect(life.due('workaround')).toBe('Thu 2026-11-19 11:00');
  });

  it('to a budget that is used up makes the clock due then, says why, and warns of nothing', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-19 12:00', 'requalify', { priority: 'blocking', text: 't' });
    expect(life.due('workaround')).toBe('Thu 2026-11-19 12:00');
    expect(life.due('resolution')).toBe('Mon 2026-11-23 10:00');
    life.until('2026-11-19 12:30');
    expect(life.clock('workaround')?.breachedAt).toBe(local('2026-11-19 12:00'));
    expect(life.entries.at(-1)?.facts).toStrictEqual({
      clock: 'workaround',
      dueAt: local('2026-11-19 12:00'),
      because: 'budgetChanged',
    });
    expect(life.mailed.slice(2)).toStrictEqual([
      'Thu 2026-11-19 12:00 requalified',
      'Thu 2026-11-19 12:00 breach workaround',
    ]);
  });

  it('at night to a budget that is used up makes the clock due at the next opening', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-19 21:00', 'requalify', { priority: 'blocking', text: 't' });
    expect(life.due('workaround')).toBe('Fri 2026-11-20 09:00');
  });

  it('at night to a budget that is used up leaves the clock alone while the customer is waited for', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-19 21:00', 'requalify', { priority: 'blocking', text: 't' })
      .on('2026-11-20 08:00', 'ask', { text: 't' })
      .on('2026-11-20 12:00', 'answer', {});
    expect(life.clock('workaround')?.breachedAt).toBeUndefined();
    expect(life.due('workaround')).toBe('Fri 2026-11-20 12:00');
  });

  it('while waiting, to a budget that is used up, makes the clock due when the waiting ends', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-19 11:00', 'ask', { text: 't' })
      .on('2026-11-19 12:00', 'requalify', { priority: 'blocking', text: 't' })
      .until('2026-11-19 15:00');
    expect(life.clock('workaround')?.status).toBe('paused');
    life.on('2026-11-19 16:00', 'answer', {});
    expect(life.due('workaround')).toBe('Thu 2026-11-19 16:00');
  });

  it('past the new warning warns at the change, not before it', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-18 12:00', 'requalify', { priority: 'blocking', text: 't' })
      .until('2026-11-18 12:30');
    expect(life.told.at(-1)).toBe('Wed 2026-11-18 12:00 clockWarned workaround');
  });

  it('takes back no breach', () => {
    const life = openLife('blocking', '2026-11-16 10:00')
      .until('2026-11-19 10:00')
      .on('2026-11-19 11:00', 'requalify', { priority: 'major', text: 't' })
      .until('2026-12-18 10:00');
    const breaches = life.told.filter((line) => line.endsWith('clockBreached workaround'));
    expect(breaches).toStrictEqual(['Wed 2026-11-18 16:00 clockBreached workaround']);
  });

  it('counts a breach of the old budget before itself', () => {
    const life = openLife('blocking', '2026-11-16 10:00').onAwakening('2026-11-19 11:00', 'requalify', {
      priority: 'major',
      text: 't',
    });
    expect(life.clock('workaround')?.breachedAt).toBe(local('2026-11-18 16:00'));
  });

  it('counts what was delivered while nothing was promised', () => {
    const life = openLife('minor', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-16 15:00', 'proposeWorkaround', { text: 't' })
      .on('2026-11-16 16:00', 'confirm', {})
      .on('2026-11-19 12:00', 'requalify', { priority: 'blocking', text: 't' });
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: local('2026-11-16 15:00') });
    expect(life.clock('resolution')?.status).toBe('running');
  });
});

describe('amending the terms', () => {
  const shorter = (hours: number): RequestTerms => {
    const { major, ...others } = ANOMALY_TERMS.priorities;
    const acknowledgement = major?.clocks.acknowledgement;
    if (!major || !acknowledgement) throw new Error('family D promises an acknowledgement');
    const delay = { businessHours: hours, calendar: 'support' };
    const clocks = { ...major.clocks, acknowledgement: { ...acknowledgement, delay } };
    return { ...ANOMALY_TERMS, version: 2, priorities: { ...others, major: { ...major, clocks } } };
  };
  const windows = supportWindow(WHOLE_WINDOW);

  it('makes a clock due then whose new budget is used up', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 12:00', 'amendTerms', { terms: shorter(1), windows })
      .until('2026-11-16 12:30');
    expect(life.clock('acknowledgement')?.breachedAt).toBe(local('2026-11-16 12:00'));
    expect(life.view.termsVersion).toBe(2);
  });

  it('does not forget what was due under the old terms', () => {
    const life = openLife('major', '2026-11-16 10:00').onAwakening('2026-11-16 14:00', 'amendTerms', {
      terms: shorter(8),
      windows,
    });
    expect(life.clock('acknowledgement')?.breachedAt).toBe(local('2026-11-16 13:00'));
  });

  it('gives more time to what is not due yet', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 12:00', 'amendTerms', { terms: shorter(8), windows })
      .until('2026-11-16 15:00');
    expect(life.due('acknowledgement')).toBe('Mon 2026-11-16 18:00');
    expect(life.view.breached).toBe(false);
  });
});
