import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../../domain/intervention/amounts.ts';
import type { RoundedPer, UnitAmounts } from '../../../domain/intervention/terms.ts';
import {
  budgetOf,
  secondsLeft,
  secondsToShare,
  usedOf,
  type Worked,
  whatLoggingCosts,
  wholeSeconds,
} from '../../../domain/intervention/usage.ts';
import { startedUnits } from '../../../domain/ledger/units.ts';
import { local } from '../../support/businessTime.ts';
import { HOSTING, openInterventionLife, SAAS, TICKETS } from '../../support/interventionLife.ts';
import { refusalIn } from '../../support/refusals.ts';

const MINUTE = 60;
const clock = (text: string) => {
  const [minutes = 0, seconds = 0] = text.split(':').map(Number);
  return minutes * MINUTE + seconds;
};

/** Work of so many seconds each, with units reserved. */
function worked(unit: string, reserved: UnitAmounts, ...seconds: number[]): Worked {
  return {
    estimate: { estimate: 'e1', sentAt: 0, unit, units: reserved[unit] ?? 0 },
    reservations: [{ key: 'r', amounts: reserved, on: '2026-11-16' }],
    logs: seconds.map((each) => ({ seconds: each, at: 0, who: 'staff:a1' })),
    trips: 0,
  };
}

/** The same terms with another grouping. */
function grouped(roundedPer: RoundedPer) {
  const { ticket } = TICKETS.terms.units;
  if (!ticket) throw new Error('no tickets');
  return { ...TICKETS.terms, units: { ticket: { ...ticket, roundedPer } } };
}

describe('a unit begun is a unit used', () => {
  it.each([
    ['0:00', 0, 0],
    ['0:01', 1, 1],
    ['14:59', 1, 1],
    ['15:00', 1, 1],
    ['15:01', 1, 2],
    ['59:59', 1, 4],
    ['60:00', 1, 4],
    ['60:01', 2, 5],
    ['120:00', 2, 8],
  ])('%s of work are %i tickets, or %i time units', (time, tickets, timeUnits) => {
    const seconds = clock(time);
    expect(startedUnits(seconds, 60)).toBe(tickets);
    expect(usedOf(worked('ticket', { ticket: 40 }, seconds), TICKETS.terms)).toEqual(
      tickets ? { ticket: tickets } : {},
    );
    expect(usedOf(worked('timeUnit', { timeUnit: 40 }, seconds), HOSTING.terms)).toEqual(
      timeUnits ? { timeUnit: timeUnits } : {},
    );
  });

  it.each<[RoundedPer, number]>([
    ['intervention', 1],
    ['incident', 1],
    ['workLog', 3],
    ['call', 3],
  ])('three logs of 20 minutes, rounded per %s, are %i tickets', (roundedPer, tickets) => {
    const logs = worked('ticket', { ticket: 4 }, 1_200, 1_200, 1_200);
    expect(usedOf(logs, grouped(roundedPer))).toEqual({ ticket: tickets });
  });

  it('three logs of 20 minutes and a second are two tickets, rounded per intervention', () => {
    expect(usedOf(worked('ticket', { ticket: 4 }, 1_200, 1_200, 1_201), TICKETS.terms)).toEqual({ ticket: 2 });
  });

  it('counts elapsed time on the nights on which the hour changes', () => {
    // 1:30 to 3:30 by the clock on the wall: an hour in spring, three in autumn.
    expect(wholeSeconds(local('2027-03-28 01:30'), local('2027-03-28 03:30'))).toBe(3_600);
    expect(wholeSeconds(local('2026-10-25 01:30'), local('2026-10-25 03:30'))).toBe(3 * 3_600);
  });

  it.each([
    ['2027-03-28', 3_600],
    ['2027-10-31', 3 * 3_600],
  ])('from 1:30 to 3:30 in the night of %s that is %i s of on-call work', (night, seconds) => {
    const life = openInterventionLife('2027-01-04 09:00', SAAS)
      .on('2027-01-04 10:00', 'sendEstimate', { estimate: 'e1', onCall: true })
      .on('2027-01-04 11:00', 'approve', { estimate: 'e1' })
      .on('2027-01-04 12:00', 'confirmOrder', { order: 'OF-7' })
      .on('2027-01-04 13:00', 'schedule', { from: local(`${night} 01:00`), to: local(`${night} 05:00`) })
      .on(local(`${night} 01:30`), 'startWork', {})
      .on(local(`${night} 03:30`), 'stopWork', {});
    expect(life.view.work.seconds).toBe(seconds);
    // Written down, it ends when it ended.
    const write = (from: number) => () => life.on(local(`${night} 03:30`), 'logWork', { seconds, from });
    expect(refusalIn(write(local(`${night} 01:30`) + 1_000)).details.fields).toMatchObject([{ path: 'from' }]);
    expect(write(local(`${night} 01:30`))().view.work.seconds).toBe(2 * seconds);
  });

  it('leaves out parts of a second, and never counts backwards', () => {
    expect(wholeSeconds(0, 3_600_999)).toBe(3_600);
    expect(wholeSeconds(5_000, 1_000)).toBe(0);
  });
});

