/**
 * Tells the workflows of contracts that entries were made in their ledger, and starts those of contracts that have their first lot;
 * tells interventions that lack credit, and calls that are owed, once there is enough.
 */
import type { Pool } from 'pg';
import type { ContractDoor } from '../client/contractDoor.ts';
import type { HotlineDoor } from '../client/hotlineDoor.ts';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import { listUndebitedCalls } from '../db/hotlineCalls.ts';
import { listServable } from '../db/interventions.ts';
import { listLots } from '../db/ledger/statement.ts';
import { readCreditContract } from '../db/ledger/under.ts';
import { listUntold, noteTold } from '../db/ledger/watching.ts';
import { amountOf, isNone, NONE, plus } from '../domain/intervention/amounts.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import { isValidOn } from '../domain/ledger/validity.ts';
import { type Loop, startLoop } from './loop.ts';

/** What telling needs. */
export interface CreditsDeps {
  readonly pool: Pool;
  readonly door: ContractDoor;
  /** Who waits for units; without them nobody else is told. */
  readonly waiting?: {
    readonly interventions: Pick<InterventionDoor, 'creditAdded'>;
    readonly calls: Pick<HotlineDoor, 'creditAdded'>;
  };
  readonly log: { warn(fields: object, message: string): void };
  /** Pause between two looks, milliseconds; 3 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts to look. Telling twice does no harm: several relays may do it. */
export function startCredits({ pool, door, waiting, log, pauseMs = 3_000 }: CreditsDeps): Loop {
  return startLoop(
    async () => {
      const untold = await listUntold(pool, AT_ONCE);
      for (const one of untold) {
        await door.creditChanged(one.contract);
        if (waiting) await tellWaiting(pool, waiting, one.contract);
        await noteTold(pool, one);
      }
      return untold.length === AT_ONCE;
    },
    { name: 'credits', pauseMs, log },
  );
}

/** Only those whom it suffices for: each refusal of the ledger would be another mail to the customer. */
async function tellWaiting(
  pool: Pool,
  { interventions, calls }: NonNullable<CreditsDeps['waiting']>,
  contract: string,
): Promise<void> {
  const available = await availableIn(pool, contract);
  if (isNone(available)) return;
  for (const id of await listServable(pool, contract, available)) await interventions.creditAdded(id);
  for (const id of await listUndebitedCalls(pool, contract)) await calls.creditAdded(id);
}

async function availableIn(pool: Pool, contract: string): Promise<UnitAmounts> {
  const under = await readCreditContract(pool, contract);
  if (!under) return NONE;
  const lots = (await listLots(pool, contract)).filter((lot) => isValidOn(lot, under.today));
  return plus(...lots.map(({ unit, available }) => amountOf(unit, available)));
}
