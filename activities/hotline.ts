/** Activities of the hotline that touch Postgres: what a call costs, and its debit. */
import type { Pool } from 'pg';
import { hotlineOf } from '../contracts/hotline.ts';
import { localDate } from '../contracts/zone.ts';
import { readTerms } from '../db/contracts.ts';
import {
  endHotlineCallRow,
  type HotlineCallRow,
  markHotlineCallDebited,
  readEarlierCalls,
  readHotlineCall,
} from '../db/hotlineCalls.ts';
import { debit } from '../db/ledger/spending.ts';
import { readCreditContract } from '../db/ledger/under.ts';
import { callCost } from '../domain/hotline.ts';
import { isCreditLacking } from '../domain/ledger/contractEnd.ts';
import type { CallOutcome, HotlineActivities } from '../workflows/hotlineMessages.ts';

/** What activities of the hotline need. */
export interface HotlineActivityDependencies {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** All failures are tried again by Temporal. */
export function createHotlineActivities({
  pool,
  now = Date.now,
}: HotlineActivityDependencies): Omit<HotlineActivities, 'alertAgent'> {
  return {
    async endHotlineCall({ id, seconds, endedAt }) {
      const call = await requireCall(pool, id);
      if (!call.endedAt) {
        const terms = await readTerms(pool, call.contract, call.termsVersion);
        const hotline = terms && hotlineOf(terms);
        if (!hotline) throw new Error(`contract ${call.contract} has no hotline`);
        const earlier = await readEarlierCalls(pool, call.request, id);
        const cost = callCost(hotline, earlier, { kind: call.kind, seconds });
        await endHotlineCallRow(pool, id, { endedAt: new Date(endedAt), seconds, unit: hotline.unit, ...cost });
      }
      return outcomeOf(await requireCall(pool, id));
    },

    async debitHotlineCall({ id }) {
      const call = await requireCall(pool, id);
      const { units, unit } = outcomeOf(call);
      if (units === 0 || call.debitedAt) return { result: 'done' };
      const under = await readCreditContract(pool, call.contract, now());
      if (!under) throw new Error(`no contract ${call.contract}`);
      const { contract, request, agent: who } = call;
      const on = localDate(under.zone, call.beganAt.getTime());
      try {
        const why = call.kind === 'call' ? 'hotline call' : 'remote work on an incident';
        await debit(pool, { key: id, contract, on, who, why, request }, [{ unit, units }], under);
      } catch (error) {
        // After the contract's end it stays owed, for a person to see to.
        if (isCreditLacking(error)) return { result: 'insufficient' };
        throw error;
      }
      await markHotlineCallDebited(pool, id);
      return { result: 'done' };
    },
  };
}

async function requireCall(pool: Pool, id: string): Promise<HotlineCallRow> {
  const call = await readHotlineCall(pool, id);
  if (!call) throw new Error(`no call ${id}`);
  return call;
}

function outcomeOf({ id, seconds, freeSeconds, unit, units }: HotlineCallRow): CallOutcome {
  if (seconds === null || freeSeconds === null || unit === null || units === null) throw new Error(`${id} is not over`);
  return { id, seconds, freeSeconds, unit, units };
}
