import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import type { CreditBook } from '../../support/creditBook.ts';
import { CreditBook as Book } from '../../support/creditBook.ts';
import {
  approvedLife,
  HOSTING,
  type InterventionLife,
  openInterventionLife,
  TICKETS,
} from '../../support/interventionLife.ts';
import { none } from '../../support/none.ts';
import { refusalIn } from '../../support/refusals.ts';

const DAY = '2026-11-30';

/** Four tickets of ten, planned for the Monday. */
function planned(book: CreditBook = new Book().buy('ticket', 10)): InterventionLife {
  return approvedLife('2026-11-16 10:00', 4, { book }).on('2026-11-16 10:00', 'schedule', {
    from: local(`${DAY} 08:00`),
    to: local(`${DAY} 17:00`),
  });
}

const about = (life: InterventionLife) => life.mailed.filter((mail) => mail.includes('more asked'));

describe('at 80 % of the estimate, and before it is passed, the customer is told and asked', () => {
  it('while the work is timed, at the very instants; then the clock stops', () => {
    const life = planned().on(`${DAY} 13:00`, 'startWork', {}).until(`${DAY} 23:00`);
    // 3 h 12 of 4 h, and 17:00, which is closing time too.
    expect(about(life)).toEqual(['Mon 2026-11-30 16:12 more asked: share', 'Mon 2026-11-30 17:00 more asked: usedUp']);
    expect(life.told.slice(-4)).toEqual([
      'Mon 2026-11-30 13:00 workStarted',
      'Mon 2026-11-30 16:12 shareUsed',
      'Mon 2026-11-30 17:00 workStopped',
      'Mon 2026-11-30 17:00 usedUp',
    ]);
    expect(life.view.work).toMatchObject({ seconds: 4 * 3_600, secondsLeft: 0, used: { ticket: 4 } });
    expect(life.view.waiting).toMatchObject({ for: 'more' });
  });

  it('however late the worker wakes up', () => {
    const life = planned().on(`${DAY} 13:00`, 'startWork', {}).awayUntil('2026-12-02 10:00');
    expect(life.told.slice(-3)).toEqual([
      'Mon 2026-11-30 16:12 shareUsed',
      'Mon 2026-11-30 17:00 workStopped',
      'Mon 2026-11-30 17:00 usedUp',
    ]);
    expect(about(life)).toEqual(['Wed 2026-12-02 10:00 more asked: usedUp']);
    expect(life.view.work.seconds).toBe(4 * 3_600);
    expect(life.view.waiting).toMatchObject({ since: local('2026-12-02 10:00'), remindersSent: 0 });
  });

  it('when it is written down', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 191 });
    expect(about(life)).toEqual([]);
    life.on(`${DAY} 12:01`, 'logWork', { minutes: 1 });
    expect(about(life)).toEqual(['Mon 2026-11-30 12:01 more asked: share']);
    expect(life.mails.at(-1)?.order).toMatchObject({ used: { ticket: 4 }, secondsLeft: 48 * 60 });
    life.on(`${DAY} 15:00`, 'logWork', { minutes: 48 });
    expect(about(life).at(-1)).toBe('Mon 2026-11-30 15:00 more asked: usedUp');
  });

  it('once each, as long as nothing more is agreed to', () => {
    const life = planned();
    for (const minutes of [192, 10, 10, 10]) life.on(`${DAY} 15:00`, 'logWork', { minutes });
    expect(about(life)).toHaveLength(1);
    // A trip costs no ticket: it may be written down when all of them are used.
    life.on(`${DAY} 16:00`, 'logWork', { minutes: 18 }).on(`${DAY} 16:10`, 'logTrip', {});
    expect(about(life)).toEqual(['Mon 2026-11-30 15:00 more asked: share', 'Mon 2026-11-30 16:00 more asked: usedUp']);
  });
});

