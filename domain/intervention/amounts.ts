/** Arithmetic of amounts in several credit units. None of them is ever below zero; a unit of which there is none is left out. */
import type { UnitAmounts } from './terms.ts';

/** Nothing of any unit. */
export const NONE: UnitAmounts = Object.freeze({});

/** So many of a unit. */
export function amountOf(unit: string, units: number): UnitAmounts {
  return units > 0 ? { [unit]: units } : {};
}

/** How many of a unit. */
export function unitsIn(amounts: UnitAmounts, unit: string): number {
  return amounts[unit] ?? 0;
}

/** Sum of amounts. */
export function plus(...all: readonly UnitAmounts[]): UnitAmounts {
  return combine(all, (values) => values.reduce((sum, each) => sum + each, 0));
}

/** What is left of `all` after `some`; nothing where `some` is more. */
export function minus(all: UnitAmounts, some: UnitAmounts): UnitAmounts {
  return combine([all, some], ([first = 0, second = 0]) => Math.max(0, first - second));
}

/** The lesser of each unit. */
export function least(one: UnitAmounts, other: UnitAmounts): UnitAmounts {
  return combine([one, other], (values) => Math.min(...values));
}

/** Whether `some` is there in `all`. */
export function covers(all: UnitAmounts, some: UnitAmounts): boolean {
  return Object.entries(some).every(([unit, units]) => units <= unitsIn(all, unit));
}

/** Whether there is nothing of any unit. */
export function isNone(amounts: UnitAmounts): boolean {
  return Object.values(amounts).every((units) => units === 0);
}

/** Whether both are the same. */
export function isSame(one: UnitAmounts, other: UnitAmounts): boolean {
  return covers(one, other) && covers(other, one);
}

function combine(all: readonly UnitAmounts[], how: (values: number[]) => number): UnitAmounts {
  const names = new Set(all.flatMap((amounts) => Object.keys(amounts)));
  const combined = [...names].map((unit) => [unit, how(all.map((amounts) => unitsIn(amounts, unit)))] as const);
  return Object.fromEntries(combined.filter(([, units]) => units > 0));
}
