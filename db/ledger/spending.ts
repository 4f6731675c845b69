/** Spending and reserving units: at once for work that is done, or kept for work that was approved. */
import type { Pool, PoolClient } from 'pg';
import { Refusal } from '../../domain/failures.ts';
import { isBeforeEnd, mayRenew, requireBeforeEnd } from '../../domain/ledger/contractEnd.ts';
import { applied, type Change, changesOf } from '../../domain/ledger/entries.ts';
import { type Lot, type Taken, takeAvailable } from '../../domain/ledger/lots.ts';
import { basesFor, exhausted, renewing } from '../../domain/ledger/renewal.ts';
import { settled } from '../../domain/ledger/settlement.ts';
import type { Amount } from '../../domain/ledger/terms.ts';
import { added, requireUnit } from '../../domain/ledger/units.ts';
import type { Queryable } from '../pool.ts';
import { lockLots, readLots } from './lots.ts';
import {
  type Batch,
  type Entered,
  type Operation,
  operate,
  operateAtOnce,
  refuseMissing,
  type Under,
} from './operations.ts';
import { buyMissing, everBought, renewExhausted } from './renewals.ts';

/**
 * Spends units for work that was done on `on`. Only lots valid on that date pay; the earliest last day first. A base that
 * renews by itself is bought as often as needed, and once more when the debit leaves nothing.
 *
 * @throws Refusal `InsufficientCredit`, `NotFound`: no such unit; `NotCovered`: the date is after the contract's end
 */
export async function debit(
  pool: Pool,
  operation: Operation,
  amounts: readonly Amount[],
  under: Under,
): Promise<Entered> {
  const asked = requireAmounts(under, amounts);
  const content = { does: 'debit', contract: operation.contract, on: operation.on, amounts: asked };
  const units = asked.map(({ unit }) => unit);
  const exclusive = renewing(under.credits, units).length > 0;
  if (!exclusive && isBeforeEnd(under, operation.on)) {
    const atOnce = await debitOneLot(pool, operation, asked, content);
    if (atOnce) return atOnce;
  }
  return await operate(pool, operation, content, { exclusive }, async (client) => {
    const { lots, batches, taken } = await takeRenewing(client, operation, asked, under);
    const changes = changesOf('debit', taken.takings);
    const renewed = await renewExhausted(client, operation, under, applied(lots, changes), units, batches.length);
    return [...batches, { key: operation.key, changes }, ...renewed];
  });
}

/**
 * Most debits are of one lot that has enough: what is committed now says which. Undefined for others, and when somebody else was
 * faster.
 */
async function debitOneLot(
  pool: Pool,
  operation: Operation,
  asked: readonly Amount[],
  content: object,
): Promise<Entered | undefined> {
  const lots = await readLots(
    pool,
    operation.contract,
    asked.map(({ unit }) => unit),
  );
  const { takings, missing } = takeAvailable(lots, asked, operation.on);
  const [change, ...others] = changesOf('debit', takings);
  if (!change || others.length > 0 || missing.length > 0) return undefined;
  const unit = lots.find(({ id }) => id === change.lot)?.unit ?? '';
  return await operateAtOnce(pool, operation, content, { ...change, unit });
}

/**
 * Keeps units for work that is planned for `on`: they cannot be spent otherwise until the reservation is settled. Its name is
 * the operation's key. The reservations `instead` of which it is made are given back in the same transaction, before it
 * takes: what they hold and is valid then is there for it.
 *
 * @throws Refusal `InsufficientCredit`, `NotFound`: no such unit; `Conflict`: one of `instead` is settled; `NotCovered`: the date is
 * after the contract's end
 */
export async function reserve(
  pool: Pool,
  operation: Operation,
  amounts: readonly Amount[],
  under: Under,
  instead: readonly string[] = [],
): Promise<Entered> {
  const asked = requireAmounts(under, amounts);
  const replaces = instead.length === 0 ? {} : { instead };
  const content = { does: 'reserve', contract: operation.contract, on: operation.on, amounts: asked, ...replaces };
  const exclusive =
    renewing(
      under.credits,
      asked.map(({ unit }) => unit),
    ).length > 0;
  return await operate(pool, operation, content, { exclusive, reservation: operation.key }, async (client) => {
    const back = await givenBack(client, operation, asked, under, instead);
    const released = back.flatMap(({ changes }) => changes);
    const { batches, taken } = await takeRenewing(client, operation, asked, under, released);
    return [...back, ...batches, { key: operation.key, changes: changesOf('reserve', taken.takings) }];
  });
}

/** Whole reservations, given back: a batch each. */
async function givenBack(
  client: PoolClient,
  { contract, key, on }: Operation,
  asked: readonly Amount[],
  { today }: Under,
  reservations: readonly string[],
): Promise<Batch[]> {
  if (reservations.length === 0) return [];
  const units = new Set(asked.map(({ unit }) => unit));
  for (const one of reservations) for (const unit of await reservedUnits(client, contract, one)) units.add(unit);
  const lots = await lockLots(client, contract, [...units]);
  const batches: Batch[] = [];
  for (const [index, reservation] of reservations.entries()) {
    const held = await heldLots(client, lots, reservation);
    const changes = settled(held, { post: [], forfeit: [], on }, today);
    const why = 'reserved for a later date instead';
    batches.push({ key: `${key}.instead${index + 1}`, changes, why, reservation });
  }
  return batches;
}

