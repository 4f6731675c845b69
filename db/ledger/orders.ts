/** Buying units by a signed order form. Each order is to be invoiced. */
import type { Pool } from 'pg';
import { Refusal } from '../../domain/failures.ts';
import { requireBeforeEnd } from '../../domain/ledger/contractEnd.ts';
import { changesOf } from '../../domain/ledger/entries.ts';
import { priceOf } from '../../domain/ledger/orders.ts';
import { requireUnit } from '../../domain/ledger/units.ts';
import { validDays } from '../../domain/ledger/validity.ts';
import { isUniqueViolation, type Queryable } from '../pool.ts';
import { insertOrder } from './lots.ts';
import { type Entered, lockContract, type Operation, operate, type Under } from './operations.ts';

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
      await lockContract(client, contract);
      if (await isOrderEntered(client, contract, orderForm)) throw alreadyEntered();
      const { termsVersion } = under;
      const order = { key, contract, kind: 'order', unit, units, price, ...days, signedOn: on, orderForm } as const;
      const lot = await insertOrder(client, { ...order, termsVersion, who });
      return [{ key, changes: changesOf('purchase', [{ lot: lot.id, units }]) }];
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'credit_orders_form')) throw error;
    throw alreadyEntered();
  }
}

/** Whether the contract has an order of this form, however its letters are typed: nobody has two that differ in that alone. */
export async function isOrderEntered(db: Queryable, contract: string, orderForm: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM credit_orders WHERE contract = $1 AND lower(order_form) = lower($2) LIMIT 1',
    [contract, orderForm],
  );
  return rowCount === 1;
}

function alreadyEntered(): Refusal {
  const message =
    'This order form has been entered on the contract already. If it was entered wrongly, have that order corrected to none, and add to the reference, as in BC-1/2.';
  return new Refusal('Conflict', message);
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
  /** Units that it counts as after its corrections; null: it was not corrected. */
  readonly correctedTo: number | null;
}

/** What corrections have added to an order `o`: `units`, null where there were none. */
export const CORRECTED = `(
  WITH RECURSIVE chain AS (
    SELECT e.key FROM credit_entries e WHERE e.corrects = o.key AND e.line = 1
    UNION ALL
    SELECT e.key FROM credit_entries e JOIN chain c ON e.corrects = c.key WHERE e.line = 1)
  SELECT sum(e.available)::int AS units
  FROM chain c JOIN credit_entries e ON e.key = c.key WHERE e.kind = 'correct')`;

/** Orders of a contract, the newest first; or the one of a key. */
export async function listOrders(db: Queryable, contract: string, key?: string): Promise<OrderRow[]> {
  const { rows } = await db.query<OrderRow>(
    `SELECT o.key, o.kind, o.unit, o.units, o.cents::float8 AS cents, o.vat_basis_points AS "vatBasisPoints",
            o.signed_on::text AS "signedOn", o.order_form AS "orderForm", o.terms_version AS "termsVersion", o.who, o.at,
            l.id AS lot, l.valid_from::text AS "validFrom", l.last_day::text AS "lastDay",
            o.units + corrected.units AS "correctedTo"
     FROM credit_orders o JOIN credit_lots l ON l."order" = o.id
     CROSS JOIN LATERAL ${CORRECTED} corrected
     WHERE o.contract = $1 AND ($2::text IS NULL OR o.key = $2) ORDER BY o.id DESC`,
    [contract, key ?? null],
  );
  return rows;
}
