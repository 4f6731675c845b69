/** The mails that the mailbox took, kept over restarts as JSON lines. */
import { createHash, randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { type PublisherAction, parseActionAddress } from '../tokens.ts';

/** What is written to disk: the message as it came, and its envelope. */
interface Stored {
  readonly id: string;
  readonly receivedAt: string;
  readonly envelopeFrom: string;
  readonly to: string;
  readonly raw: string;
}

/** A message as it is shown. Message-IDs have their angle brackets, instants are ISO 8601. */
export interface MailboxMessage {
  readonly id: string;
  readonly receivedAt: string;
  /** Empty for a bounce. */
  readonly envelopeFrom: string;
  /** The one recipient of the envelope. */
  readonly to: string;
  readonly from: string;
  readonly replyTo: string;
  readonly subject: string;
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
  /** Header lines by lower-case name. */
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
  readonly html: string;
  /** The header block as it came. */
  readonly rawHeaders: string;
  /** Sizes in bytes. */
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** What a publisher may do: an address for each. */
  readonly actions: readonly { readonly action: PublisherAction; readonly address: string }[];
}

/** The mails that were sent. */
export interface MessageStore {
  /** The newest first. */
  list(): readonly MailboxMessage[];
  find(id: string): MailboxMessage | undefined;
  /** Keeps a message; resolves once it is on disk. */
  add(envelopeFrom: string, to: string, raw: Buffer): Promise<MailboxMessage>;
}

/** More than anyone reads; the oldest go. */
const MOST_MESSAGES = 2_000;

/** Opens the store in `directory`, or in memory only without one. */
export async function openMessageStore(directory: string | undefined): Promise<MessageStore> {
  const file = directory === undefined ? undefined : join(directory, 'mailbox.jsonl');
  const messages: MailboxMessage[] = [];
  if (directory !== undefined && file !== undefined) {
    await mkdir(directory, { recursive: true });
    const kept = (await readStored(file)).slice(-MOST_MESSAGES);
    for (const stored of kept) messages.unshift(await parsed(stored));
    await writeFile(`${file}.new`, kept.map((stored) => `${JSON.stringify(stored)}\n`).join(''), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return {
    list: () => messages,
    find: (id) => messages.find((message) => message.id === id),
    async add(envelopeFrom, to, raw) {
      const stored: Stored = {
        id: randomUUID(),
        receivedAt: new Date().toISOString(),
        envelopeFrom,
        to,
        raw: raw.toString('base64'),
      };
      const message = await parsed(stored);
      if (file !== undefined) await appendFile(file, `${JSON.stringify(stored)}\n`);
      messages.unshift(message);
      messages.length = Math.min(messages.length, MOST_MESSAGES);
      return message;
    },
  };
}

async function readStored(file: string): Promise<Stored[]> {
  const content = await readFile(file, 'utf8').catch(() => '');
  return content.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Stored];
    } catch {
      return []; // the last line of a process that was killed
    }
  });
}

async function parsed(stored: Stored): Promise<MailboxMessage> {
  const raw = Buffer.from(stored.raw, 'base64');
  const mail = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  const references = typeof mail.references === 'string' ? [mail.references] : (mail.references ?? []);
  const [rawHeaders = ''] = raw.toString('latin1').split(/\r?\n\r?\n/, 1);
  return {
    id: stored.id,
    receivedAt: stored.receivedAt,
    envelopeFrom: stored.envelopeFrom,
    to: stored.to,
    from: mail.from?.text ?? '',
    replyTo: mail.replyTo?.value[0]?.address ?? mail.from?.value[0]?.address ?? '',
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    inReplyTo: mail.inReplyTo ?? '',
    references,
    headers: Object.fromEntries(
      mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
    text: mail.text ?? '',
    html: mail.html === false ? '' : mail.html,
    rawHeaders,
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      name: filename ?? '',
      type: contentType,
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    actions: actionsIn(mail.text ?? ''),
  };
}

/** The action addresses that a mail offers, in its order. */
function actionsIn(text: string): MailboxMessage['actions'] {
  const addresses = new Set(text.match(/\bsr\+[a-z]+\.[a-z2-7]{24}@[a-z0-9.-]+[a-z0-9]/gi));
  return [...addresses].flatMap((address) => {
    const parsed = parseActionAddress(address.slice(0, address.indexOf('@')));
    return parsed ? [{ action: parsed.action, address }] : [];
  });
}
