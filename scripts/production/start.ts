/** `npm run stack:production`: production's shape in the foreground, until Ctrl-C. */
import { join, relative } from 'node:path';
import { runInForeground } from '../stack/foreground.ts';
import { ROOT, TOOLS } from '../stack/places.ts';
import type { StackFacts } from '../stack/stack.ts';
import { startProductionStack } from './stack.ts';

process.env.RELANCE_DATA ||= join(TOOLS, 'production');
const directory = relative(ROOT, process.env.RELANCE_DATA) || '.';

await runInForeground(startProductionStack, sayFacts);

function sayFacts({ api, temporalUi, mailbox, tokens }: StackFacts): string {
  return `
Relance is ready in production's shape.

  API          ${api}   (routes: ${api}/docs)
  Temporal UI  ${temporalUi}   (nobody can change anything there)
  Mailbox      ${mailbox || 'mails go to SMTP_URL'}

  Tokens       agent       ${tokens.agent}
               supervisor  ${tokens.supervisor}
               billing     ${tokens.billing}
               customer    ${tokens.customer}
               prepaid     ${tokens.prepaidCustomer}
               publisher   ${tokens.publisher}

  A whole life of a request, told: RELANCE_DATA=${directory} npm run demo.
  Logs: ${directory}/logs. Ctrl-C stops everything.`;
}
