import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepaidTickets } from '../../../contracts/templates/prepaidTickets.ts';
import { isNone, plus } from '../../../domain/intervention/amounts.ts';
import { shares, whatCancellingCosts } from '../../../domain/intervention/cancellation.ts';
import type { UnitAmounts } from '../../../domain/intervention/terms.ts';
import { local, said } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import { approvedLife, openInterventionLife, rulesFor, TICKETS } from '../../support/interventionLife.ts';
import { none } from '../../support/none.ts';
import { refusalIn } from '../../support/refusals.ts';

const MONDAY = '2026-11-30 09:00';

/** Four tickets, planned for a day. */
function planned(day: string, openedAt = '2026-11-02 10:00', rules = TICKETS) {
  return approvedLife(openedAt, 4, { rules }).on(openedAt, 'schedule', {
    from: local(`${day} 09:00`),
    to: local(`${day} 14:00`),
  });
}

describe('five whole business days before, cancelling is free; four lose the units', () => {
  it.each([
    ['a Monday', '2026-11-30', '2026-11-24'],
    ['a Friday', '2026-11-27', '2026-11-23'],
    ['a day after a holiday', '2026-11-12', '2026-11-05'],
    ['a day after two holidays and two weekends', '2027-01-04', '2026-12-28'],
  ])('of %s, %s, cancelling costs from %s on', (_what, day, firstLost) => {
    const life = planned(day);
    const limit = local(`${firstLost} 00:00`);
    expect(whatCancellingCosts(life.state, life.rules, limit - 1)).toMatchObject({ free: true, lost: none });
    expect(whatCancellingCosts(life.state, life.rules, limit)).toEqual({
      ...{ free: false, freeBefore: limit, expensesDue: 0 },
      ...{ lost: { ticket: 4 }, used: {}, returned: {} },
    });
  });

  it('shows the limit with the date', () => {
    const life = planned('2026-11-30');
    expect(said({ at: life.view.plan?.freeBefore ?? 0 })).toBe('Tue 2026-11-24 00:00');
    const scheduled = life.mails.find(({ order }) => order.kind === 'scheduled')?.order;
    expect(scheduled).toMatchObject({ freeBefore: local('2026-11-24 00:00'), backup: true });
  });

  it('is lost at once for a date that was agreed inside the limit', () => {
    const life = planned('2026-11-05', '2026-11-03 10:00');
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-03 10:01')).lost).toEqual({ ticket: 4 });
    expect(life.mails.find(({ order }) => order.kind === 'scheduled')?.order).toMatchObject({ late: true });
  });

  it('finds the midnight of a day on which the hour changes', () => {
    // With Saturdays and Sundays that are business days, the limit of a Thursday is a Sunday.
    const terms = prepaidTickets({ customer: 'Customer', provider: 'Provider' });
    const hours: [string, string][] = [['08:00', '17:00']];
    const { support } = terms.calendars;
    if (!support) throw new Error('no calendar');
    const always = { ...support, weekly: { ...support.weekly, sat: hours, sun: hours } };
    const rules = rulesFor({ ...terms, calendars: { support: always } });
    const life = planned('2028-03-30', '2028-03-01 10:00', rules);
    expect(life.view.plan?.freeBefore).toBe(Date.parse('2028-03-26T00:00:00+01:00'));
  });
});

