/** Opening hours that changed: which windows bring something new, and which due moments they move. */
import { dueMoments } from './clocks.ts';
import { type Draft, record, SYSTEM } from './draft.ts';
import type { Windows } from './events.ts';
import type { Rules } from './rules.ts';
import type { Clocked } from './state.ts';
import type { ClockName } from './terms.ts';

/** Version of a calendar before anything was announced. */
const FIRST_VERSION = 1;

/**
 * The windows that are news beside those at hand: of a newer version of their calendar. The same told again is none, but of
 * version 1 nothing was announced: what comes in it is no repetition.
 */
export function newsIn(windows: Windows, atHand: Windows): Windows {
  return pick(windows, ({ calendarVersion: version }, name) => {
    const known = atHand[name]?.calendarVersion ?? 0;
    return version > known || (version === FIRST_VERSION && known === FIRST_VERSION);
  });
}

/** The windows that are not older than those at hand: what was announced meanwhile is not forgotten for a wider horizon. */
export function withoutOlder(windows: Windows, atHand: Windows): Windows {
  return pick(windows, ({ calendarVersion }, name) => calendarVersion >= (atHand[name]?.calendarVersion ?? 0));
}

function pick(windows: Windows, wanted: (window: Windows[string], name: string) => boolean): Windows {
  return Object.fromEntries(Object.entries(windows).filter(([name, window]) => wanted(window, name)));
}

/** Versions of the calendars, by their names in the terms, as far as something was announced for them. */
export function announcedVersions(windows: Windows): { readonly [calendar: string]: number } {
  const versions = Object.entries(windows).map(([name, { calendarVersion }]) => [name, calendarVersion] as const);
  return Object.fromEntries(versions.filter(([, version]) => version > FIRST_VERSION));
}

/** Whether one of these windows, which hold now, is of a newer version than the one that held before. */
export function bringsNewHours(windows: Windows, before: Rules): boolean {
  return Object.entries(windows).some(([name, { calendarVersion }]) => heldVersion(before, name) < calendarVersion);
}

/** Of a calendar that was not counted on before nothing can have moved. */
function heldVersion(rules: Rules, name: string): number {
  try {
    return rules.openings(name).window.calendarVersion;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/**
 * Writes a line for each due moment that moved, with both; one line alone when none did. What was breached stays so, and
 * is told no other moment.
 */
export function recordChangedHours(draft: Draft, at: number, before: Rules): void {
  const moved = movedDues(draft.state, draft.rules, before);
  for (const facts of moved) record(draft, at, SYSTEM, { type: 'openingHoursChanged', facts });
  if (moved.length === 0) record(draft, at, SYSTEM, { type: 'openingHoursChanged' });
}

/** A due moment that moved; either is missing where it lies beyond the opening window. */
export interface MovedDue {
  readonly clock: ClockName;
  readonly dueWas?: number;
  readonly dueAt?: number;
}

/** The due moments that the rules move which hold now, but of what was breached. */
export function movedDues(state: Clocked, rules: Rules, before: Rules): MovedDue[] {
  const were = new Map(dueMoments(state, before).map((due) => [due.clock, due.at]));
  const are = new Map(dueMoments(state, rules).map((due) => [due.clock, due.at]));
  const moved = [...new Set([...were.keys(), ...are.keys()])].filter(
    (clock) => were.get(clock) !== are.get(clock) && state.clocks[clock]?.breachedAt === undefined,
  );
  return moved.map((clock) => {
    const dueWas = were.get(clock);
    const dueAt = are.get(clock);
    return { clock, ...(dueWas === undefined ? {} : { dueWas }), ...(dueAt === undefined ? {} : { dueAt }) };
  });
}
