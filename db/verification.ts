/** Rows that ought not to be as they are. */
import type { Status } from '../domain/state.ts';
import type { Queryable } from './pool.ts';

/** Something of a request, or of a mail, since when. */
export interface OddRow {
  /** Number of the request, or id of a mail of none. */
  readonly subject: string;
  readonly since: Date;
  readonly detail: string;
}

/** Where the states of workflows are, and the lines that each of their versions leaves. */
const SAVED = [
  { rows: 'requests', id: 'number', lines: 'timeline', of: 'number' },
  { rows: 'escalations', id: 'id', lines: 'escalation_timeline', of: 'escalation' },
  { rows: 'interventions', id: 'id', lines: 'intervention_timeline', of: 'intervention' },
] as const;

/** Open tasks of kind `effectConflict`: an effect's key was used with other content. */
export async function listConflicts(db: Queryable): Promise<OddRow[]> {
  const each = SAVED.map(
    ({ rows, id }) => `
      SELECT ${id} AS subject, to_timestamp((task->>'since')::float8 / 1000) AS since, task->>'effect' AS detail
      FROM ${rows}, jsonb_array_elements(state->'tasks') task WHERE task->>'kind' = 'effectConflict'`,
  );
  return await oddRows(db, `${each.join(' UNION ALL ')} ORDER BY subject`, []);
}

/** Mails of ours that still wait to be sent. */
export async function listOldOutbound(db: Queryable, seconds: number): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT number AS subject, created_at AS since,
            key || ', ' || attempts || ' attempts' || coalesce(', ' || last_error, '') AS detail
     FROM outbound_mails WHERE status = 'waiting' AND created_at < now() - $1 * interval '1 second' ORDER BY created_at`,
    [seconds],
  );
}

/** Mails that came and have not reached their request; `subject` is the mail's id. */
export async function listOldInbound(db: Queryable, seconds: number): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT id::text AS subject, received_at AS since,
            coalesce(number || ', ', '') || attempts || ' attempts' || coalesce(', ' || last_error, '') AS detail
     FROM inbound_mails WHERE stage = 'received' AND received_at < now() - $1 * interval '1 second' ORDER BY received_at`,
    [seconds],
  );
}

/** A mail that waits for its next attempt need not: the relays may take it now. */
export async function releaseInbound(db: Queryable, id: string): Promise<void> {
  await db.query("UPDATE inbound_mails SET next_attempt_at = now() WHERE id = $1 AND stage = 'received'", [id]);
}

/** Requests and interventions that were registered and not started. */
export async function listOldOpenings(db: Queryable, seconds: number): Promise<OddRow[]> {
  return await oddRows(
    db,
    `SELECT number AS subject, created_at AS since, 'registered, not started' AS detail
     FROM requests WHERE stage = 'opening' AND created_at < now() - $1 * interval '1 second'
     UNION ALL
     SELECT id, created_at, 'registered, not started'
     FROM interventions WHERE stage = 'opening' AND created_at < now() - $1 * interval '1 second'
     ORDER BY subject`,
    [seconds],
  );
}

/** Versions that left no line in the timeline, though each leaves one; of what is not being written now. */
export async function listTimelineGaps(db: Queryable, seconds: number): Promise<OddRow[]> {
  const each = SAVED.map(
    ({ rows, id, lines, of }) => `
      SELECT r.${id} AS subject, r.updated_at AS since,
             'no line of version ' || string_agg(v::text, ', ' ORDER BY v) AS detail
      FROM ${rows} r CROSS JOIN LATERAL generate_series(1, r.version) v
      WHERE r.updated_at < now() - $1 * interval '1 second'
        AND NOT EXISTS (SELECT FROM ${lines} t WHERE t.${of} = r.${id} AND t.seq = v)
      GROUP BY r.${id}`,
  );
  return await oddRows(db, `${each.join(' UNION ALL ')} ORDER BY subject`, [seconds]);
}

/** What the row of a request says of it. */
export interface StoredVersion {
  readonly number: string;
  readonly version: number;
  readonly status: Status;
}

/** What the row of an escalation or an intervention says of it. */
export interface StoredRow<Id extends string> {
  readonly id: Id;
  readonly version: number;
  readonly status: string;
}

/** Rows of a table, and the condition in SQL under which one ought to run. */
export interface OughtToRun {
  readonly rows: 'escalations' | 'interventions';
  readonly where: string;
}

/** Requests that ought to run, by number, from `above` on. */
export async function listOngoing(db: Queryable, above: string, limit: number): Promise<StoredVersion[]> {
  const { rows } = await db.query<StoredVersion>(
    `SELECT number, version, status FROM requests
     WHERE status <> 'closed' AND state IS NOT NULL AND number > $1 ORDER BY number LIMIT $2`,
    [above, limit],
  );
  return rows;
}

/** Those that ought to run, by id, from `above` on. */
export async function listOngoingRows<Id extends string>(
  db: Queryable,
  { rows, where }: OughtToRun,
  above: string,
  limit: number,
): Promise<StoredRow<Id>[]> {
  const found = await db.query<StoredRow<Id>>(
    `SELECT id, version, status FROM ${rows} WHERE id > $1 AND ${where} ORDER BY id LIMIT $2`,
    [above, limit],
  );
  return found.rows;
}

/** One of them; undefined when it need not run. */
export async function readOngoingRow<Id extends string>(
  db: Queryable,
  { rows, where }: OughtToRun,
  id: Id,
): Promise<StoredRow<Id> | undefined> {
  const found = await db.query<StoredRow<Id>>(`SELECT id, version, status FROM ${rows} WHERE id = $1 AND ${where}`, [
    id,
  ]);
  return found.rows[0];
}

/** What a statement finds, whose columns are those of `OddRow`. */
export async function oddRows(db: Queryable, statement: string, values: unknown[]): Promise<OddRow[]> {
  return (await db.query<OddRow>(statement, values)).rows;
}