/** What becomes of a reservation: units that work has used, units lost; the rest returns. */
export interface SettlementOrder {
  readonly reservation: string;
  readonly post?: readonly Amount[];
  readonly forfeit?: readonly Amount[];
}

/**
 * Settles a reservation, once. `on`: date of the work; units of lots that were not valid then cannot be posted. With neither
 * `post` nor `forfeit` everything returns.
 *
 * @throws Refusal `NotFound`: no such reservation; `Conflict`: it is settled; `InsufficientCredit`: it holds less than that
 */
export async function settle(pool: Pool, operation: Operation, order: SettlementOrder, under: Under): Promise<Entered> {
  const { contract, on, key } = operation;
  const { reservation, post = [], forfeit = [] } = order;
  const settlement = { post: added(post), forfeit: added(forfeit), on };
  const units = [...settlement.post, ...settlement.forfeit].map(({ unit }) => unit);
  const exclusive = renewing(under.credits, units).length > 0;
  const content = { does: 'settle', contract, reservation, ...settlement };
  return await operate(pool, operation, content, { exclusive, reservation }, async (client) => {
    const reserved = await reservedUnits(client, contract, reservation);
    if (reserved.length === 0) throw new Refusal('NotFound', 'The contract has no such reservation.');
    const lots = await lockLots(client, contract, reserved);
    const held = await heldLots(client, lots, reservation);
    const changes = settled(held, settlement, under.today);
    const after = applied(lots, changes);
    return [{ key, changes }, ...(await renewExhausted(client, operation, under, after, units, 0))];
  });
}

/** What a debit or a reservation would take now, and what would be missing; nothing is locked, and nothing changes. */
export interface Quote extends Taken {
  /** Bases that would renew, unit by unit. */
  readonly renewals: readonly Amount[];
}

/** Says what spending these amounts on `on` would take. @throws Refusal `NotFound`: no such unit; `NotCovered` */
export async function quote(
  db: Queryable,
  contract: string,
  amounts: readonly Amount[],
  { on, under }: { readonly on: string; readonly under: Under },
): Promise<Quote> {
  const asked = requireAmounts(under, amounts);
  requireBeforeEnd(under, on);
  const renewable = mayRenew(under, { on, today: under.today });
  const lots = await readLots(
    db,
    contract,
    asked.map(({ unit }) => unit),
  );
  const { takings, missing } = takeAvailable(lots, asked, on);
  const bases: Amount[] = [];
  for (const amount of missing) {
    const isBought = renewable && (await everBought(db, contract, amount.unit));
    bases.push({ unit: amount.unit, units: isBought ? basesFor(under.credits, amount) : 0 });
  }
  const used = applied(lots, changesOf('debit', takings));
  const spent = renewable ? asked.map(({ unit }) => unit) : [];
  const atZero = exhausted(under.credits, used, spent).filter((unit) => {
    const short = missing.find((amount) => amount.unit === unit)?.units ?? 0;
    return short % (requireUnit(under.credits, unit).base ?? 1) === 0;
  });
  return {
    takings,
    missing: missing.filter((_, index) => bases[index]?.units === 0),
    renewals: added([...bases, ...atZero.map((unit) => ({ unit, units: 1 }))]),
  };
}

/** Takes what is asked for; bases that renew are bought first where they are needed. */
async function takeRenewing(
  client: PoolClient,
  operation: Operation,
  asked: readonly Amount[],
  under: Under,
  released: readonly Change[] = [],
) {
  const { contract, on } = operation;
  requireBeforeEnd(under, on);
  const units = asked.map(({ unit }) => unit);
  const locked = applied(await lockLots(client, contract, units), released);
  const { lots, batches } = await buyMissing(client, operation, locked, asked, under);
  const taken = takeAvailable(lots, asked, on);
  refuseMissing(taken.missing, on);
  return { lots, batches, taken };
}

/** Units that a reservation was made of; what was reserved never changes. */
async function reservedUnits(client: PoolClient, contract: string, reservation: string): Promise<string[]> {
  const { rows } = await client.query<{ unit: string }>(
    `SELECT DISTINCT l.unit FROM reservation_balances r JOIN credit_lots l ON l.id = r.lot
     WHERE r.reservation = $1 AND l.contract = $2`,
    [reservation, contract],
  );
  return rows.map(({ unit }) => unit);
}

/** The locked lots, `pending` being what the reservation holds of each: read after they were locked. */
async function heldLots(client: PoolClient, lots: readonly Lot[], reservation: string): Promise<Lot[]> {
  const { rows } = await client.query<{ lot: number; pending: number }>(
    'SELECT lot, pending FROM reservation_balances WHERE reservation = $1 AND pending > 0',
    [reservation],
  );
  return lots.flatMap((lot) => {
    const pending = rows.find((row) => row.lot === lot.id)?.pending;
    return pending === undefined ? [] : [{ ...lot, pending }];
  });
}

function requireAmounts({ credits }: Under, amounts: readonly Amount[]): Amount[] {
  for (const { unit } of amounts) requireUnit(credits, unit);
  return added(amounts);
}
