/** Memory of the worker's process for each idle request that it keeps. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startApi, timed } from './api.ts';
import { startWorker } from './lives.ts';
import type { BenchOptions, Figure } from './report.ts';
import { startServers } from './servers.ts';

const REQUESTS = 400;
const WARM = 150;
const AT_ONCE = 10;
const SETTLE_MS = 3_000;
const MOST_MB = 0.15;

/** Client and API run in the same process: what they leave behind counts too. */
export async function memory({ count = REQUESTS }: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  const servers = await startServers(report);
  const { client, stop } = await startWorker(servers, 'bench-memory', 'real', count + WARM);
  const api = await startApi(servers, client);
  try {
    await timed(WARM, AT_ONCE, () => api.open());
    const before = await residentMb();
    report(`${WARM} requests open: ${Math.round(before)} MB`);
    await timed(count, AT_ONCE, () => api.open());
    const after = await residentMb();
    report(`${WARM + count} requests open: ${Math.round(after)} MB`);
    const each = (after - before) / count;
    return [
      { what: 'resident memory of the process', value: after, unit: 'MB' },
      {
        ...{ what: `for each of ${count} idle cached requests`, value: each, unit: 'MB' },
        // Of few requests the collector's own moods are more than what they take.
        ...(count < REQUESTS ? {} : { aim: `≤ ${MOST_MB} MB`, isMet: each <= MOST_MB }),
      },
    ];
  } finally {
    api.close();
    await stop();
    await servers.stop();
  }
}

/** After what is garbage in the main thread has gone; the threads of workflows collect when they like. */
async function residentMb(): Promise<number> {
  await sleep(SETTLE_MS);
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  await sleep(SETTLE_MS / 3);
  return process.memoryUsage().rss / 1_048_576;
}
