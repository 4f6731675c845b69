/** Operations on the ledger: each happens once under its key, all its entries in one transaction, or not at all. */
import type { Pool, PoolClient } from 'pg';
import { Refusal } from '../../domain/failures.ts';
import type { ContractEnd } from '../../domain/ledger/contractEnd.ts';
import type { Change, EntryKind } from '../../domain/ledger/entries.ts';
import { insufficient } from '../../domain/ledger/settlement.ts';
import type { Amount, CreditTerms } from '../../domain/ledger/terms.ts';
import { contentHash } from '../contentHash.ts';
import { inTransaction, isUniqueViolation, type Queryable } from '../pool.ts';

/** What every operation says of itself. */
export interface Operation {
  /** Idempotency key: the same key with the same content happens once, with other content it is a `Conflict`. */
  readonly key: string;
  readonly contract: string;
  /** Local date of the work or of the signature, YYYY-MM-DD in the contract's zone. */
  readonly on: string;
  readonly who: string;
  readonly why: string;
  readonly request?: string | undefined;
  readonly intervention?: string | undefined;
}

/** What operations on work are done under: the terms in force, the contract's end, and today's local date in its zone. */
export interface Under extends ContractEnd {
  readonly credits: CreditTerms;
  readonly termsVersion: number;
  /** YYYY-MM-DD */
  readonly today: string;
}

/** An entry as it is stored. */
export interface StoredEntry extends Change {
  readonly unit: string;
}

/** What an operation has entered. */
export interface Entered {
  readonly key: string;
  readonly entries: readonly StoredEntry[];
  /** Whether it had happened before this call. */
  readonly isRepeated: boolean;
}

/** Entries of one key, in the order of their lines. */
export interface Batch {
  readonly key: string;
  readonly changes: readonly Change[];
  readonly why?: string;
  /** Another reservation than the operation's. */
  readonly reservation?: string;
}

/** More that is on every entry of an operation. */
export interface Naming {
  readonly reservation?: string;
  readonly corrects?: string;
}

/**
 * Carries out an operation. `decide` locks what it needs and says what is to be entered; it may run twice, and the second time
 * `exclusive` is true: then nothing else is bought for, or decided exclusively on, the contract at the same time.
 *
 * @throws Refusal of `decide`; `Conflict`: the key belongs to another operation
 */
export async function operate(
  pool: Pool,
  operation: Operation,
  content: object,
  { exclusive, ...naming }: Naming & { readonly exclusive: boolean },
  decide: (client: PoolClient) => Promise<readonly Batch[]>,
): Promise<Entered> {
  const hash = contentHash(content);
  try {
    const entries = await inTransaction(pool, async (client) => {
      if (exclusive) await lockContract(client, operation.contract);
      return await enter(client, operation, hash, naming, await decide(client));
    });
    return { key: operation.key, entries, isRepeated: false };
  } catch (error) {
    const isTaken =
      isUniqueViolation(error, 'credit_entries_once') || isUniqueViolation(error, 'credit_orders_key_key');
    if (!isTaken && !(error instanceof Refusal)) throw error;
    const known = await findOperation(pool, operation.key, hash);
    if (known) return known;
    // What was bought after this call began to wait for the lots, it has not seen.
    if (!exclusive && error instanceof Refusal && error.type === 'InsufficientCredit') {
      return await operate(pool, operation, content, { ...naming, exclusive: true }, decide);
    }
    throw error;
  }
}

/**
 * Carries out an operation that concerns one lot alone and was decided without a lock: one statement locks the balance and makes
 * the entry where there still is enough. Undefined where there is not: then it is to be decided anew, under locks.
 */
export async function operateAtOnce(
  pool: Pool,
  operation: Operation,
  content: object,
  entry: StoredEntry,
): Promise<Entered | undefined> {
  const { key, contract, on, who, why, request = null, intervention = null } = operation;
  const hash = contentHash(content);
  try {
    // As everywhere, the balance is locked before the key is taken: who holds the one never waits for the other.
    const { rowCount } = await pool.query({
      name: 'ledger-enter-one',
      text: `WITH locked AS (
               SELECT lot FROM lot_balances WHERE lot = $4 AND available + $6 >= 0 AND pending + $7 >= 0 FOR UPDATE)
             INSERT INTO credit_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, request,
               intervention, who, why)
             SELECT $1, 1, $2, $3, lot, $5, $6, $7, $8, $9, $10, $11, $12 FROM locked`,
      values: [
        ...[key, hash, contract, entry.lot, entry.kind, entry.available, entry.pending, on, request, intervention],
        ...[who, why],
      ],
    });
    return rowCount === 1 ? { key, entries: [entry], isRepeated: false } : undefined;
  } catch (error) {
    if (isUniqueViolation(error, 'credit_entries_once')) return await findOperation(pool, operation.key, hash);
    throw error;
  }
}

