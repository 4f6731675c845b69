import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../domain/failures.ts';
import { covers, isNone, plus, unitsIn } from '../../../domain/intervention/amounts.ts';
import { hasEnded } from '../../../domain/intervention/credit.ts';
import { closingAfter } from '../../../domain/intervention/days.ts';
import type { InterventionCommandName, InterventionPayloads } from '../../../domain/intervention/events.ts';
import { hoursOf, type InterventionRules } from '../../../domain/intervention/rules.ts';
import { reservedOf, usedOf } from '../../../domain/intervention/usage.ts';
import { local } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import { HOSTING, type InterventionLife, openInterventionLife, TICKETS } from '../../support/interventionLife.ts';

const HOUR = 3_600_000;
const START = local('2026-11-16 08:30');

/** Something that anybody may try at some moment. */
interface Step {
  readonly afterMinutes: number;
  readonly isAway: boolean;
  readonly what:
    | InterventionCommandName
    | 'creditAdded'
    | 'buy'
    | 'ledgerAway'
    | 'ledgerBack'
    | 'mailsLost'
    | 'mailsBack';
  readonly units: number;
  readonly minutes: number;
}

const LIKELY = [
  'approve',
  'schedule',
  'startWork',
  'startWork',
  'stopWork',
  'logWork',
  'logWork',
  'agreeMore',
] as const;
const OTHERS = [
  ...(['study', 'sendEstimate', 'confirmOrder', 'postpone', 'logTrip', 'addExpense', 'askMore'] as const),
  ...(['note', 'settleTask', 'correctAddress', 'declineMore', 'changeDate'] as const),
  ...(['creditAdded', 'buy', 'ledgerAway', 'ledgerBack', 'mailsLost', 'mailsBack'] as const),
];

const ENDS = ['complete', 'complete', 'cancel', 'cancel', 'withdraw', 'decline'] as const;

const step: fc.Arbitrary<Step> = fc.record({
  afterMinutes: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 45 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 4_000 }) },
  ),
  isAway: fc.boolean(),
  what: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...LIKELY) },
    { weight: 6, arbitrary: fc.constantFrom(...OTHERS) },
    { weight: 1, arbitrary: fc.constantFrom(...ENDS) },
  ),
  units: fc.integer({ min: 1, max: 6 }),
  minutes: fc.integer({ min: 1, max: 200 }),
});

/** Fields that often fit. */
function fieldsOf(life: InterventionLife, { what, units, minutes }: Step, now: number): object {
  const unit = Object.keys(life.rules.terms.units)[0] ?? '';
  const from = now + (minutes % 4) * 24 * HOUR;
  const fields: { readonly [name in InterventionCommandName]?: object } = {
    study: { feasible: true, text: 't' },
    sendEstimate: { estimate: `e${units}`, unit, units },
    approve: { estimate: life.state.estimate?.estimate ?? 'e1' },
    decline: { estimate: life.state.estimate?.estimate ?? 'e1' },
    confirmOrder: { order: 'OF-1' },
    schedule: { from, to: from + units * HOUR },
    changeDate: { from, to: from + HOUR, lost: life.view.cancelling?.lost ?? {} },
    cancel: { lost: life.view.cancelling?.lost ?? {} },
    logWork: { minutes },
    addExpense: { kind: 'travel', cents: units, nonRefundable: minutes > 100 },
    askMore: { units: { [unit]: units } },
    agreeMore: { units: { [unit]: units } },
    settleTask: { task: 'moreUnanswered' },
  };
  return fields[what as InterventionCommandName] ?? { text: 't' };
}

function take(life: InterventionLife, one: Step, now: number, unit: string): void {
  switch (one.what) {
    case 'buy':
      life.book.buy(unit, one.units, one.minutes > 150 ? '2026-12-10' : undefined);
      return;
    case 'ledgerAway':
      life.ledgerAway = true;
      return;
    case 'ledgerBack':
      life.answerLedger();
      return;
    case 'mailsLost':
      life.mailServer = (order) => (order.kind === 'interventionTask' ? 'accepted' : 'refused');
      return;
    case 'mailsBack':
      life.mailServer = () => 'accepted';
      return;
    default: {
      if (one.isAway) life.awayUntil(now);
      const fields = fieldsOf(life, one, now) as InterventionPayloads['note'];
      try {
        life.on(now, one.what as 'note', fields);
      } catch (error) {
        // What is not possible changes nothing.
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
}

/** How far it is before anything is tried. */
const STAGES = ['opened', 'estimated', 'approved', 'scheduled', 'working'] as const;

function begin(stage: (typeof STAGES)[number], book: CreditBook, rules: InterventionRules, unit: string) {
  const life = openInterventionLife(START, rules, book);
  const reaches = STAGES.indexOf(stage);
  if (reaches >= 1) {
    if (rules.terms.beforeWork.length > 0) life.on(START, 'study', { feasible: true, text: 't' });
    life.on(START, 'sendEstimate', { estimate: 'e1', unit, units: 3 });
  }
  if (reaches >= 2) life.on(START, 'approve', { estimate: 'e1' });
  if (life.state.status !== 'ready') return life;
  if (reaches >= 3) life.on(START, 'schedule', { from: START, to: START + HOUR });
  if (stage === 'working') life.on(START, 'startWork', {});
  return life;
}

/** What holds after every step, whatever was done. */
function holds(life: InterventionLife, unit: string): void {
  const { state, book, rules } = life;
  const { bought, accounted } = book.sums(unit);
  expect(accounted).toBe(bought);
  if (!hasEnded(state)) {
    expect(covers(reservedOf(state), usedOf(state, rules.terms))).toBe(true);
    expect([book.posted, book.forfeited]).toEqual([{}, {}]);
  }
  if (!life.ledgerAway) expect(book.pending(unit)).toBe(unitsIn(reservedOf(state), unit));
  // Nothing is spent that the customer has not agreed to.
  const agreed = plus(life.view.approved);
  expect(covers(agreed, plus(book.posted, book.forfeited))).toBe(true);
  if (!isNone(book.forfeited)) {
    expect(state.ended).toMatchObject({ by: 'customer' });
    expect(state.ended?.at).toBeGreaterThanOrEqual(state.plan?.freeBefore ?? Number.POSITIVE_INFINITY);
  }
  for (const { from, seconds } of state.logs) {
    if (from !== undefined) expect(closingAfter(hoursOf(rules), from)).toBeGreaterThanOrEqual(from + seconds * 1_000);
  }
  expect(new Set(life.keys).size).toBe(life.keys.length);
}

describe('any life of an intervention', () => {
  it.each([
    ['of tickets', TICKETS, 'ticket', 120],
    ['of time units', HOSTING, 'timeUnit', 60],
  ])(
    '%s loses, invents and spends no unit twice',
    (_what, rules, unit, numRuns) => {
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          fc.integer({ min: 0, max: 12 }),
          fc.constantFrom(...STAGES),
          (steps, bought, stage) => {
            const book = new CreditBook();
            if (bought > 0) book.buy(unit, bought);
            const life = begin(stage, book, rules, unit);
            let now = START;
            for (const one of steps) {
              now += one.afterMinutes * 60_000;
              take(life, one, now, unit);
              holds(life, unit);
            }
            life.answerLedger();
            holds(life, unit);
            if (!hasEnded(life.state)) return;
            expect(book.pending(unit)).toBe(0);
            const waiting = life.state.pending.filter(({ kind }) => kind !== 'mail');
            expect(waiting).toEqual([]);
          },
        ),
        { numRuns },
      );
    },
    60_000,
  );
});
