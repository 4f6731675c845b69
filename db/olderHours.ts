/**
 * Open requests, and interventions that are not over, whose opening hours are older than their calendars': found, claimed while
 * they are told, counted.
 */
import { ENDED } from '../domain/intervention/state.ts';
import type { Queryable } from './pool.ts';

/** What counts on opening hours; all but the first two is SQL over its rows `r`. */
export interface HoursKind {
  readonly rows: 'requests' | 'interventions';
  readonly id: 'number' | 'id';
  /** Table of claims, and its column of ids. */
  readonly claims: 'hours_told' | 'intervention_hours_told';
  readonly claimed: 'number' | 'intervention';
  /** Column of contract_calendars that says whether it has windows of a calendar. */
  readonly counted: 'counted' | 'counted_by_interventions';
  /** Where its windows must reach back to. */
  readonly since: string;
  /** False, too, for a row that nothing was saved of yet: it is found once that is. */
  readonly isOpen: string;
}

/** Requests. */
export const REQUEST_HOURS: HoursKind = {
  ...{ rows: 'requests', id: 'number', claims: 'hours_told', claimed: 'number', counted: 'counted' },
  since: "r.state->'registeredAt'",
  isOpen: "coalesce(r.status <> 'closed', false)",
};

const OVER = ENDED.map((status) => `'${status}'`).join(', ');
/** Interventions. */
export const INTERVENTION_HOURS: HoursKind = {
  ...{ rows: 'interventions', id: 'id', claims: 'intervention_hours_told', claimed: 'intervention' },
  counted: 'counted_by_interventions',
  since: "r.state->'openedAt'",
  isOpen: `coalesce(r.status NOT IN (${OVER}), false)`,
};

/** One to be told of a calendar's new opening hours. */
export interface OlderHours {
  readonly id: string;
  /** The calendar's id. */
  readonly calendar: string;
  /** Version that it is told of. */
  readonly version: number;
  readonly contract: string;
  readonly termsVersion: number;
  /** What the terms call the calendar; a window each. */
  readonly names: readonly string[];
  /** Where its windows must reach back to, epoch milliseconds. */
  readonly since: number;
  /** How often it was claimed for this version, this time included. */
  readonly attempts: number;
}

/** First claims last so long; each further one twice as long as the one before, a day at most. */
export const CLAIM_MINUTES = 10;
const LONGEST_CLAIM_MINUTES = 1_440;

const HELD = `coalesce((r.calendar_versions->>c.calendar)::int, 1)`;

/** Claims up to `limit` of them, which no other relay is telling. */
export async function claimOlderHours(db: Queryable, kind: HoursKind, limit: number): Promise<OlderHours[]> {
  const { rows, id, claims, claimed, counted, since, isOpen } = kind;
  const found = await db.query<OlderHours>(
    `WITH older AS (
       SELECT r.${id} AS id, c.calendar, k.version
       FROM (SELECT DISTINCT contract, terms_version, calendar FROM contract_calendars WHERE closures_admitted AND ${counted}) c
       JOIN calendars k ON k.id = c.calendar
       JOIN ${rows} r ON r.contract = c.contract AND r.terms_version = c.terms_version AND ${isOpen}
       LEFT JOIN ${claims} t ON t.${claimed} = r.${id} AND t.calendar = c.calendar
       WHERE ${HELD} < k.version AND (t.${claimed} IS NULL OR t.version < k.version OR t.until < now())
       LIMIT $1
     ), claimed AS (
       INSERT INTO ${claims} (${claimed}, calendar, version, until)
       SELECT id, calendar, version, now() + $2 * interval '1 minute' FROM older
       ON CONFLICT (${claimed}, calendar) DO UPDATE SET
         version = excluded.version,
         attempts = CASE WHEN ${claims}.version = excluded.version THEN ${claims}.attempts + 1 ELSE 1 END,
         until = now() + interval '1 minute' * CASE WHEN ${claims}.version = excluded.version
           THEN least($2 * 2 ^ least(${claims}.attempts, 20), $3) ELSE $2 END
       WHERE ${claims}.version < excluded.version OR ${claims}.until < now()
       RETURNING ${claimed} AS id, calendar, version, attempts
     )
     SELECT d.id, d.calendar, d.version, d.attempts, r.contract, r.terms_version AS "termsVersion", ${since} AS since,
            (SELECT array_agg(c.name) FROM contract_calendars c
             WHERE c.contract = r.contract AND c.terms_version = r.terms_version AND c.calendar = d.calendar
               AND c.closures_admitted AND c.${counted}) AS names
     FROM claimed d JOIN ${rows} r ON r.${id} = d.id`,
    [limit, CLAIM_MINUTES, LONGEST_CLAIM_MINUTES],
  );
  return found.rows;
}

