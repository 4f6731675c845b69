/** Killing at random instants that a seed has drawn, again and again, while work goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../test/simulation/random.ts';
import type { Part } from './faultStack.ts';

/** Whom to kill, how often, and how far the work is. */
export interface KillPlan {
  readonly parts: readonly Part[];
  readonly times: number;
  readonly random: Random;
  /** Share of the work that is done, from 0 to 1: kills come at shares that chance draws. */
  progress(): number | Promise<number>;
}

/** Kills under way. */
export interface Kills {
  /** Kills no more; waits until all are back, and says how many were killed. */
  stop(): Promise<number>;
}

/** The last kill comes before this share of the work is done. */
const LAST_SHARE = 0.9;
const LOOK_EVERY_MS = 5;

/** Seed of the first round: `FAULTS_SEED`, or 1. */
export function firstSeed(): number {
  const given = Number(process.env.FAULTS_SEED || 1);
  if (!Number.isSafeInteger(given)) throw new Error('FAULTS_SEED must be a whole number.');
  return given;
}

/** Chance of one part of a round. */
export function chanceOf(seed: number, part: string): Random {
  return createRandom(seed, part);
}

/** In an order that chance draws. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** Begins to kill; each part is started again at once, and killed again only when it is back. */
export function startKills({ parts, times, random, progress }: KillPlan): Kills {
  const shares = Array.from({ length: times }, () => random.next() * LAST_SHARE).sort((one, other) => one - other);
  const back = new Map<Part, Promise<void>>();
  let isOver = false;
  let kills = 0;

  async function killAt(share: number): Promise<void> {
    const part = random.pick(parts);
    while (!isOver && (await progress()) < share) await sleep(LOOK_EVERY_MS);
    if (!part || isOver) return;
    // A kill of what is not yet back would be no kill.
    await back.get(part);
    await part.kill();
    kills += 1;
    const start = part.start();
    // It is awaited in the end; until then a failure must not end this process.
    start.catch(() => undefined);
    back.set(part, start);
  }

  const killing = (async () => {
    for (const share of shares) await killAt(share);
  })();
  return {
    async stop() {
      isOver = true;
      await killing;
      await Promise.all(back.values());
      return kills;
    },
  };
}
