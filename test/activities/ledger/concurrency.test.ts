import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { correct } from '../../../db/ledger/corrections.ts';
import { expireLot } from '../../../db/ledger/expiry.ts';
import { listOrders, placeOrder } from '../../../db/ledger/orders.ts';
import { debit, reserve, settle } from '../../../db/ledger/spending.ts';
import { readStatement } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, outcomesOf, storeCreditContract } from '../../support/ledgerWorld.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => expect(await listLedgerOddities(database.pool)).toEqual([]));

const named = (family: string) => `${family}${++count}`;
const tickets = (units: number) => [{ unit: 'ticket', units }];
const times = <T>(many: number, make: (index: number) => T) => Array.from({ length: many }, (_, index) => make(index));

async function deadlocks(): Promise<number> {
  const { rows } = await database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
}

/** A pool whose first statement like `text`, in a transaction, waits for what `before` does. */
function interrupted(pool: Pool, text: string, before: () => Promise<unknown>): Pool {
  let isDone = false;
  const connect = async () => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
    const own = async (...given: unknown[]) => {
      const [first] = given;
      if (!isDone && (typeof first === 'string' ? first : (first as { text: string }).text).includes(text)) {
        isDone = true;
        await before();
      }
      return await query(...given);
    };
    return Object.assign(Object.create(client), { query: own, release: () => client.release() });
  };
  return { query: pool.query.bind(pool), connect } as unknown as Pool;
}

/** Whether a session of this database waits for a lock. */
async function isSomebodyWaiting(): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return (rowCount ?? 0) > 0;
}

it('the first order of what renews, and a debit at the same time, buy no base too many', async () => {
  const { pool } = database;
  const contract = named('E');
  const under = await storeCreditContract(pool, contract, LEDGER_TERMS.E);
  let order: Promise<unknown> | undefined;
  let isBought = false;
  const slow = interrupted(pool, 'FROM credit_orders', async () => {
    order = buy(pool, contract, { unit: 'timeUnit', units: 16 }, under).finally(() => {
      isBought = true;
    });
    await until(async () => isBought || (await isSomebodyWaiting()));
  });
  const call = debit(slow, operation(contract), [{ unit: 'timeUnit', units: 1 }], under);
  expect(await outcomesOf([call])).toEqual({ InsufficientCredit: 1 });
  await order;
  expect((await listOrders(pool, contract)).map(({ kind, units }) => [kind, units])).toEqual([['order', 16]]);
  expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
});

it('what is bought while a debit waits for the lots pays for it', async () => {
  const { pool } = database;
  const contract = named('A');
  const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
  await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(
      'SELECT FROM lot_balances WHERE lot = (SELECT id FROM credit_lots WHERE contract = $1) FOR UPDATE',
      [contract],
    );
    const call = debit(pool, operation(contract), tickets(6), under);
    await until(isSomebodyWaiting);
    await buy(pool, contract, { unit: 'ticket', units: 10 }, under);
    await holder.query('COMMIT');
    expect(await outcomesOf([call])).toEqual({ done: 1 });
  } finally {
    holder.release();
  }
  expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 8, pending: 0 });
});

describe('200 debits at once on a contract that has 100 units', () => {
  it('spend exactly 100 of them, over several lots; the others lack credit', async () => {
    const { pool } = database;
    const contract = named('A');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
    for (const [index, units] of [40, 20, 40].entries()) {
      await buy(pool, contract, { unit: 'ticket', units }, under, `2026-0${index + 1}-10`);
    }
    const calls = times(200, () => debit(pool, operation(contract), tickets(1), under));
    expect(await outcomesOf(calls)).toEqual({ done: 100, InsufficientCredit: 100 });
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 0, pending: 0 });
    expect(await deadlocks()).toBe(0);
  });

  it('the same under the same keys, sent three times each, spend each once', async () => {
    const { pool } = database;
    const contract = named('A');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
    // Some debits are of one lot, some of two.
    for (const units of [4, 10, 4, 10, 40]) await buy(pool, contract, { unit: 'ticket', units }, under);
    const operations = times(20, () => operation(contract));
    const calls = [...operations, ...operations, ...operations].map((one) => debit(pool, one, tickets(3), under));
    expect(await outcomesOf(calls)).toEqual({ done: 20, repeated: 40 });
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 8, pending: 0 });
    expect(await deadlocks()).toBe(0);
  });

  it('renew a base as often as it is used up, and not once more', async () => {
    const { pool } = database;
    const contract = named('E');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.E);
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, under);
    const calls = times(60, () => debit(pool, operation(contract), [{ unit: 'timeUnit', units: 3 }], under));
    expect(await outcomesOf(calls)).toEqual({ done: 60 });
    const orders = await listOrders(pool, contract);
    // 180 units of 16 each: eleven bases are used up, the twelfth has 12 left.
    expect(orders).toHaveLength(12);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 12, pending: 0 });
  });
});

