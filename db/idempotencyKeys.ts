/** Idempotency keys: which call was made, how far it got, and its final answer. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction, type Queryable } from './pool.ts';

/** A key belongs to a caller and a route with its path parameters. */
export interface CallKey {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
}

/** A final answer, as it was given. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: { readonly headers: { readonly [name: string]: string }; readonly content: unknown };
}

/** What a call finds under its key. */
export type Claim =
  /** Go on: with the same command id, and the number already given, as any call before with this key; the first came `since`. */
  | { readonly kind: 'mine'; readonly updateId: string; readonly number: string | null; readonly since: Date }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The first call is under way, or died: after so many seconds that is known. */
  | { readonly kind: 'running'; readonly secondsLeft: number }
  | { readonly kind: 'otherBody' };

/** How long a key is kept. */
const KEPT_DAYS = 30;
/** A call that has not renewed its claim by then has died with its process, and the next one with its key takes over. */
const RUNNING_SECONDS = 5;

/** Another call with this key has registered a request: this one was taken for dead. */
export class NumberTaken extends Error {
  override readonly name = 'NumberTaken';
}

/** Takes a key for a call. */
export async function claimKey(pool: Pool, call: CallKey, bodyHash: Buffer): Promise<Claim> {
  const { caller, route, key } = call;
  return await inTransaction(pool, async (client) => {
    await client.query(
      `INSERT INTO idempotency_keys (caller, route, key, body_hash, update_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (caller, route, key) DO UPDATE
         SET body_hash = excluded.body_hash, update_id = excluded.update_id, number = NULL, running_until = NULL,
             status = NULL, body = NULL, created_at = now()
         WHERE idempotency_keys.created_at < now() - $6 * interval '1 day'`,
      [caller, route, key, bodyHash, randomUUID(), KEPT_DAYS],
    );
    const { rows } = await client.query<{
      body_hash: Buffer;
      update_id: string;
      number: string | null;
      seconds_left: number;
      status: number | null;
      body: StoredAnswer['body'];
      created_at: Date;
    }>(
      `SELECT body_hash, update_id, number, status, body, created_at,
              coalesce(extract(epoch FROM running_until - clock_timestamp()), 0)::float8 AS seconds_left
       FROM idempotency_keys WHERE caller = $1 AND route = $2 AND key = $3 FOR UPDATE`,
      [caller, route, key],
    );
    const [row] = rows;
    if (!row) throw new Error('the idempotency key vanished');
    if (!row.body_hash.equals(bodyHash)) return { kind: 'otherBody' };
    if (row.status !== null) return { kind: 'answered', answer: { status: row.status, body: row.body } };
    if (row.seconds_left > 0) return { kind: 'running', secondsLeft: row.seconds_left };
    await client.query(
      `UPDATE idempotency_keys SET running_until = clock_timestamp() + $4 * interval '1 second'
       WHERE caller = $1 AND route = $2 AND key = $3`,
      [caller, route, key, RUNNING_SECONDS],
    );
    return { kind: 'mine', updateId: row.update_id, number: row.number, since: row.created_at };
  });
}

/** Says that the call goes on; to be repeated well within five seconds. */
export async function renewClaim(db: Queryable, { caller, route, key }: CallKey): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys SET running_until = clock_timestamp() + $4 * interval '1 second'
     WHERE caller = $1 AND route = $2 AND key = $3 AND running_until IS NOT NULL`,
    [caller, route, key, RUNNING_SECONDS],
  );
}

/** Notes the number that the call's request got: within the transaction that registers it. @throws NumberTaken */
export async function noteNumber(db: Queryable, { caller, route, key }: CallKey, number: string): Promise<void> {
  const { rowCount } = await db.query(
    'UPDATE idempotency_keys SET number = $4 WHERE caller = $1 AND route = $2 AND key = $3 AND number IS NULL',
    [caller, route, key, number],
  );
  if (rowCount !== 1) throw new NumberTaken(number);
}

/** Ends the call with its final answer; returns the one that counts: the first. */
export async function storeAnswer(db: Queryable, call: CallKey, answer: StoredAnswer): Promise<StoredAnswer> {
  const key = [call.caller, call.route, call.key];
  const { rowCount } = await db.query(
    `UPDATE idempotency_keys SET status = $4, body = $5, running_until = NULL
     WHERE caller = $1 AND route = $2 AND key = $3 AND status IS NULL`,
    [...key, answer.status, JSON.stringify(answer.body)],
  );
  if (rowCount === 1) return answer;
  const { rows } = await db.query<StoredAnswer>(
    'SELECT status, body FROM idempotency_keys WHERE caller = $1 AND route = $2 AND key = $3 AND status IS NOT NULL',
    key,
  );
  return rows[0] ?? answer;
}

/** Ends the call without a final answer: the next one with its key goes on. */
export async function releaseKey(db: Queryable, { caller, route, key }: CallKey): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys SET running_until = NULL
     WHERE caller = $1 AND route = $2 AND key = $3 AND status IS NULL`,
    [caller, route, key],
  );
}

/** Deletes what is older than is kept; returns how many. */
export async function forgetOldKeys(db: Queryable): Promise<number> {
  const { rowCount } = await db.query("DELETE FROM idempotency_keys WHERE created_at < now() - $1 * interval '1 day'", [
    KEPT_DAYS,
  ]);
  return rowCount ?? 0;
}
