import { describe, expect, it } from 'vitest';
import { buildOpeningWindow } from '../../../contracts/calendar.ts';
import { prepaidTickets } from '../../../contracts/templates/prepaidTickets.ts';
import { parseTerms } from '../../../contracts/terms.ts';
import { advanceIntervention } from '../../../domain/intervention/intervention.ts';
import { possibleCommands } from '../../../domain/intervention/transitions.ts';
import { rulesOf } from '../../../domain/rules.ts';
import { local, said } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import { approvedLife, openInterventionLife, SAAS, TICKETS } from '../../support/interventionLife.ts';
import { none } from '../../support/none.ts';
import { refusalIn } from '../../support/refusals.ts';

const types = (told: string[]) => told.map((line) => line.split(' ').at(-1));
const at = (text: string) => local(text);

describe('the whole life', () => {
  it('goes from the feasibility study to the report', () => {
    const book = new CreditBook().buy('ticket', 10);
    const life = openInterventionLife('2026-11-16 09:00', TICKETS, book)
      .on('2026-11-16 10:00', 'study', { feasible: true, text: 't1' })
      .on('2026-11-16 11:00', 'sendEstimate', { estimate: 'e1', service: 'licenceServer', unit: 'ticket', units: 4 })
      .on('2026-11-17 09:00', 'approve', { estimate: 'e1' })
      .on('2026-11-17 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 15:00') })
      .on('2026-11-30 09:00', 'startWork', {})
      .on('2026-11-30 11:10', 'stopWork', {})
      .on('2026-11-30 14:00', 'logWork', { minutes: 20 })
      .on('2026-11-30 14:30', 'complete', { text: 't2' });
    expect(types(life.told)).toEqual([
      ...['opened', 'studied', 'estimateSent', 'approved', 'unitsReserved', 'scheduled', 'remindedDayBefore'],
      ...['workStarted', 'workStopped', 'workLogged', 'completed', 'unitsPosted'],
    ]);
    expect(life.mailed).toEqual([
      'Mon 2026-11-16 11:00 estimate',
      'Tue 2026-11-17 09:00 task agreeDate',
      'Tue 2026-11-17 10:00 scheduled',
      'Fri 2026-11-27 08:00 dayBefore',
      'Mon 2026-11-30 14:30 report',
    ]);
    expect(life.state.ended).toMatchObject({ used: { ticket: 3 }, lost: none, returned: { ticket: 1 } });
    expect([book.available('ticket'), book.pending('ticket'), book.posted]).toEqual([7, 0, { ticket: 3 }]);
    expect(life.state.pending).toEqual([]);
    expect(life.view.possible).toEqual([]);
  });

  it('ends where it cannot be done, or is not wanted', () => {
    const infeasible = openInterventionLife('2026-11-16 09:00').on('2026-11-16 10:00', 'study', {
      ...{ feasible: false, text: 't1' },
    });
    expect(infeasible.state.status).toBe('infeasible');
    expect(infeasible.mailed).toEqual(['Mon 2026-11-16 10:00 infeasible']);
    const declined = openInterventionLife('2026-11-16 09:00')
      .on('2026-11-16 10:00', 'study', { feasible: true, text: 't1' })
      .on('2026-11-16 11:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 })
      .on('2026-11-17 11:00', 'decline', { estimate: 'e1' });
    expect(declined.state).toMatchObject({ status: 'declined', reservations: [], ended: { used: none, lost: none } });
    expect(declined.mailed.at(-1)).toBe('Tue 2026-11-17 11:00 news declined');
  });

  it('needs the study first, where the contract says so', () => {
    const life = openInterventionLife('2026-11-16 09:00');
    const refusal = refusalIn(() =>
      life.on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 }),
    );
    expect(refusal).toMatchObject({ type: 'InvalidTransition', details: { tried: 'sendEstimate', status: 'studied' } });
  });

  it('does nothing twice for a command that is told twice', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    const plan = { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00'), commandId: 'c-1' };
    life.on('2026-11-16 10:00', 'schedule', plan);
    const { seq } = life.state;
    life.on('2026-11-16 10:01', 'schedule', plan);
    expect(life.state.seq).toBe(seq);
  });
});

