/** What becomes of a mail after it was decided: a person's verdict, or what its request or escalation said to it. */
import type { Pool } from 'pg';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { InboundMailId } from '../domain/events.ts';
import { inTransaction, type Queryable } from './pool.ts';
import { deleteText } from './texts.ts';

/** The request refused it for good, or it came too late for it and its contract has ended: a person has to look. */
export async function returnToStaff(
  db: Queryable,
  id: InboundMailId,
  reason: 'refused' | 'contractEnded',
): Promise<void> {
  await db.query(
    `UPDATE inbound_mails
     SET disposition = 'unverified', reason = $2, looked_at = NULL, looked_by = NULL, attempts = 0,
         next_attempt_at = clock_timestamp()
     WHERE id = $1 AND disposition IN ('answer', 'accepted') AND stage = 'received'`,
    [id, reason],
  );
}

/** What a person decided about a mail. */
export interface Verdict {
  readonly disposition: 'accepted' | 'attached' | 'dismissed';
  readonly number: string | null;
  /** A mail on an escalation leaves it when it is attached to a request. */
  readonly escalation: EscalationId | null;
  readonly contact: string | null;
  readonly by: `staff:${string}`;
  readonly because: string | null;
}

/** Writes a person's verdict, to be delivered at once or by a relay; false when somebody was faster. */
export async function writeVerdict(db: Queryable, id: InboundMailId, verdict: Verdict): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE inbound_mails
     SET disposition = $2, number = $3, contact = $4, looked_at = clock_timestamp(), looked_by = $5,
         dismissed_because = $6, escalation = $7, stage = 'received', attempts = 0,
         next_attempt_at = clock_timestamp() + interval '30 seconds'
     WHERE id = $1 AND disposition IN ('unverified', 'unmatched', 'publisherNote') AND looked_at IS NULL AND stage <> 'received'`,
    [id, verdict.disposition, verdict.number, verdict.contact, verdict.by, verdict.because, verdict.escalation],
  );
  return rowCount === 1;
}

/**
 * The escalation refused what the mail says, or is over: it becomes a note for a person. The text that was stored for the command
 * goes, unless something names it.
 */
export async function turnIntoNote(pool: Pool, id: InboundMailId, reason: 'refused' | 'ended'): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `UPDATE inbound_mails SET disposition = 'publisherNote', reason = $2
       WHERE id = $1 AND disposition = 'publisherAction' AND stage = 'received'`,
      [id, reason],
    );
    await deleteText(client, id);
  });
}