describe('twice at once', () => {
  it('of corrections exactly half succeed', async () => {
    const { pool } = database;
    const contract = named('A');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
    await buy(pool, contract, { unit: 'ticket', units: 40 }, under);
    const spent = await Promise.all(times(40, () => debit(pool, operation(contract), tickets(1), under)));
    const calls = [...spent, ...spent].map(({ key }) =>
      correct(pool, operation(contract), { corrects: key, right: tickets(0) }, under),
    );
    expect(await outcomesOf(calls)).toEqual({ done: 40, Conflict: 40 });
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 40, pending: 0 });
  });

  it('of releases, posts and forfeits of one reservation exactly one of all', async () => {
    const { pool } = database;
    const contract = named('A');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
    await buy(pool, contract, { unit: 'ticket', units: 40 }, under);
    const held = await Promise.all(times(20, () => reserve(pool, operation(contract), tickets(2), under)));
    const calls = held.flatMap(({ key: reservation }) => [
      settle(pool, operation(contract), { reservation }, under),
      settle(pool, operation(contract), { reservation, post: tickets(2) }, under),
      settle(pool, operation(contract), { reservation, forfeit: tickets(1) }, under),
      settle(pool, operation(contract), { reservation }, under),
    ]);
    expect(await outcomesOf(calls)).toEqual({ done: 20, Conflict: 60 });
    expect((await balanceOf(pool, contract, 'ticket')).pending).toBe(0);
    const lines = await readStatement(pool, contract, { limit: 1_000 });
    const lost = lines.filter(({ kind }) => kind === 'post' || kind === 'forfeit');
    const gone = lost.reduce((sum, { pending }) => sum - pending, 0);
    expect((await balanceOf(pool, contract, 'ticket')).available).toBe(40 - gone);
  });

  it('of orders by the same form one', async () => {
    const { pool } = database;
    const contract = named('A');
    const under = await storeCreditContract(pool, contract, LEDGER_TERMS.A);
    const key = operation(contract).key;
    const typed = (orderForm: string) => ({ unit: 'ticket', units: 4, orderForm });
    const calls = times(10, (index) =>
      index < 5
        ? placeOrder(pool, operation(contract, { key }), typed('BC-1'), under)
        : placeOrder(pool, operation(contract), typed('bc-1'), under),
    );
    const outcomes = await outcomesOf(calls);
    expect(outcomes.done).toBe(1);
    expect(await balanceOf(pool, contract, 'ticket')).toEqual({ available: 4, pending: 0 });
  });
});

describe('everything at once', () => {
  it('on contracts of both kinds: no deadlock, nothing lost', async () => {
    const { pool } = database;
    const [a, e] = [named('A'), named('E')];
    const prepaid = await storeCreditContract(pool, a, LEDGER_TERMS.A);
    const hosted = await storeCreditContract(pool, e, LEDGER_TERMS.E);
    const orders = await Promise.all(
      times(4, (index) => buy(pool, a, { unit: 'ticket', units: 10 }, prepaid, `2026-0${index + 1}-10`)),
    );
    const old = await buy(pool, a, { unit: 'ticket', units: 10 }, prepaid, '2025-11-20');
    const over = (await listOrders(pool, a, old))[0]?.lot ?? 0;
    await buy(pool, e, { unit: 'timeUnit', units: 16 }, hosted);
    await buy(pool, e, { unit: 'halfDay', units: 4 }, hosted);
    const held = await Promise.all(
      times(6, () => reserve(pool, operation(a, { on: '2026-11-20' }), tickets(2), prepaid)),
    );
    const both = (halfDays: number) => [
      { unit: 'timeUnit', units: 5 },
      { unit: 'halfDay', units: halfDays },
    ];
    const outcomes = await outcomesOf(
      times(12, (index) => [
        debit(pool, operation(a), tickets(1 + (index % 3)), prepaid),
        reserve(pool, operation(a), tickets(2), prepaid),
        settle(pool, operation(a), { reservation: held[index % 6]?.key ?? '', post: tickets(1) }, prepaid),
        correct(pool, operation(a), { corrects: orders[index % 4] ?? '', right: tickets(9) }, prepaid),
        expireLot(pool, a, over, prepaid),
        debit(pool, operation(e), both(1 + (index % 2)), hosted),
        reserve(pool, operation(e), both(1).reverse(), hosted),
        placeOrder(pool, operation(a), { unit: 'ticket', units: 4, orderForm: `BC-${index}` }, prepaid),
      ]).flat(),
    );
    expect(
      Object.keys(outcomes).filter((name) => !['done', 'repeated', 'Conflict', 'InsufficientCredit'].includes(name)),
    ).toEqual([]);
    expect(await deadlocks()).toBe(0);
    expect((await balanceOf(pool, e, 'timeUnit')).available).toBeGreaterThan(0);
  });
});
