/** Bases that renew by themselves: each renewal is an order to be invoiced. */
import type { PoolClient } from 'pg';
import { mayRenew } from '../../domain/ledger/contractEnd.ts';
import { type Change, changesOf } from '../../domain/ledger/entries.ts';
import { type Lot, takeAvailable } from '../../domain/ledger/lots.ts';
import { priceOf } from '../../domain/ledger/orders.ts';
import { basesFor, exhausted } from '../../domain/ledger/renewal.ts';
import type { Amount } from '../../domain/ledger/terms.ts';
import { requireUnit } from '../../domain/ledger/units.ts';
import { validDays } from '../../domain/ledger/validity.ts';
import type { Queryable } from '../pool.ts';
import { insertOrder } from './lots.ts';
import type { Batch, Operation, Under } from './operations.ts';
import { CORRECTED } from './orders.ts';

/** Buys the bases without which the lots do not yield what is asked for: the lots with them. The contract must be locked. */
export async function buyMissing(
  client: PoolClient,
  operation: Operation,
  lots: readonly Lot[],
  asked: readonly Amount[],
  under: Under,
): Promise<{ readonly lots: Lot[]; readonly batches: Batch[] }> {
  const { contract, on } = operation;
  const renewable = mayRenew(under, { on, today: under.today });
  const all = [...lots];
  const batches: Batch[] = [];
  for (const amount of takeAvailable(lots, asked, on).missing) {
    const isBought = renewable && (await everBought(client, contract, amount.unit));
    const times = isBought ? basesFor(under.credits, amount) : 0;
    if (times === 0) continue;
    const renewed = await renewBase(client, operation, under, amount.unit, { times, first: batches.length + 1 });
    all.push(...renewed.lots);
    batches.push(...renewed.batches);
  }
  return { lots: all, batches };
}

/** Buys a base of each unit of which spending has left nothing. `before`: renewals of the operation so far. */
export async function renewExhausted(
  client: PoolClient,
  operation: Operation,
  under: Under,
  after: readonly Lot[],
  spent: readonly string[],
  before: number,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  if (!mayRenew(under, { on: operation.on, today: under.today })) return batches;
  for (const unit of exhausted(under.credits, after, spent)) {
    const first = before + batches.length + 1;
    batches.push(...(await renewBase(client, operation, under, unit, { times: 1, first })).batches);
  }
  return batches;
}

/** A base renews: what never was ordered, or by a slip that was corrected to none, does not begin by itself. */
export async function everBought(db: Queryable, contract: string, unit: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM credit_orders o CROSS JOIN LATERAL ${CORRECTED} corrected
     WHERE o.contract = $1 AND o.unit = $2 AND o.units + coalesce(corrected.units, 0) > 0 LIMIT 1`,
    [contract, unit],
  );
  return rowCount === 1;
}

/** Buys a base so many times: lots that have their units, and their entries. The contract must be locked. */
async function renewBase(
  client: PoolClient,
  { key, contract, on }: Operation,
  under: Under,
  unit: string,
  { times, first }: { readonly times: number; readonly first: number },
): Promise<{ readonly lots: Lot[]; readonly batches: Batch[] }> {
  const terms = requireUnit(under.credits, unit);
  const { base = 0 } = terms;
  const price = priceOf(under.credits, unit, base);
  const lots: Lot[] = [];
  const batches: Batch[] = [];
  for (let n = first; n < first + times; n++) {
    const renewal = `${key}:renewal:${unit}:${n}`;
    const lot = await insertOrder(client, {
      ...{ key: renewal, contract, kind: 'renewal', unit, units: base, price, ...validDays(on, terms.validity) },
      ...{ signedOn: on, termsVersion: under.termsVersion, who: 'system' },
    });
    const changes: Change[] = changesOf('renewal', [{ lot: lot.id, units: base }]);
    lots.push({ ...lot, available: base });
    batches.push({ key: renewal, changes, why: 'renewed at zero' });
  }
  return { lots, batches };
}
