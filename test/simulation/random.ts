/** Seeded chance: the same seed always gives the same world. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [least, most]. */
  int(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
}

/**
 * Mulberry32: 32 bits of state, good enough to shake a world, and the same on every machine. With `part`, the chance of that
 * part of the world alone.
 */
export function createRandom(seed: number, part = ''): Random {
  let state = seed >>> 0;
  for (let index = 0; index < part.length; index++) state = Math.imul(state ^ part.charCodeAt(index), 0x01000193) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[int(0, items.length - 1)] as T,
  };
}

/** Chance that troubles nothing: what may happen does not, what may take long takes the least. */
export function createCalm(): Random {
  return {
    next: () => 0.5,
    int: (least) => least,
    chance: () => false,
    pick: <T>(items: readonly T[]) => items[0] as T,
  };
}
