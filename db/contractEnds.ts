/** The end of a contract: noted, and heeded by what is opened under it. */
import type { Pool, PoolClient } from 'pg';
import { localDate } from '../contracts/zone.ts';
import type { Who } from '../domain/events.ts';
import { hasEnded, type Opened, requireInForce } from '../domain/inForce.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** What is noted of an end. */
export interface NotedEnd {
  /** Last local day in the contract's zone, YYYY-MM-DD; null: it does not end after all. */
  readonly lastDay: string | null;
  readonly reason: string;
  readonly by: Who;
}

/**
 * Notes the last day of a contract, or that none is known any more; false when there is no such contract. The relay then tells
 * the contract's workflow: what lasts as long as the contract ends with it.
 */
export async function noteContractEnd(
  pool: Pool,
  reference: string,
  { lastDay, reason, by }: NotedEnd,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      lastDay === null
        ? `UPDATE contracts SET ends_on = NULL, ends_reason = NULL, ends_noted_by = NULL, ends_noted_at = NULL
           WHERE reference = $1`
        : `UPDATE contracts SET ends_on = $2, ends_reason = $3, ends_noted_by = $4, ends_noted_at = now()
           WHERE reference = $1`,
      lastDay === null ? [reference] : [reference, lastDay, reason, by],
    );
    await client.query("UPDATE credit_contracts SET told_at = 'epoch' WHERE contract = $1", [reference]);
    return rowCount === 1;
  });
}

/**
 * Refuses what is asked for at an instant (epoch milliseconds) at which the contract has ended. To be called in the transaction
 * that writes it, before it does: an end that is noted at the same time is waited for, or waits, so that nothing is opened once
 * it has been noted.
 *
 * @throws Refusal `NotCovered`
 */
export async function requireInForceAt(
  client: PoolClient,
  reference: string,
  at: number,
  opened: Opened,
): Promise<void> {
  const { rows } = await client.query<{ zone: string; endsOn: string | null }>(
    'SELECT zone, ends_on::text AS "endsOn" FROM contracts WHERE reference = $1 FOR SHARE',
    [reference],
  );
  const [row] = rows;
  if (row) requireInForce({ reference, endsOn: row.endsOn }, localDate(row.zone, at), opened);
}

/** Those of these contracts that had ended at an instant (epoch milliseconds), with their last local day (YYYY-MM-DD). */
export async function readEnded(
  db: Queryable,
  references: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ reference: string; zone: string; endsOn: string }>(
    'SELECT reference, zone, ends_on::text AS "endsOn" FROM contracts WHERE reference = ANY($1) AND ends_on IS NOT NULL',
    [[...references]],
  );
  const ended = rows.filter((row) => hasEnded(row, localDate(row.zone, at)));
  return new Map(ended.map(({ reference, endsOn }) => [reference, endsOn]));
}

/** Units that last as long as the contract and are not reserved, by unit: its end takes them. */
export async function readEndingUnits(db: Queryable, reference: string): Promise<UnitAmounts> {
  const { rows } = await db.query<{ unit: string; units: number }>(
    `SELECT l.unit, sum(b.available)::int AS units
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id
     WHERE l.contract = $1 AND l.last_day IS NULL AND b.available > 0 GROUP BY l.unit ORDER BY l.unit`,
    [reference],
  );
  return Object.fromEntries(rows.map(({ unit, units }) => [unit, units]));
}
