/** The SMTP side of the mailbox: takes every mail, except for addresses that play a trouble. */
import { SMTPServer } from 'smtp-server';
import type { MessageStore } from './messages.ts';

/** How often a `busy` address says "later" before it takes a mail. */
const BUSY_TIMES = 2;
const SIZE_MAX = 25 * 1024 * 1024;

/**
 * An SMTP server that keeps what it gets. Addresses that start with `refused` are refused at RCPT with 550 5.1.1; those
 * that start with `busy` answer 451 twice per mail before they take it.
 */
export function createSink(store: MessageStore): SMTPServer {
  const tried = new Map<string, number>();
  return new SMTPServer({
    name: 'mailbox.localhost',
    banner: 'Relance mailbox',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideENHANCEDSTATUSCODES: true, // the replies below carry their own
    disableReverseLookup: true,
    size: SIZE_MAX,
    rejectOversized: true,
    closeTimeout: 1_000,
    onRcptTo({ address }, session, callback) {
      const localPart = address.toLowerCase();
      if (localPart.startsWith('refused')) return callback(reply(550, '5.1.1 No such user here'));
      if (localPart.startsWith('busy')) {
        const sender = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        const attempt = `${sender} ${localPart}`;
        const times = (tried.get(attempt) ?? 0) + 1;
        tried.set(attempt, times);
        if (times <= BUSY_TIMES) return callback(reply(451, '4.2.0 Mailbox busy, try again later'));
      }
      callback();
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', callback);
      stream.on('end', () => {
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        const raw = Buffer.concat(chunks);
        Promise.all(session.envelope.rcptTo.map(({ address }) => store.add(from, address, raw))).then(
          () => callback(),
          () => callback(reply(451, '4.3.0 Could not be stored')),
        );
      });
    },
  });
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