describe('beyond the estimate', () => {
  it('nothing can be logged, timed or completed', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 239 });
    const refusal = refusalIn(() => life.on(`${DAY} 12:00`, 'logWork', { minutes: 1, seconds: 1 }));
    expect(refusal).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('Left: 1 min.'),
      details: { fields: [{ path: 'minutes', message: 'At most 1 min.' }] },
    });
    const bySeconds = refusalIn(() => life.on(`${DAY} 12:00`, 'logWork', { seconds: 61 }));
    expect(bySeconds).toMatchObject({ details: { fields: [{ path: 'seconds' }] } });
    life.on(`${DAY} 12:00`, 'logWork', { seconds: 60 });
    expect(refusalIn(() => life.on(`${DAY} 13:00`, 'startWork', {}))).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('Left: nothing.'),
    });
  });

  it('silence stops the work at the estimate: reminders, then a person', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 }).until('2026-12-20 12:00');
    expect(life.mailed.slice(-5)).toEqual([
      'Mon 2026-11-30 12:00 more asked: usedUp',
      'Tue 2026-12-01 13:00 reminder 1 of more',
      'Thu 2026-12-03 13:00 reminder 2 of more',
      'Mon 2026-12-07 13:00 reminder 3 of more',
      'Mon 2026-12-07 13:00 task moreUnanswered',
    ]);
    life.on('2026-12-21 10:00', 'complete', { text: 't' });
    expect(life.book).toMatchObject({ posted: { ticket: 4 }, forfeited: {} });
    expect(life.book.available('ticket')).toBe(6);
  });

  it('goes on with more units, when the customer agrees and the balance has them', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    expect(refusalIn(() => life.on(`${DAY} 13:00`, 'agreeMore', {})).details.fields).toMatchObject([{ path: 'units' }]);
    life.on(`${DAY} 13:00`, 'askMore', { units: { ticket: 2 } });
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'moreAsked', because: 'agent', secondsLeft: 0 });
    life.on(`${DAY} 14:00`, 'agreeMore', {});
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-30 14:00 news moreReserved');
    expect(life.view).toMatchObject({ approved: { ticket: 6 }, reserved: { ticket: 6 }, work: { secondsLeft: 7_200 } });
    life.on(`${DAY} 15:00`, 'logWork', { minutes: 47 });
    expect(about(life).at(-1)).toBe('Mon 2026-11-30 13:00 more asked: agent');
    // 80 % of six hours.
    life.on(`${DAY} 15:30`, 'logWork', { minutes: 1 });
    expect(about(life).at(-1)).toBe('Mon 2026-11-30 15:30 more asked: share');
    life.on(`${DAY} 16:00`, 'complete', { text: 't' });
    expect([life.book.posted, life.book.available('ticket')]).toEqual([{ ticket: 5 }, 5]);
    expect(life.book.sums('ticket')).toEqual({ bought: 10, accounted: 10 });
  });

  it('is agreed to by the customer alone: never by mail, by phone, or by staff', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    const refused = [
      { who: 'staff:a1' },
      { channel: 'mail' },
      { channel: 'phone' },
      { enteredBy: 'staff:a1' },
    ] as const;
    for (const way of refused) {
      const agree = () => life.on(`${DAY} 13:00`, 'agreeMore', { units: { ticket: 1 }, ...way });
      expect(refusalIn(agree).type).toBe('ValidationFailed');
    }
    expect(life.view.reserved).toEqual({ ticket: 4 });
  });

  it('needs a new order first when the balance does not suffice', () => {
    const book = new Book().buy('ticket', 5);
    const life = planned(book).on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    life.on(`${DAY} 13:00`, 'agreeMore', { units: { ticket: 4 } });
    expect(life.view).toMatchObject({ status: 'inProgress', missing: { ticket: 3 }, waiting: { for: 'order' } });
    expect(refusalIn(() => life.on(`${DAY} 13:10`, 'logWork', { seconds: 1 })).type).toBe('Conflict');
    book.buy('ticket', 10);
    life.on(`${DAY} 14:00`, 'creditAdded', {}).on(`${DAY} 15:00`, 'logWork', { minutes: 61 });
    life.on(`${DAY} 16:00`, 'complete', { text: 't' });
    expect([book.posted, book.available('ticket')]).toEqual([{ ticket: 6 }, 9]);
  });

  it('is not forgotten when it is asked for while an earlier order is awaited', () => {
    const book = new Book().buy('ticket', 4);
    const life = planned(book).on(`${DAY} 12:00`, 'logWork', { minutes: 60 });
    life.on(`${DAY} 12:30`, 'askMore', { units: { ticket: 1 } }).on(`${DAY} 12:40`, 'agreeMore', {});
    life.on(`${DAY} 13:00`, 'askMore', { units: { ticket: 2 } });
    book.buy('ticket', 4);
    expect(life.view.possible).toContain('confirmOrder');
    life.on(`${DAY} 14:00`, 'creditAdded', {});
    expect(life.view).toMatchObject({ reserved: { ticket: 5 }, moreAsked: { amounts: { ticket: 2 } } });
    expect(life.view.waiting).toMatchObject({ for: 'more' });
    life.on(`${DAY} 15:00`, 'agreeMore', {});
    expect(life.view.reserved).toEqual({ ticket: 7 });
  });

  it('that is declined leaves the order awaited that was agreed to before', () => {
    const life = planned(new Book().buy('ticket', 4)).on(`${DAY} 12:00`, 'logWork', { minutes: 60 });
    life.on(`${DAY} 12:30`, 'askMore', { units: { ticket: 1 } }).on(`${DAY} 12:40`, 'agreeMore', {});
    life.on(`${DAY} 13:00`, 'askMore', { units: { ticket: 2 } }).on(`${DAY} 13:30`, 'declineMore', {});
    expect(life.view.waiting).toMatchObject({ for: 'order', since: local(`${DAY} 13:30`) });
  });

  it('is debited from an order that was signed after the first day of the work', () => {
    const book = new Book().buy('ticket', 4, '2027-11-01');
    const life = planned(book).on(`${DAY} 12:00`, 'logWork', { minutes: 240, from: local(`${DAY} 08:00`) });
    life.on(`${DAY} 13:00`, 'agreeMore', { units: { ticket: 1 } });
    book.buy('ticket', 4, '2027-12-02', '2026-12-02');
    life.on('2026-12-02 10:00', 'creditAdded', {}).on('2026-12-02 11:00', 'logWork', { minutes: 30 });
    life.on('2026-12-02 12:00', 'complete', { text: 't' });
    expect([book.posted, book.available('ticket'), book.pending('ticket')]).toEqual([{ ticket: 5 }, 3, 0]);
  });

  it('is not finished while more units are on their way', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    life.ledgerAway = true;
    life.on(`${DAY} 13:00`, 'agreeMore', { units: { ticket: 1 } });
    const complete = () => life.on(`${DAY} 13:01`, 'complete', { text: 't' });
    expect(refusalIn(complete)).toMatchObject({ type: 'InvalidTransition' });
    life.answerLedger();
    expect(complete().state).toMatchObject({ status: 'done', pending: [] });
    expect([life.book.posted, life.book.available('ticket'), life.book.pending('ticket')]).toEqual([
      { ticket: 4 },
      6,
      0,
    ]);
  });

  it('agreed to twice while the ledger is being asked is reserved once', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 60 });
    life.ledgerAway = true;
    for (const ticket of [1, 2]) {
      life.on(`${DAY} 13:00`, 'askMore', { units: { ticket } }).on(`${DAY} 13:00`, 'agreeMore', {});
    }
    life.answerLedger();
    expect(life.view).toMatchObject({ approved: { ticket: 7 }, reserved: { ticket: 7 } });
    expect([life.book.available('ticket'), life.book.pending('ticket')]).toEqual([3, 7]);
  });

  it('never begins when the customer declines', () => {
    const life = planned().on(`${DAY} 12:00`, 'logWork', { minutes: 240 });
    life.on(`${DAY} 13:00`, 'declineMore', {});
    expect(life.view.waiting).toBeUndefined();
    expect(life.state.tasks).toMatchObject([{ kind: 'moreDeclined' }]);
    expect(refusalIn(() => life.on(`${DAY} 13:10`, 'logWork', { seconds: 1 })).type).toBe('Conflict');
  });
});

