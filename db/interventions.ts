/** Rows of interventions: registered before Temporal is called, then the read model of what the workflow decides. */
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { InterventionCommandOf } from '../domain/intervention/events.ts';
import type { InterventionId, InterventionState } from '../domain/intervention/state.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import { requireInForceAt } from './contractEnds.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** An intervention's row. */
export interface InterventionRow {
  readonly id: InterventionId;
  readonly request: string;
  readonly n: number;
  readonly contract: string;
  readonly termsVersion: number;
  readonly contact: string;
  readonly module: string | null;
  readonly stage: 'opening' | 'open';
  readonly opening: InterventionCommandOf<'open'>;
  readonly version: number;
  /** Null until the first save. */
  readonly state: InterventionState | null;
  readonly view: InterventionView | null;
  readonly createdAt: Date;
}

/** An intervention as it is registered: on a request, for the contact who is to approve it. */
export interface NewIntervention {
  readonly request: string;
  /** Of the contract, as it is in force. */
  readonly termsVersion: number;
  readonly contact: string;
  /** Id of the text that says what it is about. */
  readonly text: string;
  readonly module?: string;
  /** Period of the module that the visit is of; without it the one in which it is opened. */
  readonly period?: string;
  readonly who: InterventionCommandOf<'open'>['who'];
  readonly channel: InterventionCommandOf<'open'>['channel'];
  /** A UUID; a new one without it. */
  readonly commandId?: string;
}

/**
 * Gives it the request's next number and writes its row, in stage `opening`; the same command finds the same one. Undefined
 * when there is no such request.
 *
 * @throws Refusal `NotCovered`: the contract has ended
 */
export async function registerIntervention(
  pool: Pool,
  intervention: NewIntervention,
): Promise<InterventionId | undefined> {
  return await inTransaction(pool, (client) => insertIntervention(client, intervention));
}

/** The same within a transaction. */
export async function insertIntervention(
  client: PoolClient,
  { request, termsVersion, contact, text, module, period, who, channel, commandId = randomUUID() }: NewIntervention,
): Promise<InterventionId | undefined> {
  const visit = { ...(module === undefined ? {} : { module }), ...(period === undefined ? {} : { period }) };
  const opening: InterventionCommandOf<'open'> = { contact, text, who, channel, commandId, ...visit };
  // One after the other: two at once would have one number.
  const found = await client.query<{ contract: string }>('SELECT contract FROM requests WHERE number = $1 FOR UPDATE', [
    request,
  ]);
  const contract = found.rows[0]?.contract;
  if (contract === undefined) return undefined;
  const known = await client.query<{ id: InterventionId }>(
    `SELECT id FROM interventions WHERE request = $1 AND opening->>'commandId' = $2`,
    [request, commandId],
  );
  if (known.rows[0]) return known.rows[0].id;
  await requireInForceAt(client, contract, Date.now(), 'intervention');
  const { rows } = await client.query<{ id: InterventionId }>(
    `INSERT INTO interventions (id, request, n, contract, terms_version, contact, module, opening)
     SELECT 'intervention:' || $1 || ':' || n, $1, n, $2, $3, $4, $5, $6
     FROM (SELECT coalesce(max(n), 0) + 1 AS n FROM interventions WHERE request = $1) AS next
     RETURNING id`,
    [request, contract, termsVersion, contact, module ?? null, JSON.stringify(opening)],
  );
  return rows[0]?.id;
}

const INTERVENTION = `
  SELECT id, request, n, contract, terms_version AS "termsVersion", contact, module, stage, opening, version, state, view,
         created_at AS "createdAt"
  FROM interventions`;

/** The row of an intervention; undefined when there is none. */
export async function readInterventionRow(db: Queryable, id: string): Promise<InterventionRow | undefined> {
  const { rows } = await db.query<InterventionRow>(`${INTERVENTION} WHERE id = $1`, [id]);
  return rows[0];
}

/** Interventions that were registered some time ago and are not started, on requests that are; the oldest first. */
export async function listUnopenedInterventions(
  db: Queryable,
  seconds: number,
  limit: number,
): Promise<InterventionId[]> {
  const { rows } = await db.query<{ id: InterventionId }>(
    `SELECT i.id FROM interventions i JOIN requests r ON r.number = i.request
     WHERE i.stage = 'opening' AND i.created_at < now() - $1 * interval '1 second' AND r.stage = 'open'
     ORDER BY i.created_at LIMIT $2`,
    [seconds, limit],
  );
  return rows.map(({ id }) => id);
}

/** Interventions of a contract that lack credit, and whose units are all available now. */
export async function listServable(db: Queryable, contract: string, available: UnitAmounts): Promise<InterventionId[]> {
  const { rows } = await db.query<{ id: InterventionId }>(
    `SELECT id FROM interventions
     WHERE contract = $1 AND view->'missing' <> '{}' AND NOT EXISTS (
       SELECT FROM jsonb_each_text(state->'wanted') w WHERE w.value::int > coalesce(($2::jsonb->>w.key)::int, 0))
     ORDER BY created_at`,
    [contract, JSON.stringify(available)],
  );
  return rows.map(({ id }) => id);
}

/** Forgets one that its workflow refused to open. */
export async function discardIntervention(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM interventions WHERE id = $1 AND state IS NULL', [id]);
}

/** Which interventions are wanted. */
export interface InterventionFilter {
  readonly contract?: string | undefined;
  readonly request?: string | undefined;
  readonly status?: string | undefined;
  /** Those that were opened earlier, or at the same instant with a lesser id. */
  readonly below?: { readonly createdAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Interventions that have been saved, the newest first. */
export async function listInterventions(db: Queryable, filter: InterventionFilter): Promise<InterventionRow[]> {
  const { contract, request, status, below, limit } = filter;
  const { rows } = await db.query<InterventionRow>(
    `${INTERVENTION}
     WHERE view IS NOT NULL AND ($1::text IS NULL OR contract = $1) AND ($2::text IS NULL OR request = $2)
       AND ($3::text IS NULL OR status = $3)
       AND ($4::timestamptz IS NULL OR (date_trunc('milliseconds', created_at), id) < ($4, $5))
     ORDER BY date_trunc('milliseconds', created_at) DESC, id DESC LIMIT $6`,
    [
      ...[contract ?? null, request ?? null, status ?? null],
      ...[below === undefined ? null : new Date(below.createdAt), below?.id ?? null, limit],
    ],
  );
  return rows;
}
