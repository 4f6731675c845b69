/** Starts the workflows of requests that were registered and then left: Temporal was away, or the API ended in between. */
import type { Pool } from 'pg';
import type { RequestDoor } from '../client/requestDoor.ts';
import { Unavailable } from '../client/unavailable.ts';
import { errorCode } from '../db/pool.ts';
import { listUnopened } from '../db/requests.ts';
import { type Loop, nameOf, startLoop } from './loop.ts';

/** What opening what was left needs. */
export interface OpeningsDeps {
  readonly pool: Pool;
  readonly door: Pick<RequestDoor, 'open'>;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** How long a row is left to whoever registered it, seconds; 60 without it. */
  readonly afterSeconds?: number;
  /** Pause between two looks, milliseconds; 15 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts to look for them. Opening is idempotent: several relays may do it. */
export function startOpenings({ pool, door, log, afterSeconds = 60, pauseMs = 15_000 }: OpeningsDeps): Loop {
  return startLoop(
    async () => {
      const numbers = await listUnopened(pool, afterSeconds, AT_ONCE);
      for (const number of numbers) {
        try {
          await door.open(number);
          log.warn({ number }, 'a request that was left was opened');
        } catch (error) {
          if (error instanceof Unavailable) throw error;
          log.error({ number, error: errorCode(error) ?? nameOf(error) }, 'a request that was left cannot be opened');
        }
      }
      return false;
    },
    { name: 'openings', pauseMs, log },
  );
}
