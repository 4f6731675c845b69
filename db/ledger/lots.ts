/** Lots and orders: read, locked in their order, and bought. */
import type { PoolClient } from 'pg';
import type { Lot } from '../../domain/ledger/lots.ts';
import type { Price } from '../../domain/ledger/terms.ts';
import type { ValidDays } from '../../domain/ledger/validity.ts';
import type { Queryable } from '../pool.ts';

/** Last day of a lot `l`: its own, or the contract's where it lasts as long; null while no end is known. */
export const LAST_DAY = 'coalesce(l.last_day, (SELECT ends_on FROM contracts WHERE reference = l.contract))';
const LOT = `l.id, l.unit, l.valid_from::text AS "validFrom", ${LAST_DAY}::text AS "lastDay", b.available, b.pending
  FROM credit_lots l JOIN lot_balances b ON b.lot = l.id`;
/** Everybody locks in this order, so that nobody waits for one another in a circle. */
const ORDER = 'ORDER BY l.last_day NULLS LAST, l.id';

/** Locks the lots of these units that have anything left, until the end of the transaction. */
export async function lockLots(client: PoolClient, contract: string, units: readonly string[]): Promise<Lot[]> {
  const { rows } = await client.query<Lot>({
    name: 'ledger-lock-lots',
    text: `SELECT ${LOT} WHERE l.contract = $1 AND l.unit = ANY($2) AND (b.available > 0 OR b.pending > 0) ${ORDER}
           FOR UPDATE OF b`,
    values: [contract, units],
  });
  return rows;
}

/** Locks every lot of these units, also those that are used up. */
export async function lockAllLots(client: PoolClient, contract: string, units: readonly string[]): Promise<Lot[]> {
  const { rows } = await client.query<Lot>(
    `SELECT ${LOT} WHERE l.contract = $1 AND l.unit = ANY($2) ${ORDER} FOR UPDATE OF b`,
    [contract, units],
  );
  return rows;
}

/** Locks these lots of the contract. */
export async function lockLotsById(client: PoolClient, contract: string, ids: readonly number[]): Promise<Lot[]> {
  const { rows } = await client.query<Lot>(
    `SELECT ${LOT} WHERE l.contract = $1 AND l.id = ANY($2) ${ORDER} FOR UPDATE OF b`,
    [contract, ids],
  );
  return rows;
}

/** Lots of these units that have anything left, in the order in which they are spent; nothing is locked. */
export async function readLots(db: Queryable, contract: string, units: readonly string[]): Promise<Lot[]> {
  const { rows } = await db.query<Lot>({
    name: 'ledger-lots',
    text: `SELECT ${LOT} WHERE l.contract = $1 AND l.unit = ANY($2) AND (b.available > 0 OR b.pending > 0) ${ORDER}`,
    values: [contract, units],
  });
  return rows;
}

/** An order to be stored with its lot. */
export interface NewOrder extends ValidDays {
  readonly key: string;
  readonly contract: string;
  readonly kind: 'order' | 'renewal';
  readonly unit: string;
  readonly units: number;
  /** Of the whole order. */
  readonly price: Price;
  /** Local date, YYYY-MM-DD. */
  readonly signedOn: string;
  readonly orderForm?: string | undefined;
  readonly termsVersion: number;
  readonly who: string;
}

/** Stores an order and its lot, which has nothing until its entry is made. Throws a unique violation of its key or form. */
export async function insertOrder(client: PoolClient, order: NewOrder): Promise<Lot> {
  const { contract, unit, units, price, validFrom, lastDay } = order;
  const { rows } = await client.query<{ id: number }>(
    `WITH placed AS (
       INSERT INTO credit_orders (key, contract, kind, unit, units, cents, vat_basis_points, signed_on, order_form,
         terms_version, who)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id)
     INSERT INTO credit_lots ("order", contract, unit, units, valid_from, last_day)
     SELECT id, $2, $4, $5, $12, $13 FROM placed RETURNING id`,
    [
      ...[order.key, contract, order.kind, unit, units, price.cents, price.vatBasisPoints, order.signedOn],
      ...[order.orderForm ?? null, order.termsVersion, order.who, validFrom, lastDay],
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the lot was not stored');
  return { id, unit, validFrom, lastDay, available: 0, pending: 0 };
}

/** Earliest last day of the lots that a reservation holds, YYYY-MM-DD; null where all of them last and no end is known. */
export async function readReservedUntil(db: Queryable, reservation: string): Promise<string | null> {
  const { rows } = await db.query<{ day: string | null }>(
    `SELECT min(${LAST_DAY})::text AS day FROM reservation_balances r JOIN credit_lots l ON l.id = r.lot
     WHERE r.reservation = $1`,
    [reservation],
  );
  return rows[0]?.day ?? null;
}
