import { describe, expect, it } from 'vitest';
import { nextMoment } from '../../../domain/passing.ts';
import { local } from '../../support/businessTime.ts';
import { type Life, openLife } from '../../support/life.ts';
import { ANOMALY_TERMS, cutWindow, rulesOf, supportWindow, WHOLE_WINDOW } from '../../support/rules.ts';

/** Family D's opening hours up to and including this local date. */
function until(date: string) {
  return supportWindow(cutWindow(WHOLE_WINDOW, '2026-11-01', date));
}

function openUntil(date: string): Life {
  return openLife('major', '2026-11-16 10:00', rulesOf(ANOMALY_TERMS, until(date)));
}

function extended(life: Life, time: string, date: string): Life {
  const key = life.windowsAsked.at(-1) ?? '';
  return life.onAwakening(time, 'windowExtended', { key, windows: until(date), who: 'system', channel: 'system' });
}

describe('a window that ends too soon', () => {
  it('hides the due moment beyond it, and is asked for once', () => {
    const life = openUntil('2026-11-20').until('2026-11-18 10:00');
    expect(life.clock('resolution')).toMatchObject({ status: 'running' });
    expect(life.due('resolution')).toBeUndefined();
    expect(life.windowsAsked).toHaveLength(1);
    expect(life.state).toMatchObject({ extending: true });
  });

  it('once extended shows it, and life goes on', () => {
    const life = extended(openUntil('2026-11-20').until('2026-11-18 10:00'), '2026-11-18 10:00', '2027-03-01');
    expect(life.due('resolution')).toBe('Thu 2026-11-26 10:00');
    expect(life.state.extending).toBeUndefined();
    expect(life.state.pending).toStrictEqual([]);
    life.until('2026-11-27 10:00');
    expect(life.clock('resolution')?.breachedAt).toBe(local('2026-11-26 10:00'));
    expect(life.windowsAsked).toHaveLength(1);
  });

  it('once extended late finds the breach, with its due instant', () => {
    const life = extended(openUntil('2026-11-20').until('2026-12-18 10:00'), '2026-12-18 10:00', '2027-03-01');
    expect(life.clock('resolution')?.breachedAt).toBe(local('2026-11-26 10:00'));
    expect(life.clock('workaround')?.breachedAt).toBe(local('2026-11-26 10:00'));
  });

  it.each([
    ['delivered', 'proposeFix'],
    ['acknowledged', 'acknowledge'],
    ['closed', 'close'],
  ] as const)('once extended late finds the breach of what was %s meanwhile', (_, type) => {
    const life = openLife('blocking', '2026-11-16 10:00', rulesOf(ANOMALY_TERMS, until('2026-11-16')));
    if (type === 'proposeFix') life.on('2026-11-16 12:00', 'acknowledge', {});
    const fields = { text: 't', reason: 'withdrawn' as const };
    const clock = type === 'proposeFix' ? 'workaround' : 'acknowledgement';
    const at = type === 'proposeFix' ? '2026-11-18 16:00' : '2026-11-16 13:00';
    life.judgedBy(rulesOf(ANOMALY_TERMS, until('2026-11-13'))).onAwakening('2026-12-17 10:00', type, fields);
    expect(life.clock(clock)?.breachedAt).toBeUndefined();
    life.onAwakening('2026-12-18 10:00', 'windowExtended', { key: 'w', windows: until('2027-03-01') });
    expect(life.clock(clock)?.breachedAt).toBe(local(at));
  });

  it('does not stop reminders that it still reaches', () => {
    const life = openUntil('2026-11-20').on('2026-11-16 11:00', 'ask', { text: 't' }).until('2026-11-20 10:00');
    expect(life.mailed.at(-1)).toBe('Thu 2026-11-19 11:00 reminder 1');
  });
});

describe('fewer than ten business days left', () => {
  it('is a due moment like any other', () => {
    const life = openUntil('2026-12-11').on('2026-11-16 11:00', 'acknowledge', {}).until('2026-11-27 18:00');
    expect(life.windowsAsked).toHaveLength(0);
    // From 30 November on: ten. On 1 December: nine.
    expect(life.until('2026-11-30 17:59').windowsAsked).toHaveLength(0);
    expect(life.until('2026-11-30 18:00').windowsAsked).toHaveLength(1);
    expect(life.until('2027-03-01 10:00').windowsAsked).toHaveLength(1);
    extended(life, '2027-03-01 10:00', '2027-05-01');
    expect(nextMoment(life.state, life.rules)?.what).toBe('window');
  });

  it('of a closed request is nobody’s concern', () => {
    const life = openUntil('2026-12-11').on('2026-11-16 11:00', 'close', { reason: 'withdrawn' });
    expect(life.until('2027-03-01 10:00').windowsAsked).toStrictEqual([]);
  });
});

describe('windows that stay too short', () => {
  it('are asked for again on the next day, not in a loop, and never given up', () => {
    const life = openUntil('2026-11-20').until('2026-11-16 10:00');
    extended(life, '2026-11-16 10:01', '2026-11-23').until('2026-11-16 23:00');
    expect(life.windowsAsked).toHaveLength(1);
    life.until('2026-11-17 10:00');
    expect(life.windowsAsked).toHaveLength(1);
    life.until('2026-11-17 10:01');
    expect(life.windowsAsked).toHaveLength(2);
    extended(life, '2026-11-17 10:02', '2027-03-01');
    expect(life.state.extendNotBefore).toBeUndefined();
    expect(life.due('resolution')).toBe('Thu 2026-11-26 10:00');
  });

  it('are asked for again on the next day when building them failed for good', () => {
    const life = openUntil('2026-11-20').until('2026-11-16 10:00');
    life.onAwakening('2026-11-16 10:05', 'effectConflict', { key: life.windowsAsked[0] ?? '' });
    expect(life.until('2026-11-17 10:04').windowsAsked).toHaveLength(1);
    expect(life.until('2026-11-17 10:05').windowsAsked).toHaveLength(2);
  });
});
