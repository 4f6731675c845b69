import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correct } from '../../../db/ledger/corrections.ts';
import { expireLot } from '../../../db/ledger/expiry.ts';
import type { Under } from '../../../db/ledger/operations.ts';
import { listOrders, placeOrder } from '../../../db/ledger/orders.ts';
import { debit, quote, reserve, settle } from '../../../db/ledger/spending.ts';
import { listLots, listReservations, readStatement } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';
import { storePrepaidContract } from '../../support/prepaidContract.ts';

let database: TestDatabase;
let under: Under;
let hosting: Under;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  expect(await listLedgerOddities(database.pool)).toEqual([]);
  await database.drop();
});

/** A contract of its own for each test. */
async function prepaid(today?: string): Promise<string> {
  const reference = `A${++count}`;
  under = await storeCreditContract(database.pool, reference, LEDGER_TERMS.A, today);
  return reference;
}
async function hosted(): Promise<string> {
  const reference = `E${++count}`;
  hosting = await storeCreditContract(database.pool, reference, LEDGER_TERMS.E);
  return reference;
}
const tickets = (units: number) => [{ unit: 'ticket', units }];
const quarters = (units: number) => [{ unit: 'timeUnit', units }];

describe('an order', () => {
  it('brings a lot of its own year, to be invoiced at the price of its pack', async () => {
    const { pool } = database;
    const contract = await prepaid();
    const order = operation(contract, { on: '2028-02-29' });
    await placeOrder(pool, order, { unit: 'ticket', units: 20, orderForm: 'BC-1' }, under);
    expect(await listOrders(pool, contract)).toEqual([
      expect.objectContaining({
        ...{ units: 20, cents: 275_000, vatBasisPoints: 2_000, orderForm: 'BC-1', kind: 'order' },
        ...{ validFrom: '2028-02-29', lastDay: '2029-02-28' },
      }),
    ]);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 20, pending: 0 });
  });

  it('is entered once, by its key and by its form', async () => {
    const { pool } = database;
    const contract = await prepaid();
    const order = operation(contract);
    const form = { unit: 'ticket', units: 4, orderForm: 'BC-2' };
    expect((await placeOrder(pool, order, form, under)).isRepeated).toBe(false);
    expect((await placeOrder(pool, order, form, under)).isRepeated).toBe(true);
    await expect(placeOrder(pool, operation(contract), form, under)).rejects.toThrow('has been entered');
    const inLowerCase = { ...form, orderForm: 'bc-2' };
    await expect(placeOrder(pool, operation(contract), inLowerCase, under)).rejects.toThrow('has been entered');
    await expect(placeOrder(pool, order, { ...form, units: 10 }, under)).rejects.toThrow('belongs to another');
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 4, pending: 0 });
  });

  it('is of a pack that is on sale', async () => {
    const contract = await prepaid();
    const form = { unit: 'ticket', units: 5, orderForm: 'BC-3' };
    await expect(placeOrder(database.pool, operation(contract), form, under)).rejects.toThrow('4, 10, 20, 40');
  });
});