describe('the clock of the work', () => {
  it('stops at closing: nothing is worked out of hours', () => {
    const life = planned().on(`${DAY} 11:00`, 'startWork', {}).until(`${DAY} 13:30`);
    expect(life.told.at(-1)).toBe('Mon 2026-11-30 12:00 workStopped');
    expect(life.view.work.seconds).toBe(3_600);
    expect(refusalIn(() => life.on(`${DAY} 17:00`, 'startWork', {})).details.fields).toMatchObject([{ path: 'at' }]);
  });

  it.each([
    ['before the estimate was approved', '2026-11-16 09:59', 'It would begin before the work was agreed to.'],
    ['at night', '2026-11-17 03:00', 'It begins outside opening hours.'],
    ['on a Sunday', '2026-11-29 10:00', 'It begins outside opening hours.'],
    ['into the noon break', '2026-11-30 11:30', 'It ends outside opening hours.'],
  ])('is not got round by writing down work %s', (_what, from, message) => {
    const refusal = refusalIn(() => planned().on(`${DAY} 16:00`, 'logWork', { minutes: 40, from: local(from) }));
    expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: 'from', message }] } });
  });

  it('may have run from the very approval to this very moment, and neither earlier nor later', () => {
    const life = openInterventionLife('2026-11-16 08:00', TICKETS, new Book().buy('ticket', 10))
      .on('2026-11-16 08:00', 'study', { feasible: true, text: 't' })
      .on('2026-11-16 08:30', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 })
      .on('2026-11-16 09:00', 'approve', { estimate: 'e1' })
      .on('2026-11-16 09:00', 'schedule', { from: local('2026-11-16 09:00'), to: local('2026-11-16 12:00') });
    const write = (from: number) => life.on('2026-11-16 09:30', 'logWork', { minutes: 30, from });
    const approvedAt = local('2026-11-16 09:00');
    for (const [from, message] of [
      [approvedAt - 1, 'It would begin before the work was agreed to.'],
      [approvedAt + 1, 'It would end in the future.'],
    ] as const) {
      expect(refusalIn(() => write(from)).details.fields).toEqual([{ path: 'from', message }]);
    }
    expect(write(approvedAt).view.work.seconds).toBe(1_800);
  });

  it.each([
    [{}],
    [{ minutes: 0 }],
    [{ seconds: 0 }],
    [{ minutes: 1.5 }],
    [{ minutes: -1, seconds: 61 }],
    [{ minutes: 2, seconds: -60 }],
  ])('is not made up for by %j written down', (work) => {
    const life = planned();
    const refusal = refusalIn(() => life.on(`${DAY} 12:00`, 'logWork', work));
    expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: 'minutes' }] } });
    expect(life.state.logs).toEqual([]);
  });

  it('that ran for no second is no work that could be finished', () => {
    const life = planned().on(`${DAY} 08:00`, 'startWork', {}).on(`${DAY} 08:00`, 'stopWork', {});
    const refusal = refusalIn(() => life.on(`${DAY} 08:01`, 'complete', { text: 't' }));
    expect(refusal).toMatchObject({
      type: 'InvalidTransition',
      message: expect.stringContaining('No work was logged'),
    });
  });

  it('is not started twice, and what was timed is added up', () => {
    const life = planned().on(`${DAY} 08:00`, 'startWork', {});
    expect(refusalIn(() => life.on(`${DAY} 08:01`, 'startWork', {})).type).toBe('InvalidTransition');
    life.on(`${DAY} 08:20`, 'stopWork', {}).on(`${DAY} 09:00`, 'startWork', {}).on(`${DAY} 09:20`, 'stopWork', {});
    life.on(`${DAY} 10:00`, 'logWork', { minutes: 20 });
    expect(life.view.work).toMatchObject({ seconds: 3_600, used: { ticket: 1 } });
  });
});

