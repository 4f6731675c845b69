import type { Worker } from '@temporalio/worker';

/** A worker that runs. */
export interface RunningWorker {
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Lets a worker run. */
export function run(worker: Worker): RunningWorker {
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
