/** Every activity fails before its work, fails after it, and hangs, each time by chance. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import { type Journal, live } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** Of the calls, for each of the three. */
const RATE = 0.05;
/** In the short form there are few calls, and each fault is to be played. */
const SHORT_RATE = 0.1;
const PLAYED_WITHIN_MS = 60_000;
const LONG_MS = 120_000;
const FAULTS = ['failBefore', 'failAfter', 'hang'];

/** Both workers are replaced by faulty ones, and by sound ones in the end, which find what still hangs. */
export async function failActivities(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const played = new Map<string, number>();
  const workers = [stack.parts.worker1, stack.parts.worker2];
  const faulty = {
    arguments: ['--import', 'tsx', 'scripts/faults/faultyWorker.ts'],
    environment: { FAULT_RATE: String(isShort ? SHORT_RATE : RATE) },
    onLine: (line: string) => {
      const fault = /^fault played: (\S+ \S+)$/.exec(line)?.[1];
      if (fault) played.set(fault, (played.get(fault) ?? 0) + 1);
    },
  };
  await Promise.all(workers.map((worker) => replace(worker, () => worker.start(faulty))));
  const missing = () => FAULTS.filter((fault) => ![...played.keys()].some((one) => one.endsWith(fault)));
  const lives = Array.from({ length: isShort ? 8 : 0 }, () => live(stack, journal));
  if (isShort) await until(() => missing().length === 0, { timeoutMs: PLAYED_WITHIN_MS }).catch(() => undefined);
  else await sleep(LONG_MS);
  await Promise.all(workers.map((worker) => replace(worker, () => worker.start())));
  await Promise.all(lives);
  return {
    wrong: missing().map((fault) => `no activity was made to ${fault}`),
    figures: [...played].sort().map(([fault, times]) => `${fault} ${times} times`),
  };
}

async function replace(worker: FaultStack['parts']['worker1'], start: () => Promise<void>): Promise<void> {
  await worker.kill();
  await start();
}
