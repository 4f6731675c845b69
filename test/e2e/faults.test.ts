/** Faults on real processes, in their short form; the whole of them is `npm run faults`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultStack, startFaultStack } from '../../scripts/faults/faultStack.ts';
import { type LoneRow, needsStack, ROWS } from '../../scripts/faults/rows.ts';
import { type FaultRun, harmRow, settle, startRun } from '../../scripts/faults/runRow.ts';

/** Of a life that nothing disturbs: receipt, acknowledgement, question, three reminders, closing. */
const MAILS_OF_A_LIFE = 7;

let stack: FaultStack;
let run: FaultRun;

beforeAll(async () => {
  for (const row of ROWS.filter(needsStack)) row.prepare?.(() => undefined);
  stack = await startFaultStack(() => undefined);
  run = await startRun(stack, true);
}, 180_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

/** One after the other on the same stack, and compared once: what waits for a timer waits while the next row goes on. */
describe('nothing is lost and nothing is done twice', () => {
  it.each(ROWS.filter(needsStack))(
    'row $number: $title',
    async (row) => {
      const { wrong } = await harmRow(row, run);
      expect(wrong).toEqual([]);
    },
    180_000,
  );

  it('and in the end callers, PostgreSQL, Temporal and the mail sink agree', async () => {
    const { findings, wrong } = await settle(run);
    expect(wrong).toEqual([]);
    expect(findings.lives).toBeGreaterThan(0);
    expect(findings.mails).toBeGreaterThanOrEqual(MAILS_OF_A_LIFE * findings.lives);
  }, 180_000);
});

describe('without a stack', () => {
  it.each(ROWS.filter((row): row is LoneRow => !needsStack(row)))(
    'row $number: $title',
    async (row) => {
      expect((await row.runAlone(true)).wrong).toEqual([]);
    },
    120_000,
  );
});
