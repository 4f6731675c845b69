/** Debits per second, spread over many contracts and on one, beside plain inserts of the same rows with as many commits. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { prepaidTickets } from '../contracts/templates/prepaidTickets.ts';
import { parseTerms } from '../contracts/terms.ts';
import { storeContract, storeTerms } from '../db/contracts.ts';
import type { Under } from '../db/ledger/operations.ts';
import { placeOrder } from '../db/ledger/orders.ts';
import { debit } from '../db/ledger/spending.ts';
import { listLedgerOddities } from '../db/ledger/verification.ts';
import { migrate } from '../db/migrate.ts';
import { createPool, inTransaction } from '../db/pool.ts';
import { claimDirectory } from '../scripts/stack/leftBehind.ts';
import { dataDirectory } from '../scripts/stack/places.ts';
import { freePorts } from '../scripts/stack/ports.ts';
import { ensureDatabase, startPostgres } from '../scripts/stack/postgres.ts';
import { createProcesses } from '../scripts/stack/processes.ts';
import { type BenchOptions, type Figure, median } from './report.ts';

const CONTRACTS = 1_000;
const DEBITS = 4_000;
const AT_ONCE = 16;
const DAY = '2026-11-21';
const AIM_SHARE = 0.5;
const FORM = { unit: 'ticket', units: 100_000 };

/** A contract and the one lot that it has. */
interface Account {
  readonly contract: string;
  readonly lot: number;
}

/** Rows go into tables of the same columns, checks and indexes, without references and triggers: an entry and its balance. */
const PLAIN_TABLES = `CREATE TABLE plain_entries (LIKE credit_entries INCLUDING ALL);
  CREATE TABLE plain_balances (LIKE lot_balances INCLUDING ALL) WITH (fillfactor = 50);
  INSERT INTO plain_balances SELECT * FROM lot_balances`;
const PLAIN_BALANCE = 'UPDATE plain_balances SET available = available - 1 WHERE lot = $1';
const PLAIN_ROW = `INSERT INTO plain_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, who, why)
  VALUES ($1, 1, $2, $3, $4, 'debit', -1, 0, $5, 'staff:bench', 'work')`;

/** All in one run, interleaved, so that what else the machine does concerns all alike. */
export async function ledger(
  { count = DEBITS, runs }: BenchOptions,
  report: (message: string) => void,
): Promise<Figure[]> {
  const { pool, stop } = await startDatabase(report);
  try {
    const { accounts, under } = await prepare(pool, report);
    const [hot] = accounts;
    if (!hot) throw new Error('there are no contracts');
    const spread = (index: number) => accounts[(index * 7_919) % accounts.length] ?? hot;
    const contenders = [
      { name: 'debits, spread', atOnce: AT_ONCE, does: (index: number) => spend(pool, spread(index), under) },
      { name: 'plain rows, spread', atOnce: AT_ONCE, does: (index: number) => insertPlain(pool, spread(index)) },
      { name: 'entries alone, spread', atOnce: AT_ONCE, does: (index: number) => insertRow(pool, spread(index)) },
      { name: 'debits, one contract', atOnce: AT_ONCE, does: () => spend(pool, hot, under) },
      { name: 'plain rows, one contract', atOnce: AT_ONCE, does: () => insertPlain(pool, hot) },
      { name: 'debits, one contract, one after the other', atOnce: 1, does: () => spend(pool, hot, under) },
      { name: 'plain rows, one contract, one after the other', atOnce: 1, does: () => insertPlain(pool, hot) },
    ].map((contender) => ({ ...contender, rates: [] as number[] }));
    for (let run = 1; run <= runs; run++) {
      report(`run ${run} of ${runs}`);
      for (const { rates, atOnce, does } of contenders) rates.push(await ratePerSecond(count, atOnce, does));
    }
    const odd = await listLedgerOddities(pool);
    const [ours = 0, plain = 0, bare = 0, onOne = 0, plainOnOne = 0, oneByOne = 0, plainOneByOne = 0] = contenders.map(
      ({ rates }) => median(rates),
    );
    return [
      ...contenders.map(({ name, rates }) => ({ what: name, value: median(rates), unit: 'per s' })),
      share(`debits beside plain rows, over ${CONTRACTS} contracts`, ours / plain, AIM_SHARE),
      { what: 'debits beside entries alone, without a balance', value: ours / bare, unit: 'times' },
      share('debits on one contract at once beside one after the other', onOne / oneByOne, 1),
      { what: 'debits on one contract beside plain rows on it', value: onOne / plainOnOne, unit: 'times' },
      { what: 'the same beside plain rows, one after the other', value: onOne / plainOneByOne, unit: 'times' },
      {
        what: 'balances that differ from their entries',
        value: odd.length,
        unit: '',
        aim: '0',
        isMet: odd.length === 0,
      },
    ];
  } finally {
    await stop();
  }
}

