/** Time that passes on the time-skipping server while nobody takes its tasks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestWorld } from '../../test/support/requestWorld.ts';

const LOOK_EVERY_MS = 50;
/** Skipping is a matter of hours: what moves less than this stands still. */
const STANDS_STILL_MS = 5_000;

/**
 * Moves the server's clock to `instant`, epoch milliseconds, without any worker. A task that nobody takes stops the clock:
 * each such stop is lifted, and set again at the end, when a worker may take the task.
 */
export async function goWithoutWorker({ env, now }: Pick<RequestWorld, 'env' | 'now'>, instant: number): Promise<void> {
  const { testService } = env.connection;
  if (!testService) throw new Error('this server does not skip time');
  let isThere = false;
  let lifted = 0;
  const going = env.sleep(instant - (await now())).then(() => {
    isThere = true;
  });
  let last = await now();
  await sleep(LOOK_EVERY_MS);
  while (!isThere) {
    const at = await now();
    if (at - last < STANDS_STILL_MS && at < instant) {
      await testService.unlockTimeSkipping({});
      lifted += 1;
    }
    last = at;
    await sleep(LOOK_EVERY_MS);
  }
  await going;
  for (; lifted > 0; lifted--) await testService.lockTimeSkipping({});
}
