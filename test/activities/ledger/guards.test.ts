import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Under } from '../../../db/ledger/operations.ts';
import { reserve } from '../../../db/ledger/spending.ts';
import { listLots } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

let database: TestDatabase;
let under: Under;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function prepaid(): Promise<string> {
  const reference = `A${++count}`;
  under = await storeCreditContract(database.pool, reference, LEDGER_TERMS.A);
  return reference;
}

describe('the database itself', () => {
  const TABLES = ['credit_orders', 'credit_lots', 'credit_entries'];
  it.each(TABLES)('refuses to change %s', async (table) => {
    const { pool } = database;
    for (const statement of [
      `UPDATE ${table} SET contract = contract`,
      `UPDATE ${table} SET contract = 'x' WHERE false`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow('is refused: the ledger is only added to');
    }
    await expect(
      pool.query(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM ${table}; COMMIT`),
    ).rejects.toThrow('is refused');
  });

  it.each(['lot_balances', 'reservation_balances'])('changes %s by entries only', async (table) => {
    const { pool } = database;
    for (const statement of [
      `INSERT INTO ${table} SELECT * FROM ${table}`,
      `UPDATE ${table} SET pending = pending + 1`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow('is refused');
    }
  });

  it('lets no balance fall below nothing, whoever writes', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const [lot] = await listLots(pool, contract);
    const insert = (key: string, kind: string, available: number, pending: number, reservation: string | null = 'r') =>
      pool.query(
        `INSERT INTO credit_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, reservation, who, why)
         VALUES ($1, 1, '\\x00', $2, $3, $4, $5, $6, '2026-11-21', $7, 'w', 'w')`,
        [key, contract, lot?.lot, kind, available, pending, reservation],
      );
    await expect(insert('below', 'debit', -5, 0)).rejects.toThrow('lot_balances_available_check');
    await expect(insert('post', 'post', 0, -1)).rejects.toThrow('lot_balances_pending_check');
    await expect(insert('made-up', 'debit', 5, 0)).rejects.toThrow('credit_entries_check');
    await expect(insert('made-up', 'gift', 5, 0)).rejects.toThrow('credit_entries_check');
    // What corrects names what it corrects; what is reserved, its reservation.
    await expect(insert('nameless', 'correct', 5, 0)).rejects.toThrow('"credit_entries_check"');
    await expect(insert('nameless', 'reserve', -1, 1, null)).rejects.toThrow('credit_entries_check1');
  });

  it('lets nothing be corrected twice, whoever writes', async () => {
    const { pool } = database;
    const contract = await prepaid();
    const order = await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const [lot] = await listLots(pool, contract);
    const correct = (key: string) =>
      pool.query(
        `INSERT INTO credit_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, corrects, who, why)
         VALUES ($1, 1, '\\x00', $2, $3, 'correct', -1, 0, '2026-11-21', $4, 'w', 'w')`,
        [key, contract, lot?.lot, order],
      );
    await correct('first');
    await expect(correct('second')).rejects.toThrow('credit_entries_corrected');
  });

  it('gives the application’s own role no right to change them', async () => {
    const { rows } = await database.pool.query(
      `SELECT table_name, privilege_type FROM information_schema.role_table_grants
       WHERE table_name = ANY($1) AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')`,
      [TABLES],
    );
    expect(rows).toEqual([]);
  });

  it('is found out where a balance is not the sum of its entries', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const [lot] = await listLots(pool, contract);
    const tamper = async (by: number) => {
      await pool.query(
        `BEGIN; ALTER TABLE lot_balances DISABLE TRIGGER only_by_entries;
         UPDATE lot_balances SET available = available + ${by} WHERE lot = ${lot?.lot};
         ALTER TABLE lot_balances ENABLE ALWAYS TRIGGER only_by_entries; COMMIT`,
      );
    };
    await tamper(1);
    expect(await listLedgerOddities(pool)).toEqual([
      expect.objectContaining({ subject: contract, detail: `lot ${lot?.lot}: balance 5 + 0, entries 4 + 0` }),
    ]);
    await tamper(-1);
  });

  it('is found out where reservations do not hold what was reserved, though their sum is right', async () => {
    const { pool } = database;
    const contract = await prepaid();
    await buy(pool, contract, { unit: 'ticket', units: 4 }, under);
    const [lot] = await listLots(pool, contract);
    const units = [{ unit: 'ticket', units: 1 }];
    const keys: string[] = [];
    for (const key of ['held-1', 'held-2']) {
      keys.push((await reserve(pool, operation(contract, { key }), units, under)).key);
    }
    const tamper = async (by: number) => {
      await pool.query(
        `BEGIN; ALTER TABLE reservation_balances DISABLE TRIGGER only_by_entries;
         UPDATE reservation_balances SET pending = pending + ${by} WHERE reservation = '${keys[0]}';
         UPDATE reservation_balances SET pending = pending - ${by} WHERE reservation = '${keys[1]}';
         ALTER TABLE reservation_balances ENABLE ALWAYS TRIGGER only_by_entries; COMMIT`,
      );
    };
    await tamper(1);
    expect((await listLedgerOddities(pool)).map(({ detail }) => detail)).toEqual([
      `reservation held-1 on lot ${lot?.lot}: 2 held, entries 1`,
      `reservation held-2 on lot ${lot?.lot}: 0 held, entries 1`,
    ]);
    await tamper(-1);
  });
});
