/** The statement: every balance explained line by line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debit, reserve } from '../../../db/ledger/spending.ts';
import { listLots, readStatement } from '../../../db/ledger/statement.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

let database: TestDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const quarters = (units: number) => [{ unit: 'timeUnit', units }];

describe('a statement', () => {
  it('explains each unit’s balance line by line, whatever part of it is read', async () => {
    const { pool } = database;
    const contract = `E${++count}`;
    const hosting = await storeCreditContract(pool, contract, LEDGER_TERMS.E);
    await buy(pool, contract, { unit: 'timeUnit', units: 16 }, hosting);
    await buy(pool, contract, { unit: 'halfDay', units: 4 }, hosting);
    await debit(pool, operation(contract), quarters(3), hosting);
    await reserve(pool, operation(contract), [{ unit: 'halfDay', units: 1 }, ...quarters(2)], hosting);
    const shown = async (part: object) =>
      (await readStatement(pool, contract, { limit: 100, ...part })).map((line) => [
        ...[line.unit, line.kind, line.available, line.pending, line.availableAfter, line.pendingAfter],
      ]);
    const all = [
      ['timeUnit', 'purchase', 16, 0, 16, 0],
      ['halfDay', 'purchase', 4, 0, 4, 0],
      ['timeUnit', 'debit', -3, 0, 13, 0],
      ['halfDay', 'reserve', -1, 1, 3, 1],
      ['timeUnit', 'reserve', -2, 2, 11, 2],
    ];
    expect(await shown({})).toEqual(all);
    expect(await shown({ unit: 'halfDay' })).toEqual(all.filter(([unit]) => unit === 'halfDay'));
    const third = (await readStatement(pool, contract, { limit: 3 })).at(-1)?.entry;
    expect(await shown({ after: third })).toEqual(all.slice(3));
    expect(await shown({ after: third, limit: 1 })).toEqual(all.slice(3, 4));
  });

  it('is read by local dates, both included, on which lines were entered', async () => {
    const { pool } = database;
    const contract = `Z${++count}`;
    const east = await storeCreditContract(pool, contract, { ...LEDGER_TERMS.A, zone: 'Pacific/Kiritimati' });
    await buy(pool, contract, { unit: 'ticket', units: 4 }, east);
    const [lot] = await listLots(pool, contract);
    // Half past midnight there; in UTC it is the day before.
    await pool.query(
      `INSERT INTO credit_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, who, why, at)
       VALUES ($1, 1, '\\x00', $2, $3, 'debit', -1, 0, '2026-03-02', 'w', 'w', '2026-03-01T10:30:00Z')`,
      [`${contract}-debit`, contract, lot?.lot],
    );
    const kinds = async (from: string, to: string) =>
      (await readStatement(pool, contract, { limit: 100, from, to })).map(({ kind }) => kind);
    expect(await kinds('2026-03-02', '2026-03-02')).toEqual(['debit']);
    expect(await kinds('2026-03-03', '2026-03-09')).toEqual([]);
    expect(await kinds('2026-02-20', '2026-03-01')).toEqual([]);
    const [line] = await readStatement(pool, contract, { limit: 100, from: '2026-03-02', to: '2026-03-02' });
    expect(line?.availableAfter).toBe(3);
  });
});
