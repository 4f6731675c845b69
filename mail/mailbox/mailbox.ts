/** The development mailbox: an SMTP sink and the page on which its mails are read and answered. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCorrespondent } from './answers.ts';
import { createMailboxApp } from './app.ts';
import { type MailboxMessage, openMessageStore } from './messages.ts';
import { createSink } from './sink.ts';

/** Where the mailbox listens, and where its answers go. */
export interface MailboxOptions {
  /** 0, the default, takes any free port. */
  readonly smtpPort?: number;
  readonly httpPort?: number;
  /** Where answers are sent: our inbound listener. */
  readonly inbound: { readonly host: string; readonly port: number };
  /** Address that new mails to support are written to, offered on the page. */
  readonly supportAddress?: string;
  /** Directory in which mails are kept; in memory only without it. */
  readonly directory?: string;
}

/** A mailbox that runs. */
export interface Mailbox {
  readonly smtpPort: number;
  readonly httpPort: number;
  /** What was received, the newest first. */
  messages(): readonly MailboxMessage[];
  close(): Promise<void>;
}

/** Everything listens here only: anyone who reaches the mailbox reads every mail. */
const HOST = '127.0.0.1';

/** Starts the mailbox; throws in production and when a port is taken. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  if (process.env.NODE_ENV === 'production')
    throw new Error('the mailbox is for development: it refuses to start in production');
  const store = await openMessageStore(options.directory);
  const sink = createSink(store);
  const smtp = sink.listen(options.smtpPort ?? 0, HOST);
  await once(smtp, 'listening');
  // a client that hangs up is no trouble of ours
  sink.on('error', () => undefined);

  const app = createMailboxApp({
    store,
    correspondent: createCorrespondent(options.inbound.host, options.inbound.port),
    supportAddress: options.supportAddress ?? '',
  });
  const http = app.listen(options.httpPort ?? 0, HOST);
  await once(http, 'listening').catch(async (error: unknown) => {
    await new Promise<void>((resolve) => sink.close(resolve));
    throw error;
  });
  return {
    smtpPort: (smtp.address() as AddressInfo).port,
    httpPort: (http.address() as AddressInfo).port,
    messages: () => store.list(),
    async close() {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => sink.close(resolve)),
        new Promise<void>((resolve) => http.close(() => resolve())),
      ]);
    },
  };
}
