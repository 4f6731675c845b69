import { describe, expect, it } from 'vitest';
import { shortTerms, wholeTerms } from '../../../domain/shortTerms.ts';
import type { ClockTerms, PriorityTerms, RequestTerms } from '../../../domain/terms.ts';
import { ANOMALY_TERMS } from '../../support/rules.ts';

describe('terms without what is usual', () => {
  it('are the same again once written out', () => {
    expect(wholeTerms(shortTerms(ANOMALY_TERMS))).toEqual(ANOMALY_TERMS);
  });

  it('keep what is not usual', () => {
    const { blocking } = ANOMALY_TERMS.priorities;
    const clock: ClockTerms = {
      starts: 'registration',
      pausedWhile: [],
      metBy: ['fix'],
      commitment: 'firm',
      warnAt: 0.75,
      delay: { businessDays: 5, calendar: 'night' },
    };
    const clocks: PriorityTerms['clocks'] = {
      resolution: clock,
      recovery: {
        ...clock,
        pausedWhile: ['waiting', 'escalated'],
        delay: { calendarHours: 72 },
        commitment: 'bestEffort',
        warnAt: 0.5,
      },
    };
    const unusual: RequestTerms = {
      ...ANOMALY_TERMS,
      reopenWithin: { businessHours: 90, calendar: 'night' },
      priorities: {
        only: { clocks, deferrable: true, ...(blocking?.reminders ? { reminders: blocking.reminders } : {}) },
      },
    };
    expect(wholeTerms(shortTerms(unusual))).toEqual(unusual);
  });

  it('may be written out in full from the beginning', () => {
    expect(wholeTerms(ANOMALY_TERMS)).toEqual(ANOMALY_TERMS);
  });
});
