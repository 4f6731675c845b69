/** Calendars of contracts, as far as closures are announced for them: which there are, and what holds on each. */
import { calendarId } from '../contracts/calendar.ts';
import { interventionCalendars } from '../contracts/interventionTerms.ts';
import { type Announced, countedCalendars } from '../contracts/requestTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { INTERVENTION_HOURS } from './olderHours.ts';
import type { Queryable } from './pool.ts';

/** Notes the calendars of a version of terms, which is stored. */
export async function storeCalendars(
  db: Queryable,
  contract: string,
  version: number,
  terms: ContractTerms,
): Promise<void> {
  const counted = countedCalendars(terms);
  const byInterventions = interventionCalendars(terms);
  for (const [name, calendar] of Object.entries(terms.calendars)) {
    await db.query(
      `INSERT INTO contract_calendars
         (contract, terms_version, name, calendar, zone, closures_admitted, counted, counted_by_interventions)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (contract, terms_version, name) DO NOTHING`,
      [
        ...[contract, version, name, calendarId(contract, name, calendar)],
        ...[calendar.zone, calendar.closuresAdmitted, counted.includes(name), byInterventions.includes(name)],
      ],
    );
  }
}

/**
 * What was announced for the calendars of a version of terms that admit closures, by their names there. One statement, so
 * that version and closures belong together.
 */
export async function readAnnounced(
  db: Queryable,
  contract: string,
  termsVersion: number,
): Promise<{ readonly [name: string]: Announced }> {
  const { rows } = await db.query<Announced & { name: string }>(
    `SELECT c.name, k.version, json_agg(json_strip_nulls(json_build_object(
        'announcedAt', ${milliseconds('l.announced_at')}, 'takenBackAt', ${milliseconds('l.taken_back_at')},
        'reason', l.reason, 'day', l.day, 'from', ${milliseconds('l.begins_at')}, 'to', ${milliseconds('l.ends_at')}
      )) ORDER BY l.announced_at, l.id) AS closures
     FROM contract_calendars c JOIN calendars k ON k.id = c.calendar JOIN closures l ON l.calendar = k.id
     WHERE c.contract = $1 AND c.terms_version = $2 AND c.closures_admitted
     GROUP BY c.name, k.version`,
    [contract, termsVersion],
  );
  return Object.fromEntries(rows.map(({ name, version, closures }) => [name, { version, closures }]));
}

function milliseconds(column: string): string {
  return `floor(extract(epoch FROM ${column}) * 1000)::bigint`;
}

/** A calendar as far as terms that matter have it: those in force, those to come, those of open requests and interventions. */
export interface CalendarRow {
  readonly id: string;
  /** 1 before anything was announced. */
  readonly version: number;
  /** IANA zones; contracts that share a calendar ought to have one. */
  readonly zones: readonly string[];
  /** Contracts whose terms admit closures on it. */
  readonly admitting: number;
  /** Contracts that have it and admit none. */
  readonly others: number;
  /** A contract and version of terms that admit closures on it, and its name there; null when none do. */
  readonly example: { readonly contract: string; readonly version: number; readonly name: string } | null;
}

/** A calendar by its id; undefined when no terms have it. */
export async function readCalendar(db: Queryable, id: string): Promise<CalendarRow | undefined> {
  const { rows } = await db.query<CalendarRow>(
    `WITH mine AS (
       SELECT c.*, c.terms_version >= coalesce((
           SELECT max(t.version) FROM contract_terms t
           WHERE t.contract = c.contract AND t.effective_from <= (now() AT TIME ZONE k.zone)::date), 1)
         OR EXISTS (
           SELECT FROM requests r
           WHERE r.contract = c.contract AND r.terms_version = c.terms_version AND r.status <> 'closed')
         OR EXISTS (
           SELECT FROM interventions r
           WHERE r.contract = c.contract AND r.terms_version = c.terms_version AND ${INTERVENTION_HOURS.isOpen}) AS matters
       FROM contract_calendars c JOIN contracts k ON k.reference = c.contract WHERE c.calendar = $1
     ), contract AS (
       SELECT contract, bool_or(closures_admitted AND matters) AS admits FROM mine GROUP BY contract HAVING bool_or(matters)
     )
     SELECT $1 AS id, coalesce((SELECT version FROM calendars WHERE id = $1), 1) AS version,
       (SELECT array_agg(DISTINCT zone) FROM mine) AS zones,
       (SELECT count(*)::int FROM contract WHERE admits) AS admitting,
       (SELECT count(*)::int FROM contract WHERE NOT admits) AS others,
       (SELECT json_build_object('contract', contract, 'version', terms_version, 'name', name) FROM mine
        WHERE matters AND closures_admitted ORDER BY contract, terms_version DESC LIMIT 1) AS example
     WHERE EXISTS (SELECT FROM mine)`,
    [id],
  );
  return rows[0];
}
