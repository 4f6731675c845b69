import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockPosition, promisedClocks } from '../../../domain/clocks.ts';
import { type ClockExplanation, type ExplanationStep, explainClock } from '../../../domain/explanation.ts';
import type { RequestPause } from '../../../domain/state.ts';
import type { ClockName, ClockTerms, Delay } from '../../../domain/terms.ts';
import { local, said } from '../../support/businessTime.ts';
import { type Life, openLife } from '../../support/life.ts';
import { cutWindow, rulesOf, supportWindow, WHOLE_WINDOW } from '../../support/rules.ts';

const HOUR = 3_600_000;

function explain(life: Life, name: ClockName): ClockExplanation {
  const clock = promisedClocks(life.state, life.rules.terms).find((promised) => promised.name === name);
  if (!clock) throw new Error(`${name} is not promised`);
  return explainClock(clock, life.state.pauses, life.rules);
}

/** `Mon 10:00-11:00 counted 1 (1)`, in hours. */
function told({ steps }: ClockExplanation): string[] {
  return steps.map((step) => {
    const [, day, time] = /^(\S+) \S+ (\S+)$/.exec(said({ at: step.from })) ?? [];
    const when = `${day} ${time}-${said({ at: step.to }).slice(-5)}`;
    if (step.kind === 'moved') return `${when} moved ${step.because}`;
    if (step.kind === 'paused') return `${when} paused ${step.causes.join('+')} ${step.ms / HOUR}`;
    return `${when} counted ${step.ms / HOUR} (${step.total / HOUR})`;
  });
}

describe('a clock that runs', () => {
  it('is explained interval by interval to its due moment', () => {
    const hours = explain(openLife('blocking', '2026-11-20 16:30'), 'workaround');
    expect(told(hours)).toEqual([
      'Fri 16:30-18:00 counted 1.5 (1.5)',
      'Mon 09:00-18:00 counted 9 (10.5)',
      'Tue 09:00-18:00 counted 9 (19.5)',
      'Wed 09:00-13:30 counted 4.5 (24)',
    ]);
    expect(hours).toMatchObject({ status: 'running', budgetMs: 24 * HOUR, usedMs: 24 * HOUR });
    expect(said({ at: hours.dueAt ?? 0 })).toBe('Wed 2026-11-25 13:30');
    expect(hours.until).toBe(hours.dueAt);
    expect(hours.businessDays).toBeUndefined();
  });

  it('in business days names each of them', () => {
    const days = explain(openLife('minor', '2026-12-23 16:20'), 'acknowledgement');
    expect(days.businessDays?.map((at) => said({ at }))).toEqual(['Thu 2026-12-24 16:20', 'Mon 2026-12-28 16:20']);
    expect(told(days)).toEqual([
      'Wed 16:20-18:00 counted 1.6666666666666667 (1.6666666666666667)',
      'Thu 09:00-18:00 counted 9 (10.666666666666666)',
      'Mon 09:00-16:20 counted 7.333333333333333 (18)',
    ]);
    expect(days).toMatchObject({ budgetMs: 18 * HOUR, usedMs: 18 * HOUR, dueAt: local('2026-12-28 16:20') });
  });

  it('leaves out the pauses, with their causes', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'ask', { text: 't' })
      .on('2026-11-17 10:00', 'answer', {});
    expect(told(explain(life, 'workaround')).slice(0, 4)).toEqual([
      'Mon 10:00-11:00 counted 1 (1)',
      'Mon 11:00-10:00 paused waiting 8',
      'Tue 10:00-18:00 counted 8 (9)',
      'Wed 09:00-18:00 counted 9 (18)',
    ]);
    expect(explain(life, 'workaround').dueAt).toBe(life.clock('workaround')?.dueAt);
  });

  it('and was made due by a change of priority says so', () => {
    const life = openLife('major', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-19 12:00', 'requalify', { priority: 'blocking', text: 't' });
    const explained = explain(life, 'workaround');
    expect(told(explained).slice(-2)).toEqual([
      'Wed 09:00-16:00 counted 7 (24)',
      'Wed 16:00-12:00 moved budgetChanged',
    ]);
    expect(explained).toMatchObject({ usedMs: 24 * HOUR, dueAt: local('2026-11-19 12:00') });
  });

  it('goes to the end of the window when it is due beyond', () => {
    const window = cutWindow(WHOLE_WINDOW, '2026-11-16', '2026-11-17');
    const explained = explain(
      openLife('major', '2026-11-16 10:00', rulesOf(undefined, supportWindow(window))),
      'resolution',
    );
    expect(explained.dueAt).toBeUndefined();
    expect(explained.budgetMs).toBeUndefined();
    expect(explained).toMatchObject({ usedMs: 17 * HOUR, until: window.until });
  });
});