/** What a key has entered; undefined when it has entered nothing. @throws Refusal `Conflict`: it was another operation */
async function findOperation(db: Queryable, key: string, hash: Buffer): Promise<Entered | undefined> {
  const { rows } = await db.query<StoredEntry & { hash: Buffer }>(
    `SELECT e.lot, e.kind, e.available, e.pending, l.unit, e.content_hash AS hash
     FROM credit_entries e JOIN credit_lots l ON l.id = e.lot WHERE e.key = $1 ORDER BY e.line`,
    [key],
  );
  const [first] = rows;
  if (!first) return undefined;
  if (!first.hash.equals(hash)) throw new Refusal('Conflict', 'The key of this operation belongs to another one.');
  return { key, entries: rows.map(({ hash: _, ...entry }) => entry), isRepeated: true };
}

/**
 * Waits until nobody else buys for, or renews a base of, the contract; until the end of the transaction. Its first operation
 * makes the row: else the first order and a debit would not wait for one another.
 */
export async function lockContract(client: PoolClient, contract: string): Promise<void> {
  const lock = () => client.query('SELECT FROM credit_contracts WHERE contract = $1 FOR UPDATE', [contract]);
  if ((await lock()).rowCount === 1) return;
  await client.query('INSERT INTO credit_contracts (contract) VALUES ($1) ON CONFLICT DO NOTHING', [contract]);
  await lock();
}

const COLUMNS = `key, line, content_hash, contract, lot, kind, available, pending, on_day, reservation, corrects, request,
  intervention, who, why`;

/** Enters the batches in one statement. Balances follow by the table's own trigger. */
async function enter(
  client: PoolClient,
  { key, contract, on, who, why, request, intervention }: Operation,
  hash: Buffer,
  { reservation, corrects }: Naming,
  batches: readonly Batch[],
): Promise<StoredEntry[]> {
  const lines = batches.flatMap(({ changes, ...batch }) =>
    changes.map((change, at) => ({ ...batch, ...change, line: at + 1 })),
  );
  if (lines.length === 0) return [];
  const { rows } = await client.query<StoredEntry & { key: string }>({
    name: 'ledger-enter',
    text: `WITH entered AS (
       INSERT INTO credit_entries (${COLUMNS})
       SELECT e.key, e.line, $1, $2, e.lot, e.kind, e.available, e.pending, $3,
              e.reservation, CASE WHEN e.key = $9 THEN $4 END, $5, $6, $7, e.why
       FROM unnest($8::text[], $10::int[], $11::int[], $12::text[], $13::int[], $14::int[], $15::text[], $16::text[])
         AS e(key, line, lot, kind, available, pending, why, reservation)
       RETURNING key, line, lot, kind, available, pending)
     SELECT e.key, e.lot, e.kind, e.available, e.pending, l.unit
     FROM entered e JOIN credit_lots l ON l.id = e.lot ORDER BY e.line`,
    values: [
      ...[hash, contract, on, corrects ?? null, request ?? null, intervention ?? null, who],
      ...[lines.map((line) => line.key), key, lines.map(({ line }) => line), lines.map(({ lot }) => lot)],
      ...[lines.map(({ kind }) => kind), lines.map(({ available }) => available), lines.map(({ pending }) => pending)],
      lines.map((line) => line.why ?? why),
      lines.map((line) => line.reservation ?? (line.key === key ? (reservation ?? null) : null)),
    ],
  });
  return rows.filter((row) => row.key === key).map(({ key: _, ...entry }) => entry);
}

/** Units that an operation has spent, reserved, given back …, unit by unit, by the kind of its entries. */
export function unitsOf(entries: readonly StoredEntry[], kind: EntryKind): Amount[] {
  const sums = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== kind) continue;
    sums.set(entry.unit, (sums.get(entry.unit) ?? 0) + Math.abs(entry.available || entry.pending));
  }
  return [...sums].map(([unit, units]) => ({ unit, units }));
}

/** The refusal of what lots do not yield. */
export function refuseMissing(missing: readonly Amount[], on: string): void {
  if (missing.length > 0) throw insufficient(missing, `Less is available for work on ${on}.`);
}