describe('cancelling by the customer', () => {
  it('before the limit releases everything', () => {
    const life = planned('2026-11-30').on('2026-11-23 23:59', 'cancel', {});
    expect(life.state).toMatchObject({ status: 'cancelled', ended: { lost: none, returned: { ticket: 4 } } });
    expect(life.book.available('ticket')).toBe(4);
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-23 23:59 news cancelled');
    const onPhone = { channel: 'phone', enteredBy: 'staff:a1' } as const;
    const written = planned('2026-11-30').on('2026-11-23 23:59', 'cancel', onPhone);
    expect(written.mailed.at(-1)).toBe('Mon 2026-11-23 23:59 cancelled by the customer');
  });

  it('after it forfeits, once the customer was shown what it costs', () => {
    const life = planned('2026-11-30').until('2026-11-24 00:00');
    expect(refusalIn(() => life.on('2026-11-24 00:00', 'cancel', {}))).toMatchObject({ type: 'Conflict' });
    expect(refusalIn(() => life.on('2026-11-24 00:00', 'cancel', { lost: { ticket: 3 } })).type).toBe('Conflict');
    expect(life.state.status).toBe('scheduled');
    life.on('2026-11-24 00:00', 'cancel', { lost: { ticket: 4 } });
    expect(life.state).toMatchObject({ status: 'cancelled', ended: { lost: { ticket: 4 }, returned: none } });
    expect(life.book).toMatchObject({ forfeited: { ticket: 4 }, posted: {} });
    expect(life.book.available('ticket')).toBe(0);
  });

  it('loses the planned part only: what was not planned for the date returns', () => {
    const life = approvedLife('2026-11-02 10:00', 10).on('2026-11-02 10:00', 'schedule', {
      ...{ from: local(MONDAY), to: local('2026-11-30 15:00') },
      units: { ticket: 4 },
    });
    life.on('2026-11-26 10:00', 'cancel', { lost: { ticket: 4 } });
    expect(life.state.ended).toMatchObject({ used: none, lost: { ticket: 4 }, returned: { ticket: 6 } });
    expect(life.book.available('ticket')).toBe(6);
  });

  it('loses no more than is approved: more cannot be planned for a date', () => {
    const life = approvedLife('2026-11-02 10:00', 4);
    const date = { from: local(MONDAY), to: local('2026-11-30 15:00'), units: { ticket: 5 } };
    const refusal = refusalIn(() => life.on('2026-11-02 10:00', 'schedule', date));
    expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: 'units' }] } });
  });

  it('loses the part planned for this date, whatever was performed on an earlier one', () => {
    const life = approvedLife('2026-11-02 10:00', 10).on('2026-11-02 10:00', 'schedule', {
      ...{ from: local('2026-11-10 09:00'), to: local('2026-11-10 12:00') },
      units: { ticket: 3 },
    });
    life.on('2026-11-10 10:00', 'logWork', { minutes: 61 });
    life.on('2026-11-10 12:00', 'schedule', {
      ...{ from: local(MONDAY), to: local('2026-11-30 15:00') },
      units: { ticket: 4 },
    });
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-23 23:59'))).toMatchObject({
      ...{ free: true, used: { ticket: 2 }, lost: {}, returned: { ticket: 8 } },
    });
    life.on('2026-11-26 10:00', 'cancel', { lost: { ticket: 4 } });
    expect(life.book).toMatchObject({ posted: { ticket: 2 }, forfeited: { ticket: 4 } });
    expect(life.book.available('ticket')).toBe(4);
  });

  it('in the midst of the work debits what was done and loses what was planned and is not', () => {
    const life = approvedLife('2026-11-02 10:00', 10).on('2026-11-02 10:00', 'schedule', {
      ...{ from: local(MONDAY), to: local('2026-11-30 15:00') },
      units: { ticket: 4 },
    });
    life.on(MONDAY, 'startWork', {});
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-30 10:30'))).toMatchObject({
      ...{ used: { ticket: 2 }, lost: { ticket: 2 }, returned: { ticket: 6 } },
    });
    life.on('2026-11-30 10:30', 'cancel', { lost: { ticket: 2 } });
    expect(life.state.logs).toMatchObject([{ seconds: 5_400 }]);
    expect(life.book).toMatchObject({ posted: { ticket: 2 }, forfeited: { ticket: 2 } });
    expect(life.book.available('ticket')).toBe(6);
  });

  it('of a date that has passed without work is free: it was not kept', () => {
    const life = planned('2026-11-30').until('2026-11-30 13:59');
    const cost = (time: string) => whatCancellingCosts(life.state, life.rules, local(time));
    expect(cost('2026-11-30 13:59').lost).toEqual({ ticket: 4 });
    expect(cost('2026-11-30 14:00')).toMatchObject({ free: true, lost: none, returned: { ticket: 4 } });
    life.on('2026-12-01 09:00', 'changeDate', { from: local('2026-12-10 09:00'), to: local('2026-12-10 14:00') });
    expect(life.state).toMatchObject({ status: 'scheduled', plan: { from: local('2026-12-10 09:00') } });
    const worked = planned('2026-11-30').on(MONDAY, 'logWork', { minutes: 5 });
    expect(whatCancellingCosts(worked.state, worked.rules, local('2026-11-30 15:00')).lost).toEqual({ ticket: 3 });
  });

  it('of a date without a plan is free', () => {
    const life = approvedLife('2026-11-02 10:00', 4).on('2026-11-03 10:00', 'cancel', {});
    expect(life.state.ended).toMatchObject({ lost: none, returned: { ticket: 4 } });
  });

  it('leaves expenses due that cannot be had back', () => {
    const life = planned('2026-11-30');
    life.on('2026-11-10 10:00', 'addExpense', { kind: 'travel', cents: 12_000, nonRefundable: true });
    life.on('2026-11-10 10:00', 'addExpense', { kind: 'meals', cents: 3_000, nonRefundable: false });
    expect(life.view.cancelling).toMatchObject({ free: true, expensesDue: 12_000 });
    life.on('2026-11-10 11:00', 'cancel', {});
    expect(life.state.ended).toMatchObject({ expensesDue: 12_000 });
  });

  it('leaves every expense due once the clock of the work runs', () => {
    const life = planned('2026-11-30').on(MONDAY, 'startWork', {});
    life.on(MONDAY, 'addExpense', { kind: 'meals', cents: 3_000, nonRefundable: false });
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-30 09:10')).expensesDue).toBe(3_000);
  });

  it('loses the whole intervention where the terms say so', () => {
    const terms = prepaidTickets({ customer: 'Customer', provider: 'Provider' });
    const cancellation = { freeUntil: { businessDays: 5, calendar: 'support' }, lost: 'wholeIntervention' as const };
    const rules = rulesFor({ ...terms, interventions: { ...terms.interventions, cancellation } });
    const life = approvedLife('2026-11-02 10:00', 10, { rules }).on('2026-11-02 10:00', 'schedule', {
      ...{ from: local(MONDAY), to: local('2026-11-30 15:00') },
      units: { ticket: 4 },
    });
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-26 10:00')).lost).toEqual({ ticket: 10 });
  });

  it('while the ledger is being asked waits for its answer, and gives all of it back', () => {
    const life = approvedLife('2026-11-02 10:00', 4, { book: new CreditBook() });
    expect(life.state.status).toBe('awaitingOrder');
    life.book.buy('ticket', 4);
    life.ledgerAway = true;
    life.on('2026-11-03 10:00', 'confirmOrder', { order: 'OF-1' });
    life.on('2026-11-03 10:01', 'cancel', {});
    expect(life.state.status).toBe('cancelled');
    life.answerLedger();
    expect(life.book.available('ticket')).toBe(4);
    expect(life.state.pending).toEqual([]);
  });
});

