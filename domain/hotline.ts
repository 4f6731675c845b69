/**
 * The hotline of managed hosting: calls on an incident, and remote work on it. Free minutes are the incident's over all its
 * calls; what goes beyond them, or all of it without the module, is counted in started units, each call by itself (E CP 6).
 */
import { type HotlineTerms, secondsBeyondAllowance, startedUnits } from './ledger/units.ts';

/** What a call is. */
export type CallKind = 'call' | 'remoteWork';

/** A call on an incident, as far as it counts. */
export interface TimedCall {
  readonly kind: CallKind;
  readonly seconds: number;
}

/** What a call costs. */
export interface CallCost {
  readonly freeSeconds: number;
  readonly units: number;
}

/** The hotline of a contract: what is free, and how long a unit is. */
export interface Hotline extends HotlineTerms {
  readonly unitMinutes: number;
}

const MINUTE = 60;
/** The agent is alerted so long before the free minutes are over: at 25 of 30. */
const ALERT_BEFORE = 5 * MINUTE;

/** What a call costs after the earlier ones on its incident, in their order. */
export function callCost(hotline: Hotline, earlier: readonly TimedCall[], call: TimedCall): CallCost {
  const beyond = beyondOf(hotline, [...earlier, call]);
  const own = beyond.at(-1) ?? 0;
  const freeSeconds = call.seconds - own;
  if (hotline.roundedPer === 'call') return { freeSeconds, units: startedUnits(own, hotline.unitMinutes) };
  const sum = beyond.reduce((total, seconds) => total + seconds, 0);
  const before = startedUnits(sum - own, hotline.unitMinutes);
  return { freeSeconds, units: startedUnits(sum, hotline.unitMinutes) - before };
}

/**
 * Seconds after which the agent of a call is to tell the caller that free minutes run out; 0 when that is so from the first
 * one: nothing is free, or nearly nothing is left.
 */
export function secondsToAlert(hotline: Hotline, earlier: readonly TimedCall[], kind: CallKind): number {
  const { allowance } = hotline;
  if (!allowance || (kind === 'remoteWork' && !allowance.remoteWorkIncluded)) return 0;
  const beyond = beyondOf(hotline, earlier);
  const used = earlier.reduce((sum, { seconds }, index) => sum + seconds - (beyond[index] ?? 0), 0);
  const left = allowance.minutes * MINUTE - (allowance.per === 'incident' ? used : 0);
  return Math.max(0, left - ALERT_BEFORE);
}

function beyondOf(hotline: Hotline, calls: readonly TimedCall[]): number[] {
  const told = calls.map(({ kind, seconds }) => ({ incident: '', seconds, isRemoteWork: kind === 'remoteWork' }));
  return secondsBeyondAllowance(told, hotline);
}
