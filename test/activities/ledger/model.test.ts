/** Commands at random on a real ledger and on a model of it that is a list of numbers: they must never differ. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { correct } from '../../../db/ledger/corrections.ts';
import { expireLot } from '../../../db/ledger/expiry.ts';
import type { Entered, Under } from '../../../db/ledger/operations.ts';
import { listOrders, placeOrder } from '../../../db/ledger/orders.ts';
import { debit, reserve, settle } from '../../../db/ledger/spending.ts';
import { listLots, readStatement } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { Refusal } from '../../../domain/failures.ts';
import { daysAfter } from '../../../domain/localDates.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

const SEED = 20_261_121;
const RUNS = 40;
const START = '2026-01-01';

let database: TestDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What a person with a pencil would keep: lots, what each act took from which lot. */
interface Model {
  today: string;
  readonly lots: { from: string; last: string; available: number; pending: number }[];
  /** Units by lot, of what may be settled or corrected; `units` is what it counts as now. */
  readonly reservations: { key: string; held: Map<number, number>; on: string }[];
  /** Debits, and settlements that have used or lost something. */
  readonly debits: { key: string; spent: Map<number, number>; on: string }[];
  /** Orders, each with its lot and the units that it counts as. */
  readonly orders: { key: string; readonly lot: number; units: number }[];
}
interface Real {
  readonly contract: string;
  under: Under;
  /** Lots of the ledger by their place in the model. */
  readonly ids: number[];
}
type Command = fc.AsyncCommand<Model, Real>;

/** Lots of the model that are valid on the date, the earliest end first. */
function payers(model: Model, on: string): number[] {
  return model.lots
    .map((lot, index) => ({ lot, index }))
    .filter(({ lot }) => lot.from <= on && on <= lot.last)
    .sort((a, b) => (a.lot.last < b.lot.last ? -1 : a.lot.last > b.lot.last ? 1 : a.index - b.index))
    .map(({ index }) => index);
}

function lotAt(model: Model, index: number) {
  return model.lots[index] ?? expect.unreachable();
}

/** Takes units, or says that there are too few. */
function taken(model: Model, units: number, on: string): Map<number, number> | undefined {
  const takings = new Map<number, number>();
  let left = units;
  for (const index of payers(model, on)) {
    const some = Math.min(left, lotAt(model, index).available);
    if (some > 0) takings.set(index, some);
    left -= some;
  }
  return left > 0 ? undefined : takings;
}

/** Gives a unit back to its lot, where it may be over. */
function giveBack(model: Model, index: number, units: number): void {
  const lot = lotAt(model, index);
  if (lot.last >= model.today) lot.available += units;
}

const tickets = (units: number) => [{ unit: 'ticket', units }];

/** Does it, and a second time under the same key: the second time nothing may happen. */
async function twice(does: () => Promise<Entered>): Promise<Entered | Refusal> {
  const first = await refusalOr(does);
  const second = await refusalOr(does);
  if (first instanceof Refusal) expect(second).toBeInstanceOf(Refusal);
  else expect(second).toEqual({ ...first, isRepeated: first.entries.length > 0 });
  return first;
}

async function refusalOr(does: () => Promise<Entered>): Promise<Entered | Refusal> {
  try {
    return await does();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function agree(model: Model, real: Real): Promise<void> {
  const { pool } = database;
  const lots = await listLots(pool, real.contract, true);
  const seen = lots.sort((a, b) => a.lot - b.lot).map(({ available, pending }) => ({ available, pending }));
  expect(seen).toEqual(model.lots.map(({ available, pending }) => ({ available, pending })));
  const last = (await readStatement(pool, real.contract, { limit: 10_000 })).at(-1);
  const sum = (of: 'available' | 'pending') => model.lots.reduce((total, lot) => total + lot[of], 0);
  expect([last?.availableAfter ?? 0, last?.pendingAfter ?? 0]).toEqual([sum('available'), sum('pending')]);
}

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      await agree(model, real);
    },
    toString: () => name,
  };
}

const buys = (units: number, ago: number) =>
  command(`buy ${units} signed ${ago} days ago`, async (model, real) => {
    const on = daysAfter(model.today, -ago);
    const order = operation(real.contract, { on });
    const form = { unit: 'ticket', units, orderForm: order.key };
    await twice(() => placeOrder(database.pool, order, form, real.under));
    const [row] = await listOrders(database.pool, real.contract, order.key);
    real.ids.push(row?.lot ?? 0);
    model.lots.push({ from: on, last: row?.lastDay ?? '', available: units, pending: 0 });
    model.orders.push({ key: order.key, lot: model.lots.length - 1, units });
  });

const debits = (units: number, ago: number) =>
  command(`debit ${units} for ${ago} days ago`, async (model, real) => {
    const on = daysAfter(model.today, -ago);
    const takings = taken(model, units, on);
    const spent = operation(real.contract, { on });
    const result = await twice(() => debit(database.pool, spent, tickets(units), real.under));
    expect(result instanceof Refusal ? result.type : 'done').toBe(takings ? 'done' : 'InsufficientCredit');
    if (!takings) return;
    for (const [index, some] of takings) lotAt(model, index).available -= some;
    model.debits.push({ key: spent.key, spent: takings, on });
  });

const reserves = (units: number, ahead: number) =>
  command(`reserve ${units} for ${ahead} days ahead`, async (model, real) => {
    const on = daysAfter(model.today, ahead);
    const takings = taken(model, units, on);
    const kept = operation(real.contract, { on });
    const result = await twice(() => reserve(database.pool, kept, tickets(units), real.under));
    expect(result instanceof Refusal ? result.type : 'done').toBe(takings ? 'done' : 'InsufficientCredit');
    if (!takings) return;
    for (const [index, some] of takings) {
      lotAt(model, index).available -= some;
      lotAt(model, index).pending += some;
    }
    model.reservations.push({ key: kept.key, held: takings, on });
  });

