/** Rows of interventions and of calls that ought not to be as they are. */
import type { HotlineCallRow } from './hotlineCalls.ts';
import type { Queryable } from './pool.ts';
import { type OddRow, type OughtToRun, oddRows } from './verification.ts';

/**
 * It is not over, or something that it ordered is not done: what only the ledger knows is saved with the next version, a mail
 * and the return of a module's time are not.
 */
export const ONGOING_INTERVENTIONS: OughtToRun = {
  rows: 'interventions',
  where: `state IS NOT NULL AND (
    status NOT IN ('infeasible', 'declined', 'expired', 'done', 'cancelled') OR EXISTS (
      SELECT FROM jsonb_array_elements(state->'pending') ordered
      LEFT JOIN outbound_mails m ON m.key = ordered->>'key'
      LEFT JOIN module_allowance_moves a ON a.key = ordered->>'key'
      WHERE CASE ordered->>'kind'
        WHEN 'mail' THEN m.ended_at IS NULL
        WHEN 'returnAllowance' THEN a.key IS NULL
        ELSE ordered->>'kind' IN ('reserve', 'settle', 'takeAllowance') END))`,
};

/** A call that is not over, or whose units are owed. */
export interface OngoingCall {
  readonly id: HotlineCallRow['id'];
  readonly status: 'begun' | 'owed';
}

const CALL = `
  SELECT id, CASE WHEN ended_at IS NULL THEN 'begun' ELSE 'owed' END AS status
  FROM hotline_calls WHERE debited_at IS NULL`;

/** Calls that ought to run, by id, from `above` on. */
export async function listOngoingCalls(db: Queryable, above: string, limit: number): Promise<OngoingCall[]> {
  return (await db.query<OngoingCall>(`${CALL} AND id > $1 ORDER BY id LIMIT $2`, [above, limit])).rows;
}

/** One of them; undefined when it is debited. */
export async function readOngoingCall(db: Queryable, id: string): Promise<OngoingCall | undefined> {
  return (await db.query<OngoingCall>(`${CALL} AND id = $1`, [id])).rows[0];
}

/**
 * Units that the ledger keeps for an intervention, and that it does not know of, or that it counts on and the ledger does
 * not have. What is being asked of the ledger just now is left out.
 */
export async function listReservationOddities(db: Queryable): Promise<OddRow[]> {
  return await oddRows(
    db,
    `WITH held AS (
       SELECT e.intervention, b.reservation, sum(b.pending) AS units
       FROM reservation_balances b
       JOIN (SELECT DISTINCT reservation, intervention FROM credit_entries
             WHERE kind = 'reserve' AND intervention IS NOT NULL) e USING (reservation)
       WHERE b.pending > 0 GROUP BY 1, 2),
     known AS (
       SELECT i.id AS intervention, r->>'key' AS reservation, sum(units::int) AS units
       FROM interventions i, jsonb_array_elements(state->'reservations') r, jsonb_each_text(r->'amounts') a (unit, units)
       GROUP BY 1, 2)
     SELECT intervention AS subject, i.updated_at AS since,
            'reservation ' || reservation || ': ' || coalesce(held.units, 0) || ' held by the ledger, '
              || coalesce(known.units, 0) || ' by the intervention' AS detail
     FROM held FULL JOIN known USING (intervention, reservation) JOIN interventions i ON i.id = intervention
     WHERE held.units IS DISTINCT FROM known.units AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(i.state->'pending') p
       WHERE reservation IN (p->>'key', p->>'reservation') OR p->'instead' ? reservation)
     ORDER BY 1, 3`,
    [],
  );
}