describe('a debit', () => {
  it('spends the earliest end first, once for its key, and says what is missing', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 10 }, under, '2026-06-01');
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under, '2026-03-01');
    const spent = operation(contract);
    const first = await debit(pool, spent, tickets(5), under);
    expect(first.entries.map(({ available }) => available)).toEqual([-4, -1]);
    expect(await debit(pool, spent, tickets(5), under)).toEqual({ ...first, isRepeated: true });
    await expect(debit(pool, spent, tickets(6), under)).rejects.toThrow('belongs to another');
    await expect(debit(pool, operation(contract), tickets(10), under)).rejects.toMatchObject({
      type: 'InsufficientCredit',
      details: { missing: tickets(1) },
    });
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 9, pending: 0 });
  });

  it('is told with who spent, why, and for what', async () => {
    const { pool } = database;
    const { reference, request, under: own } = await storePrepaidContract(pool, LEDGER_TERMS.A);
    for (let packs = 0; packs < 2; packs++) await buy(pool, reference, { unit: 'ticket', units: 4 }, own);
    const facts = { request, intervention: `intervention:${request}:1`, who: 'staff:s-billing', why: 'told by phone' };
    // Of one lot, then of two.
    const spent = [operation(reference, facts), operation(reference, facts)];
    for (const [index, one] of spent.entries()) await debit(pool, one, tickets(3 + index), own);
    const lines = (await readStatement(pool, reference, { limit: 100 })).slice(2);
    expect(lines.map(({ operation: key }) => key)).toEqual([spent[0]?.key, spent[1]?.key, spent[1]?.key]);
    for (const line of lines) expect(line).toMatchObject({ ...facts, on: '2026-11-21', kind: 'debit' });
  });

  it('does not touch lots that were not valid on the date of the work', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under, '2025-11-20');
    await expect(debit(pool, operation(contract), tickets(1), under)).rejects.toThrow('Missing: 1 ticket');
    await debit(pool, operation(contract, { on: '2026-11-20' }), tickets(1), under);
    await expect(debit(pool, operation(contract, { on: '2025-11-19' }), tickets(1), under)).rejects.toThrow('Missing');
  });

  it('renews the base at zero, and may span renewals: each an order', async () => {
    const { pool } = database;
    const contract = await hosted();
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    await debit(pool, operation(contract), quarters(15), hosting);
    expect(await listOrders(pool, contract)).toHaveLength(1);
    await debit(pool, operation(contract), quarters(1), hosting);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
    const across = operation(contract);
    await debit(pool, across, quarters(50), hosting);
    await debit(pool, across, quarters(50), hosting);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 14, pending: 0 });
    const orders = await listOrders(pool, contract);
    expect(orders.map(({ kind, units, cents, who }) => [kind, units, cents, who])).toEqual([
      ...Array.from({ length: 4 }, () => ['renewal', 16, 40_000, 'system']),
      ['order', 16, 40_000, 'staff:s-billing'],
    ]);
  });

  it('does not begin a base that was never ordered', async () => {
    const { pool } = database;
    const contract = await hosted();
    await expect(debit(pool, operation(contract), quarters(1), hosting)).rejects.toThrow('Missing: 1 timeUnit');
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    await expect(debit(pool, operation(contract), [{ unit: 'halfDay', units: 1 }], hosting)).rejects.toThrow('halfDay');
  });

  it('of half-days goes on in time units, in one operation', async () => {
    const { pool } = database;
    const contract = await hosted();
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    await buy(pool, contract, { unit: 'halfDay', units: 4 }, hosting);
    await debit(pool, operation(contract), [{ unit: 'halfDay', units: 1 }, ...quarters(2)], hosting);
    expect(await balanceOf(pool, contract, 'halfDay')).toEqual({ available: 3, pending: 0 });
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 14, pending: 0 });
  });

  it('can be asked for first', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const asked = await quote(pool, contract, tickets(6), { on: '2026-11-21', under });
    expect(asked).toMatchObject({ takings: [{ units: 4 }], missing: tickets(2), renewals: [] });
    const other = await hosted();
    await buy(pool, other, { unit: 'timeUnit', units: 16 }, hosting);
    const where = { on: '2026-11-21', under: hosting };
    expect((await quote(pool, other, quarters(15), where)).renewals).toEqual([]);
    expect((await quote(pool, other, quarters(16), where)).renewals).toEqual(quarters(1));
    expect((await quote(pool, other, quarters(17), where)).renewals).toEqual(quarters(1));
    expect((await quote(pool, other, quarters(32), where)).renewals).toEqual(quarters(2));
    expect(await balanceOf(pool, other, 'timeUnit')).toEqual({ available: 16, pending: 0 });
  });
});

describe('a reservation', () => {
  it('keeps units from being spent, posts what is used and gives back the rest', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 10 }, under);
    const { key: reservation } = await reserve(pool, operation(contract, { on: '2026-12-01' }), tickets(6), under);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 4, pending: 6 });
    await expect(debit(pool, operation(contract), tickets(5), under)).rejects.toThrow('Missing: 1 ticket');
    const done = operation(contract, { on: '2026-12-01' });
    await settle(pool, done, { reservation, post: tickets(4) }, under);
    expect((await settle(pool, done, { reservation, post: tickets(4) }, under)).isRepeated).toBe(true);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 6, pending: 0 });
    await expect(settle(pool, operation(contract), { reservation }, under)).rejects.toThrow('is settled');
    const [row] = await listReservations(pool, contract, false);
    expect(row).toMatchObject({ reserved: 6, pending: 0, posted: 4, released: 2, forfeited: 0, on: '2026-12-01' });
    expect(await listReservations(pool, contract, true)).toEqual([]);
  });

  it('takes only units that are valid on the day of the work', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under, '2025-12-01');
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under, '2026-11-21');
    const on = '2026-12-02';
    await expect(reserve(pool, operation(contract, { on }), tickets(5), under)).rejects.toThrow('Missing: 1 ticket');
    const { entries } = await reserve(pool, operation(contract, { on }), tickets(3), under);
    const [first, second] = await listLots(pool, contract);
    expect(first).toMatchObject({ lastDay: '2026-12-01', available: 4, pending: 0 });
    expect(entries).toMatchObject([{ lot: second?.lot, kind: 'reserve', available: -3, pending: 3 }]);
    const today = await reserve(pool, operation(contract, { on: '2026-12-01' }), tickets(5), under);
    expect(today.entries.map(({ available }) => available)).toEqual([-4, -1]);
  });

  it('is lost when it is forfeited, and nobody else’s', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const { key: reservation } = await reserve(pool, operation(contract), tickets(3), under);
    const other = await prepaid();
    await expect(settle(pool, operation(other), { reservation }, under)).rejects.toThrow('no such reservation');
    await settle(pool, operation(contract), { reservation, forfeit: tickets(3) }, under);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 1, pending: 0 });
  });

  it('renews a base when posting leaves nothing', async () => {
    const { pool } = database;
    const contract = await hosted();
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    const { key: reservation } = await reserve(pool, operation(contract), quarters(16), hosting);
    expect(await listOrders(pool, contract)).toHaveLength(1);
    await settle(pool, operation(contract), { reservation, post: quarters(16) }, hosting);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
  });
});

