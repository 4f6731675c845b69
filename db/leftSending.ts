/** Escalations that were set on their way and have not saved since: the call died, or their request waits. */
import type { EscalationId } from '../domain/escalation/state.ts';
import type { Who } from '../domain/events.ts';
import type { Queryable } from './pool.ts';

/** What tells the request again. */
export interface LeftSending {
  readonly id: EscalationId;
  readonly request: string;
  readonly n: number;
  /** The contract with the publisher. */
  readonly contract: string;
  readonly publisher: string;
  readonly draftedBy: Who;
  /** The command id of the call that sent it, so that its retry finds what was done; null when no key names it any more. */
  readonly commandId: string | null;
  readonly since: Date;
}

/** Those on their way for so many seconds, the oldest first. */
export async function listLeftSending(db: Queryable, seconds: number, limit: number): Promise<LeftSending[]> {
  const { rows } = await db.query<LeftSending>(
    `SELECT e.id, e.request, e.n, e.contract, e.publisher, e.drafted_by AS "draftedBy", e.updated_at AS since, (
       SELECT update_id::text FROM idempotency_keys k
       WHERE k.number = e.id AND k.route LIKE '%/escalate %' ORDER BY k.created_at DESC LIMIT 1) AS "commandId"
     FROM escalations e
     WHERE e.stage = 'sending' AND e.updated_at < now() - $1 * interval '1 second'
     ORDER BY e.updated_at, e.id LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}
