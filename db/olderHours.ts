/** Open requests whose opening hours are older than their calendars': found, claimed while they are told, counted. */
import type { RequestState } from '../domain/state.ts';
import type { Queryable } from './pool.ts';

/** A request to be told of a calendar's new opening hours. */
export interface OlderHours {
  readonly number: string;
  /** The calendar's id. */
  readonly calendar: string;
  /** Version that it is told of. */
  readonly version: number;
  readonly contract: string;
  readonly termsVersion: number;
  /** What the terms call the calendar; a window each. */
  readonly names: readonly string[];
  /** Where its windows must reach back to. */
  readonly registeredAt: RequestState['registeredAt'];
  readonly clocks: RequestState['clocks'];
  /** How often it was claimed for this version, this time included. */
  readonly attempts: number;
}

/** First claims last so long; each further one twice as long as the one before, a day at most. */
export const CLAIM_MINUTES = 10;
const LONGEST_CLAIM_MINUTES = 1_440;

const HELD = `coalesce((r.calendar_versions->>c.calendar)::int, 1)`;
/** Pairs of a request that is not closed and a calendar that it counts on. */
const COUNTED = `
  (SELECT DISTINCT contract, terms_version, calendar FROM contract_calendars WHERE closures_admitted AND counted) c
  JOIN calendars k ON k.id = c.calendar
  JOIN requests r ON r.contract = c.contract AND r.terms_version = c.terms_version AND r.status <> 'closed'`;

/** Claims up to `limit` of them, which no other relay is telling. */
export async function claimOlderHours(db: Queryable, limit: number): Promise<OlderHours[]> {
  const { rows } = await db.query<OlderHours>(
    `WITH older AS (
       SELECT r.number, c.calendar, k.version
       FROM ${COUNTED} LEFT JOIN hours_told t ON t.number = r.number AND t.calendar = c.calendar
       WHERE ${HELD} < k.version AND (t.number IS NULL OR t.version < k.version OR t.until < now())
       LIMIT $1
     ), claimed AS (
       INSERT INTO hours_told (number, calendar, version, until)
       SELECT number, calendar, version, now() + $2 * interval '1 minute' FROM older
       ON CONFLICT (number, calendar) DO UPDATE SET
         version = excluded.version,
         attempts = CASE WHEN hours_told.version = excluded.version THEN hours_told.attempts + 1 ELSE 1 END,
         until = now() + interval '1 minute' * CASE WHEN hours_told.version = excluded.version
           THEN least($2 * 2 ^ least(hours_told.attempts, 20), $3) ELSE $2 END
       WHERE hours_told.version < excluded.version OR hours_told.until < now()
       RETURNING number, calendar, version, attempts
     )
     SELECT d.number, d.calendar, d.version, d.attempts, r.contract, r.terms_version AS "termsVersion",
            r.state->'registeredAt' AS "registeredAt", r.state->'clocks' AS clocks,
            (SELECT array_agg(c.name) FROM contract_calendars c
             WHERE c.contract = r.contract AND c.terms_version = r.terms_version AND c.calendar = d.calendar
               AND c.closures_admitted AND c.counted) AS names
     FROM claimed d JOIN requests r USING (number)`,
    [limit, CLAIM_MINUTES, LONGEST_CLAIM_MINUTES],
  );
  return rows;
}

/** What identifies a claim. */
export type HoursClaim = Pick<OlderHours, 'number' | 'calendar' | 'version' | 'termsVersion'>;

/** Ends claims, of those that need no telling any more: their row has the hours, they are closed, or other terms hold. */
export async function settleOlderHours(
  db: Queryable,
  claims: readonly HoursClaim[],
): Promise<Pick<HoursClaim, 'number' | 'calendar'>[]> {
  const { rows } = await db.query<Pick<HoursClaim, 'number' | 'calendar'>>(
    `WITH done AS (
       SELECT c.number, c.calendar, c.version
       FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) c (number, calendar, version, terms_version)
       JOIN requests r USING (number)
       WHERE ${HELD} >= c.version OR r.status = 'closed' OR r.terms_version <> c.terms_version
     ), ended AS (
       DELETE FROM hours_told t USING done d
       WHERE t.number = d.number AND t.calendar = d.calendar AND t.version <= d.version
     )
     SELECT number, calendar FROM done`,
    columnsOf(claims),
  );
  return rows;
}

/** Removes claims whose request needs no telling any more: a relay that ended could not. */
export async function forgetSettledHours(db: Queryable): Promise<void> {
  await db.query(
    `DELETE FROM hours_told c USING requests r
     WHERE r.number = c.number AND (${HELD} >= c.version OR r.status = 'closed')`,
  );
}

/** Gives claims back: others, or the next attempt, may take them at once. */
export async function releaseOlderHours(db: Queryable, claims: readonly HoursClaim[]): Promise<void> {
  await db.query(
    `DELETE FROM hours_told t USING unnest($1::text[], $2::text[], $3::int[], $4::int[]) c (number, calendar, version, terms)
     WHERE t.number = c.number AND t.calendar = c.calendar AND t.version = c.version`,
    columnsOf(claims),
  );
}

/**
 * Notes that a request has these hours. For one that had them already and therefore saved nothing: its workflow was made
 * again, with windows of that day. Whatever is saved later is the truth again.
 */
export async function noteHours(db: Queryable, { number, calendar, version, termsVersion }: HoursClaim): Promise<void> {
  await db.query(
    `UPDATE requests r SET calendar_versions = calendar_versions || jsonb_build_object($2::text, $3::int)
     WHERE number = $1 AND terms_version = $4 AND coalesce((calendar_versions->>$2::text)::int, 1) < $3`,
    [number, calendar, version, termsVersion],
  );
}

function columnsOf(claims: readonly HoursClaim[]): unknown[][] {
  return [
    claims.map(({ number }) => number),
    claims.map(({ calendar }) => calendar),
    claims.map(({ version }) => version),
    claims.map(({ termsVersion }) => termsVersion),
  ];
}

/** How many open requests count on a calendar's newest hours, and how many not yet. */
export async function countHours(
  db: Queryable,
  calendar: string,
): Promise<{ readonly newest: number; readonly older: number }> {
  const { rows } = await db.query<{ newest: number; older: number }>(
    `SELECT count(*) FILTER (WHERE ${HELD} >= k.version)::int AS newest,
            count(*) FILTER (WHERE ${HELD} < k.version)::int AS older
     FROM (SELECT DISTINCT contract, terms_version, calendar FROM contract_calendars
           WHERE closures_admitted AND counted AND calendar = $1) c
     JOIN requests r ON r.contract = c.contract AND r.terms_version = c.terms_version AND r.status <> 'closed'
     CROSS JOIN (SELECT coalesce((SELECT version FROM calendars WHERE id = $1), 1) AS version) k`,
    [calendar],
  );
  return rows[0] ?? { newest: 0, older: 0 };
}