describe('approval', () => {
  const estimated = () =>
    openInterventionLife('2026-11-16 09:00', TICKETS, new CreditBook().buy('ticket', 4))
      .on('2026-11-16 09:00', 'study', { feasible: true, text: 't1' })
      .on('2026-11-16 11:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 });

  it('is the customer’s own, never by mail, by phone, or by staff', () => {
    const life = estimated();
    const refused = [
      { who: 'staff:a1' },
      { channel: 'mail' },
      { channel: 'phone' },
      { enteredBy: 'staff:a1' },
    ] as const;
    for (const way of refused) {
      expect(refusalIn(() => life.on('2026-11-16 12:00', 'approve', { estimate: 'e1', ...way })).type).toBe(
        'ValidationFailed',
      );
    }
    expect(life.state.status).toBe('estimated');
  });

  it('is of the estimate that was read', () => {
    const life = estimated().on('2026-11-16 12:00', 'sendEstimate', { estimate: 'e2', unit: 'ticket', units: 10 });
    expect(refusalIn(() => life.on('2026-11-16 12:30', 'approve', { estimate: 'e1' })).type).toBe('Conflict');
  });

  it('is reminded of, and expires at the end of the tenth business day', () => {
    const life = estimated();
    expect(said({ at: life.view.estimate?.expiresAt ?? 0 })).toBe('Tue 2026-12-01 00:00');
    life.until('2026-12-05 00:00');
    expect(life.mailed).toEqual([
      'Mon 2026-11-16 11:00 estimate',
      'Tue 2026-11-17 11:00 reminder 1 of approval',
      'Thu 2026-11-19 11:00 reminder 2 of approval',
      'Mon 2026-11-23 11:00 reminder 3 of approval',
      'Tue 2026-12-01 00:00 estimateExpired',
      'Tue 2026-12-01 00:00 news expired',
    ]);
    expect(life.state).toMatchObject({ status: 'expired', reservations: [] });
    expect(life.book.available('ticket')).toBe(4);
  });

  it('is possible until the last instant, and not after it', () => {
    const end = at('2026-12-01 00:00');
    expect(estimated().on(end - 1, 'approve', { estimate: 'e1' }).state.status).toBe('ready');
    const late = estimated().until(end - 1);
    // The worker was away: nothing has decided yet that it is over.
    const approve = { type: 'approve', estimate: 'e1', who: 'contact:c1', channel: 'portal', at: end } as const;
    expect(refusalIn(() => advanceIntervention(late.state, approve, late.rules))).toMatchObject({
      type: 'InvalidTransition',
      message: expect.stringContaining('until an earlier day'),
    });
    expect(possibleCommands(late.state, late.rules, end)).not.toContain('approve');
    const time = { type: 'time', who: 'system', channel: 'system', at: end - 1 } as const;
    expect(advanceIntervention(late.state, time, late.rules).state.status).toBe('estimated');
  });

  it('names what does not fit the contract', () => {
    const life = openInterventionLife('2026-11-16 09:00').on('2026-11-16 09:00', 'study', {
      feasible: true,
      text: 't',
    });
    const send = (fields: object) =>
      refusalIn(() => life.on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', ...fields }));
    expect(send({ unit: 'hour', units: 4 }).details.fields).toMatchObject([{ path: 'unit' }]);
    expect(send({ unit: 'ticket', units: 0 }).details.fields).toMatchObject([{ path: 'units' }]);
    expect(send({ unit: 'ticket', units: 1.5, trips: -1 }).details.fields).toMatchObject([
      { path: 'units' },
      { path: 'trips' },
    ]);
    expect(send({ onCall: true })).toMatchObject({ type: 'NotCovered', details: { exclusion: 'outOfHours' } });
  });
});

describe('credit', () => {
  it('that is lacking waits for an order form, and goes on when it is there', () => {
    const book = new CreditBook().buy('ticket', 3);
    const life = approvedLife('2026-11-16 09:00', 4, { book });
    expect(life.view).toMatchObject({ status: 'awaitingOrder', missing: { ticket: 1 }, waiting: { for: 'order' } });
    expect(book.available('ticket')).toBe(3);
    life.until('2026-11-25 12:00');
    expect(life.mailed.slice(1)).toEqual([
      'Mon 2026-11-16 09:00 orderNeeded',
      'Mon 2026-11-16 09:00 news orderLacking',
      'Tue 2026-11-17 09:00 reminder 1 of order',
      'Thu 2026-11-19 09:00 reminder 2 of order',
      'Mon 2026-11-23 09:00 reminder 3 of order',
    ]);
    book.buy('ticket', 4);
    life.on('2026-11-26 10:00', 'creditAdded', {});
    expect(life.view).toMatchObject({ status: 'ready', missing: {}, reserved: { ticket: 4 } });
    expect(life.view.waiting).toBeUndefined();
  });

  it('that expires before the date is reserved anew, or the date does not stand', () => {
    const book = new CreditBook().buy('ticket', 4, '2026-11-30');
    const life = approvedLife('2026-11-16 09:00', 4, { book });
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    expect(life.state.status).toBe('scheduled');
    const later = { from: at('2026-12-02 09:00'), to: at('2026-12-02 12:00') };
    life.on('2026-11-16 11:00', 'schedule', later);
    expect(life.state).toMatchObject({ status: 'scheduled', plan: { from: at('2026-11-30 09:00') } });
    expect(life.state.tasks).toMatchObject([{ kind: 'agreeOtherDate' }]);
    expect(book.pending('ticket')).toBe(4);
    book.buy('ticket', 4, '2027-11-30');
    life.on('2026-11-16 12:00', 'schedule', later);
    expect(life.state).toMatchObject({ status: 'scheduled', plan: later, tasks: [] });
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([4, 4]);
  });

  it('pays for no work after its last day', () => {
    const life = approvedLife('2026-11-16 09:00', 4, { book: new CreditBook().buy('ticket', 4, '2026-11-30') });
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 16:00'), to: at('2026-11-30 17:00') });
    expect(refusalIn(() => life.on('2026-12-01 09:00', 'startWork', {})).type).toBe('Conflict');
    expect(refusalIn(() => life.on('2026-12-01 09:00', 'logWork', { minutes: 5 })).type).toBe('Conflict');
    life.on('2026-12-01 09:00', 'logWork', { minutes: 60, from: at('2026-11-30 16:00') });
    life.on('2026-12-01 09:30', 'complete', { text: 't' });
    expect(life.book.posted).toEqual({ ticket: 1 });
  });

  it('that work has begun to use allows no date after its last day', () => {
    const life = approvedLife('2026-11-16 09:00', 4, { book: new CreditBook().buy('ticket', 4, '2026-11-30') });
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 17:00') });
    life.on('2026-11-30 10:00', 'logWork', { minutes: 60 });
    life.book.buy('ticket', 4, '2027-11-30');
    const later = { from: at('2026-12-01 09:00'), to: at('2026-12-01 12:00') };
    const refusal = refusalIn(() => life.on('2026-11-30 11:00', 'schedule', later));
    expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: 'from' }] } });
  });
});