describe('an answer of the ledger that comes after the end', () => {
  it('leaves nothing waiting, though it be a refusal', () => {
    const life = openInterventionLife('2026-11-02 10:00')
      .on('2026-11-02 10:00', 'study', { feasible: true, text: 't' })
      .on('2026-11-02 10:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 });
    life.ledgerAway = true;
    life.on('2026-11-02 10:00', 'approve', { estimate: 'e1' }).on('2026-11-02 10:01', 'withdraw', { text: 't' });
    expect(life.answerLedger().state).toMatchObject({ status: 'cancelled', pending: [] });
  });
});

describe('cancelling while units are reserved anew for a later date', () => {
  it.each([
    ['are there', 4],
    ['are not there', 0],
  ])('returns all of them, whether the later ones %s', (_what, later) => {
    const book = new CreditBook().buy('ticket', 4, '2026-11-30').buy('ticket', later, '2027-11-30');
    const life = approvedLife('2026-11-02 10:00', 4, { book });
    life.ledgerAway = true;
    life.on('2026-11-02 11:00', 'schedule', { from: local('2026-12-14 09:00'), to: local('2026-12-14 12:00') });
    expect(life.state.status).toBe('reserving');
    life.on('2026-11-02 11:01', 'cancel', {}).answerLedger();
    expect(life.state).toMatchObject({ status: 'cancelled', pending: [], reservations: [] });
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([4 + later, 0]);
  });
});

describe('a change of date by the customer', () => {
  const other = { from: local('2026-12-07 09:00'), to: local('2026-12-07 14:00') };

  it('before the limit moves it', () => {
    const life = planned('2026-11-30').on('2026-11-23 18:00', 'changeDate', other);
    expect(life.state).toMatchObject({ status: 'scheduled', plan: { from: other.from, units: { ticket: 4 } } });
    expect(life.told.slice(-2).map((line) => line.split(' ').at(-1))).toEqual(['dateChanged', 'scheduled']);
    const told = life.mails.findLast(({ order }) => order.kind === 'scheduled')?.order;
    expect(told).toMatchObject({ from: other.from, wasFrom: local(MONDAY) });
    const news = life.mails.find(({ order }) => order.kind === 'interventionNews')?.order;
    expect(news).toMatchObject({ news: 'dateChanged', from: other.from, wasFrom: local(MONDAY) });
  });

  it('inside it counts as cancelling', () => {
    const life = planned('2026-11-30').until('2026-11-24 08:00');
    const refusal = refusalIn(() => life.on('2026-11-24 08:00', 'changeDate', other));
    expect(refusal).toMatchObject({ type: 'Conflict', message: expect.stringContaining('counts as cancelling') });
    life.on('2026-11-24 08:00', 'changeDate', { ...other, lost: { ticket: 4 } });
    expect(life.mails.map(({ order }) => order)).toContainEqual(
      expect.objectContaining({ kind: 'cancelled', otherDate: true }),
    );
    expect(life.state).toMatchObject({ status: 'cancelled', ended: { lost: { ticket: 4 } } });
  });

  it('is free inside it too where the terms say so, and keeps the limit', () => {
    const terms = prepaidTickets({ customer: 'Customer', provider: 'Provider' });
    const cancellation = { freeUntil: { businessDays: 5, calendar: 'support' }, dateChangeCounts: false };
    const rules = rulesFor({ ...terms, interventions: { ...terms.interventions, cancellation } });
    const life = planned('2026-11-30', '2026-11-02 10:00', rules).on('2026-11-25 08:00', 'changeDate', other);
    expect(life.state).toMatchObject({ status: 'scheduled', plan: { from: other.from } });
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-25 09:00')).lost).toEqual({ ticket: 4 });
  });
});

describe('by the provider', () => {
  it('postponing loses nothing: the units stay reserved, another date is to be agreed', () => {
    const life = planned('2026-11-30').on('2026-11-27 10:00', 'postpone', { text: 't' });
    expect(life.state).toMatchObject({ status: 'ready', reservations: [{ amounts: { ticket: 4 } }] });
    expect(life.mailed.slice(-2)).toEqual([
      'Fri 2026-11-27 10:00 postponed',
      'Fri 2026-11-27 10:00 task agreeOtherDate',
    ]);
    expect(whatCancellingCosts(life.state, life.rules, local('2026-11-27 10:01')).free).toBe(true);
    life.on('2026-11-27 11:00', 'schedule', { from: local('2026-12-01 09:00'), to: local('2026-12-01 11:00') });
    expect(life.state.status).toBe('scheduled');
  });

  it('postponing in the midst of the work leaves what was done', () => {
    const life = planned('2026-11-30').on(MONDAY, 'startWork', {});
    expect(refusalIn(() => life.on('2026-11-30 09:30', 'postpone', { text: 't' })).type).toBe('InvalidTransition');
    life.on('2026-11-30 09:30', 'stopWork', {}).on('2026-11-30 09:40', 'postpone', { text: 't' });
    expect(life.view).toMatchObject({ status: 'inProgress', work: { seconds: 1_800 } });
    expect(life.view.plan).toBeUndefined();
    life.on('2026-11-30 10:00', 'complete', { text: 't' });
    expect([life.book.posted, life.book.available('ticket')]).toEqual([{ ticket: 1 }, 3]);
  });

  it('withdrawing gives everything back', () => {
    const life = planned('2026-11-30').on('2026-11-29 10:00', 'withdraw', { text: 't' });
    expect(life.state.ended).toMatchObject({ by: 'provider', lost: none, returned: { ticket: 4 } });
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'cancelled', by: 'provider', text: 't' });
    expect(life.book.available('ticket')).toBe(4);
  });

  it.each([
    ['debits nothing', {}, {}, 0],
    ['debits it where the provider says that it is owed', { debitWork: true }, { ticket: 2 }, 3_000],
  ])('withdrawing in the midst of the work %s', (_what, wish, used, expensesDue) => {
    const life = planned('2026-11-30').on(MONDAY, 'startWork', {});
    life.on(MONDAY, 'addExpense', { kind: 'meals', cents: 3_000, nonRefundable: false });
    life.on('2026-11-30 10:01', 'withdraw', { text: 't', ...wish });
    expect(life.state).toMatchObject({ logs: [{ seconds: 3_660 }], ended: { expensesDue } });
    expect([life.book.posted, life.book.forfeited, life.book.pending('ticket')]).toEqual([used, {}, 0]);
  });
});

describe('shares of reservations', () => {
  it('account for each unit once: posted, forfeited or returned', () => {
    const amounts = fc.record({ ticket: fc.integer({ min: 1, max: 9 }) }) as fc.Arbitrary<UnitAmounts>;
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 4 }), fc.nat(40), fc.nat(40), (held, used, lost) => {
        const all = plus(...held).ticket ?? 0;
        const toUse = Math.min(used, all);
        const toLose = Math.min(lost, all - toUse);
        const parts = shares(held, { ticket: toUse }, { ticket: toLose });
        expect(plus(...parts.map(({ post }) => post)).ticket ?? 0).toBe(toUse);
        expect(plus(...parts.map(({ forfeit }) => forfeit)).ticket ?? 0).toBe(toLose);
        parts.forEach(({ post, forfeit }, index) => {
          const sum = (post.ticket ?? 0) + (forfeit.ticket ?? 0);
          expect(sum).toBeLessThanOrEqual(held[index]?.ticket ?? 0);
        });
        expect(isNone({})).toBe(true);
      }),
    );
  });
});
