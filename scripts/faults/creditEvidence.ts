/** What PostgreSQL and Temporal have of prepaid work, to compare what callers were told with. */
import { readStatement, type StatementLine } from '../../db/ledger/statement.ts';
import type { FaultStack } from './faultStack.ts';

/** An entry. */
export type LedgerLine = Pick<StatementLine, 'kind' | 'operation' | 'available' | 'corrects'>;

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

/** What is available and reserved. @throws Error when that is not what the entries sum up to */
export async function unitsLeft(
  stack: FaultStack,
  contract: string,
): Promise<{ readonly available: number; readonly pending: number }> {
  // Of one moment: entries may be made meanwhile.
  const { rows } = await stack.pool.query<{ available: number; pending: number; entered: number; held: number }>(
    `SELECT sum(b.available)::int AS available, sum(b.pending)::int AS pending,
            (SELECT sum(available)::int FROM credit_entries WHERE contract = $1) AS entered,
            (SELECT sum(pending)::int FROM credit_entries WHERE contract = $1) AS held
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id WHERE l.contract = $1`,
    [contract],
  );
  const { available = 0, pending = 0, entered, held } = rows[0] ?? {};
  if (entered === available && held === pending) return { available, pending };
  throw new Error(`${contract}: balance ${available} + ${pending}, entries ${entered} + ${held}`);
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
