/** A stack in the foreground of a terminal, until Ctrl-C. */
import { readSettings, type StackSettings } from './settings.ts';
import type { Stack, StackFacts } from './stack.ts';

/** Two signals within this time are one Ctrl-C, sent by the terminal and by whoever started this. Milliseconds. */
const SAME_SIGNAL = 500;

type Start = (settings: StackSettings, report: (message: string) => void, onDeath: (message: string) => void) => Stack;

/** Starts a stack, says `sayFacts` once it is ready, and ends it and this process by a signal, or when a part of it dies. */
export async function runInForeground(start: Start, sayFacts: (facts: StackFacts) => string): Promise<void> {
  const report = (message: string) => console.log(message);
  // A terminal that was closed takes no more lines; everything is stopped all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  let stopping: Promise<void> | undefined;
  let stoppingSince = 0;
  const stack = start(settingsOrExit(), report, (message) => {
    if (stopping) return;
    console.error(message);
    void stop(1);
  });

  async function stop(exitCode: number): Promise<void> {
    stoppingSince = Date.now();
    stopping ??= stack.stop();
    await stopping;
    process.exit(exitCode);
  }

  function onSignal(): void {
    if (stopping && Date.now() - stoppingSince < SAME_SIGNAL) return;
    if (stopping) {
      report('Ending everything at once.');
      stack.kill();
      return;
    }
    report('\nStopping; once more ends everything at once.');
    void stop(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  try {
    report(sayFacts(await stack.ready));
  } catch (error) {
    if (!stopping) {
      console.error(error instanceof Error ? error.message : error);
      await stop(1);
    }
  }
}

function settingsOrExit(): StackSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
