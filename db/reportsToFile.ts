/** What escalations had to tell requests whose workflows had ended: the relay files it. */
import type { EscalationReport } from '../domain/escalation/messages.ts';
import type { Queryable } from './pool.ts';

/** A report that is not filed yet. */
export interface ReportToFile {
  readonly id: string;
  readonly request: string;
  readonly report: EscalationReport;
}

/** Longest pause between two attempts, seconds. */
const LONGEST_PAUSE = 600;

/** Those whose next attempt has come, the oldest first; of one request only its oldest: they are filed in their order. */
export async function listReportsToFile(db: Queryable, limit: number): Promise<ReportToFile[]> {
  const { rows } = await db.query<ReportToFile>(
    `SELECT id, request, report FROM escalation_reports r
     WHERE filed_at IS NULL AND next_attempt_at <= clock_timestamp() AND NOT EXISTS (
       SELECT FROM escalation_reports earlier
       WHERE earlier.request = r.request AND earlier.filed_at IS NULL
         AND (earlier.created_at, earlier.id) < (r.created_at, r.id))
     ORDER BY created_at, id LIMIT $1`,
    [limit],
  );
  return rows;
}

/** It has reached its request. */
export async function markFiled(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE escalation_reports SET filed_at = now(), last_error = NULL WHERE id = $1', [id]);
}

/** It could not be filed: again later, each time after a longer pause. `error`: a code or a class, no words of people. */
export async function putOffReport(db: Queryable, id: string, error: string): Promise<void> {
  await db.query(
    `UPDATE escalation_reports
     SET attempts = attempts + 1, last_error = $2,
         next_attempt_at = clock_timestamp() + least(10 * (attempts + 1), $3) * interval '1 second'
     WHERE id = $1`,
    [id, error, LONGEST_PAUSE],
  );
}