describe('dates', () => {
  it.each([
    ['before opening', '2026-11-30 07:59', '2026-11-30 10:00', 'from'],
    ['at noon', '2026-11-30 12:00', '2026-11-30 14:00', 'from'],
    ['after closing', '2026-11-30 16:00', '2026-11-30 17:01', 'to'],
    ['on a Saturday', '2026-11-28 09:00', '2026-11-28 10:00', 'from'],
    ['on a holiday', '2026-12-25 09:00', '2026-12-25 10:00', 'from'],
    ['in the past', '2026-11-13 09:00', '2026-11-13 10:00', 'from'],
    ['backwards', '2026-11-30 10:00', '2026-11-30 09:00', 'to'],
  ])('of tickets are never %s', (_what, from, to, path) => {
    const life = approvedLife('2026-11-16 09:00', 4);
    const refusal = refusalIn(() => life.on('2026-11-16 10:00', 'schedule', { from: at(from), to: at(to) }));
    expect(refusal).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path }] } });
  });

  it('may span noon, a night, and end at closing', () => {
    const life = approvedLife('2026-11-16 09:00', 10);
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 08:00'), to: at('2026-12-01 17:00') });
    expect(life.state.status).toBe('scheduled');
  });

  it('have two participants of the customer’s at most', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    const plan = { from: at('2026-11-30 08:00'), to: at('2026-11-30 12:00') };
    const refusal = refusalIn(() => life.on('2026-11-16 10:00', 'schedule', { ...plan, participants: 3 }));
    expect(refusal.details.fields).toMatchObject([{ path: 'participants' }]);
  });

  it.each([
    ['a Wednesday', '2026-11-25', 'Tue 2026-11-24 08:00'],
    ['a Monday, across the weekend', '2026-11-30', 'Fri 2026-11-27 08:00'],
    ['a Monday after a holiday on Friday', '2026-12-28', 'Thu 2026-12-24 08:00'],
  ])('are reminded of on the business day before: %s', (_what, day, reminded) => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-16 10:00', 'schedule', { from: at(`${day} 09:00`), to: at(`${day} 12:00`) });
    life.until(`${day} 09:00`);
    expect(life.mailed.filter((mail) => mail.endsWith('dayBefore'))).toEqual([`${reminded} dayBefore`]);
    expect(life.mails.find(({ order }) => order.kind === 'dayBefore')?.order).toMatchObject({ backup: true });
  });

  it('are reminded of at once when agreed later than that, and not on the day itself', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-27 16:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    life.until('2026-11-30 09:00');
    expect(life.mailed.at(-1)).toBe('Fri 2026-11-27 16:00 dayBefore');
    const sameDay = approvedLife('2026-11-16 09:00', 4);
    sameDay.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-16 11:00'), to: at('2026-11-16 12:00') });
    expect(sameDay.until('2026-11-16 11:30').mailed.at(-1)).toBe('Mon 2026-11-16 10:00 scheduled');
  });

  it('are reminded of anew when they are changed after the reminder, whose mail then counts for nothing', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    life.mailServer = () => 'none';
    life.until('2026-11-27 10:00');
    life.on('2026-11-27 11:00', 'schedule', { from: at('2026-12-02 09:00'), to: at('2026-12-02 12:00') });
    const old = life.mails.findLast(({ order }) => order.kind === 'dayBefore')?.key ?? '';
    life.on('2026-11-27 12:00', 'mailAccepted', { key: old });
    expect(life.told.filter((line) => line.endsWith('remindedDayBefore'))).toEqual([]);
    life.mailServer = () => 'accepted';
    life.until('2026-12-02 08:00');
    expect(life.mailed.at(-1)).toBe('Tue 2026-12-01 08:00 dayBefore');
    expect(life.told.at(-1)).toBe('Tue 2026-12-01 08:00 remindedDayBefore');
  });

  it('are not reminded of once work could have begun: nobody was there to send it', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    life.awayUntil('2026-11-30 09:00');
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-16 10:00 scheduled');
    expect(life.told.at(-1)).toBe('Mon 2026-11-30 09:00 dayBeforeMissed');
    expect(life.until('2026-11-30 12:00').mailed.at(-1)).toBe('Mon 2026-11-30 12:00 task agreeOtherDate');
  });

  it('that pass without work become a task', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    life.until('2026-12-30 12:00');
    expect(life.mailed.slice(-1)).toEqual(['Mon 2026-11-30 12:00 task agreeOtherDate']);
  });

  it('that a closure falls on are to be agreed anew; the limit of cancelling is not brought forward', () => {
    const life = approvedLife('2026-11-16 09:00', 4);
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 12:00') });
    const parsed = parseTerms(prepaidTickets({ customer: 'Customer', provider: 'Provider' }));
    const calendar = 'terms' in parsed ? parsed.terms.calendars.support : undefined;
    if (!calendar) throw new Error('no calendar');
    const closures = ['2026-11-26', '2026-11-30'].map((day) => ({ day, announcedAt: at('2026-11-20 10:00') }));
    const window = buildOpeningWindow(calendar, {
      ...{ name: 'support', version: 2, closures, from: at('2026-11-01 12:00') },
      ahead: { until: at('2028-11-01 12:00') },
    });
    life.judgedBy(rulesOf({ terms: life.rules.terms, windows: { support: window } }));
    life.on('2026-11-20 10:00', 'openingHoursChanged', { windows: { support: window }, who: 'system' });
    expect(life.state.tasks).toMatchObject([{ kind: 'agreeOtherDate' }]);
    expect(life.state.plan?.freeBefore).toBe(at('2026-11-24 00:00'));
  });
});

