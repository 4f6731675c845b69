/** What fits neither the contract nor the work is refused, with the field that is wrong; nothing changes. */
import { describe, expect, it } from 'vitest';
import { prepaidTickets } from '../../../contracts/templates/prepaidTickets.ts';
import { whatCancellingCosts } from '../../../domain/intervention/cancellation.ts';
import type { InterventionRules } from '../../../domain/intervention/rules.ts';
import type { UnitAmounts } from '../../../domain/intervention/terms.ts';
import { local } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import {
  approvedLife,
  HOSTING,
  openInterventionLife,
  rulesFor,
  SAAS,
  TICKETS,
} from '../../support/interventionLife.ts';
import { refusalIn } from '../../support/refusals.ts';

const DAY = '2026-11-30';

/** Four tickets, planned for the Monday. */
const planned = (rules: InterventionRules = TICKETS, bought = 10) =>
  approvedLife('2026-11-16 10:00', 4, { rules, book: new CreditBook().buy('ticket', bought) }).on(
    '2026-11-16 10:00',
    'schedule',
    { from: local(`${DAY} 08:00`), to: local(`${DAY} 17:00`) },
  );

describe('more than the estimate', () => {
  const WRONG: readonly UnitAmounts[] = [
    { gold: 1 },
    { ticket: 1, gold: 1 },
    { ticket: 0 },
    { ticket: -1 },
    { ticket: 1.5 },
    {},
  ];

  it.each(WRONG)('is neither asked for nor agreed to as %j', (units) => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    const { seq } = life.state;
    for (const type of ['askMore', 'agreeMore'] as const) {
      const refusal = refusalIn(() => life.on(`${DAY} 12:10`, type, { units }));
      expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: 'units' }] } });
    }
    expect([life.state.seq, life.book.pending('ticket')]).toEqual([seq, 4]);
  });

  it('of half-days may be time units, and of time units not half-days', () => {
    const ask = (unit: string, more: UnitAmounts) => {
      const book = new CreditBook().buy('halfDay', 4).buy('timeUnit', 16);
      const life = approvedLife('2026-11-16 10:00', 1, { book, rules: HOSTING, unit });
      return life.on('2026-11-16 10:10', 'askMore', { units: more });
    };
    expect(ask('halfDay', { halfDay: 1, timeUnit: 2 }).view.moreAsked?.amounts).toEqual({ halfDay: 1, timeUnit: 2 });
    expect(refusalIn(() => ask('timeUnit', { halfDay: 1 })).details.fields).toMatchObject([{ path: 'units' }]);
  });

  it('pays for work of an earlier day on the day of its own order', () => {
    const book = new CreditBook().buy('ticket', 4, '2027-11-01');
    const life = approvedLife('2026-11-16 10:00', 4, { book });
    life.on('2026-11-16 10:00', 'schedule', { from: local(`${DAY} 08:00`), to: local(`${DAY} 17:00`) });
    life.on(`${DAY} 15:00`, 'logWork', { minutes: 240, from: local(`${DAY} 08:00`) });
    life.on(`${DAY} 15:00`, 'agreeMore', { units: { ticket: 1 } });
    book.buy('ticket', 4, '2027-12-02', '2026-12-02');
    life.on('2026-12-02 10:00', 'creditAdded', {});
    life.on('2026-12-02 11:00', 'logWork', { minutes: 30, from: local(`${DAY} 16:00`) });
    life.on('2026-12-02 12:00', 'complete', { text: 't' });
    expect([book.posted, book.available('ticket'), book.pending('ticket')]).toEqual([{ ticket: 5 }, 3, 0]);
  });
});

describe('expenses', () => {
  it.each([0, -1, 1.5])('are not of %d cents', (cents) => {
    const life = planned();
    const expense = { kind: 'travel', cents, nonRefundable: true } as const;
    expect(refusalIn(() => life.on('2026-11-17 10:00', 'addExpense', expense)).details.fields).toMatchObject([
      { path: 'cents' },
    ]);
    expect(life.state.expenses).toEqual([]);
  });

  it.each([
    [true, 12_000],
    [false, 0],
  ])('that cannot be had back stay due where the terms say so: %s', (nonRefundableExpensesDue, due) => {
    const terms = prepaidTickets({ customer: 'Customer', provider: 'Provider' });
    const freeUntil = { businessDays: 5, calendar: 'support' };
    const cancellation = { freeUntil, nonRefundableExpensesDue };
    const life = planned(rulesFor({ ...terms, interventions: { ...terms.interventions, cancellation } }));
    life.on('2026-11-17 10:00', 'addExpense', { kind: 'travel', cents: 12_000, nonRefundable: true });
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-17 11:00')).expensesDue).toBe(due);
    life.on('2026-11-17 11:00', 'cancel', {});
    expect(life.state.ended?.expensesDue).toBe(due);
  });
});

describe('an estimate', () => {
  it.each([
    ['of on-call work', { unit: 'ticket' }, 'unit'],
    ['of on-call work', { units: 4 }, 'unit'],
  ])('%s has no units: %j', (_what, figures, path) => {
    const life = openInterventionLife('2026-11-16 09:00', SAAS);
    const send = () => life.on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', onCall: true, ...figures });
    expect(refusalIn(send)).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path }] } });
  });

  it('is not of work on site where the contract has none', () => {
    const rules = { ...TICKETS, terms: { ...TICKETS.terms, onSite: 'never' as const } };
    const life = openInterventionLife('2026-11-16 09:00', rules);
    life.on('2026-11-16 09:00', 'study', { feasible: true, text: 't' });
    const send = (onSite: boolean) => () =>
      life.on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4, onSite });
    expect(refusalIn(send(true)).details.fields).toMatchObject([{ path: 'onSite' }]);
    expect(send(false)().state.status).toBe('estimated');
  });
});
