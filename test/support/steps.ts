/** A life in steps, each taken as a caller takes it: the same call, until it is answered, and then heard of on all sides. */
import { type UntilOptions, until } from './until.ts';

/** One step, and what shows in Postgres that all sides have heard of it. */
export interface Step<World, Life> {
  readonly name: string;
  take(world: World, life: Life): Promise<unknown>;
  isHeard(world: World, life: Life): Promise<boolean>;
}

/** Which steps, counted from 0, and what is done after each: once it was answered, and once all sides have heard of it. */
export interface Going<World, Life> {
  readonly from?: number;
  readonly to?: number;
  readonly answered?: (step: Step<World, Life>) => Promise<unknown>;
  readonly heard?: (step: Step<World, Life>) => Promise<unknown>;
}

/** What is gone through, and how long it is waited until a step is heard of. */
export interface Course<World, Life> {
  readonly steps: readonly Step<World, Life>[];
  readonly patience: UntilOptions;
}

/** Takes them one after the other. */
export async function goThrough<World, Life>(
  { steps, patience }: Course<World, Life>,
  world: World,
  life: Life,
  { from = 0, to = steps.length, answered, heard }: Going<World, Life> = {},
): Promise<void> {
  for (const step of steps.slice(from, to)) {
    await step.take(world, life);
    await answered?.(step);
    await until(() => step.isHeard(world, life), patience).catch((cause: unknown) => {
      throw new Error(`${step.name} was not heard of`, { cause });
    });
    await heard?.(step);
  }
}