const settles = (which: number, share: number, how: 'post' | 'forfeit') =>
  command(`${how} ${share} % of reservation ${which}`, async (model, real) => {
    const one = model.reservations[which % Math.max(1, model.reservations.length)];
    if (!one) return;
    const total = [...one.held.values()].reduce((sum, units) => sum + units, 0);
    const used = Math.round((total * share) / 100);
    const order = { reservation: one.key, [how]: tickets(used) };
    const settled = operation(real.contract, { on: one.on });
    const result = await twice(() => settle(database.pool, settled, order, real.under));
    if (total === 0) return expect(result instanceof Refusal ? result.type : 'done').toBe('Conflict');
    expect(result).not.toBeInstanceOf(Refusal);
    let left = used;
    const spent = new Map<number, number>();
    for (const index of payers(model, one.on)) {
      const units = one.held.get(index) ?? 0;
      const gone = Math.min(left, units);
      if (gone > 0) spent.set(index, gone);
      lotAt(model, index).pending -= units;
      giveBack(model, index, units - gone);
      left -= gone;
    }
    one.held.clear();
    if (used > 0) model.debits.push({ key: settled.key, spent, on: one.on });
  });

const corrects = (which: number, right: number) =>
  command(`correct what was spent ${which} to ${right}`, async (model, real) => {
    const one = model.debits[which % Math.max(1, model.debits.length)];
    if (!one) return;
    const had = [...one.spent.values()].reduce((sum, units) => sum + units, 0);
    const more = right > had ? taken(model, right - had, one.on) : new Map<number, number>();
    const by = operation(real.contract);
    const correction = { corrects: one.key, right: tickets(right) };
    const result = await twice(() => correct(database.pool, by, correction, real.under));
    const expected = had === right ? 'Conflict' : more ? 'done' : 'InsufficientCredit';
    expect(result instanceof Refusal ? result.type : 'done').toBe(expected);
    if (expected !== 'done' || !more) return;
    const again = await refusalOr(() => correct(database.pool, operation(real.contract), correction, real.under));
    expect(again instanceof Refusal ? again.type : 'done').toBe('Conflict');
    for (const [index, some] of more) {
      lotAt(model, index).available -= some;
      one.spent.set(index, (one.spent.get(index) ?? 0) + some);
    }
    let back = Math.max(0, had - right);
    for (const index of payers(model, one.on).reverse()) {
      const some = Math.min(back, one.spent.get(index) ?? 0);
      giveBack(model, index, some);
      one.spent.set(index, (one.spent.get(index) ?? 0) - some);
      back -= some;
    }
    one.key = by.key;
  });

const correctsOrders = (which: number, right: number) =>
  command(`correct order ${which} to ${right}`, async (model, real) => {
    const one = model.orders[which % Math.max(1, model.orders.length)];
    if (!one) return;
    const lot = lotAt(model, one.lot);
    const more = right - one.units;
    const by = operation(real.contract);
    const correction = { corrects: one.key, right: tickets(right) };
    const result = await twice(() => correct(database.pool, by, correction, real.under));
    const expected = more === 0 ? 'Conflict' : lot.available + more < 0 ? 'InsufficientCredit' : 'done';
    expect(result instanceof Refusal ? result.type : 'done').toBe(expected);
    if (expected !== 'done') return;
    lot.available += more;
    one.units = right;
    one.key = by.key;
    const orders = await listOrders(database.pool, real.contract);
    expect(orders.find((order) => order.lot === real.ids[one.lot])?.correctedTo).toBe(right);
  });

const passes = (days: number) =>
  command(`${days} days pass`, async (model, real) => {
    model.today = daysAfter(model.today, days);
    real.under = { ...real.under, today: model.today };
    for (const [index, lot] of model.lots.entries()) {
      const id = real.ids[index] ?? 0;
      if (lot.last >= model.today) continue;
      await expireLot(database.pool, real.contract, id, real.under);
      expect((await expireLot(database.pool, real.contract, id, real.under)).entries).toEqual([]);
      lot.available = 0;
    }
  });

const COMMANDS = [
  fc.tuple(fc.constantFrom(4, 10, 20), fc.nat(400)).map(([units, ago]) => buys(units, ago)),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(30)).map(([units, ago]) => debits(units, ago)),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(60)).map(([units, ahead]) => reserves(units, ahead)),
  fc
    .tuple(fc.nat(20), fc.constantFrom(0, 50, 100), fc.constantFrom('post' as const, 'forfeit' as const))
    .map(([which, share, how]) => settles(which, share, how)),
  fc.tuple(fc.nat(20), fc.nat(12)).map(([which, right]) => corrects(which, right)),
  fc.tuple(fc.nat(20), fc.nat(12)).map(([which, right]) => correctsOrders(which, right)),
  fc.integer({ min: 1, max: 200 }).map(passes),
];

it('the ledger does what a list of numbers does: nothing lost, invented or counted twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { size: 'medium', maxCommands: 40 }), async (commands) => {
      const contract = `M${++count}`;
      const under = await storeCreditContract(database.pool, contract, LEDGER_TERMS.A, START);
      const model: Model = { today: START, lots: [], reservations: [], debits: [], orders: [] };
      await fc.asyncModelRun(() => ({ model, real: { contract, under, ids: [] } }), commands);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  );
  expect(await listLedgerOddities(database.pool)).toEqual([]);
}, 120_000);
