/** Correcting an operation: new entries that name it, once each. */
import type { Pool } from 'pg';
import { Refusal, wrongField } from '../../domain/failures.ts';
import { type CorrectedEntry, corrected, spentMore } from '../../domain/ledger/corrections.ts';
import { applied } from '../../domain/ledger/entries.ts';
import { renewing } from '../../domain/ledger/renewal.ts';
import type { Amount } from '../../domain/ledger/terms.ts';
import { isUniqueViolation, type Queryable } from '../pool.ts';
import { lockAllLots } from './lots.ts';
import { type Entered, type Operation, operate, type Under } from './operations.ts';
import { buyMissing, renewExhausted } from './renewals.ts';

/** What an operation ought to have been. */
export interface Correction {
  /** Key of the operation that was wrong, or of its latest correction. */
  readonly corrects: string;
  /** The right number of units; of units that are not named nothing changes. None is allowed. */
  readonly right: readonly Amount[];
}

/**
 * Enters a correction; its `on` is the date of what it corrects, whatever is given. A base that renews by itself is bought
 * where more is spent than there is, or nothing left, as by a debit.
 *
 * @throws Refusal `ValidationFailed`: no such operation, or it has no such unit; `Conflict`: it has been corrected (name that
 * correction), or cannot be, or has this many units already; `InsufficientCredit`
 */
export async function correct(
  pool: Pool,
  operation: Omit<Operation, 'on'>,
  { corrects, right }: Correction,
  under: Under,
): Promise<Entered> {
  const { contract, key } = operation;
  const chain = await readChain(pool, contract, corrects);
  const [first] = chain;
  if (!first) {
    const message = 'The contract has no such operation. It is named as in a line of the statement.';
    throw wrongField('corrects', message);
  }
  const units = [...new Set(chain.map(({ unit }) => unit))];
  const other = right.find(({ unit }) => !units.includes(unit));
  if (other) {
    const message = `The operation is about ${units.join(', ')}, not ${other.unit}.`;
    throw wrongField(`right.${right.indexOf(other)}.unit`, message);
  }
  const once = right.filter(({ unit }, index) => right.findIndex((one) => one.unit === unit) === index);
  const content = { does: 'correct', contract, corrects, right: once };
  const { on, request, intervention } = first;
  const correction = { ...operation, on, request: request ?? undefined, intervention: intervention ?? undefined };
  const exclusive = renewing(under.credits, units).length > 0;
  try {
    return await operate(pool, correction, content, { exclusive, corrects }, async (client) => {
      const locked = await lockAllLots(client, contract, units);
      // Nothing is corrected twice, so what was read of the chain stays what it is.
      if (await isCorrected(client, corrects)) throw alreadyCorrected();
      const more = spentMore(chain, locked, once);
      const { lots, batches } = await buyMissing(client, correction, locked, more, under);
      const changes = corrected(chain, lots, once, { on, today: under.today });
      const spent = more.map(({ unit }) => unit);
      const after = applied(lots, changes);
      const renewed = await renewExhausted(client, correction, under, after, spent, batches.length);
      return [...batches, { key, changes }, ...renewed];
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'credit_entries_corrected')) throw error;
    throw alreadyCorrected();
  }
}

function alreadyCorrected(): Refusal {
  return new Refusal('Conflict', 'The operation has been corrected: name the correction to correct it again.');
}

async function isCorrected(db: Queryable, key: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM credit_entries WHERE corrects = $1 AND line = 1', [key]);
  return rowCount === 1;
}

/** An entry of an operation or of what it corrects. */
export interface ChainEntry extends CorrectedEntry {
  readonly unit: string;
  /** Local date of the first operation, YYYY-MM-DD. */
  readonly on: string;
  readonly request: string | null;
  readonly intervention: string | null;
}

/** Entries of an operation and of all that it corrects, the first operation's first. */
async function readChain(db: Queryable, contract: string, key: string): Promise<ChainEntry[]> {
  const { rows } = await db.query<ChainEntry>(
    `WITH RECURSIVE chain AS (
       SELECT DISTINCT key, corrects, 0 AS depth FROM credit_entries WHERE contract = $1 AND key = $2
       UNION
       SELECT e.key, e.corrects, c.depth + 1 FROM credit_entries e JOIN chain c ON e.key = c.corrects)
     SELECT e.lot, e.kind, e.available, e.pending, l.unit, e.on_day::text AS on, e.request, e.intervention
     FROM chain c JOIN credit_entries e ON e.key = c.key JOIN credit_lots l ON l.id = e.lot
     WHERE e.contract = $1 ORDER BY c.depth DESC, e.line`,
    [contract, key],
  );
  return rows;
}