describe('return trips and half-days (E)', () => {
  it('a trip beyond what is approved is asked for first', () => {
    const book = new Book().buy('timeUnit', 16);
    const life = approvedLife('2026-11-16 10:00', 8, { book, rules: HOSTING, unit: 'timeUnit' });
    life.on('2026-11-16 10:00', 'schedule', { from: local(`${DAY} 09:00`), to: local(`${DAY} 12:00`) });
    life.on(`${DAY} 09:00`, 'logTrip', {}).on(`${DAY} 09:30`, 'logWork', { minutes: 16 });
    expect(life.view.work.used).toEqual({ timeUnit: 6 });
    expect(refusalIn(() => life.on(`${DAY} 10:00`, 'logTrip', {})).type).toBe('Conflict');
    life.on(`${DAY} 10:00`, 'complete', { text: 't' });
    expect([book.posted, book.available('timeUnit')]).toEqual([{ timeUnit: 6 }, 10]);
  });

  it('a half-day goes on in time units that the customer agrees to', () => {
    const book = new Book().buy('halfDay', 4).buy('timeUnit', 16);
    const life = approvedLife('2026-11-16 10:00', 1, { book, rules: HOSTING, unit: 'halfDay' });
    life.on('2026-11-16 10:00', 'schedule', { from: local(`${DAY} 14:00`), to: local(`${DAY} 18:00`) });
    life.on(`${DAY} 17:00`, 'logWork', { minutes: 180, from: local(`${DAY} 14:00`) });
    life.on(`${DAY} 17:00`, 'agreeMore', { units: { timeUnit: 2 } });
    life.on(`${DAY} 17:20`, 'logWork', { minutes: 20 }).on(`${DAY} 17:30`, 'complete', { text: 't' });
    expect(book.posted).toEqual({ halfDay: 1, timeUnit: 2 });
  });
});

