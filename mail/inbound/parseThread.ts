/** The thread in which messages are parsed, one at a time. What it does not end in time ends it. */
import { parentPort } from 'node:worker_threads';
import type { ParsedMail } from './parsedMail.ts';
import { readMessage } from './readMessage.ts';

/** What the thread is asked. */
export interface ParseOrder {
  readonly raw: Uint8Array;
  readonly onlyHeaders: boolean;
}
/** What the thread says. */
export type ParseNews = { readonly kind: 'ready' } | { readonly kind: 'parsed'; readonly mail: ParsedMail | undefined };

parentPort?.on('message', async ({ raw, onlyHeaders }: ParseOrder) => {
  // A message that the parser refuses is unreadable, like one that it never ends.
  const mail = await readMessage(raw, onlyHeaders).catch(() => undefined);
  parentPort?.postMessage({ kind: 'parsed', mail } satisfies ParseNews);
});
parentPort?.postMessage({ kind: 'ready' } satisfies ParseNews);
