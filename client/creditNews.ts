/** Who waits for credit is told that there is more: an order was signed, or units came back. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Pool } from 'pg';
import { listUndebitedCalls } from '../db/hotlineCalls.ts';
import { listLackingCredit } from '../db/interventions.ts';
import { hotlineCreditAdded } from '../workflows/hotlineMessages.ts';
import { creditAdded } from '../workflows/interventionMessages.ts';

/**
 * Tells the contract's interventions that lack units, the oldest first, and its calls that are owed. Telling twice does no
 * harm, and each asks the ledger anew. @returns how many were told
 */
export async function tellCreditAdded(client: Client, pool: Pool, contract: string): Promise<number> {
  let told = 0;
  for (const id of await listLackingCredit(pool, contract)) {
    if (await isTold(client.workflow.getHandle(id).signal(creditAdded))) told++;
  }
  for (const id of await listUndebitedCalls(pool, contract)) {
    if (await isTold(client.workflow.getHandle(id).signal(hotlineCreditAdded))) told++;
  }
  return told;
}

/** What has ended meanwhile needs no credit. */
async function isTold(signal: Promise<void>): Promise<boolean> {
  try {
    await signal;
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
