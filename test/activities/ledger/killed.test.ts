/** Processes that spend and correct are killed at random and started again, with the same keys. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStatement } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, storeCreditContract } from '../../support/ledgerWorld.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CALLERS = 2;
const KILLS = 2;
const CONTRACT = 'KILLED';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const under = await storeCreditContract(database.pool, CONTRACT, LEDGER_TERMS.A);
  for (const units of [40, 40, 20]) await buy(database.pool, CONTRACT, { unit: 'ticket', units }, under);
});
afterAll(() => database.drop());

function startCaller(seed: number, phase: string): ChildProcess {
  const args = ['--import', 'tsx', 'test/support/ledgerCaller.ts', database.url, CONTRACT, String(seed), phase];
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function entries(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM credit_entries');
  return rows[0]?.count ?? 0;
}

/** Runs callers side by side; each is killed so many times in the middle of its work, then left to end. */
async function runKilled(phase: string): Promise<number> {
  let killed = 0;
  const run = async (seed: number) => {
    for (let attempt = 0; ; attempt++) {
      const caller = startCaller(seed * 100 + attempt, phase);
      const ended = once(caller, 'exit');
      if (attempt >= KILLS) {
        expect((await ended)[0]).toBe(0);
        return;
      }
      const before = await entries();
      // Killed once it is at work: at a number of entries that differs each time.
      const at = before + 3 + ((seed * 7 + attempt * 11) % 20);
      while (caller.exitCode === null && (await entries()) < at) await sleep(5);
      if (caller.exitCode === null && caller.kill('SIGKILL')) killed++;
      await ended;
      if (caller.exitCode === 0) return;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => run(index + 1)));
  return killed;
}

it('exactly what is there is spent, and exactly one of two corrections counts', async () => {
  const { pool } = database;
  expect(await runKilled('debit')).toBeGreaterThan(0);
  expect(await balanceOf(pool, CONTRACT, 'ticket')).toEqual({ available: 0, pending: 0 });
  const spent = (await readStatement(pool, CONTRACT, { limit: 1_000 })).filter(({ kind }) => kind === 'debit');
  expect(spent).toHaveLength(100);
  expect(new Set(spent.map(({ operation }) => operation)).size).toBe(100);

  expect(await runKilled('correct')).toBeGreaterThan(0);
  expect(await balanceOf(pool, CONTRACT, 'ticket')).toEqual({ available: 100, pending: 0 });
  const corrected = (await readStatement(pool, CONTRACT, { limit: 1_000 })).filter(({ kind }) => kind === 'correct');
  expect(corrected).toHaveLength(100);
  expect(new Set(corrected.map(({ corrects }) => corrects)).size).toBe(100);
  expect(await listLedgerOddities(pool)).toEqual([]);
}, 240_000);
