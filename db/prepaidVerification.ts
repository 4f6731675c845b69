/** Rows of planned visits, of modules' time and of contracts' credit that ought not to be as they are. */
import { visitScheduleId } from '../domain/visits.ts';
import { LAST_DAY } from './ledger/lots.ts';
import type { OpenedVisit, VisitKey } from './plannedVisits.ts';
import type { Queryable } from './pool.ts';
import { type OddRow, oddRows } from './verification.ts';

/** A visit that was opened and not started. */
export interface LeftVisit extends VisitKey, OpenedVisit {
  readonly openedAt: Date;
}

/** Visits that were opened so many seconds ago, and whose workflows nobody has started. */
export async function listLeftVisits(db: Queryable, seconds: number): Promise<LeftVisit[]> {
  const { rows } = await db.query<LeftVisit>(
    `SELECT contract, module, period, request, intervention, opened_at AS "openedAt" FROM planned_visits
     WHERE started_at IS NULL AND opened_at < now() - $1 * interval '1 second' ORDER BY opened_at`,
    [seconds],
  );
  return rows;
}

/** How a visit of a period is named: `visit:<contract>:<module>:<period>`. */
export function visitName(visit: VisitKey): string {
  return `${visitScheduleId(visit)}:${visit.period}`;
}

/** Modules' time whose use is not the sum of its moves; `subject` is the contract. */
export async function listAllowanceOddities(db: Queryable): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT a.contract AS subject, coalesce(m.since, now()) AS since,
            module || ' ' || period || ': ' || a.used || ' seconds used, moves ' || coalesce(m.seconds, 0) AS detail
     FROM module_allowances a LEFT JOIN (
       SELECT contract, module, period, sum(seconds) AS seconds, min(at) AS since
       FROM module_allowance_moves GROUP BY contract, module, period) m USING (contract, module, period)
     WHERE a.used <> coalesce(m.seconds, 0) ORDER BY 1, 3`,
    [],
  );
}

const ENDING = `
  SELECT contract FROM credit_contracts c
  WHERE EXISTS (SELECT FROM credit_lots l JOIN lot_balances b ON b.lot = l.id
                WHERE l.contract = c.contract AND ${LAST_DAY} IS NOT NULL AND (b.available > 0 OR b.pending > 0))
    AND NOT EXISTS (SELECT FROM credit_entries e WHERE e.contract = c.contract AND e.at > now() - $1 * interval '1 second')`;

/** Contracts with units that will end and no entry for so many seconds, by reference, from `above` on. */
export async function listEndingCredit(
  db: Queryable,
  seconds: number,
  above: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ contract: string }>(`${ENDING} AND contract > $2 ORDER BY contract LIMIT $3`, [
    seconds,
    above,
    limit,
  ]);
  return rows.map(({ contract }) => contract);
}

/** Whether a contract is one of these. */
export async function hasEndingCredit(db: Queryable, seconds: number, contract: string): Promise<boolean> {
  return (await db.query(`${ENDING} AND contract = $2`, [seconds, contract])).rows.length > 0;
}