function share(what: string, value: number, aim: number): Figure {
  return { what, value, unit: 'times', aim: `≥ ${aim}`, isMet: value >= aim };
}

async function spend(pool: Pool, { contract }: Account, under: Under): Promise<void> {
  const operation = { key: randomUUID(), contract, on: DAY, who: 'staff:bench', why: 'work' };
  await debit(pool, operation, [{ unit: 'ticket', units: 1 }], under);
}

/** The same rows with the same commit, and nothing asked before: two statements in a transaction. */
async function insertPlain(pool: Pool, { contract, lot }: Account): Promise<void> {
  await inTransaction(pool, async (client) => {
    const values = [randomUUID(), Buffer.alloc(32, 1), contract, lot, DAY];
    await client.query({ name: 'plain-row', text: PLAIN_ROW, values });
    await client.query({ name: 'plain-balance', text: PLAIN_BALANCE, values: [lot] });
  });
}

/** The least that is possible: the entry alone, as one statement that is its own transaction. */
async function insertRow(pool: Pool, { contract, lot }: Account): Promise<void> {
  const values = [randomUUID(), Buffer.alloc(32, 1), contract, lot, DAY];
  await pool.query({ name: 'plain-row', text: PLAIN_ROW, values });
}

async function ratePerSecond(count: number, atOnce: number, does: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const work = async () => {
    while (next < count) await does(next++);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return (count * 1_000) / (performance.now() - begun);
}

async function prepare(pool: Pool, report: (message: string) => void) {
  report(`${CONTRACTS} contracts with a lot each`);
  const parsed = parseTerms(prepaidTickets({ customer: 'Customer', provider: 'Provider' }));
  const price = { cents: 0, vatBasisPoints: 2_000 };
  if (!('terms' in parsed) || !parsed.terms.credits?.ticket) throw new Error('the template of family A is invalid');
  const { terms } = parsed;
  const ticket = { ...parsed.terms.credits.ticket, packs: [{ units: FORM.units, price }] };
  const under: Under = { credits: { ticket }, termsVersion: 1, today: DAY };
  for (let index = 0; index < CONTRACTS; index++) {
    const reference = `B${index}`;
    await storeContract(pool, { reference, terms });
    await storeTerms(pool, reference, 1, '2026-01-01', terms);
    const operation = { key: `order:${reference}`, contract: reference, on: DAY, who: 'staff:bench', why: 'order' };
    await placeOrder(pool, operation, { ...FORM, orderForm: 'BC' }, under);
  }
  await pool.query(PLAIN_TABLES);
  await pool.query('ANALYZE');
  const { rows } = await pool.query<Account>('SELECT contract, id AS lot FROM credit_lots ORDER BY id');
  return { accounts: rows, under };
}

/** PostgreSQL alone, durable: every commit reaches the disk. */
async function startDatabase(report: (message: string) => void) {
  const directory = join(dataDirectory(process.env.RELANCE_DATA), 'bench', 'ledger');
  mkdirSync(directory, { recursive: true });
  await claimDirectory(directory);
  rmSync(join(directory, 'postgres'), { recursive: true, force: true });
  const processes = createProcesses(directory, (message) => {
    report(message);
    process.exitCode = 1;
  });
  const [port = 0] = await freePorts(1);
  report('starting PostgreSQL');
  const options = { directory: join(directory, 'postgres'), port, password: 'only-for-benches', durable: true };
  const postgres = await startPostgres(processes, { ...options, report: () => undefined });
  const url = await ensureDatabase(postgres.url, 'bench_ledger');
  await migrate(url);
  const pool = createPool({ connectionString: url, max: AT_ONCE, log: { warn: () => undefined } });
  return {
    pool,
    async stop() {
      await pool.end();
      await processes.stopAll();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
