/** Calls of the hotline, one after the other on an incident. */
import type { Pool, PoolClient } from 'pg';
import { Refusal } from '../domain/failures.ts';
import type { CallKind, TimedCall } from '../domain/hotline.ts';
import type { Language } from '../domain/languages.ts';
import { requireInForceAt } from './contractEnds.ts';
import { inTransaction, isUniqueViolation, type Queryable } from './pool.ts';

/** `hotline:<request number>:<n>`. */
type CallId = `hotline:${string}:${number}`;

/** A call's row. */
export interface HotlineCallRow {
  readonly id: CallId;
  readonly request: string;
  readonly n: number;
  readonly contract: string;
  readonly termsVersion: number;
  readonly kind: CallKind;
  readonly agent: `staff:${string}`;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  readonly seconds: number | null;
  readonly freeSeconds: number | null;
  readonly unit: string | null;
  readonly units: number | null;
  readonly debitedAt: Date | null;
}

/** A call that begins. */
export interface NewHotlineCall {
  readonly request: string;
  readonly termsVersion: number;
  readonly kind: CallKind;
  readonly agent: `staff:${string}`;
  readonly beganAt: Date;
}

/**
 * Begins a call; `begun` is done in the same transaction. Undefined when there is no such request.
 *
 * @throws Refusal `Conflict`: another call on the incident is not over; `NotCovered`: the contract has ended
 */
export async function beginHotlineCall(
  pool: Pool,
  call: NewHotlineCall,
  begun: (client: PoolClient, id: CallId) => Promise<void> = async () => undefined,
): Promise<CallId | undefined> {
  const { request, termsVersion, kind, agent, beganAt } = call;
  try {
    return await inTransaction(pool, async (client) => {
      const found = await client.query<{ contract: string }>(
        'SELECT contract FROM requests WHERE number = $1 FOR UPDATE',
        [request],
      );
      const contract = found.rows[0]?.contract;
      if (contract === undefined) return undefined;
      await requireInForceAt(client, contract, beganAt.getTime(), 'hotline call');
      const { rows } = await client.query<{ id: CallId }>(
        `INSERT INTO hotline_calls (id, request, n, contract, terms_version, kind, agent, began_at)
         SELECT 'hotline:' || $1 || ':' || n, $1, n, $2, $3, $4, $5, $6
         FROM (SELECT coalesce(max(n), 0) + 1 AS n FROM hotline_calls WHERE request = $1) AS next RETURNING id`,
        [request, contract, termsVersion, kind, agent, beganAt],
      );
      const id = rows[0]?.id;
      if (id !== undefined) await begun(client, id);
      return id;
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'hotline_one_call')) throw error;
    throw new Refusal('Conflict', 'A call on this incident is not over: end it first.');
  }
}

const CALL = `
  SELECT id, request, n, contract, terms_version AS "termsVersion", kind, agent, began_at AS "beganAt",
         ended_at AS "endedAt", seconds, free_seconds AS "freeSeconds", unit, units, debited_at AS "debitedAt"
  FROM hotline_calls`;

/** A call; undefined when there is none. */
export async function readHotlineCall(db: Queryable, id: string): Promise<HotlineCallRow | undefined> {
  const { rows } = await db.query<HotlineCallRow>(`${CALL} WHERE id = $1`, [id]);
  return rows[0];
}

/** Calls on the incident before this one, in their order; they are over. Those of a call that begins: all of them. */
export async function readEarlierCalls(db: Queryable, request: string, before?: string): Promise<TimedCall[]> {
  const { rows } = await db.query<TimedCall>(
    `SELECT kind, seconds FROM hotline_calls
     WHERE request = $1 AND seconds IS NOT NULL AND n < coalesce((SELECT n FROM hotline_calls WHERE id = $2), n + 1)
     ORDER BY n`,
    [request, before ?? null],
  );
  return rows;
}

/** How long it was and what it costs, written once: what is there stays. */
export async function endHotlineCallRow(
  db: Queryable,
  id: string,
  end: {
    readonly endedAt: Date;
    readonly seconds: number;
    readonly freeSeconds: number;
    readonly unit: string;
    readonly units: number;
  },
): Promise<void> {
  const { endedAt, seconds, freeSeconds, unit, units } = end;
  await db.query(
    `UPDATE hotline_calls SET ended_at = $2, seconds = $3, free_seconds = $4, unit = $5, units = $6,
            debited_at = CASE WHEN $6 = 0 THEN now() END
     WHERE id = $1 AND ended_at IS NULL`,
    [id, endedAt, seconds, freeSeconds, unit, units],
  );
}

/** What an alert to the agent of a call needs. */
export interface CallAlert {
  readonly request: string;
  readonly contract: string;
  readonly termsVersion: number;
  readonly isOver: boolean;
  readonly isTold: boolean;
  /** While active. */
  readonly agent: { readonly address: string; readonly language: Language } | undefined;
}

/** See {@link CallAlert}; undefined when there is no such call. */
export async function readCallAlert(db: Queryable, id: string): Promise<CallAlert | undefined> {
  const { rows } = await db.query<Omit<CallAlert, 'agent'> & { address: string | null; language: Language }>(
    `SELECT c.request, c.contract, c.terms_version AS "termsVersion", c.ended_at IS NOT NULL AS "isOver", c.told_at IS NOT NULL AS "isTold", s.email AS address, s.language
     FROM hotline_calls c LEFT JOIN staff s ON 'staff:' || s.id = c.agent AND s.active WHERE c.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { address, language, ...rest } = row;
  return { ...rest, agent: address === null ? undefined : { address, language } };
}

/** The agent was told that free minutes run out. */
export async function markAgentTold(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE hotline_calls SET told_at = coalesce(told_at, now()) WHERE id = $1', [id]);
}

/** Calls on a request, in their order. */
export async function listHotlineCalls(db: Queryable, request: string): Promise<HotlineCallRow[]> {
  const { rows } = await db.query<HotlineCallRow>(`${CALL} WHERE request = $1 ORDER BY n`, [request]);
  return rows;
}

/** Its units are debited. */
export async function markHotlineCallDebited(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE hotline_calls SET debited_at = coalesce(debited_at, now()) WHERE id = $1', [id]);
}

/** Calls of a contract whose units are owed and not debited. */
export async function listUndebitedCalls(db: Queryable, contract: string): Promise<CallId[]> {
  const { rows } = await db.query<{ id: CallId }>(
    'SELECT id FROM hotline_calls WHERE contract = $1 AND ended_at IS NOT NULL AND debited_at IS NULL ORDER BY ended_at',
    [contract],
  );
  return rows.map(({ id }) => id);
}

/** Its workflow runs: it was started now, or found. */
export async function markHotlineCallFollowed(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE hotline_calls SET followed_at = now() WHERE id = $1', [id]);
}

/**
 * Calls whose workflow nobody has started since they began, so many seconds ago; and, once a day, those that are not over or
 * owe units: should a workflow be lost, it is started again.
 */
export async function listUnfollowedCalls(db: Queryable, seconds: number, limit: number): Promise<CallId[]> {
  const { rows } = await db.query<{ id: CallId }>(
    `SELECT id FROM hotline_calls
     WHERE debited_at IS NULL AND ((followed_at IS NULL AND began_at < now() - $1 * interval '1 second')
       OR followed_at < now() - interval '1 day')
     ORDER BY began_at LIMIT $2`,
    [seconds, limit],
  );
  return rows.map(({ id }) => id);
}
