/** Numbers of service requests: one for each escalation, allocated before its workflow is told (C §4.4.3). */
import type { Pool } from 'pg';
import type { Side } from '../domain/escalation/state.ts';
import { Refusal } from '../domain/failures.ts';
import { inTransaction, isUniqueViolation, type Queryable } from './pool.ts';
import { nextNumber } from './yearlyNumbers.ts';

/** How our own numbers look: of service requests, of requests and of their escalations. In subjects each finds what it names. */
export const OUR_NUMBERS = /^(SR-\d{4}-\d{6,9}$|DA-\d{4}-\d{6,9}(?![\p{L}\p{N}]))/iu;

/** An escalation's number, and whose numbering it is. */
export interface AllocatedSr {
  readonly sr: string;
  readonly srIssuedBy: Side;
}

/**
 * The number of an escalation: the one that it has, else the publisher's `own`, else a new one of ours,
 * `SR-<year>-<six digits>` with the year of `at` (epoch milliseconds) in the zone of the publisher's contract.
 *
 * @throws Refusal `NotFound`; `Conflict`: it has another number, or another escalation of the publisher has this one
 */
export async function allocateSr(pool: Pool, id: string, at: number, own?: string): Promise<AllocatedSr> {
  try {
    return await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ sr: string | null; srIssuedBy: Side | null; zone: string }>(
        `SELECT e.sr, e.sr_issued_by AS "srIssuedBy", c.zone
         FROM escalations e JOIN contracts c ON c.reference = e.contract WHERE e.id = $1 FOR UPDATE OF e`,
        [id],
      );
      const [row] = rows;
      if (!row) throw new Refusal('NotFound', 'There is no such escalation.');
      const { sr, srIssuedBy, zone } = row;
      if (sr !== null && srIssuedBy !== null) {
        if (own === undefined || own === sr) return { sr, srIssuedBy };
        throw new Refusal(
          'Conflict',
          `The escalation has the number ${sr} already: acknowledge it without another one.`,
        );
      }
      const allocated: AllocatedSr =
        own === undefined
          ? { sr: await nextNumber(client, 'SR', zone, at), srIssuedBy: 'distributor' }
          : { sr: own, srIssuedBy: 'publisher' };
      await client.query('UPDATE escalations SET sr = $2, sr_issued_by = $3 WHERE id = $1', [
        id,
        allocated.sr,
        allocated.srIssuedBy,
      ]);
      return allocated;
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'escalations_publisher_sr_key')) throw error;
    const message = 'Another escalation has this number of yours: give the one that belongs to this escalation.';
    throw new Refusal('Conflict', message);
  }
}

/**
 * The acknowledgement was refused for good: the publisher's own number is free again, unless the escalation was acknowledged
 * with it. A number of ours stays with its escalation.
 */
export async function releaseOwnSr(db: Queryable, id: string, sr: string): Promise<void> {
  await db.query(
    `UPDATE escalations SET sr = NULL, sr_issued_by = NULL
     WHERE id = $1 AND sr = $2 AND sr_issued_by = 'publisher' AND state->'sr' IS NULL`,
    [id, sr],
  );
}
