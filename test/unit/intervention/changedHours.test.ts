/** Opening hours that change while work is planned, or under way: open 8 to 12 and 13 to 17, Europe/Paris. */
import { describe, expect, it } from 'vitest';
import { buildOpeningWindow, type Closure } from '../../../contracts/calendar.ts';
import { prepaidTickets } from '../../../contracts/templates/prepaidTickets.ts';
import { parseTerms } from '../../../contracts/terms.ts';
import type { Windows } from '../../../domain/events.ts';
import { rulesOf } from '../../../domain/rules.ts';
import { local } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import { approvedLife, type InterventionLife, openInterventionLife, TICKETS } from '../../support/interventionLife.ts';
import { none } from '../../support/none.ts';

const at = (text: string) => local(text);
const tasksOf = (life: InterventionLife) => life.state.tasks.map(({ kind }) => kind);
const parsed = parseTerms(prepaidTickets({ customer: 'Customer', provider: 'Provider' }));
const calendar = 'terms' in parsed ? parsed.terms.calendars.support : undefined;

function windowsOf(version: number, closures: readonly Closure[]): Windows {
  if (!calendar) throw new Error('no calendar');
  const support = buildOpeningWindow(calendar, {
    ...{ name: 'support', version, closures, from: at('2026-11-01 12:00') },
    ahead: { until: at('2028-11-01 12:00') },
  });
  return { support };
}

/** The closures of this version hold from now on, and the intervention is told. */
function told(life: InterventionLife, time: string, version: number, closures: readonly Closure[]): InterventionLife {
  const windows = windowsOf(version, closures);
  life.until(time);
  life.judgedBy(rulesOf({ terms: life.rules.terms, windows }));
  return life.on(time, 'openingHoursChanged', { windows, who: 'system', channel: 'system' });
}

const closedDay = (day: string, announced: string): Closure => ({ day, announcedAt: at(announced) });
const closed = (from: string, to: string, announced: string): Closure => ({
  ...{ from: at(from), to: at(to), announcedAt: at(announced) },
});

/** Four tickets, on Monday 30 November from nine to three. */
function planned(): InterventionLife {
  const life = approvedLife('2026-11-16 09:00', 4);
  return life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 15:00') });
}

describe('hours that changed', () => {
  it('are noted where no date is agreed too: the save is how the relay knows', () => {
    const life = openInterventionLife('2026-11-16 09:00', TICKETS);
    const { seq } = life.state;
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-30', '2026-11-20 10:00')]);
    expect(life.state).toMatchObject({ seq: seq + 1, hours: { support: 2 }, tasks: [] });
    expect(life.told.at(-1)).toBe('Fri 2026-11-20 10:00 openingHoursChanged');
  });

  it('on the business day before bring the reminder forward', () => {
    const life = planned();
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-27', '2026-11-20 10:00')]);
    expect(life.state.plan).toMatchObject({ remindAt: at('2026-11-26 08:00') });
    expect(tasksOf(life)).toEqual([]);
    life.until('2026-11-26 08:00');
    expect(life.mailed.at(-1)).toBe('Thu 2026-11-26 08:00 dayBefore');
  });

  it('that came with a wider window, or a run that was made again, are noticed at the next look', () => {
    const life = planned();
    const rules = rulesOf({
      terms: life.rules.terms,
      windows: windowsOf(2, [closedDay('2026-11-30', '2026-11-20 09:00')]),
    });
    life.until('2026-11-20 10:00').judgedBy(rules).until('2026-11-20 10:01');
    expect(tasksOf(life)).toEqual(['agreeOtherDate']);
    const { seq } = life.state;
    expect(life.until('2026-11-20 12:00').state.seq).toBe(seq);
  });

  it('leave what has ended alone', () => {
    const life = planned().on('2026-11-17 10:00', 'withdraw', { text: 't' });
    const before = life.state;
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-30', '2026-11-20 10:00')]);
    expect(life.state).toEqual(before);
  });
});

