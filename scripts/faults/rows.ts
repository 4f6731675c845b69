/** Faults by the row: what is done to the stack while callers use it, and what is to hold besides the reconciler. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findToxiproxy } from '../stack/toxiproxyBinary.ts';
import { failActivities } from './activityFaults.ts';
import { answerEverything } from './autoResponder.ts';
import { spendUnderKills } from './creditKills.ts';
import type { FaultStack, Part } from './faultStack.ts';
import { refuseDatabase } from './fullDisk.ts';
import { killReceiver } from './inboundMail.ts';
import { killAtEachStep } from './killedLives.ts';
import { outliveAbsence } from './longAbsence.ts';
import { troubleMailServer } from './mailTroubles.ts';
import { troubleNetwork } from './networkTroubles.ts';
import { loseAnswers } from './retriedCalls.ts';
import { answerAtOnce } from './sameInstant.ts';
import { type Journal, live } from './traffic.ts';

export type Row = StackRow | LoneRow;

/** A row that harms a stack under callers. */
export interface StackRow {
  readonly number: number;
  readonly title: string;
  /** Gets what it needs beside the stack, before that starts: building takes the whole machine. */
  prepare?(report: (message: string) => void): void;
  /** Does the harm, and says what went wrong beyond what the reconciler sees, and figures worth showing. */
  harm(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome>;
}

/** A row that needs no stack. */
export interface LoneRow {
  readonly number: number;
  readonly title: string;
  runAlone(isShort: boolean): Promise<Outcome>;
}

/** Whether a row needs a stack. */
export function needsStack(row: Row): row is StackRow {
  return 'harm' in row;
}

export interface Outcome {
  readonly wrong: readonly string[];
  /** What took longer than it may; no matter for a machine that does other work beside. */
  readonly late?: readonly string[];
  readonly figures: readonly string[];
}

const KILL_EVERY_MS = 3_000;
/** The longest from Temporal's return until an opening is accepted. */
const OPENING_WITHIN_MS = 5_000;
const LONG_OUTAGE_MS = 12_000;

/** The rows that exist, by number. */
export const ROWS: readonly Row[] = [
  { number: 1, title: 'workers killed', harm: killWorkers },
  { number: 2, title: 'Temporal killed', harm: killTemporal },
  { number: 3, title: 'PostgreSQL killed', harm: killPostgres },
  { number: 4, title: 'API killed before its answer', harm: loseAnswers },
  { number: 5, title: 'mail server in trouble', harm: troubleMailServer },
  { number: 6, title: 'receiver of mail killed', harm: killReceiver },
  { number: 7, title: 'activities fail and hang', harm: failActivities },
  { number: 8, title: 'latency, resets and black holes', prepare: findToxiproxy, harm: troubleNetwork },
  { number: 9, title: 'disk of PostgreSQL full, connections used up', harm: refuseDatabase },
  { number: 10, title: 'an auto-responder answers everything', harm: answerEverything },
  { number: 11, title: 'no worker for three business days', runAlone: outliveAbsence },
  { number: 12, title: 'answers in the same instant as a reminder, a closing, a breach', harm: answerAtOnce },
  { number: 13, title: 'units asked for and corrected while APIs and workers are killed', harm: spendUnderKills },
  { number: 14, title: 'APIs and workers killed at each step of interventions and calls', harm: killAtEachStep },
];

async function killWorkers(stack: FaultStack, _journal: Journal, isShort: boolean): Promise<Outcome> {
  const workers: readonly Part[] = [stack.parts.worker1, stack.parts.worker2];
  const starting = new Map<Part, Promise<void>>();
  const times = isShort ? 2 : 20;
  for (let kill = 0; kill < times; kill++) {
    const worker = workers[kill % workers.length];
    if (!worker) continue;
    const next = Date.now() + KILL_EVERY_MS;
    // A kill of a worker that is not yet back would be no kill.
    await starting.get(worker);
    await worker.kill();
    const start = worker.start();
    // It is awaited before the next kill; until then a failure must not end this process.
    start.catch(() => undefined);
    starting.set(worker, start);
    await sleep(Math.max(0, next - Date.now()));
  }
  await Promise.all(starting.values());
  return { wrong: [], figures: [`${times} kills`] };
}

async function killTemporal(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const times = isShort ? 1 : 10;
  const waits: number[] = [];
  const callers: Promise<unknown>[] = [];
  for (let kill = 0; kill < times; kill++) {
    await stack.parts.temporal.kill();
    // The last time for longer than the API waits, so that callers are told to come back.
    await sleep(kill === times - 1 ? LONG_OUTAGE_MS : 2_000);
    await stack.parts.temporal.start();
    const back = stack.temporalListensAt();
    // A caller of this very moment, lest the pauses between callers be measured.
    callers.push(live(stack, journal));
    const end = Date.now() + 15_000;
    while (!journal.openedAt.some((at) => at > back) && Date.now() < end) await sleep(20);
    waits.push((journal.openedAt.find((at) => at > back) ?? Number.POSITIVE_INFINITY) - back);
    if (kill < times - 1) await sleep(2_000);
  }
  await Promise.all(callers);
  const longest = Math.max(...waits);
  return {
    wrong: journal.answers.has(503) ? [] : ['nobody was answered 503 while Temporal was away'],
    late: longest > OPENING_WITHIN_MS ? [`the first opening after a return took ${seconds(longest)}`] : [],
    figures: [`${times} kills`, `first opening after ${seconds(longest)} at most`],
  };
}

async function killPostgres(stack: FaultStack, _journal: Journal, isShort: boolean): Promise<Outcome> {
  const times = isShort ? 1 : 8;
  for (let kill = 0; kill < times; kill++) {
    await stack.parts.postgres.kill();
    await sleep(1_000);
    await stack.parts.postgres.start();
    if (kill < times - 1) await sleep(KILL_EVERY_MS);
  }
  return { wrong: [], figures: [`${times} kills`] };
}

/** With one decimal. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
