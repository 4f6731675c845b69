/** Work that is done again and again: while there is some at once, then when it is rung for, and now and then anyway. */
import { errorName } from './errorName.ts';

/** A loop that runs. */
export interface Loop {
  /** There may be work. */
  ring(): void;
  /** Resolves when the work under way is done; none begins after. */
  close(): Promise<void>;
}

/** How a loop runs. */
export interface LoopOptions {
  readonly name: string;
  /** Longest pause, milliseconds; also that after an error. */
  readonly pauseMs: number;
  readonly log: { warn(fields: object, message: string): void };
}

/** Starts it. `work` says whether there may be more to do. */
export function startLoop(work: () => Promise<boolean>, { name, pauseMs, log }: LoopOptions): Loop {
  let closing = false;
  let rung = false;
  let wake = () => {};

  async function run(): Promise<void> {
    while (!closing) {
      rung = false;
      const more = await work().catch((error: unknown) => {
        log.warn({ loop: name, code: errorName(error) }, 'an attempt failed; there will be others');
        rung = false;
        return false;
      });
      if (!more && !rung && !closing) await pause();
    }
  }

  function pause(): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    ring() {
      rung = true;
      wake();
    },
    async close() {
      closing = true;
      wake();
      await running;
    },
  };
}
