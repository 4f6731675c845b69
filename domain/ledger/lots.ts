/** Lots of units, and which of them pay. */

import type { Amount } from './terms.ts';
import { added } from './units.ts';
import { isOver, isValidOn, type ValidDays } from './validity.ts';

/** Units that were bought together, and what is left of them. */
export interface Lot extends ValidDays {
  readonly id: number;
  readonly unit: string;
  /** Free to be spent or reserved. */
  readonly available: number;
  /** Reserved, and neither spent nor given back yet. */
  readonly pending: number;
}

/** Units out of one lot. */
export interface Taking {
  readonly lot: number;
  readonly units: number;
}

/** What lots yield: all that was asked, or as much as there is and what is missing. */
export interface Taken {
  readonly takings: readonly Taking[];
  readonly missing: readonly Amount[];
}

/** The order in which lots are spent and locked: the earliest last day first, then the one bought first. */
export function inOrder(a: ValidDays & { id: number }, b: ValidDays & { id: number }): number {
  if (a.lastDay === b.lastDay) return a.id - b.id;
  if (a.lastDay === null) return 1;
  if (b.lastDay === null) return -1;
  return a.lastDay < b.lastDay ? -1 : 1;
}

/** Takes units out of what is available in lots that are valid on `on`, the date of the work. */
export function takeAvailable(lots: readonly Lot[], amounts: readonly Amount[], on: string): Taken {
  return take(
    lots.filter((lot) => isValidOn(lot, on)).map((lot) => ({ ...lot, has: lot.available })),
    amounts,
  );
}

/**
 * Takes units out of what a reservation holds: `pending` of each lot is the reservation's own. Of lots that are valid on `on`,
 * the date of the work; without it of all, for units are lost whatever their validity.
 */
export function takePending(held: readonly Lot[], amounts: readonly Amount[], on?: string): Taken {
  return take(
    held.filter((lot) => on === undefined || isValidOn(lot, on)).map((lot) => ({ ...lot, has: lot.pending })),
    amounts,
  );
}

function take(lots: readonly (Lot & { readonly has: number })[], amounts: readonly Amount[]): Taken {
  const takings: Taking[] = [];
  const missing: Amount[] = [];
  const sorted = [...lots].sort(inOrder);
  for (const { unit, units } of added(amounts)) {
    let left = units;
    for (const lot of sorted) {
      const some = lot.unit === unit ? Math.min(left, lot.has) : 0;
      if (some > 0) takings.push({ lot: lot.id, units: some });
      left -= some;
    }
    if (left > 0) missing.push({ unit, units: left });
  }
  return { takings, missing };
}

/** Sum of what is available and of what is pending in lots of a unit. */
export function leftOf(lots: readonly Lot[], unit: string): number {
  return lots.reduce((sum, lot) => sum + (lot.unit === unit ? lot.available + lot.pending : 0), 0);
}

/** Of the takings, those out of lots whose last day is over: given back, they expire at once. */
export function overToday(lots: readonly Lot[], takings: readonly Taking[], today: string): Taking[] {
  const over = new Set(lots.filter((lot) => isOver(lot, today)).map(({ id }) => id));
  return takings.filter(({ lot }) => over.has(lot));
}