/** What identifies a claim. */
export type HoursClaim = Pick<OlderHours, 'id' | 'calendar' | 'version' | 'termsVersion'>;

/** Ends claims, of those that need no telling any more: their row has the hours, they are over, or other terms hold. */
export async function settleOlderHours(
  db: Queryable,
  { rows, id, claims: table, claimed, isOpen }: HoursKind,
  claims: readonly HoursClaim[],
): Promise<Pick<HoursClaim, 'id' | 'calendar'>[]> {
  const settled = await db.query<Pick<HoursClaim, 'id' | 'calendar'>>(
    `WITH done AS (
       SELECT c.id, c.calendar, c.version
       FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) c (id, calendar, version, terms_version)
       JOIN ${rows} r ON r.${id} = c.id
       WHERE ${HELD} >= c.version OR NOT ${isOpen} OR r.terms_version <> c.terms_version
     ), ended AS (
       DELETE FROM ${table} t USING done d
       WHERE t.${claimed} = d.id AND t.calendar = d.calendar AND t.version <= d.version
     )
     SELECT id, calendar FROM done`,
    columnsOf(claims),
  );
  return settled.rows;
}

/** Removes claims of those that need no telling any more: a relay that ended could not. */
export async function forgetSettledHours(
  db: Queryable,
  { rows, id, claims, claimed, isOpen }: HoursKind,
): Promise<void> {
  await db.query(
    `DELETE FROM ${claims} c USING ${rows} r WHERE r.${id} = c.${claimed} AND (${HELD} >= c.version OR NOT ${isOpen})`,
  );
}

/** Gives claims back: others, or the next attempt, may take them at once. */
export async function releaseOlderHours(
  db: Queryable,
  { claims: table, claimed }: HoursKind,
  claims: readonly HoursClaim[],
): Promise<void> {
  await db.query(
    `DELETE FROM ${table} t USING unnest($1::text[], $2::text[], $3::int[], $4::int[]) c (id, calendar, version, terms)
     WHERE t.${claimed} = c.id AND t.calendar = c.calendar AND t.version = c.version`,
    columnsOf(claims),
  );
}

/**
 * Notes that a row has these hours. For one that had them already and therefore saved nothing: its workflow was made again,
 * with windows of that day. Whatever is saved later is the truth again.
 */
export async function noteHours(db: Queryable, { rows, id }: HoursKind, claim: HoursClaim): Promise<void> {
  await db.query(
    `UPDATE ${rows} r SET calendar_versions = calendar_versions || jsonb_build_object($2::text, $3::int)
     WHERE ${id} = $1 AND terms_version = $4 AND coalesce((calendar_versions->>$2::text)::int, 1) < $3`,
    [claim.id, claim.calendar, claim.version, claim.termsVersion],
  );
}

function columnsOf(claims: readonly HoursClaim[]): unknown[][] {
  return [
    claims.map(({ id }) => id),
    claims.map(({ calendar }) => calendar),
    claims.map(({ version }) => version),
    claims.map(({ termsVersion }) => termsVersion),
  ];
}

/** How many that are open count on a calendar's newest hours, and how many not yet. */
export async function countHours(
  db: Queryable,
  { rows, counted, isOpen }: HoursKind,
  calendar: string,
): Promise<{ readonly newest: number; readonly older: number }> {
  const found = await db.query<{ newest: number; older: number }>(
    `SELECT count(*) FILTER (WHERE ${HELD} >= k.version)::int AS newest,
            count(*) FILTER (WHERE ${HELD} < k.version)::int AS older
     FROM (SELECT DISTINCT contract, terms_version, calendar FROM contract_calendars
           WHERE closures_admitted AND ${counted} AND calendar = $1) c
     JOIN ${rows} r ON r.contract = c.contract AND r.terms_version = c.terms_version AND ${isOpen}
     CROSS JOIN (SELECT coalesce((SELECT version FROM calendars WHERE id = $1), 1) AS version) k`,
    [calendar],
  );
  return found.rows[0] ?? { newest: 0, older: 0 };
}