describe('on-call work (B)', () => {
  it('is all that can be estimated where the contract has no credit units, and that is said', () => {
    const life = openInterventionLife('2026-11-16 09:00', SAAS);
    const { details } = refusalIn(() => life.on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', units: 2 }));
    expect(details.fields).toMatchObject([{ path: 'unit', message: expect.stringContaining('say onCall') }]);
  });

  it('is proposed, agreed, ordered and billed apart, out of hours, and never debited', () => {
    const life = openInterventionLife('2026-11-16 09:00', SAAS)
      .on('2026-11-16 10:00', 'sendEstimate', { estimate: 'e1', onCall: true })
      .on('2026-11-16 11:00', 'approve', { estimate: 'e1' });
    expect(life.view).toMatchObject({ status: 'awaitingOrder', waiting: { for: 'order' } });
    life
      .on('2026-11-16 12:00', 'confirmOrder', { order: 'OF-7' })
      .on('2026-11-16 13:00', 'schedule', { from: at('2026-11-21 22:00'), to: at('2026-11-22 02:00') })
      .on('2026-11-21 22:00', 'startWork', {})
      .on('2026-11-22 01:00', 'complete', { text: 't' });
    expect(life.state).toMatchObject({
      status: 'done',
      order: 'OF-7',
      ended: { used: none, lost: none, returned: none },
    });
    expect(life.state.logs).toMatchObject([{ seconds: 3 * 3_600 }]);
    expect(life.mailed.filter((mail) => mail.includes('more asked'))).toEqual([]);
  });
});

describe('a mail that does not arrive', () => {
  it('stops the reminders until the address is corrected, and is sent again', () => {
    const life = openInterventionLife('2026-11-16 09:00', TICKETS, new CreditBook().buy('ticket', 4));
    life.on('2026-11-16 09:00', 'study', { feasible: true, text: 't1' });
    life.mailServer = (order) => (order.kind === 'interventionTask' ? 'accepted' : 'refused');
    life.on('2026-11-16 11:00', 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 }).until('2026-11-20 11:00');
    expect(life.mailed).toEqual(['Mon 2026-11-16 11:00 estimate', 'Mon 2026-11-16 11:00 task correctAddress']);
    life.mailServer = () => 'accepted';
    life.on('2026-11-20 12:00', 'correctAddress', {}).until('2026-11-20 13:00');
    expect(life.mailed.slice(2)).toEqual([
      'Fri 2026-11-20 12:00 estimate',
      'Fri 2026-11-20 12:00 reminder 1 of approval',
    ]);
  });
});
