/** Buying units: by a signed order form, or because a base renews. Each order is to be invoiced. */
import type { Pool, PoolClient } from 'pg';
import { Refusal } from '../../domain/failures.ts';
import { requireBeforeEnd } from '../../domain/ledger/contractEnd.ts';
import { type Change, changesOf } from '../../domain/ledger/entries.ts';
import type { Lot } from '../../domain/ledger/lots.ts';
import { priceOf } from '../../domain/ledger/orders.ts';
import { requireUnit } from '../../domain/ledger/units.ts';
import { validDays } from '../../domain/ledger/validity.ts';
import { isUniqueViolation, type Queryable } from '../pool.ts';
import { insertOrder } from './lots.ts';
import { type Batch, type Entered, lockContract, type Operation, operate, type Under } from './operations.ts';

/** A signed order form. */
export interface OrderForm {
  readonly unit: string;
  /** Size of a pack; or from the minimum on, where units are sold singly. */
  readonly units: number;
  /** Reference of the form. */
  readonly orderForm: string;
}

/**
 * Enters an order; `on` is the date of the customer's signature, from which its own period runs.
 *
 * @throws Refusal `NotFound`, `ValidationFailed`; `NotCovered`: signed after the contract's end; `Conflict`: the form has been entered
 */
export async function placeOrder(pool: Pool, operation: Operation, form: OrderForm, under: Under): Promise<Entered> {
  const { key, contract, on, who } = operation;
  const { unit, units, orderForm } = form;
  const price = priceOf(under.credits, unit, units);
  const days = validDays(on, requireUnit(under.credits, unit).validity);
  const content = { does: 'order', contract, on, ...form };
  try {
    return await operate(pool, operation, content, { exclusive: false }, async (client) => {
      requireBeforeEnd(under, on);
      await noteContract(client, contract);
      const { termsVersion } = under;
      const order = { key, contract, kind: 'order', unit, units, price, ...days, signedOn: on, orderForm } as const;
      const lot = await insertOrder(client, { ...order, termsVersion, who });
      return [{ key, changes: changesOf('purchase', [{ lot: lot.id, units }]) }];
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'credit_orders_form')) throw error;
    throw new Refusal('Conflict', 'This order form has been entered on the contract already.');
  }
}

/** Buys a base so many times: lots that have their units, and their entries. The contract must be locked. */
export async function renewBase(
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

/** Sees to it that the contract has its row, and holds it. */
async function noteContract(client: PoolClient, contract: string): Promise<void> {
  await client.query('INSERT INTO credit_contracts (contract) VALUES ($1) ON CONFLICT DO NOTHING', [contract]);
  await lockContract(client, contract);
}

/** An order, and the lot that it brought. */
export interface OrderRow {
  readonly key: string;
  readonly kind: 'order' | 'renewal';
  readonly unit: string;
  readonly units: number;
  readonly cents: number;
  readonly vatBasisPoints: number;
  readonly signedOn: string;
  readonly orderForm: string | null;
  readonly termsVersion: number;
  readonly who: string;
  readonly at: Date;
  readonly lot: number;
  readonly validFrom: string | null;
  readonly lastDay: string | null;
}

/** Orders of a contract, the newest first; or the one of a key. */
export async function listOrders(db: Queryable, contract: string, key?: string): Promise<OrderRow[]> {
  const { rows } = await db.query<OrderRow>(
    `SELECT o.key, o.kind, o.unit, o.units, o.cents::float8 AS cents, o.vat_basis_points AS "vatBasisPoints",
            o.signed_on::text AS "signedOn", o.order_form AS "orderForm", o.terms_version AS "termsVersion", o.who, o.at,
            l.id AS lot, l.valid_from::text AS "validFrom", l.last_day::text AS "lastDay"
     FROM credit_orders o JOIN credit_lots l ON l."order" = o.id
     WHERE o.contract = $1 AND ($2::text IS NULL OR o.key = $2) ORDER BY o.id DESC`,
    [contract, key ?? null],
  );
  return rows;
}
