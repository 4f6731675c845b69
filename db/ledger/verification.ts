/** Whether the ledger agrees with itself: balances with sums of entries, lots with their orders. */
import type { Queryable } from '../pool.ts';
import type { OddRow } from '../verification.ts';

/**
 * What does not agree: a lot's balance with the sum of its entries; a reservation's with the sum of its own; a lot with the
 * entry and the order that brought it; a lot's reserved units with its reservations'.
 */
export async function listLedgerOddities(db: Queryable): Promise<OddRow[]> {
  const { rows } = await db.query<OddRow>(
    `WITH entered AS (
       SELECT lot, sum(available) AS available, sum(pending) AS pending, min(at) AS since,
              coalesce(sum(available) FILTER (WHERE kind IN ('purchase', 'renewal')), 0) AS bought
       FROM credit_entries GROUP BY lot),
     lots AS (
       SELECT l.id, l.contract, l.units, l.created_at, b.available, b.pending, e.available AS "sumAvailable",
              e.pending AS "sumPending", coalesce(e.bought, 0) AS bought, o.units AS ordered,
              (SELECT coalesce(sum(r.pending), 0) FROM reservation_balances r WHERE r.lot = l.id) AS reserved
       FROM credit_lots l LEFT JOIN lot_balances b ON b.lot = l.id LEFT JOIN entered e ON e.lot = l.id
       JOIN credit_orders o ON o.id = l."order")
     SELECT contract AS subject, created_at AS since,
            'lot ' || id || ': balance ' || coalesce(available || ' + ' || pending, 'missing') || ', entries '
              || coalesce("sumAvailable" || ' + ' || "sumPending", 'none') AS detail
     FROM lots WHERE (available, pending) IS DISTINCT FROM ("sumAvailable", "sumPending")
     UNION ALL
     SELECT contract, created_at, 'lot ' || id || ': ' || units || ' units, ' || ordered || ' ordered, ' || bought || ' entered'
     FROM lots WHERE units <> ordered OR units <> bought
     UNION ALL
     SELECT contract, created_at, 'lot ' || id || ': ' || pending || ' reserved, by reservations ' || reserved
     FROM lots WHERE pending IS DISTINCT FROM reserved
     UNION ALL
     SELECT e.contract, e.since, 'reservation ' || e.reservation || ' on lot ' || e.lot || ': ' || coalesce(r.pending::text, 'none')
              || ' held, entries ' || e.pending
     FROM (SELECT contract, reservation, lot, sum(pending) AS pending, min(at) AS since FROM credit_entries
           WHERE kind IN ('reserve', 'post', 'forfeit', 'release') GROUP BY contract, reservation, lot) e
     LEFT JOIN reservation_balances r ON r.reservation = e.reservation AND r.lot = e.lot
     WHERE r.pending IS DISTINCT FROM e.pending
     ORDER BY 1, 3`,
  );
  return rows;
}
