/** Units of work: what time, calls and trips cost. A unit begun is a unit used. Work is counted in whole seconds. */
import { Refusal } from '../failures.ts';
import type { Amount, CreditTerms, CreditUnitTerms } from './terms.ts';

const MINUTE = 60;

/** Started units of so many seconds: none of none, one of the first second, a second one after the last of the first. */
export function startedUnits(seconds: number, minutes: number): number {
  return Math.ceil(seconds / (minutes * MINUTE));
}

/**
 * What so many seconds cost, rounded up once. A unit with `restIn` is spent in whole ones, at least one; what goes beyond is
 * counted in the other unit.
 *
 * @throws Refusal `NotFound`: the contract has no such unit.
 */
export function unitsOfWork(credits: CreditTerms, unit: string, seconds: number): Amount[] {
  const { minutes, restIn } = requireUnit(credits, unit);
  if (seconds <= 0) return [];
  if (restIn === undefined) return [{ unit, units: startedUnits(seconds, minutes) }];
  const whole = Math.max(1, Math.floor(seconds / (minutes * MINUTE)));
  const rest = Math.max(0, seconds - whole * minutes * MINUTE);
  return [{ unit, units: whole }, ...unitsOfWork(credits, restIn, rest)];
}

/** What return trips cost in units; nothing where they are part of the unit or paid as expenses. @throws Refusal `NotFound` */
export function unitsOfTrips(credits: CreditTerms, unit: string, trips: number): Amount[] {
  const { travel } = requireUnit(credits, unit);
  return travel.counted === 'returnTrip' && trips > 0 ? [{ unit, units: trips * travel.units }] : [];
}

/** A call of the hotline or remote work on its incident, in the order in which they were. */
export interface HotlineCall {
  readonly incident: string;
  readonly seconds: number;
  readonly isRemoteWork?: boolean;
}

/** What of a hotline is free, and how the rest is counted. */
export interface HotlineTerms {
  readonly allowance?:
    | {
        readonly minutes: number;
        readonly per: 'incident' | 'call';
        readonly remoteWorkIncluded: boolean;
      }
    | undefined;
  readonly unit: string;
  readonly roundedPer: 'call' | 'incident';
}

/** Seconds of each call that the allowance does not cover, call by call. */
export function secondsBeyondAllowance(calls: readonly HotlineCall[], { allowance }: HotlineTerms): number[] {
  const used = new Map<string, number>();
  return calls.map(({ incident, seconds, isRemoteWork }) => {
    if (!allowance || (isRemoteWork && !allowance.remoteWorkIncluded)) return seconds;
    const before = allowance.per === 'incident' ? (used.get(incident) ?? 0) : 0;
    const free = Math.max(0, Math.min(seconds, allowance.minutes * MINUTE - before));
    used.set(incident, before + free);
    return seconds - free;
  });
}

/** Amounts with one entry a unit, in the order in which units come first; none of nothing. */
export function added(amounts: readonly Amount[]): Amount[] {
  const sums = new Map<string, number>();
  for (const { unit, units } of amounts) sums.set(unit, (sums.get(unit) ?? 0) + units);
  return [...sums].filter(([, units]) => units > 0).map(([unit, units]) => ({ unit, units }));
}

/** A unit that the contract has. @throws Refusal `NotFound` */
export function requireUnit(credits: CreditTerms, unit: string): CreditUnitTerms {
  const terms = Object.hasOwn(credits, unit) ? credits[unit] : undefined;
  if (terms?.active) return terms;
  const active = Object.keys(credits).filter((name) => credits[name]?.active);
  const there = active.length > 0 ? `it has ${active.join(', ')}` : 'it has none';
  throw new Refusal('NotFound', `The contract has no such credit unit: ${there}.`);
}