describe('a date in hours that were closed', () => {
  it('is a task; its reminder waits until somebody has looked, and no unit is lost by cancelling it', () => {
    const life = planned();
    expect(life.view.plan?.freeBefore).toBe(at('2026-11-24 00:00'));
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-30', '2026-11-20 10:00')]);
    expect(tasksOf(life)).toEqual(['agreeOtherDate']);
    life.until('2026-11-27 12:00');
    expect(life.mailed.at(-1)).toBe('Fri 2026-11-20 10:00 task agreeOtherDate');
    expect(life.view.cancelling).toMatchObject({ free: true, lost: none });
    expect(life.view.plan?.freeBefore).toBeUndefined();
    // Inside the limit, and yet no cancellation: the provider has closed.
    life.on('2026-11-27 12:00', 'changeDate', { from: at('2026-12-07 09:00'), to: at('2026-12-07 15:00') });
    expect(life.state).toMatchObject({ status: 'scheduled', tasks: [], plan: { from: at('2026-12-07 09:00') } });
    expect(life.view.plan?.freeBefore).toBe(at('2026-12-01 00:00'));
  });

  it('cannot be worked on', () => {
    const life = planned();
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-30', '2026-11-20 10:00')]);
    expect(() => life.on('2026-11-30 09:00', 'startWork', {})).toThrow('outside opening hours');
  });

  it('holds again when the hours are taken back: the reminder goes out', () => {
    const life = planned();
    const closure = closedDay('2026-11-30', '2026-11-20 10:00');
    told(life, '2026-11-20 10:00', 2, [closure]);
    told(life, '2026-11-27 14:00', 3, [{ ...closure, takenBackAt: at('2026-11-27 14:00') }]);
    expect(life.state.plan?.uncovered).toBeUndefined();
    life.until('2026-11-27 14:01');
    expect(life.mailed.at(-1)).toBe('Fri 2026-11-27 14:00 dayBefore');
    expect(life.view.plan?.freeBefore).toBe(at('2026-11-24 00:00'));
  });

  it('is one as well where only some of its hours are closed; staff may let it stand', () => {
    const life = planned();
    told(life, '2026-11-20 10:00', 2, [closed('2026-11-30 10:00', '2026-11-30 11:00', '2026-11-20 10:00')]);
    expect(tasksOf(life)).toEqual(['agreeOtherDate']);
    life.on('2026-11-20 11:00', 'settleTask', { task: 'agreeOtherDate' }).until('2026-11-27 08:00');
    expect(life.mailed.at(-1)).toBe('Fri 2026-11-27 08:00 dayBefore');
  });

  it('is told when it is secured, where it was being reserved for', () => {
    const book = new CreditBook().buy('ticket', 4, '2026-11-25').buy('ticket', 4, '2027-11-25');
    const life = approvedLife('2026-11-16 09:00', 4, { book });
    life.ledgerAway = true;
    life.on('2026-11-16 10:00', 'schedule', { from: at('2026-11-30 09:00'), to: at('2026-11-30 15:00') });
    expect(life.state.status).toBe('reserving');
    told(life, '2026-11-20 10:00', 2, [closedDay('2026-11-30', '2026-11-20 10:00')]);
    expect(tasksOf(life)).not.toContain('agreeOtherDate');
    life.answerLedger();
    expect(life.state.status).toBe('scheduled');
    expect(tasksOf(life)).toEqual(['agreeOtherDate']);
  });
});

describe('work that is being timed', () => {
  const working = () => planned().on('2026-11-30 09:00', 'startWork', {});

  it('is stopped at the closing that was announced, and staff are told', () => {
    const life = working();
    told(life, '2026-11-30 09:30', 2, [closed('2026-11-30 10:00', '2026-11-30 16:00', '2026-11-30 09:30')]);
    life.until('2026-11-30 12:00');
    expect(life.state.logs).toMatchObject([{ seconds: 3_600, at: at('2026-11-30 10:00') }]);
    expect(life.state.running).toBeUndefined();
    expect(tasksOf(life)).toEqual(['agreeOtherDate']);
  });

  it('that goes on when it is told is stopped at the announcement, however late that is', () => {
    const life = working();
    told(life, '2026-11-30 11:00', 2, [closed('2026-11-30 09:00', '2026-11-30 16:00', '2026-11-30 10:00')]);
    expect(life.state.logs).toMatchObject([{ seconds: 3_600, at: at('2026-11-30 10:00') }]);
  });

  it('that began in hours already closed is not worked at all', () => {
    const life = working();
    told(life, '2026-11-30 09:10', 2, [closed('2026-11-30 08:00', '2026-11-30 16:00', '2026-11-30 08:50')]);
    expect(life.state).toMatchObject({ logs: [] });
    expect(life.state.running).toBeUndefined();
    expect(life.told.slice(-2)).toEqual([
      'Mon 2026-11-30 09:00 workStopped',
      'Mon 2026-11-30 09:10 openingHoursChanged',
    ]);
  });
});
