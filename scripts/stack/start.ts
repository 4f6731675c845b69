/** `npm start`: the whole stack in the foreground, until Ctrl-C. */
import { relative } from 'node:path';
import { ROOT } from './places.ts';
import { readSettings, type StackSettings } from './settings.ts';
import { type StackFacts, startStack } from './stack.ts';

/** A request that the demonstration's first contract takes. */
const OPENING = {
  priority: 'major',
  subject: 'The parts list of an assembly stays empty',
  description: 'Opening assembly 4711 shows an empty parts list, every time.',
  reproducible: true,
  attributableToProduct: true,
};

/** Two signals within this time are one Ctrl-C, sent by the terminal and by whoever started this. Milliseconds. */
const SAME_SIGNAL = 500;

const report = (message: string) => console.log(message);

function settingsOrExit(): StackSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

// A terminal that was closed takes no more lines; everything is stopped all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const settings = settingsOrExit();
let stopping: Promise<void> | undefined;
let stoppingSince = 0;

const stack = startStack(settings, report, (message) => {
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
  const facts = await stack.ready;
  report(sayFacts(facts));
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

function sayFacts({ api, temporalUi, mailbox, tokens, contracts }: StackFacts): string {
  const [contract] = contracts;
  const body = JSON.stringify({ contract: contract?.reference, contact: contract?.contact.id, ...OPENING });
  return `
Relance is ready.

  API          ${api}   (routes: ${api}/docs)
  Temporal UI  ${temporalUi || 'that of your Temporal'}
  Mailbox      ${mailbox || 'mails go to SMTP_URL'}

  Tokens       agent       ${tokens.agent}
               supervisor  ${tokens.supervisor}
               customer    ${tokens.customer}

  Open a request:

    curl -sS ${api}/v1/requests \\
      -H 'Authorization: Bearer ${tokens.agent}' \\
      -H "Idempotency-Key: $(date +%s%N)" \\
      -H 'Content-Type: application/json' \\
      -d '${body}'

  A whole life of a request, told: npm run demo. Logs: ${relative(ROOT, settings.directory) || '.'}/logs. Ctrl-C stops everything.`;
}
