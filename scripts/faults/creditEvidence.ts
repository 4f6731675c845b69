/** What PostgreSQL and Temporal have of prepaid work, to compare what callers were told with. */
import { readStatement, type StatementLine } from '../../db/ledger/statement.ts';
import type { FaultStack } from './faultStack.ts';

/** An entry. */
export type LedgerLine = Pick<StatementLine, 'kind' | 'operation' | 'available' | 'pending' | 'corrects'>;

/** More than any contract of these tests has. */
const MOST_LINES = 10_000;

/** All of a contract, in order. */
export async function linesOfContract({ pool }: FaultStack, contract: string): Promise<StatementLine[]> {
  return await readStatement(pool, contract, { limit: MOST_LINES });
}

/** Its debits. */
export async function debitsOf(stack: FaultStack, contract: string): Promise<StatementLine[]> {
  return (await linesOfContract(stack, contract)).filter(({ kind }) => kind === 'debit');
}

/** What is available. @throws Error when that is not what the entries say, or anything is reserved */
export async function unitsLeft(stack: FaultStack, contract: string): Promise<number> {
  const { rows } = await stack.pool.query<{ available: number; pending: number }>(
    `SELECT sum(b.available)::int AS available, sum(b.pending)::int AS pending
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id WHERE l.contract = $1`,
    [contract],
  );
  const { available = 0, pending = 0 } = rows[0] ?? {};
  const last = (await linesOfContract(stack, contract)).at(-1);
  if (last?.availableAfter !== available || last.pendingAfter !== pending || pending !== 0) {
    throw new Error(`${contract}: balance ${available} + ${pending}, after the last line ${JSON.stringify(last)}`);
  }
  return available;
}

/** Deadlocks that PostgreSQL has ended in the product's database so far. */
export async function deadlocks({ pool }: FaultStack): Promise<number> {
  const { rows } = await pool.query<{ deadlocks: number }>(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.deadlocks ?? 0;
}

/** Attempts of activities beyond the first, of these executions. */
export async function repeatedActivities({ temporal }: FaultStack, ids: readonly string[]): Promise<number> {
  let repeated = 0;
  for (const id of ids) {
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    for (const event of events ?? []) repeated += (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1;
  }
  return repeated;
}
