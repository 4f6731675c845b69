import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HotlineTerms,
  secondsBeyondAllowance,
  startedUnits,
  unitsOfCalls,
  unitsOfLogs,
  unitsOfTrips,
  unitsOfWork,
} from '../../../domain/ledger/units.ts';
import { FIGURES, hosting, parsed } from '../../support/commercialTerms.ts';

const tickets = parsed(FIGURES.A).credits ?? {};
const units = parsed(hosting()).credits ?? {};
const HOTLINE: HotlineTerms = { unit: 'timeUnit', roundedPer: 'call' };
const WITH_MODULE: HotlineTerms = {
  ...HOTLINE,
  allowance: { minutes: 30, per: 'incident', remoteWorkIncluded: true },
};

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
    expect(unitsOfCalls(units, HOTLINE, [{ incident: 'a', seconds: seconds(time) }])).toEqual(of('timeUnit', quarters));
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

describe('what is rounded together', () => {
  const logs = ['1', '2', '3'].map((id) => ({ id, seconds: seconds('20:00'), intervention: 'i1' }));

  it('three logs of 20 minutes in one intervention are one ticket', () => {
    expect(unitsOfLogs(tickets, 'ticket', logs)).toEqual([{ unit: 'ticket', units: 1 }]);
  });

  it('in two interventions they are two, and each by itself where terms round each log', () => {
    const apart = logs.map((log, index) => (index === 2 ? { ...log, intervention: 'i2' } : log));
    expect(unitsOfLogs(tickets, 'ticket', apart)).toEqual([{ unit: 'ticket', units: 2 }]);
    const ticket = tickets.ticket ?? expect.unreachable();
    const each = { ticket: { ...ticket, roundedPer: 'workLog' as const } };
    expect(unitsOfLogs(each, 'ticket', logs)).toEqual([{ unit: 'ticket', units: 3 }]);
  });

  it('a log of no intervention stands alone', () => {
    const alone = [
      { id: '1', seconds: 60 },
      { id: '2', seconds: 60 },
    ];
    expect(unitsOfLogs(tickets, 'ticket', alone)).toEqual([{ unit: 'ticket', units: 2 }]);
  });

  it('adding to an intervention never costs less', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 8 }), fc.nat(10_000), (worked, more) => {
        const logsOf = (all: number[]) => all.map((each, id) => ({ id: String(id), seconds: each, intervention: 'i' }));
        const cost = (all: number[]) => unitsOfLogs(tickets, 'ticket', logsOf(all))[0]?.units ?? 0;
        expect(cost([...worked, more])).toBeGreaterThanOrEqual(cost(worked));
        expect(cost(worked)).toBe(
          startedUnits(
            worked.reduce((sum, each) => sum + each, 0),
            60,
          ),
        );
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

describe('the hotline', () => {
  const call = (minutes: number, incident = 'a') => ({ incident, seconds: minutes * 60 });

  it('three calls of five minutes are three units', () => {
    expect(unitsOfCalls(units, HOTLINE, [call(5), call(5), call(5)])).toEqual([{ unit: 'timeUnit', units: 3 }]);
  });

  it('is free for 30 minutes of an incident over all its calls, remote work with them', () => {
    expect(unitsOfCalls(units, WITH_MODULE, [call(10), call(10), call(10)])).toEqual([]);
    const remote = { ...call(20), isRemoteWork: true };
    expect(secondsBeyondAllowance([call(20), remote, call(5, 'b')], WITH_MODULE)).toEqual([0, 600, 0]);
    expect(unitsOfCalls(units, WITH_MODULE, [call(20), remote, call(5)])).toEqual([{ unit: 'timeUnit', units: 2 }]);
  });

  it('counts the first second beyond', () => {
    expect(unitsOfCalls(units, WITH_MODULE, [{ incident: 'a', seconds: 1801 }])).toEqual([
      { unit: 'timeUnit', units: 1 },
    ]);
  });
});

it('a unit that the contract does not have is refused', () => {
  expect(() => unitsOfWork(tickets, 'timeUnit', 60)).toThrow('it has ticket');
  expect(() => unitsOfWork(tickets, 'constructor', 60)).toThrow('it has ticket');
});
