/** Takes mail from the network: what it answered with 250 is committed. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { parseActionAddress, parseAddressedToken } from '../tokens.ts';
import { inboundContentHash } from './rawMail.ts';

/** A message as it came; the database has a row for it. */
export interface TakenMail {
  /** Empty for delivery reports. */
  readonly envelopeFrom: string;
  readonly envelopeTo: readonly string[];
  readonly remoteIp: string;
  readonly helo: string;
  readonly raw: Buffer;
  readonly contentHash: Buffer;
}

/** Where to listen, and where messages are kept. */
export interface InboundListenerDeps {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Our domain. */
  readonly domain: string;
  /** Commits the message; when it throws, the sender is told to come again. */
  readonly store: (mail: TakenMail) => Promise<unknown>;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** A listener that runs. */
export interface InboundListener {
  readonly port: number;
  /** Takes no new connection, and ends when those that are open have, or after the grace period. */
  close(): Promise<void>;
}

/** Largest message; bytes. */
const MESSAGE_MAX = 25 * 1024 * 1024;
/** A sender that goes on beyond this is cut off. */
const PATIENCE_MAX = MESSAGE_MAX + 8 * 1024 * 1024;
/** All messages being received together; bytes. */
const MEMORY_MAX = 256 * 1024 * 1024;
const RECIPIENTS_MAX = 20;
const CLIENTS_MAX = 100;
/** Milliseconds: silence of a sender; one whole message; open connections at closing. */
const SILENCE_MS = 60_000;
const MESSAGE_MS = 10 * 60_000;
const CLOSING_MS = 5_000;

/** `rejectOversized` and `maxRecipients` are not in the type definitions. */
type Options = ConstructorParameters<typeof SMTPServer>[0] & { maxRecipients: number };

/** Starts to listen; rejects when the address cannot be had. */
export async function startInboundListener(deps: InboundListenerDeps): Promise<InboundListener> {
  let memory = 0;
  const options: Options = {
    name: deps.domain,
    banner: 'ready',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideENHANCEDSTATUSCODES: true, // the replies below carry their own
    disableReverseLookup: true,
    size: MESSAGE_MAX,
    maxClients: CLIENTS_MAX,
    maxRecipients: RECIPIENTS_MAX,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSING_MS,
    onRcptTo({ address }, _session, callback) {
      callback(isOurs(address, deps.domain) ? null : reply(550, '5.1.1 No such mailbox here'));
    },
    onData(stream, session, callback) {
      receive(stream, session).then(
        () => callback(null, '2.0.0 Kept'),
        (error: Error) => callback(error),
      );
    },
  };
  const server = new SMTPServer(options);

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const overdue = setTimeout(() => cutOff(session), MESSAGE_MS);
    const chunks: Buffer[] = [];
    let size = 0;
    let busy = false;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (stream.sizeExceeded || busy) {
          // Read on without keeping it, so that the reply can be given after the end.
          if (stream.byteLength > PATIENCE_MAX) cutOff(session);
          continue;
        }
        busy = memory + chunk.length > MEMORY_MAX;
        if (busy) continue;
        chunks.push(chunk);
        size += chunk.length;
        memory += chunk.length;
      }
      if (stream.sizeExceeded) throw reply(552, '5.3.4 Message too large: at most 25 MiB');
      if (busy) throw reply(452, '4.3.1 Too much at once, try again later');
      await store(Buffer.concat(chunks), session);
    } finally {
      clearTimeout(overdue);
      memory -= size;
    }
  }

  async function store(raw: Buffer, session: SMTPServerSession): Promise<void> {
    const { mailFrom, rcptTo } = session.envelope;
    const envelopeFrom = clean(mailFrom === false ? '' : mailFrom.address);
    const envelopeTo = rcptTo.map(({ address }) => clean(address).toLowerCase());
    try {
      await deps.store({
        envelopeFrom,
        envelopeTo,
        remoteIp: session.remoteAddress,
        helo: clean(session.hostNameAppearsAs),
        raw,
        contentHash: inboundContentHash(raw, envelopeFrom, envelopeTo),
      });
    } catch (error) {
      deps.log.warn(
        { code: (error as { code?: unknown }).code },
        'a mail could not be kept; its sender will try again',
      );
      throw reply(451, '4.3.0 Could not be kept, try again later');
    }
  }

  function cutOff(session: SMTPServerSession): void {
    for (const connection of server.connections) if (connection.session === session) connection.close();
  }

  // A sender that breaks off is no error of ours, and must not end the process.
  server.on('error', (error: Error & { code?: string }) => deps.log.info({ code: error.code }, 'a sender broke off'));
  const listening = server.listen(deps.port, deps.host);
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  deps.log.info({ host: deps.host, port }, 'listening for mail');
  return { port, close: () => new Promise<void>((resolve) => server.close(resolve)) };
}

/** Support itself, an answer to one of our mails, a publisher's act on one, or a bounce. */
function isOurs(address: string, domain: string): boolean {
  const at = address.lastIndexOf('@');
  if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return false;
  const localPart = address.slice(0, at).toLowerCase();
  return (
    localPart === 'sr' || [parseAddressedToken, parseActionAddress].some((parse) => parse(localPart) !== undefined)
  );
}

/** Postgres takes no NUL in a text. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
