/** Time of modules, consumed before credit: each move once under its key, never more than a period has. */
import type { Pool, PoolClient } from 'pg';
import { contentHash } from './contentHash.ts';
import { inTransaction } from './pool.ts';
import { KeyConflict } from './transitions.ts';

/** A move of a contract's time in one period of a module. */
export interface AllowanceMovement {
  readonly key: string;
  readonly contract: string;
  readonly module: string;
  /** `2027-03` or `2027`. */
  readonly period: string;
  /** Seconds that are asked for, or given back. */
  readonly seconds: number;
  readonly request: string;
  readonly intervention: string;
  readonly who: string;
}

/**
 * Takes as much as is left, at most what is asked for. `whole`: seconds of a whole period, of which the first taking makes
 * its row. @returns the seconds that were taken @throws KeyConflict
 */
export async function takeModuleTime(pool: Pool, move: AllowanceMovement, whole: number): Promise<number> {
  const { contract, module, period, seconds } = move;
  return await inTransaction(pool, async (client) => {
    await client.query(
      `INSERT INTO module_allowances (contract, module, period, seconds) VALUES ($1, $2, $3, $4)
       ON CONFLICT (contract, module, period) DO NOTHING`,
      [contract, module, period, whole],
    );
    const left = await lockPeriod(client, move);
    const known = await findMove(client, move);
    if (known !== undefined) return known;
    const taken = Math.min(left, seconds);
    await enter(client, move, taken);
    return taken;
  });
}

/** Gives back what was taken and not used. @throws KeyConflict */
export async function returnModuleTime(pool: Pool, move: AllowanceMovement): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockPeriod(client, move);
    if ((await findMove(client, move)) === undefined) await enter(client, move, -move.seconds);
  });
}

/** Seconds that are left. */
async function lockPeriod(client: PoolClient, { contract, module, period }: AllowanceMovement): Promise<number> {
  const { rows } = await client.query<{ left: number }>(
    `SELECT seconds - used AS left FROM module_allowances WHERE contract = $1 AND module = $2 AND period = $3 FOR UPDATE`,
    [contract, module, period],
  );
  return rows[0]?.left ?? 0;
}

async function findMove(client: PoolClient, move: AllowanceMovement): Promise<number | undefined> {
  const { rows } = await client.query<{ seconds: number; content_hash: Buffer }>(
    'SELECT seconds, content_hash FROM module_allowance_moves WHERE key = $1',
    [move.key],
  );
  const [known] = rows;
  if (known && !known.content_hash.equals(contentHash(move))) throw new KeyConflict();
  return known?.seconds;
}

async function enter(client: PoolClient, move: AllowanceMovement, taken: number): Promise<void> {
  const { key, contract, module, period, request, intervention, who } = move;
  await client.query(
    `INSERT INTO module_allowance_moves (key, content_hash, contract, module, period, seconds, request, intervention, who)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [key, contentHash(move), contract, module, period, taken, request, intervention, who],
  );
  await client.query(
    'UPDATE module_allowances SET used = used + $4 WHERE contract = $1 AND module = $2 AND period = $3',
    [contract, module, period, taken],
  );
}
