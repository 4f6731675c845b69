/** One row: the fault-free rate, the harm under a quarter of it, recovery, and what is found then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { CONTRACT, type FaultStack } from './faultStack.ts';
import type { Findings } from './findings.ts';
import { reconcile, untilSettled } from './reconciler.ts';
import { type StackRow, seconds } from './rows.ts';
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
  /** Fault-free, of lives that follow each other while so many are under way that nothing is idle. */
  readonly livesPerSecond: number;
}

/** What the harm of a row did, and what went wrong meanwhile. */
export type HarmResult = Pick<RowResult, 'answers' | 'figures' | 'wrong' | 'late'>;

/** What was found once all was done. */
export type SettledResult = Pick<RowResult, 'findings' | 'recoverySeconds' | 'wrong' | 'late'>;

/** Of the measurement: lives under way at the same time, those closed before it begins, and those that are counted. */
const MEASURED = {
  short: { underWay: 8, before: 4, counted: 8 },
  full: { underWay: 30, before: 30, counted: 60 },
};
const MEASURE_MS = 180_000;
const SETTLE_MS = 120_000;
const RECOVERED_WITHIN_S = 30;

/** Measures the fault-free rate of a stack: lives closed per second. */
export async function startRun(stack: FaultStack, isShort: boolean): Promise<FaultRun> {
  const journal = createJournal();
  const { underWay, before, counted } = isShort ? MEASURED.short : MEASURED.full;
  const filling = keepUnderWay(stack, journal, underWay);
  const untilClosed = async (lives: number) =>
    await until(async () => (await closedLives(stack)) >= lives, { timeoutMs: MEASURE_MS, everyMs: 50 });
  await untilClosed(before);
  const start = Date.now();
  await untilClosed(before + counted);
  const livesPerSecond = counted / ((Date.now() - start) / 1_000);
  await filling.stop();
  await untilSettled(stack, SETTLE_MS);
  return { stack, journal, isShort, livesPerSecond };
}

/** Does the harm of a row, waits until all is done, and compares. Further rows may follow on the same run. */
export async function runRow(row: StackRow, run: FaultRun): Promise<RowResult> {
  const harm = await harmRow(row, run);
  const settled = await settle(run);
  return {
    ...settled,
    answers: harm.answers,
    figures: harm.figures,
    wrong: [...harm.wrong, ...settled.wrong],
    late: [...harm.late, ...settled.late],
  };
}

/** Does the harm of a row under callers; what it left behind is for `settle`, of this row or of several. */
export async function harmRow(
  row: StackRow,
  { stack, journal, isShort, livesPerSecond }: FaultRun,
): Promise<HarmResult> {
  journal.answers.clear();
  journal.bare503 = 0;
  const traffic = startTraffic(stack, journal, livesPerSecond / 4);
  const harmed = await row.harm(stack, journal, isShort).catch((error: unknown) => {
    // Nobody waits for callers whom a harm that went wrong may have left without an answer.
    void traffic.stop();
    throw error;
  });
  await traffic.stop();
  return {
    answers: answersOf(journal.answers),
    figures: harmed.figures,
    wrong: [
      ...harmed.wrong,
      ...stack.deaths.splice(0).map((one) => `died: ${one}`),
      ...(journal.answers.has(500) ? [`${journal.answers.get(500)} answers 500`] : []),
      ...(journal.bare503 > 0 ? [`${journal.bare503} answers 503 without Retry-After`] : []),
    ],
    late: harmed.late ?? [],
  };
}

/** Waits until all is done, and compares. */
export async function settle({ stack, journal }: FaultRun): Promise<SettledResult> {
  const healed = Date.now();
  await untilSettled(stack, SETTLE_MS);
  const recoverySeconds = (Date.now() - healed) / 1_000;
  const findings = await reconcile(stack, journal);
  const { lost, double, different } = findings;
  return {
    findings,
    recoverySeconds,
    wrong: [
      ...lost.map((one) => `lost: ${one}`),
      ...double.map((one) => `double: ${one}`),
      ...different.map((one) => `different: ${one}`),
      ...stack.deaths.splice(0).map((one) => `died: ${one}`),
    ],
    late: recoverySeconds > RECOVERED_WITHIN_S ? [`recovered after ${seconds(recoverySeconds * 1_000)}`] : [],
  };
}

async function closedLives({ pool }: FaultStack): Promise<number> {
  const { rows } = await pool.query<{ lives: number }>(
    "SELECT count(*)::int AS lives FROM requests WHERE contract = $1 AND status = 'closed'",
    [CONTRACT],
  );
  return rows[0]?.lives ?? 0;
}

/** Starts a life for each that is closed, so that `lives` are always under way. */
function keepUnderWay(stack: FaultStack, journal: Journal, lives: number): { stop(): Promise<void> } {
  const callers: Promise<unknown>[] = [];
  let isStopping = false;
  const filling = (async () => {
    while (!isStopping) {
      const missing = lives - (callers.length - (await closedLives(stack)));
      for (let one = 0; one < missing; one++) callers.push(live(stack, journal));
      await sleep(100);
    }
  })();
  return {
    async stop() {
      isStopping = true;
      await filling;
      await Promise.all(callers);
    },
  };
}

function answersOf(answers: ReadonlyMap<number, number>): string {
  return [...answers]
    .sort(([one], [other]) => one - other)
    .map(([status, times]) => `${status === 0 ? 'none' : status}×${times}`)
    .join(' ');
}