describe('a clock that does not run', () => {
  it('is explained to where it stands still', () => {
    const life = openLife('major', '2026-11-16 10:00').on('2026-11-17 11:00', 'ask', { text: 't' });
    const explained = explain(life, 'workaround');
    expect(explained).toMatchObject({ status: 'paused', usedMs: 10 * HOUR, until: local('2026-11-17 11:00') });
    expect(explained.dueAt).toBeUndefined();
  });

  it('or to where it was met', () => {
    const life = openLife('blocking', '2026-11-16 10:00')
      .on('2026-11-16 11:30', 'acknowledge', {})
      .on('2026-11-17 10:00', 'proposeFix', { text: 't' })
      .on('2026-11-17 12:00', 'confirm', {});
    expect(told(explain(life, 'acknowledgement'))).toEqual(['Mon 10:00-11:30 counted 1.5 (1.5)']);
    const resolution = explain(life, 'resolution');
    expect(resolution).toMatchObject({ status: 'met', until: local('2026-11-17 10:00') });
    expect(resolution.usedMs).toBe(life.clock('resolution')?.took?.withoutPauses);
  });

  it('but to its due moment when that came first', () => {
    const life = openLife('blocking', '2026-11-16 10:00').on('2026-11-17 10:00', 'acknowledge', {});
    const explained = explain(life, 'acknowledgement');
    expect(explained).toMatchObject({ status: 'met', usedMs: 3 * HOUR, dueAt: local('2026-11-16 13:00') });
    expect(explained.until).toBe(life.clock('acknowledgement')?.breachedAt);
  });
});

describe('whatever the delay and the pauses', () => {
  const minute = fc.integer({ min: 0, max: 120 * 24 * 60 });
  const delay = fc.oneof<fc.Arbitrary<Delay>[]>(
    fc.integer({ min: 1, max: 400 }).map((quarters) => ({ businessHours: quarters / 4, calendar: 'support' })),
    fc.integer({ min: 1, max: 40 }).map((businessDays) => ({ businessDays, calendar: 'support' })),
    fc.integer({ min: 1, max: 400 }).map((calendarHours) => ({ calendarHours })),
    fc.integer({ min: 1, max: 90_000 }).map((openedSeconds) => ({ openedSeconds, calendar: 'support' })),
  );
  const pauses = fc.array(
    fc.record({
      cause: fc.constantFrom('waiting' as const, 'escalated' as const, 'deferred' as const, 'fixProposed' as const),
      after: fc.integer({ min: 0, max: 300 * 60 }),
      lasting: fc.integer({ min: 1, max: 100 * 60 }),
      isOver: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  const clockTerms = (budget: Delay): ClockTerms => ({
    delay: budget,
    starts: 'registration',
    pausedWhile: ['waiting'],
    metBy: ['fix'],
    commitment: 'firm',
    warnAt: 0.75,
  });

  it('the steps are in order, each in opening hours or paused, and add up to what was used: all of it when due', () => {
    fc.assert(
      fc.property(
        minute,
        delay,
        pauses,
        fc.option(fc.integer({ min: 0, max: 300 * 60 })),
        (start, budget, drawn, met) => {
          const startedAt = local('2026-01-02 00:00') + start * 60_000;
          const given: RequestPause[] = drawn.map(({ cause, after, lasting, isOver }) => {
            const from = startedAt + after * 60_000;
            return { cause, from, ...(isOver ? { to: from + lasting * 60_000 } : {}) };
          });
          const rules = rulesOf();
          const state = met === null ? {} : { metAt: startedAt + met * 60_000 };
          const terms = clockTerms(budget);
          const explained = explainClock({ name: 'resolution', terms, start: startedAt, state }, given, rules);
          const position = clockPosition({ name: 'resolution', terms, start: startedAt, state }, given, rules);

          const counted = explained.steps.filter((step) => step.kind === 'counted');
          expect(counted.reduce((sum, { ms }) => sum + ms, 0)).toBe(explained.usedMs);
          expect(counted.at(-1)?.total ?? 0).toBe(explained.usedMs);
          expect(explained.usedMs).toBeLessThanOrEqual(explained.budgetMs ?? Number.NaN);
          if (explained.dueAt !== undefined) expect(explained.usedMs).toBe(explained.budgetMs);
          if (position.kind === 'running') expect({ at: explained.dueAt }).toEqual(position.due);
          expectInOrder(explained.steps);
          for (const { from, to, ms } of counted) expect(ms).toBe(to - from);
          for (const step of explained.steps.filter(({ kind }) => kind === 'paused')) {
            expect(given.some(({ from, to = Number.POSITIVE_INFINITY }) => from <= step.from && step.from < to)).toBe(
              true,
            );
          }
          if (!('calendarHours' in budget)) {
            const { opens, closes } = rules.openings('support');
            const isWithin = ({ from, to }: ExplanationStep) =>
              opens.some((open, index) => open <= from && to <= (closes[index] ?? 0));
            expect(counted.every(isWithin)).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  function expectInOrder(steps: readonly ExplanationStep[]): void {
    steps.forEach((step, index) => {
      expect(step.to).toBeGreaterThan(step.from);
      expect(step.from).toBeGreaterThanOrEqual(steps[index - 1]?.to ?? Number.NEGATIVE_INFINITY);
    });
  }
});
