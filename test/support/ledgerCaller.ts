/**
 * A process that spends and corrects on a ledger, made to be killed: `node --import tsx ledgerCaller.ts <url> <contract> <seed>`.
 * It tries every key of both kinds, in an order of its own, and ends with 0 once each was answered.
 */
import { argv } from 'node:process';
import { correct } from '../../db/ledger/corrections.ts';
import type { Entered, Under } from '../../db/ledger/operations.ts';
import { debit } from '../../db/ledger/spending.ts';
import { createPool } from '../../db/pool.ts';
import { Refusal } from '../../domain/failures.ts';

const DEBITS = 200;
const AT_ONCE = 8;

const [url = '', contract = '', seed = '1'] = argv.slice(2);
const pool = createPool({ connectionString: url, max: AT_ONCE, log: { warn: () => undefined } });
// What spending needs of the terms, without loading all that reads them: it is started again and again.
const under: Under = {
  credits: {
    ticket: {
      ...{ active: true, minutes: 60, roundedPer: 'intervention', travel: { counted: 'expenses' }, minimumUnits: 4 },
      ...{ renewal: 'none', debitMaySpanRenewal: false },
      validity: { lasts: 'period', period: { years: 1 }, lastDay: 'sameDate' },
    },
  },
  termsVersion: 1,
  today: '2026-11-21',
};

/** Every call has the key that it has in every process, before and after a kill. */
const spend = (index: number) => {
  const operation = { key: `debit:${index}`, contract, on: '2026-11-21', who: 'staff:a', why: 'work' };
  return debit(pool, operation, [{ unit: 'ticket', units: 1 }], under);
};
/** Two people correct the same debit, each with a key of their own. */
const undo = (index: number, who: 'a' | 'b') => {
  const operation = { key: `correct:${index}:${who}`, contract, who: `staff:${who}`, why: 'wrong' };
  return correct(pool, operation, { corrects: `debit:${index}`, right: [{ unit: 'ticket', units: 0 }] }, under);
};

/** An order that differs from process to process. */
function shuffled<T>(items: readonly T[], start: number): T[] {
  let state = start;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function all(calls: readonly (() => Promise<Entered>)[]): Promise<void> {
  const left = [...calls];
  const work = async () => {
    for (let call = left.pop(); call; call = left.pop()) {
      await call().catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const indexes = shuffled(
  Array.from({ length: DEBITS }, (_, index) => index),
  Number(seed),
);
const phase = argv[5] ?? 'debit';
if (phase === 'debit') await all(indexes.map((index) => () => spend(index)));
else
  await all(
    shuffled(
      indexes.flatMap((index) => [() => undo(index, 'a'), () => undo(index, 'b')]),
      Number(seed),
    ),
  );
await pool.end();
