/** `npm start`: the whole stack in the foreground, until Ctrl-C. */
import { relative } from 'node:path';
import { runInForeground } from './foreground.ts';
import { dataDirectory, ROOT } from './places.ts';
import { type StackFacts, startStack } from './stack.ts';

/** A request that the demonstration's first contract takes. */
const OPENING = {
  priority: 'major',
  subject: 'The parts list of an assembly stays empty',
  description: 'Opening assembly 4711 shows an empty parts list, every time.',
  reproducible: true,
  attributableToProduct: true,
};

const directory = dataDirectory(process.env.RELANCE_DATA);

await runInForeground(startStack, sayFacts);

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
               billing     ${tokens.billing}
               customer    ${tokens.customer}
               prepaid     ${tokens.prepaidCustomer}
               publisher   ${tokens.publisher}

  Open a request:

    curl -sS ${api}/v1/requests \\
      -H 'Authorization: Bearer ${tokens.agent}' \\
      -H "Idempotency-Key: $(date +%s%N)" \\
      -H 'Content-Type: application/json' \\
      -d '${body}'

  A whole life of a request, told: npm run demo. More calls: docs/examples.md.
  Logs: ${relative(ROOT, directory) || '.'}/logs. Ctrl-C stops everything.`;
}
