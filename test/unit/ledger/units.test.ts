import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HotlineTerms,
  secondsBeyondAllowance,
  startedUnits,
  unitsOfTrips,
  unitsOfWork,
} from '../../../domain/ledger/units.ts';
import { FIGURES, hosting, parsed } from '../../support/commercialTerms.ts';

const tickets = parsed(FIGURES.A).credits ?? {};
const units = parsed(hosting()).credits ?? {};

/** Seconds of mm:ss. */
function seconds(time: string): number {
  const [minutes = 0, rest = 0] = time.split(':').map(Number);
  return minutes * 60 + rest;
}

const EDGES: readonly (readonly [time: string, quarters: number, hours: number])[] = [
  ['0:00', 0, 0],
  ['0:01', 1, 1],
  ['14:59', 1, 1],
  ['15:00', 1, 1],
  ['15:01', 2, 1],
  ['59:59', 4, 1],
  ['60:00', 4, 1],
  ['60:01', 5, 2],
];

describe('a unit begun is a unit used', () => {
  it.each(EDGES)('%s: %i quarters, %i hours', (time, quarters, hours) => {
    expect(startedUnits(seconds(time), 15)).toBe(quarters);
    expect(startedUnits(seconds(time), 60)).toBe(hours);
    const of = (unit: string, count: number) => (count === 0 ? [] : [{ unit, units: count }]);
    expect(unitsOfWork(tickets, 'ticket', seconds(time))).toEqual(of('ticket', hours));
    expect(unitsOfWork(units, 'timeUnit', seconds(time))).toEqual(of('timeUnit', quarters));
  });

  it('never takes less than the work, nor a whole unit more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(15, 60, 180), (work, minutes) => {
        const paid = startedUnits(work, minutes) * minutes * 60;
        expect(paid).toBeGreaterThanOrEqual(work);
        expect(paid - work).toBeLessThan(minutes * 60);
      }),
    );
  });
});

describe('half-days', () => {
  it.each([
    ['one second is one', 1, [['halfDay', 1]]],
    ['three hours are one', 10_800, [['halfDay', 1]]],
    [
      'a second beyond is a time unit',
      10_801,
      [
        ['halfDay', 1],
        ['timeUnit', 1],
      ],
    ],
    [
      '3 h 20 are one and two time units',
      12_000,
      [
        ['halfDay', 1],
        ['timeUnit', 2],
      ],
    ],
    ['six hours are two', 21_600, [['halfDay', 2]]],
    [
      '7 h 15 are two and five time units',
      26_100,
      [
        ['halfDay', 2],
        ['timeUnit', 5],
      ],
    ],
  ] as const)('%s', (_name, work, expected) => {
    expect(unitsOfWork(units, 'halfDay', work)).toEqual(expected.map(([unit, count]) => ({ unit, units: count })));
  });
});

describe('trips', () => {
  it('cost four time units there and back, nothing in a half-day, and expenses with tickets', () => {
    expect(unitsOfTrips(units, 'timeUnit', 2)).toEqual([{ unit: 'timeUnit', units: 8 }]);
    expect(unitsOfTrips(units, 'timeUnit', 0)).toEqual([]);
    expect(unitsOfTrips(units, 'halfDay', 1)).toEqual([]);
    expect(unitsOfTrips(tickets, 'ticket', 1)).toEqual([]);
  });
});

it('the free minutes of a hotline are an incident’s, over all its calls and remote work on it', () => {
  const allowance = { minutes: 30, per: 'incident', remoteWorkIncluded: true } as const;
  const terms: HotlineTerms = { unit: 'timeUnit', roundedPer: 'call', allowance };
  const call = (minutes: number, incident = 'a') => ({ incident, seconds: minutes * 60 });
  const remote = { ...call(20), isRemoteWork: true };
  expect(secondsBeyondAllowance([call(20), remote, call(5, 'b')], terms)).toEqual([0, 600, 0]);
});

it('a unit that the contract does not have is refused', () => {
  expect(() => unitsOfWork(tickets, 'timeUnit', 60)).toThrow('it has ticket');
  expect(() => unitsOfWork(tickets, 'constructor', 60)).toThrow('it has ticket');
});
