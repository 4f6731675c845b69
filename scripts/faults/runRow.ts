/** One row: the fault-free rate, the harm under a quarter of it, recovery, and what is found then. */
import type { FaultStack } from './faultStack.ts';
import type { Findings } from './findings.ts';
import { reconcile, untilSettled } from './reconciler.ts';
import { type Row, seconds } from './rows.ts';
import { createJournal, type Journal, live, startTraffic } from './traffic.ts';

/** How a row ended. */
export interface RowResult {
  readonly findings: Findings;
  /** From the last fault until everything was done. */
  readonly recoverySeconds: number;
  /** How often each status was answered. */
  readonly answers: string;
  readonly figures: readonly string[];
  /** Everything that is not as it is to be. */
  readonly wrong: readonly string[];
  /** What took longer than it may. */
  readonly late: readonly string[];
}

/** A stack under callers, and all that they were told. */
export interface FaultRun {
  readonly stack: FaultStack;
  readonly journal: Journal;
  readonly isShort: boolean;
  /** Fault-free, of a burst until all of it is closed. */
  readonly livesPerSecond: number;
}

/** Lives of the measurement. */
const MEASURED = { short: 16, full: 60 };
const SETTLE_MS = 120_000;
const RECOVERED_WITHIN_S = 30;

/** Measures the fault-free rate of a stack. */
export async function startRun(stack: FaultStack, isShort: boolean): Promise<FaultRun> {
  const journal = createJournal();
  const count = isShort ? MEASURED.short : MEASURED.full;
  const start = Date.now();
  await Promise.all(Array.from({ length: count }, () => live(stack, journal)));
  await untilSettled(stack, SETTLE_MS);
  return { stack, journal, isShort, livesPerSecond: count / ((Date.now() - start) / 1_000) };
}

/** Does the harm of a row, waits until all is done, and compares. Further rows may follow on the same run. */
export async function runRow(row: Row, { stack, journal, isShort, livesPerSecond }: FaultRun): Promise<RowResult> {
  journal.answers.clear();
  journal.bare503 = 0;
  const traffic = startTraffic(stack, journal, livesPerSecond / 4);
  const { wrong, late = [], figures } = await row.harm(stack, journal, isShort);
  const healed = Date.now();
  await traffic.stop();
  await untilSettled(stack, SETTLE_MS);
  const recoverySeconds = (Date.now() - healed) / 1_000;
  const findings = await reconcile(stack, journal);
  const { lost, double, different } = findings;
  return {
    findings,
    recoverySeconds,
    answers: answersOf(journal.answers),
    figures,
    wrong: [
      ...wrong,
      ...lost.map((one) => `lost: ${one}`),
      ...double.map((one) => `double: ${one}`),
      ...different.map((one) => `different: ${one}`),
      ...stack.deaths.map((one) => `died: ${one}`),
      ...(journal.answers.has(500) ? [`${journal.answers.get(500)} answers 500`] : []),
      ...(journal.bare503 > 0 ? [`${journal.bare503} answers 503 without Retry-After`] : []),
    ],
    late: [
      ...late,
      ...(recoverySeconds > RECOVERED_WITHIN_S ? [`recovered after ${seconds(recoverySeconds * 1_000)}`] : []),
    ],
  };
}

function answersOf(answers: ReadonlyMap<number, number>): string {
  return [...answers]
    .sort(([one], [other]) => one - other)
    .map(([status, times]) => `${status === 0 ? 'none' : status}×${times}`)
    .join(' ');
}
