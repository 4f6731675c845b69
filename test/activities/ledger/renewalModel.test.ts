/** Commands at random on a base that renews, and on a model of two numbers: what is available, and what is reserved. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { correct } from '../../../db/ledger/corrections.ts';
import type { Under } from '../../../db/ledger/operations.ts';
import { listOrders } from '../../../db/ledger/orders.ts';
import { debit, quote, reserve, settle } from '../../../db/ledger/spending.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

const SEED = 20_261_122;
const RUNS = 25;
const BASE = 16;

let database: TestDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

interface Model {
  available: number;
  pending: number;
  /** Bases bought: the order, and each renewal. */
  bases: number;
  readonly held: { key: string; units: number }[];
  readonly spent: { key: string; units: number }[];
}
interface Real {
  readonly contract: string;
  readonly under: Under;
}
type Command = fc.AsyncCommand<Model, Real>;

const quarters = (units: number) => [{ unit: 'timeUnit', units }];

/** Bases that come because so many units are wanted. */
function spanned(model: Model, units: number): number {
  return Math.max(0, Math.ceil((units - model.available) / BASE));
}

function renew(model: Model, bases: number): void {
  model.bases += bases;
  model.available += bases * BASE;
}

function renewAtZero(model: Model): void {
  if (model.available + model.pending === 0) renew(model, 1);
}

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      const { available, pending, bases } = model;
      expect(await balanceOf(database.pool, real.contract, 'timeUnit')).toEqual({ available, pending });
      expect(await listOrders(database.pool, real.contract)).toHaveLength(bases);
    },
    toString: () => name,
  };
}

const debits = (units: number) =>
  command(`debit ${units}`, async (model, { contract, under }) => {
    const { pool } = database;
    const before = model.bases;
    const asked = await quote(pool, contract, quarters(units), { on: under.today, under });
    const spent = operation(contract);
    await debit(pool, spent, quarters(units), under);
    expect((await debit(pool, spent, quarters(units), under)).isRepeated).toBe(true);
    renew(model, spanned(model, units));
    model.available -= units;
    renewAtZero(model);
    model.spent.push({ key: spent.key, units });
    // What was shown is what came.
    expect(asked.missing).toEqual([]);
    expect(asked.renewals[0]?.units ?? 0).toBe(model.bases - before);
  });

const reserves = (units: number) =>
  command(`reserve ${units}`, async (model, { contract, under }) => {
    const kept = operation(contract);
    await reserve(database.pool, kept, quarters(units), under);
    await reserve(database.pool, kept, quarters(units), under);
    renew(model, spanned(model, units));
    model.available -= units;
    model.pending += units;
    model.held.push({ key: kept.key, units });
  });

const settles = (share: number, how: 'post' | 'forfeit') =>
  command(`${how} ${share} %`, async (model, { contract, under }) => {
    const one = model.held.pop();
    if (!one) return;
    const used = Math.round((one.units * share) / 100);
    const order = { reservation: one.key, [how]: quarters(used) };
    const done = operation(contract);
    await settle(database.pool, done, order, under);
    expect((await settle(database.pool, done, order, under)).isRepeated).toBe(true);
    model.pending -= one.units;
    model.available += one.units - used;
    if (used > 0) renewAtZero(model);
  });

const corrects = (right: number) =>
  command(`correct a debit to ${right}`, async (model, { contract, under }) => {
    const one = model.spent.pop();
    if (!one || one.units === right) return;
    const by = operation(contract);
    await correct(database.pool, by, { corrects: one.key, right: quarters(right) }, under);
    const again = await correct(database.pool, by, { corrects: one.key, right: quarters(right) }, under);
    expect(again.isRepeated).toBe(true);
    renew(model, spanned(model, right - one.units));
    model.available += one.units - right;
    if (right > one.units) renewAtZero(model);
  });

const COMMANDS = [
  fc.integer({ min: 1, max: 50 }).map(debits),
  fc.integer({ min: 1, max: 20 }).map(reserves),
  fc
    .tuple(fc.constantFrom(0, 50, 100), fc.constantFrom('post' as const, 'forfeit' as const))
    .map(([s, h]) => settles(s, h)),
  fc.nat(40).map(corrects),
];

it('a base renews when nothing is left or more is needed, and each renewal is one order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { size: 'medium', maxCommands: 30 }), async (commands) => {
      const contract = `R${++count}`;
      const under = await storeCreditContract(database.pool, contract, LEDGER_TERMS.E);
      await buy(database.pool, contract, { unit: 'timeUnit', units: BASE }, under);
      const model: Model = { available: BASE, pending: 0, bases: 1, held: [], spent: [] };
      await fc.asyncModelRun(() => ({ model, real: { contract, under } }), commands);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(await listLedgerOddities(database.pool)).toEqual([]);
}, 120_000);
