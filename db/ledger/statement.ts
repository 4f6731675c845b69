/** What a contract has and how it came to that: balances, statement, reservations. */
import type { EntryKind } from '../../domain/ledger/entries.ts';
import type { Queryable } from '../pool.ts';
import { LAST_DAY } from './lots.ts';

/** A line of a statement: one entry, and what the unit's balance was after it. */
export interface StatementLine {
  /** Grows from line to line. */
  readonly entry: string;
  readonly at: Date;
  readonly unit: string;
  readonly lot: number;
  readonly kind: EntryKind;
  /** What it did to what is available and to what is reserved. */
  readonly available: number;
  readonly pending: number;
  /** Of the unit, over all its lots, after this line. */
  readonly availableAfter: number;
  readonly pendingAfter: number;
  /** Local date of the work, the signature or the end, YYYY-MM-DD. */
  readonly on: string;
  /** Key of the operation. */
  readonly operation: string;
  readonly reservation: string | null;
  readonly corrects: string | null;
  readonly orderForm: string | null;
  readonly request: string | null;
  readonly intervention: string | null;
  readonly who: string;
  readonly why: string;
}

/** Which lines are wanted. */
export interface StatementPart {
  readonly unit?: string | undefined;
  /** Local dates in the contract's zone of when the line was entered, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Lines after this entry. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Lines of a contract's statement in the order of their entry; balances count every line before, wanted or not. */
export async function readStatement(db: Queryable, contract: string, part: StatementPart): Promise<StatementLine[]> {
  const { rows } = await db.query<StatementLine>(
    `SELECT s.* FROM (
       SELECT e.id::text AS entry, e.at, l.unit, e.lot, e.kind, e.available, e.pending,
              (sum(e.available) OVER sums)::int AS "availableAfter", (sum(e.pending) OVER sums)::int AS "pendingAfter",
              e.on_day::text AS on, e.key AS operation, e.reservation, e.corrects, e.request, e.intervention, e.who, e.why,
              CASE WHEN e.kind = 'purchase' THEN o.order_form END AS "orderForm"
       FROM credit_entries e JOIN credit_lots l ON l.id = e.lot JOIN credit_orders o ON o.id = l."order"
       WHERE e.contract = $1
       WINDOW sums AS (PARTITION BY l.unit ORDER BY e.id)) s
     JOIN contracts c ON c.reference = $1
     WHERE ($2::text IS NULL OR s.unit = $2)
       AND ($3::date IS NULL OR (s.at AT TIME ZONE c.zone)::date >= $3)
       AND ($4::date IS NULL OR (s.at AT TIME ZONE c.zone)::date <= $4)
       AND s.entry::bigint > $5::bigint
     ORDER BY s.entry::bigint LIMIT $6`,
    [contract, part.unit ?? null, part.from ?? null, part.to ?? null, part.after ?? '0', part.limit],
  );
  return rows;
}

/** A lot, with what is left of it. */
export interface LotRow {
  readonly lot: number;
  readonly unit: string;
  readonly bought: number;
  readonly available: number;
  readonly pending: number;
  /** Local dates; null: as long as the contract. */
  readonly validFrom: string | null;
  readonly lastDay: string | null;
  readonly orderForm: string | null;
  readonly order: string;
}

/** Lots of a contract in the order in which they are spent; those with nothing left only if asked for. */
export async function listLots(db: Queryable, contract: string, all = false): Promise<LotRow[]> {
  const { rows } = await db.query<LotRow>(
    `SELECT l.id AS lot, l.unit, l.units AS bought, b.available, b.pending, l.valid_from::text AS "validFrom",
            ${LAST_DAY}::text AS "lastDay", o.order_form AS "orderForm", o.key AS "order"
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id JOIN credit_orders o ON o.id = l."order"
     WHERE l.contract = $1 AND ($2 OR b.available > 0 OR b.pending > 0) ORDER BY ${LAST_DAY} NULLS LAST, l.id`,
    [contract, all],
  );
  return rows;
}

/** A reservation, unit by unit. */
export interface ReservationRow {
  readonly reservation: string;
  readonly unit: string;
  readonly reserved: number;
  readonly pending: number;
  readonly posted: number;
  readonly forfeited: number;
  readonly released: number;
  /** Local date for which it was made. */
  readonly on: string;
  readonly request: string | null;
  readonly intervention: string | null;
  readonly who: string;
  readonly why: string;
  readonly at: Date;
}

/** Reservations of a contract, the newest first; with `open` those that hold something. */
export async function listReservations(db: Queryable, contract: string, open: boolean): Promise<ReservationRow[]> {
  const { rows } = await db.query<ReservationRow>(
    `SELECT e.reservation, l.unit,
            (sum(e.pending) FILTER (WHERE e.kind = 'reserve'))::int AS reserved, sum(e.pending)::int AS pending,
            coalesce(-sum(e.pending) FILTER (WHERE e.kind = 'post'), 0)::int AS posted,
            coalesce(-sum(e.pending) FILTER (WHERE e.kind = 'forfeit'), 0)::int AS forfeited,
            coalesce(-sum(e.pending) FILTER (WHERE e.kind = 'release'), 0)::int AS released,
            (min(e.on_day) FILTER (WHERE e.kind = 'reserve'))::text AS on,
            min(e.request) FILTER (WHERE e.kind = 'reserve') AS request,
            min(e.intervention) FILTER (WHERE e.kind = 'reserve') AS intervention,
            min(e.who) FILTER (WHERE e.kind = 'reserve') AS who, min(e.why) FILTER (WHERE e.kind = 'reserve') AS why,
            min(e.at) AS at
     FROM credit_entries e JOIN credit_lots l ON l.id = e.lot
     WHERE e.contract = $1 AND e.kind IN ('reserve', 'post', 'forfeit', 'release')
     GROUP BY e.reservation, l.unit HAVING NOT $2 OR sum(e.pending) > 0
     ORDER BY min(e.id) DESC`,
    [contract, open],
  );
  return rows;
}
