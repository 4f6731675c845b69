/** A database of its own for each test file, copied from the migrated template in a moment. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createPool } from '../../db/pool.ts';
import { databaseUrl } from '../../scripts/stack/postgres.ts';

/** A migrated, empty database. */
export interface TestDatabase {
  readonly url: string;
  /** Connects at its first query. */
  readonly pool: pg.Pool;
  /** Ends the pool, drops the database, and ends whatever is still connected. */
  drop(): Promise<void>;
}

/** Makes one; drop it when the file's tests are over. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = inject('postgres');
  const name = `relance_test_${randomBytes(6).toString('hex')}`;
  await run(url, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
  const connectionString = databaseUrl(url, name);
  const pool = createPool({ connectionString, log: { warn: () => undefined } });
  return {
    url: connectionString,
    pool,
    async drop() {
      if (!pool.ending) await pool.end();
      await run(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