describe('the end of a lot', () => {
  it('takes what is available; what is reserved stays for work done in time, and expires as it returns', async () => {
    const { pool } = database;
    const contract = await prepaid('2026-11-20');
    await buy(pool, contract, { unit: 'ticket', units: 10 }, under, '2025-11-20');
    const [lot] = await listLots(pool, contract);
    const id = lot?.lot ?? 0;
    const { key: reservation } = await reserve(pool, operation(contract, { on: '2026-11-20' }), tickets(6), under);
    await expect(expireLot(pool, contract, id, under)).rejects.toThrow('not over');
    const later = { ...under, today: '2026-11-21' };
    expect((await expireLot(pool, contract, id, later)).entries).toMatchObject([{ available: -4 }]);
    expect((await expireLot(pool, contract, id, later)).entries).toEqual([]);
    await expect(settle(pool, operation(contract), { reservation, post: tickets(1) }, later)).rejects.toThrow(
      'Missing: 1 ticket',
    );
    await settle(pool, operation(contract, { on: '2026-11-20' }), { reservation, post: tickets(5) }, later);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 0, pending: 0 });
    const kinds = (await readStatement(pool, contract, { limit: 100 })).map(({ kind }) => kind);
    expect(kinds).toEqual(['purchase', 'reserve', 'expire', 'post', 'release', 'expire']);
  });
});

describe('a correction', () => {
  it('names what it corrects, once; the next one names the correction', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 10 }, under);
    const spent = await debit(pool, operation(contract), tickets(5), under);
    const by = operation(contract, { who: 'staff:s-supervisor', why: 'typed 5 for 2' });
    const { key: second } = await correct(pool, by, { corrects: spent.key, right: tickets(2) }, under);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 8, pending: 0 });
    await expect(correct(pool, operation(contract), { corrects: spent.key, right: tickets(1) }, under)).rejects.toThrow(
      'has been corrected',
    );
    await correct(pool, operation(contract), { corrects: second, right: tickets(3) }, under);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 7, pending: 0 });
    const lines = await readStatement(pool, contract, { limit: 100 });
    expect(lines.slice(-2)).toMatchObject([
      { kind: 'correct', corrects: spent.key, why: 'typed 5 for 2', who: 'staff:s-supervisor', availableAfter: 8 },
      { kind: 'correct', corrects: second, availableAfter: 7 },
    ]);
  });

  it('renews a base as a debit does, and is told of with the intervention that it is about', async () => {
    const { pool } = database;
    const contract = await hosted();
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    const spent = await debit(pool, operation(contract, { intervention: 'intervention:X:1' }), quarters(1), hosting);
    const all = await correct(pool, operation(contract), { corrects: spent.key, right: quarters(16) }, hosting);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
    await correct(pool, operation(contract), { corrects: all.key, right: quarters(40) }, hosting);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 8, pending: 0 });
    expect((await listOrders(pool, contract)).map(({ kind }) => kind)).toEqual(['renewal', 'renewal', 'order']);
    const lines = await readStatement(pool, contract, { limit: 100 });
    const corrections = lines.filter(({ corrects }) => corrects !== null);
    expect(corrections.map(({ intervention }) => intervention)).toEqual(corrections.map(() => 'intervention:X:1'));
  });

  it('of a first order to none leaves nothing that could renew', async () => {
    const { pool } = database;
    const contract = await hosted();
    const order = await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    await correct(pool, operation(contract), { corrects: order, right: quarters(0) }, hosting);
    await expect(debit(pool, operation(contract), quarters(1), hosting)).rejects.toThrow('Missing: 1 timeUnit');
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 0, pending: 0 });
  });

  it('is of an operation of the contract', async () => {
    const { pool } = database;
    const contract = await prepaid();
    const order = await buy(pool, contract, { unit: 'ticket', units: 10 }, under);
    const other = await prepaid();
    const wrong = { corrects: order, right: tickets(4) };
    await expect(correct(pool, operation(other), wrong, under)).rejects.toThrow('no such operation');
    await expect(correct(pool, operation(contract), { ...wrong, right: quarters(4) }, under)).rejects.toThrow(
      'about ticket',
    );
    await correct(pool, operation(contract), wrong, under);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 4, pending: 0 });
  });
});
