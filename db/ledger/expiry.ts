/** The end of lots: what is available of them when their last day is over is lost. */
import type { Pool } from 'pg';
import { Refusal } from '../../domain/failures.ts';
import { changesOf } from '../../domain/ledger/entries.ts';
import { isOver } from '../../domain/ledger/validity.ts';
import { LAST_DAY, lockLotsById } from './lots.ts';
import { type Entered, operate, type Under } from './operations.ts';

/**
 * Expires what is available of a lot. What is reserved stays, for work that was done in time; what of it returns later
 * expires as it returns. Doing it again takes what has become available since, mostly nothing.
 *
 * @throws Refusal `Conflict`: its last day is not over
 */
export async function expireLot(
  pool: Pool,
  contract: string,
  id: number,
  under: Pick<Under, 'today'>,
): Promise<Entered> {
  // Each time has a key of its own: that there is something to take is what makes it happen once.
  const { rows } = await pool.query<{ entries: string; last: string | null }>(
    `SELECT count(*)::text AS entries, (SELECT ${LAST_DAY}::text FROM credit_lots l WHERE id = $1) AS last
     FROM credit_entries WHERE lot = $1`,
    [id],
  );
  const { entries = '0', last } = rows[0] ?? {};
  const operation = {
    ...{ key: `expire:${id}:${entries}`, contract, on: last ?? under.today },
    ...{ who: 'system', why: 'last day over' },
  };
  return await operate(pool, operation, { does: 'expire', id }, { exclusive: false }, async (client) => {
    const [lot] = await lockLotsById(client, contract, [id]);
    if (!lot || !isOver(lot, under.today)) throw new Refusal('Conflict', 'The last day of the lot is not over.');
    if (lot.available === 0) return [];
    return [{ key: operation.key, changes: changesOf('expire', [{ lot: id, units: lot.available }]) }];
  });
}
