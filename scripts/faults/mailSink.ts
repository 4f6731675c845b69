/** A mail server of the fault tests: keeps what it answered 250 to, and plays troubles. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** `deferring`: 451. `cutting`: hangs up after all of the data, once for each mail. `away`: nobody listens. */
export type SinkMode = 'taking' | 'deferring' | 'cutting' | 'away';

/** A mail that was taken, as far as somebody may answer it. */
export interface TakenMail {
  /** Its Message-ID. */
  readonly id: string;
  /** Whose mailbox it is in. */
  readonly to: string;
  readonly replyTo: string;
  /** Its envelope sender. */
  readonly bouncesTo: string;
  readonly subject: string;
}

export interface MailSink {
  readonly port: number;
  /** How many times each Message-ID was taken, that is, answered 250. */
  readonly taken: ReadonlyMap<string, number>;
  /** Told each mail as it is taken; a row may change it. */
  onTaken: (mail: TakenMail) => void;
  /** How many mails met the trouble of the mode. */
  readonly troubled: () => number;
  /** From now on. */
  play(mode: SinkMode): Promise<void>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** What `smtp-server` keeps of a connection. */
interface OpenConnection {
  readonly id: string;
  readonly _socket: Socket;
}

/** Starts it; it takes everything but what is for addresses that begin with `refused`: 550, in every mode. */
export async function startMailSink(port: number): Promise<MailSink> {
  const taken = new Map<string, number>();
  const cut = new Set<string>();
  let troubled = 0;
  let mode: SinkMode = 'taking';
  let server: SMTPServer | undefined = await listen();
  const sink: MailSink = {
    port,
    taken,
    onTaken: () => undefined,
    troubled: () => troubled,
    async play(next) {
      mode = next;
      if (next === 'away') await stop();
      else server ??= await listen();
    },
    close: stop,
  };
  return sink;

  async function stop(): Promise<void> {
    const old = server;
    server = undefined;
    if (old) await new Promise<void>((resolve) => old.close(resolve));
  }

  async function listen(): Promise<SMTPServer> {
    const made = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      hideENHANCEDSTATUSCODES: true,
      disableReverseLookup: true,
      closeTimeout: 200,
      onRcptTo({ address }, _session, callback) {
        if (mode === 'deferring') return callback(trouble(451, '4.3.2 Not now'));
        if (address.startsWith('refused')) return callback(trouble(550, '5.1.1 No such user here'));
        callback();
      },
      onData(stream, session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', callback);
        stream.on('end', () => {
          const raw = Buffer.concat(chunks).toString('latin1');
          const id = headerIn(raw, 'message-id');
          if (mode === 'cutting' && !cut.has(id)) {
            cut.add(id);
            troubled += 1;
            // The mail is whole on this side, and its sender is not told.
            for (const one of made.connections as Set<OpenConnection>) if (one.id === session.id) one._socket.destroy();
            return;
          }
          taken.set(id, (taken.get(id) ?? 0) + 1);
          // The envelope is gone once the answer is given.
          const { mailFrom, rcptTo } = session.envelope;
          callback();
          sink.onTaken({
            id,
            to: rcptTo[0]?.address ?? '',
            replyTo: headerIn(raw, 'reply-to').replace(/[<>]/g, ''),
            bouncesTo: mailFrom === false ? '' : mailFrom.address,
            subject: headerIn(raw, 'subject'),
          });
        });
      },
    });
    made.on('error', () => undefined);
    await once(made.listen(port, HOST), 'listening');
    return made;
  }

  function trouble(responseCode: number, text: string): Error {
    troubled += 1;
    return Object.assign(new Error(text), { responseCode });
  }
}

function headerIn(raw: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(raw)?.[1]?.replace(/\r?\n[ \t]/g, ' ') ?? '';
}