describe('a planned visit of a module (E)', () => {
  it('is paid by its time, which returns when it is not used', () => {
    const life = openInterventionLife('2026-11-02 10:00', HOSTING, new Book(), 'plannedMaintenance');
    expect(life.view).toMatchObject({ status: 'ready', work: { allowanceSeconds: 3_600, secondsLeft: 3_600 } });
    life.on('2026-11-02 11:00', 'schedule', { from: local('2026-11-16 09:00'), to: local('2026-11-16 10:00') });
    life.on('2026-11-16 09:30', 'logWork', { minutes: 30 }).on('2026-11-16 10:00', 'complete', { text: 't' });
    expect(life.state.ended).toMatchObject({ used: none, returned: none });
    expect(life.allowances.get('2026-11')).toBe(1_800);
  });

  it('goes on in units once its time is used up', () => {
    const book = new Book().buy('timeUnit', 16);
    const life = openInterventionLife('2026-11-02 10:00', HOSTING, book, 'plannedMaintenance');
    life.on('2026-11-02 11:00', 'schedule', { from: local('2026-11-16 09:00'), to: local('2026-11-16 12:00') });
    life.on('2026-11-16 10:00', 'logWork', { minutes: 60 });
    expect(about(life)).toEqual(['Mon 2026-11-16 10:00 more asked: usedUp']);
    life.on('2026-11-16 10:10', 'agreeMore', { units: { timeUnit: 2 } });
    life.on('2026-11-16 10:30', 'logWork', { minutes: 16 }).on('2026-11-16 11:00', 'complete', { text: 't' });
    expect(book.posted).toEqual({ timeUnit: 2 });
    expect(life.allowances.get('2026-11')).toBe(0);
  });

  it('has the time of its period only', () => {
    const life = openInterventionLife('2026-11-02 10:00', HOSTING, new Book(), 'coordinationDay');
    expect(life.allowances.get('2026')).toBe(0);
    expect(refusalIn(() => openInterventionLife('2026-11-02 10:00', HOSTING, new Book(), 'continuityDay')).type).toBe(
      'ValidationFailed',
    );
  });
});
