/** Tells the workflows of contracts that entries were made in their ledger, and starts those of contracts that have their first lot. */
import type { Pool } from 'pg';
import type { ContractDoor } from '../client/contractDoor.ts';
import { listUntold, noteTold } from '../db/ledger/watching.ts';
import { type Loop, startLoop } from './loop.ts';

/** What telling needs. */
export interface CreditsDeps {
  readonly pool: Pool;
  readonly door: ContractDoor;
  readonly log: { warn(fields: object, message: string): void };
  /** Pause between two looks, milliseconds; 3 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts to look. Telling twice does no harm: several relays may do it. */
export function startCredits({ pool, door, log, pauseMs = 3_000 }: CreditsDeps): Loop {
  return startLoop(
    async () => {
      const untold = await listUntold(pool, AT_ONCE);
      for (const one of untold) {
        await door.creditChanged(one.contract);
        await noteTold(pool, one);
      }
      return untold.length === AT_ONCE;
    },
    { name: 'credits', pauseMs, log },
  );
}
