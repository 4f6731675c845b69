/** Mails sent against a real Postgres and a real SMTP server: the mailbox. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createMailActivities } from '../../activities/mail.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { findOutboundMail, type OutboundMail } from '../../db/outboundMails.ts';
import { createPool, type Queryable } from '../../db/pool.ts';
import type { MailOrder } from '../../domain/effects.ts';
import { type Mailbox, startMailbox } from '../../mail/mailbox/mailbox.ts';
import type { MailboxMessage } from '../../mail/mailbox/messages.ts';
import type { TokenKeys } from '../../mail/tokens.ts';
import { createMailTransport } from '../../mail/transport.ts';
import type { MailOutcome, SendMail } from '../../workflows/messages.ts';
import { createTestDatabase } from './database.ts';

export const MAIL_KEYS: TokenKeys = [{ id: 'k1', key: Buffer.alloc(32, 7) }];

/** Where an activity runs; says nothing about the failures that tests want. */
export function activityEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

/** What a test may have otherwise: another server, a database with troubles, a cancelled attempt. */
export interface Sending {
  readonly port?: number;
  readonly pool?: Queryable;
  /** Where the activity runs: a test may cancel it. */
  readonly environment?: MockActivityEnvironment;
}

/** An inbound mail that is filed already, unless its disposition is null. */
export interface ReceivedMail {
  readonly id?: string;
  readonly at: number;
  readonly disposition: string | null;
  readonly to?: string;
  readonly messageId?: string;
  readonly sender?: string;
  readonly subject?: string;
}

/** One request at a time, with a contact and a text of its own. */
export interface MailWorld {
  readonly pool: Queryable;
  readonly number: string;
  readonly contact: { readonly id: string; readonly email: string };
  readonly text: string;
  /** Effect key of the mail that `send` sends; `nextKey` changes it. */
  readonly key: string;
  readonly logged: readonly string[];
  readonly smtpPort: number;
  /** All that the mailbox took, the newest first. */
  mails(): readonly MailboxMessage[];
  nextKey(): void;
  /** Opens the next request; its contact's address is unique and begins with `localPart`. */
  openRequest(localPart?: string, language?: 'fr' | 'en'): Promise<void>;
  sql(statement: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  send(order: MailOrder, sending?: Sending): Promise<MailOutcome>;
  receive(mail: ReceivedMail): Promise<void>;
  happened(type: string, at: number): Promise<void>;
  row(): Promise<OutboundMail | undefined>;
  /** Mails of the request that were delivered, the newest first. */
  delivered(): MailboxMessage[];
  close(): Promise<void>;
}

/** A world with contract `D-1` of family D, agents `a1` (active, English) and `gone` (not active). */
export async function createMailWorld(): Promise<MailWorld> {
  const database = await createTestDatabase();
  const pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  const mailbox: Mailbox = await startMailbox({ inbound: { host: '127.0.0.1', port: 1 } });
  const sql = async (statement: string, values: unknown[] = []) => await pool.query(statement, values);
  const logged: string[] = [];
  const log = (facts: object, message: string) => void logged.push(JSON.stringify({ ...facts, message }));
  let requests = 0;
  let seq = 0;
  let contact = { id: '', email: '' };
  let text = '';
  let number = '';

  await sql(
    `INSERT INTO contracts (reference, family, customer, zone) VALUES ('D-1', 'D', 'Mairie de Valombre', 'Europe/Paris')`,
  );
  await sql(
    `INSERT INTO contract_terms (contract, version, effective_from, terms) VALUES ('D-1', 1, '2026-01-01', $1)`,
    [JSON.stringify(anomalySupport({ customer: 'Mairie de Valombre', provider: 'Éditeur' }))],
  );
  await sql(`INSERT INTO staff (id, name, email, role, language, active) VALUES
    ('a1', 'Sacha', 'sacha@support.example', 'agent', 'en', true),
    ('gone', 'Noé', 'noe@support.example', 'agent', 'en', false)`);

  const world: MailWorld = {
    pool,
    get number() {
      return number;
    },
    get contact() {
      return contact;
    },
    get text() {
      return text;
    },
    get key() {
      return `request:${number}:mail:${seq}`;
    },
    logged,
    smtpPort: mailbox.smtpPort,
    mails: () => mailbox.messages(),
    nextKey() {
      seq += 1;
    },
    async openRequest(localPart = 'camille', language = 'fr') {
      requests += 1;
      number = `DA-2026-${String(requests).padStart(6, '0')}`;
      text = randomUUID();
      contact = { id: `c${requests}`, email: `${localPart}.${requests}@valombre.example` };
      await sql(
        `INSERT INTO contacts (id, contract, name, email, language, trained) VALUES ($1, 'D-1', 'Camille Roux', $2, $3, true)`,
        [contact.id, contact.email, language],
      );
      await sql(
        `INSERT INTO requests (number, contract, terms_version, contact, opening, subject, language, priority)
         VALUES ($1, 'D-1', 1, $2, '{}', 'Impression impossible', $3, 'blocking')`,
        [number, contact.id, language],
      );
      await sql(
        `INSERT INTO texts (id, number, body, author) VALUES ($1, $2, 'Quel pilote utilisez-vous ?', 'staff:a1')`,
        [text, number],
      );
    },
    sql,
    async send(order, { port = mailbox.smtpPort, pool: other = pool, environment = activityEnvironment() } = {}) {
      const transport = createMailTransport(`smtp://127.0.0.1:${port}`);
      const { sendMail } = createMailActivities({
        pool: other,
        transport,
        tokenKeys: MAIL_KEYS,
        sender: { name: 'Service d’assistance', domain: 'support.example' },
        staffAlerts: { address: 'alerts@support.example', language: 'fr' },
        logger: { warn: log, error: log },
      });
      const sending = environment.run<[SendMail], MailOutcome, typeof sendMail>(sendMail, {
        key: world.key,
        number,
        order,
      });
      return await sending.finally(() => transport.close());
    },
    async receive({ id = randomUUID(), at, disposition, to = 'sr@support.example', messageId, sender, subject }) {
      const filed = disposition !== null;
      await sql(
        `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, message_id, number,
           disposition, stage, sender, subject) VALUES ($1, $2, '', $3, '', $4, $5, $6, $7, $8, $9, $10)`,
        [
          id,
          new Date(at),
          [to],
          Buffer.from(id),
          messageId ?? null,
          filed ? number : null,
          disposition,
          filed ? 'relayed' : 'received',
          sender ?? null,
          subject ?? null,
        ],
      );
    },
    async happened(type, at) {
      await sql(
        `INSERT INTO timeline (number, seq, line, at, type, audience, who, channel)
         VALUES ($1, 1, 0, $2, $3, 'customer', 'system', 'api')`,
        [number, new Date(at), type],
      );
    },
    row: () => findOutboundMail(pool, world.key),
    delivered: () => mailbox.messages().filter(({ subject }) => subject.includes(number)),
    async close() {
      await mailbox.close();
      await pool.end();
      await database.drop();
    },
  };
  return world;
}
