/** Waiting for a condition, instead of for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. */
export interface UntilOptions {
  /** Longest wait; half a minute without it. */
  readonly timeoutMs?: number;
  /** Between two looks; 25 without it. */
  readonly everyMs?: number;
}

/**
 * What `condition` returns as soon as that is neither false, null nor undefined. While it throws, it is not met.
 * @throws Error after the time-out, with what the condition threw last as its cause.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 25 }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`not met within ${timeoutMs} ms: ${condition.toString()}`, { cause });
}
