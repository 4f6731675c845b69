/** How long Temporal is waited for, and what its errors mean outside: the same for every door. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isGone, isLost, isTemporalAway, refusalIn } from './temporalErrors.ts';
import { Unavailable } from './unavailable.ts';

/** Longest wait of a door for Temporal without another; milliseconds. */
export const PATIENCE_MS = 10_000;
/** Before what a run that just ended has lost is sent again; milliseconds. */
const LOST_PAUSE = 100;

/** What a door waits with. */
export interface Patience {
  /** Within the time limit, and with errors that mean something outside. @throws Refusal, Unavailable */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  /** Sends until a run takes it; `whenGone` yields the result that makes sending needless, or nothing to send again. */
  persistently<T>(send: () => Promise<T>, whenGone: () => Promise<T | undefined>): Promise<T>;
  /** Sends a fact until a run takes it; `gone` when `isOver` says of what has no run that nothing waits for it. */
  deliver(send: () => Promise<void>, isOver: () => Promise<boolean>): Promise<'delivered' | 'gone'>;
}

/** Patience of so many milliseconds. */
export function createPatience(client: Client, patienceMs: number): Patience {
  const patience: Patience = {
    async patiently(work) {
      const late = new AbortController();
      try {
        const worked = client.withDeadline(Date.now() + patienceMs, work);
        // The client's own retries overrun the deadline by seconds when nobody listens.
        const tooLate = sleep(patienceMs, undefined, { signal: late.signal }).then(() => {
          throw new Unavailable('Temporal');
        });
        return await Promise.race([worked, tooLate]);
      } catch (error) {
        const refusal = refusalIn(error);
        if (refusal) throw refusal;
        if (isTemporalAway(error)) throw new Unavailable('Temporal', undefined, { cause: error });
        throw error;
      } finally {
        late.abort();
      }
    },
    async persistently(send, whenGone) {
      const end = Date.now() + patienceMs;
      for (;;) {
        try {
          return await send();
        } catch (error) {
          if (isGone(error)) {
            const result = await whenGone();
            if (result !== undefined) return result;
          } else if (!isLost(error)) throw error;
          if (Date.now() > end) throw new Unavailable('Temporal', undefined, { cause: error });
          await sleep(LOST_PAUSE);
        }
      }
    },
    async deliver(send, isOver) {
      return await patience.persistently<'delivered' | 'gone'>(
        async () => {
          await send();
          return 'delivered';
        },
        async () => ((await isOver()) ? 'gone' : undefined),
      );
    },
  };
  return patience;
}
