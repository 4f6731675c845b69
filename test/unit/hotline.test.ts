import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hotlineOf } from '../../contracts/hotline.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { parseTerms } from '../../contracts/terms.ts';
import { type CallKind, callCost, type Hotline, secondsToAlert, type TimedCall } from '../../domain/hotline.ts';

const MINUTE = 60;

function hosting(isActive: boolean): Hotline {
  const parsed = parseTerms(
    managedHosting(
      { customer: 'Customer', provider: 'Provider' },
      {
        activeModules: isActive ? ['subscription', 'hotline'] : ['subscription'],
        monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
      },
    ),
  );
  const hotline = 'terms' in parsed ? hotlineOf(parsed.terms) : undefined;
  if (!hotline) throw new Error('no hotline');
  return hotline;
}

const WITH = hosting(true);
const WITHOUT = hosting(false);
const calls = (...minutes: number[]): TimedCall[] => minutes.map((each) => ({ kind: 'call', seconds: each * MINUTE }));

/** What calls cost, one after the other. */
function costs(hotline: Hotline, all: readonly TimedCall[]): { freeSeconds: number; units: number }[] {
  return all.map((call, index) => callCost(hotline, all.slice(0, index), call));
}

describe('calls on an incident', () => {
  it('are free for 30 minutes over all of them, then by started quarter-hours, each by itself', () => {
    expect(costs(WITH, calls(10, 10, 10, 1))).toEqual([
      { freeSeconds: 600, units: 0 },
      { freeSeconds: 600, units: 0 },
      { freeSeconds: 600, units: 0 },
      { freeSeconds: 0, units: 1 },
    ]);
    expect(costs(WITH, calls(46))).toEqual([{ freeSeconds: 1_800, units: 2 }]);
  });

  it('cost from the first minute without the module: three of 5 minutes are three units', () => {
    expect(costs(WITHOUT, calls(5, 5, 5)).map(({ units }) => units)).toEqual([1, 1, 1]);
  });

  it.each([
    ['without the module', WITHOUT, 0],
    ['beyond the free minutes', WITH, 30 * MINUTE],
  ])('%s round at the edges of a quarter-hour', (_what, hotline, free) => {
    const units = (seconds: number) => callCost(hotline, [], { kind: 'call', seconds: free + seconds }).units;
    const edges = [1, 14 * 60 + 59, 15 * 60, 15 * 60 + 1, 59 * 60 + 59, 60 * 60, 60 * 60 + 1];
    expect(edges.map(units)).toEqual([1, 1, 1, 2, 4, 4, 5]);
    expect(callCost(WITH, [], { kind: 'call', seconds: 30 * MINUTE }).units).toBe(0);
  });

  it('use the free minutes for remote work too, where the terms include it', () => {
    const remote: TimedCall[] = [{ kind: 'remoteWork', seconds: 25 * MINUTE }, ...calls(10)];
    expect(costs(WITH, remote)).toEqual([
      { freeSeconds: 1_500, units: 0 },
      { freeSeconds: 300, units: 1 },
    ]);
    const { allowance } = WITH;
    if (!allowance) throw new Error('nothing is free');
    const apart: Hotline = { ...WITH, allowance: { ...allowance, remoteWorkIncluded: false } };
    expect(costs(apart, remote).map(({ units }) => units)).toEqual([2, 0]);
  });

  it('rounded per incident cost what all of them together cost', () => {
    const minutes = fc.array(fc.integer({ min: 1, max: 3_600 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(minutes, fc.constantFrom<CallKind>('call', 'remoteWork'), (lengths, kind) => {
        const together: Hotline = { ...WITHOUT, roundedPer: 'incident' };
        const all = lengths.map((seconds) => ({ kind, seconds }));
        const sum = costs(together, all).reduce((total, { units }) => total + units, 0);
        const seconds = lengths.reduce((total, each) => total + each, 0);
        expect(sum).toBe(Math.ceil(seconds / 900));
        const free = costs(WITH, all).reduce((total, { freeSeconds }) => total + freeSeconds, 0);
        expect(free).toBe(Math.min(1_800, seconds));
      }),
    );
  });
});

describe('the alert', () => {
  it.each([
    ['of a first call', WITH, calls(), 25 * MINUTE],
    ['after ten minutes of other calls', WITH, calls(4, 6), 15 * MINUTE],
    ['once 25 minutes are used', WITH, calls(25), 0],
    ['beyond the free minutes', WITH, calls(50), 0],
    ['without the module', WITHOUT, calls(), 0],
  ])('%s comes after %s', (_what, hotline, earlier, seconds) => {
    expect(secondsToAlert(hotline, earlier, 'call')).toBe(seconds);
  });

  it('of remote work comes at once where that is not free, and then takes nothing from later calls', () => {
    const { allowance } = WITH;
    if (!allowance) throw new Error('nothing is free');
    const remote: TimedCall[] = [{ kind: 'remoteWork', seconds: 20 * MINUTE }];
    expect([secondsToAlert(WITH, [], 'remoteWork'), secondsToAlert(WITH, remote, 'call')]).toEqual([1_500, 300]);
    const apart: Hotline = { ...WITH, allowance: { ...allowance, remoteWorkIncluded: false } };
    expect([secondsToAlert(apart, [], 'remoteWork'), secondsToAlert(apart, remote, 'call')]).toEqual([0, 1_500]);
  });
});
