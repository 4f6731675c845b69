/** The pool of connections to Postgres, and what kind of trouble an error of it is. */
import pg from 'pg';
import { traceStatements } from './statementSpans.ts';

/** Anything that runs a query: the pool, or a client within a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

/** How a process connects to Postgres. */
export interface PoolOptions {
  readonly connectionString: string;
  /** Connections at most; 10 without it. */
  readonly max?: number;
  /** Longest a statement may run, milliseconds; 8 seconds without it, so that an activity's ten are enough. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection, milliseconds; 5 seconds without it. */
  readonly connectionTimeoutMs?: number;
  readonly log: { warn(fields: object, message: string): void };
}

/** A pool whose idle connections may break without ending the process; each statement and connection has its time limit. */
export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 8_000;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectionTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
    // A server that has vanished answers nothing at all: the client gives up a little later.
    query_timeout: statementTimeoutMs + 2_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'relance',
  });
  // An idle connection's error without a listener ends the process (brianc/node-postgres#2386).
  pool.on('error', (error) => options.log.warn({ code: errorCode(error) }, 'an idle database connection broke'));
  // So does that of one being handed over, or between two statements: whoever has it learns of it by the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  traceStatements(pool);
  return pool;
}

/** Runs `work` in one transaction; what it throws rolls everything back. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE or system error code; undefined when the error has none. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A unique index said no; with `constraint`, that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (errorCode(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}

const SYSTEM_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENOENT',
];
/** Connection exceptions, too many connections, shutdown, start-up, time-outs, deadlocks. */
const SQL_STATES = /^(08...|53...|57P0.|57014|25P03|55P03|40001|40P01)$/;
/** The driver's own errors have no code. */
const DRIVER_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable/i;

/** Whether Postgres is away or too busy, so that the same may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const code = errorCode(error);
  if (code !== undefined) return SYSTEM_CODES.includes(code) || SQL_STATES.test(code);
  return error instanceof Error && DRIVER_MESSAGES.test(error.message);
}