describe('half-days', () => {
  it.each<[string, UnitAmounts, UnitAmounts]>([
    ['0:01', { halfDay: 1 }, { halfDay: 1 }],
    ['180:00', { halfDay: 1 }, { halfDay: 1 }],
    ['180:01', { halfDay: 1, timeUnit: 2 }, { halfDay: 1, timeUnit: 1 }],
    ['200:00', { halfDay: 1, timeUnit: 2 }, { halfDay: 1, timeUnit: 2 }],
    ['360:00', { halfDay: 2 }, { halfDay: 2 }],
    // Two were approved and no time units: the second one is begun.
    ['200:00', { halfDay: 2 }, { halfDay: 2 }],
  ])('%s with %j approved are %j', (time, reserved, used) => {
    expect(usedOf(worked('halfDay', reserved, clock(time)), HOSTING.terms)).toEqual(used);
  });

  it('include travel, where time units pay four for each return trip', () => {
    const trip = { ...worked('halfDay', { halfDay: 1 }, 60), trips: 2 };
    expect(usedOf(trip, HOSTING.terms)).toEqual({ halfDay: 1 });
    const byUnits = { ...worked('timeUnit', { timeUnit: 16 }, 60), trips: 2 };
    expect(usedOf(byUnits, HOSTING.terms)).toEqual({ timeUnit: 9 });
  });
});

describe('time of a module', () => {
  it('is consumed first', () => {
    const visit = {
      ...worked('timeUnit', { timeUnit: 4 }, 3_600, 901),
      allowance: { period: '2027-01', seconds: 3_600 },
    };
    expect(usedOf(visit, HOSTING.terms)).toEqual({ timeUnit: 2 });
    expect(secondsLeft(visit, HOSTING.terms)).toBe(3_600 - 901);
  });

  it('alone pays for a visit that stays inside it', () => {
    const visit = { ...worked('timeUnit', {}, 3_600), allowance: { period: '2027-01', seconds: 3_600 } };
    expect(usedOf(visit, HOSTING.terms)).toEqual({});
    expect(secondsLeft(visit, HOSTING.terms)).toBe(0);
  });
});

describe('logging time, asked beforehand', () => {
  it('tells the units before and after, or that it is too much', () => {
    const four = worked('ticket', { ticket: 4 }, 3_600);
    const asked = (seconds: number) => whatLoggingCosts(four, TICKETS.terms, seconds);
    expect(asked(1)).toEqual({
      ...{ possible: true, secondsLeft: 10_800 },
      ...{ used: { ticket: 1 }, usedAfter: { ticket: 2 } },
    });
    expect(asked(10_800)).toMatchObject({ possible: true, usedAfter: { ticket: 4 } });
    expect(asked(10_801)).toEqual({ possible: false, used: { ticket: 1 }, secondsLeft: 10_800 });
  });
});

describe('what is left', () => {
  it('tells the share of the terms and the end', () => {
    const four = worked('ticket', { ticket: 4 }, 11_519);
    expect(secondsToShare(four, TICKETS.terms)).toBe(1);
    expect(secondsLeft(four, TICKETS.terms)).toBe(4 * 3_600 - 11_519);
    expect(secondsToShare(worked('ticket', { ticket: 4 }, 11_520), TICKETS.terms)).toBe(0);
  });

  it.each([
    [5_000, 2 * 3_600],
    // Not a second before the share is reached.
    [3_333, 4_800],
    [3_334, 4_801],
    [10_000, 4 * 3_600],
  ])('a share of %i basis points of four tickets is used after %i s', (warnAt, seconds) => {
    const terms = { ...TICKETS.terms, warnAt };
    expect(secondsToShare(worked('ticket', { ticket: 4 }), terms)).toBe(seconds);
    expect(secondsToShare(worked('ticket', { ticket: 4 }, seconds - 1), terms)).toBe(1);
  });

  it('has no end where nothing is debited', () => {
    const onCall: Worked = { ...worked('ticket', {}, 60), estimate: { estimate: 'e', sentAt: 0, onCall: true } };
    expect(budgetOf(onCall, SAAS.terms)).toBeUndefined();
    expect(secondsLeft(onCall, SAAS.terms)).toBe(Number.POSITIVE_INFINITY);
    expect(usedOf(onCall, SAAS.terms)).toEqual({});
    // Nor where the contract has units for other work.
    expect(budgetOf(onCall, TICKETS.terms)).toBeUndefined();
    expect(usedOf(onCall, TICKETS.terms)).toEqual({});
  });

  it('never lets more be used than is reserved, whatever is logged within it', () => {
    const cases = [
      { unit: 'ticket', rules: TICKETS },
      { unit: 'timeUnit', rules: HOSTING },
      { unit: 'halfDay', rules: HOSTING },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.constantFrom<RoundedPer>('intervention', 'workLog', 'call', 'incident'),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        ({ unit, rules }, roundedPer, units, rest, free, trips, parts) => {
          const own = rules.terms.units[unit];
          if (!own) return;
          const apart = own.restIn === undefined ? roundedPer : 'intervention';
          const terms = { ...rules.terms, units: { ...rules.terms.units, [unit]: { ...own, roundedPer: apart } } };
          const reserved = { [unit]: units, ...(own.restIn === undefined ? {} : { [own.restIn]: rest }) };
          let now: Worked = { ...worked(unit, reserved), allowance: { period: '2027', seconds: free } };
          for (let trip = 0; trip < trips; trip++) {
            const after = { ...now, trips: now.trips + 1 };
            if (covers(reserved, usedOf(after, terms))) now = after;
          }
          for (const part of parts) {
            const seconds = Math.floor(part * secondsLeft(now, terms));
            if (seconds < 1) continue;
            now = { ...now, logs: [...now.logs, { seconds, at: 0, who: 'staff:a1' }] };
            expect(covers(reserved, usedOf(now, terms))).toBe(true);
          }
          const left = secondsLeft(now, terms);
          const toTheEnd =
            left === 0 ? now : { ...now, logs: [...now.logs, { seconds: left, at: 0, who: 'staff:a1' as const }] };
          expect(covers(reserved, usedOf(toTheEnd, terms))).toBe(true);
          expect(secondsLeft(toTheEnd, terms)).toBe(0);
        },
      ),
    );
  });
});
