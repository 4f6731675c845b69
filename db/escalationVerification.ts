/** Rows of escalations that ought not to be as they are. */
import type { Queryable } from './pool.ts';
import { type OddRow, type OughtToRun, oddRows } from './verification.ts';

const ENDED = "('closed', 'refused', 'withdrawn')";

/** It is not over, its refused work is to be quoted, or a mail that it ordered has neither gone nor been given up. */
export const ONGOING_ESCALATIONS: OughtToRun = {
  rows: 'escalations',
  where: `state IS NOT NULL AND (
    status NOT IN ${ENDED} OR state->'tasks' @> '[{"kind": "quote"}]' OR EXISTS (
      SELECT FROM jsonb_array_elements(state->'pending') ordered LEFT JOIN outbound_mails m ON m.key = ordered->>'key'
      WHERE ordered->>'kind' = 'mail' AND m.ended_at IS NULL))`,
};

/** Reports whose request has not heard them. */
export async function listOldReports(db: Queryable, seconds: number): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT id AS subject, created_at AS since,
            request || ', ' || (report->>'what') || ', ' || attempts || ' attempts' || coalesce(', ' || last_error, '') AS detail
     FROM escalation_reports
     WHERE filed_at IS NULL AND created_at < now() - $1 * interval '1 second' ORDER BY created_at, id`,
    [seconds],
  );
}

/** A report that waits for its next attempt need not: the relays may file it now. */
export async function releaseReport(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE escalation_reports SET next_attempt_at = now() WHERE id = $1 AND filed_at IS NULL', [id]);
}

/** Of a request and its escalation one says that it is over, and the other does not: what it said was not heard. */
export async function listUnheard(db: Queryable, seconds: number): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT e.id AS subject, greatest(e.updated_at, r.updated_at) AS since,
            'is ' || e.status || ', but ' || (known->>'status') || ' for its request' AS detail
     FROM escalations e JOIN requests r ON r.number = e.request
     CROSS JOIN LATERAL jsonb_array_elements(r.state->'escalations') known
     WHERE (known->>'n')::integer = e.n AND (known ? 'endedAt') <> (e.status IN ${ENDED})
       AND greatest(e.updated_at, r.updated_at) < now() - $1 * interval '1 second'
     ORDER BY e.id`,
    [seconds],
  );
}
