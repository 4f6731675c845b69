/**
 * The worker of `dist/` with activities that fail: the product itself has nothing that does. `FAULT_RATE` of all calls each
 * fail before their work, fail after it, and hang for longer than the workflow waits, then to do it all the same.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { runWorker } from '../../worker/run.ts';
import { ROOT } from '../stack/places.ts';

/** Written to the log for each fault. */
const FAULT = 'fault played:';
/** Beyond the longest wait of the workflow for the call; milliseconds. */
const LATER_MS = 1_000;

const rate = Number(process.env.FAULT_RATE);
const built = (await import(join(ROOT, 'dist/worker/run.js'))) as { readonly runWorker: typeof runWorker };

await built.runWorker((activities) => ({
  saveRequest: faulty('saveRequest', activities.saveRequest),
  extendWindows: faulty('extendWindows', activities.extendWindows),
  sendMail: faulty('sendMail', activities.sendMail),
}));

function faulty<A extends unknown[], R>(name: string, work: (...input: A) => Promise<R>): (...input: A) => Promise<R> {
  return async (...input) => {
    const chance = Math.random();
    if (chance < rate) throw played(name, 'failBefore');
    if (chance < 2 * rate) {
      await work(...input);
      throw played(name, 'failAfter');
    }
    if (chance < 3 * rate) {
      played(name, 'hang');
      await sleep(Context.current().info.startToCloseTimeoutMs + LATER_MS);
    }
    return await work(...input);
  };
}

function played(name: string, fault: string): Error {
  console.log(`${FAULT} ${name} ${fault}`);
  return ApplicationFailure.retryable(`a fault test: ${fault}`);
}
