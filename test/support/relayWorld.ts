/** Mail coming in: a real listener, Postgres, parsing thread and core, two contracts, and whoever may write. */
import { randomUUID } from 'node:crypto';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import type { Pool } from 'pg';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { parseTerms } from '../../contracts/terms.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { insertInboundMail, type NewInboundMail } from '../../db/inboundMails.ts';
import { insertOutboundMail } from '../../db/outboundMails.ts';
import { createPool } from '../../db/pool.ts';
import { readRequestRow, registerRequest } from '../../db/requests.ts';
import { storeText } from '../../db/texts.ts';
import type { MailOrder } from '../../domain/effects.ts';
import type { RequestState } from '../../domain/state.ts';
import type { DnsLookup } from '../../mail/inbound/authenticity.ts';
import { type InboundListener, startInboundListener } from '../../mail/inbound/listener.ts';
import { createMailParser } from '../../mail/inbound/parse.ts';
import { messageIdOf } from '../../mail/messageId.ts';
import { bounceAddress, replyAddress, signReplyToken, type TokenKeys } from '../../mail/tokens.ts';
import { type InboundRelay, type InboundRelayDeps, startInboundRelay } from '../../relay/inboundRelay.ts';
import { type CoreDoor, createCoreDoor } from './coreDoor.ts';
import { createTestDatabase } from './database.ts';
import { until } from './until.ts';

export const DOMAIN = 'support.test';
export const KEYS: TokenKeys = [{ id: 'k1', key: Buffer.alloc(32, 7) }];

/** A mail of ours, as its receiver knows it. */
export interface Sent {
  readonly key: string;
  readonly messageId: string;
  readonly replyTo: string;
  readonly bouncesTo: string;
  readonly subject: string;
}

/** A row of `inbound_mails`. */
export interface Received {
  readonly id: string;
  readonly stage: string;
  readonly disposition: string | null;
  readonly reason: string | null;
  readonly number: string | null;
  readonly contact: string | null;
  readonly subject: string | null;
  readonly body_new: string | null;
  readonly body_full: string | null;
  readonly body_html: string | null;
  readonly received_at: Date;
  readonly attempts: number;
}

export interface RelayWorld {
  readonly pool: Pool;
  readonly door: CoreDoor;
  readonly port: number;
  /** Lines of the log. */
  readonly logged: string[];
  /** What the listener does with a message; a test may change it. */
  store: (mail: NewInboundMail) => Promise<unknown>;
  /** What name servers say; nothing, unless a test changes it. */
  lookup: DnsLookup;
  startRelay(over?: Partial<InboundRelayDeps>): InboundRelay;
  stopRelays(): Promise<void>;
  /** Opens a request of Claire's and returns its number. */
  openRequest(): Promise<string>;
  /** Asks the customer, so that the request waits; returns the mail that asked. */
  ask(number: string): Promise<Sent>;
  /** A request of Claire's that waits, and the mail that asked her. */
  openWaiting(): Promise<{ readonly number: string; readonly sent: Sent }>;
  /** A mail of ours that the server took. */
  sendOurs(number: string, order: MailOrder, recipient?: string): Promise<Sent>;
  /** Hands a mail to the listener. */
  deliver(mail: SendMailOptions): Promise<void>;
  /** An answer of Claire's to a mail of ours. */
  answerTo(sent: Sent, over?: SendMailOptions): SendMailOptions;
  /** All mails that came in, the first first. */
  received(): Promise<Received[]>;
  /** Waits until that many are there and none is under way. */
  settled(count: number): Promise<Received[]>;
  state(number: string): Promise<RequestState>;
  /** Types of the timeline of a request. */
  timeline(number: string): Promise<string[]>;
  requests(): Promise<string[]>;
  close(): Promise<void>;
}

export const CLAIRE = 'claire@customer.test';

/**
 * Contracts ONE and TWO of family D. On ONE: Claire, Max (both trained), Uma (not trained). Both: `both@customer.test`. The
 * relay is not started.
 */
export async function createRelayWorld(): Promise<RelayWorld> {
  const database = await createTestDatabase();
  const logged: string[] = [];
  const line = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: line, warn: line, error: line };
  const pool = createPool({ connectionString: database.url, log });
  await storeAll(pool);
  const door = createCoreDoor(pool);
  const parser = createMailParser({ timeMs: 3_000 });
  const relays: InboundRelay[] = [];
  let mails = 0;

  const world: RelayWorld = {
    pool,
    door,
    port: 0,
    logged,
    store: (mail) => insertInboundMail(pool, mail),
    lookup: async () => {
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    },
    startRelay(over = {}) {
      const lookup: DnsLookup = (name, type) => world.lookup(name, type);
      const deps = { pool, door, tokenKeys: KEYS, domain: DOMAIN, parser, lookup, log, pauseMs: 100, ...over };
      const relay = startInboundRelay(deps);
      relays.push(relay);
      return relay;
    },
    async stopRelays() {
      await Promise.all(relays.splice(0).map((relay) => relay.close()));
    },
    async openRequest() {
      const number = await registerRequest(pool, {
        contract: 'ONE',
        zone: 'Europe/Paris',
        termsVersion: 1,
        contact: 'claire',
        language: 'fr',
        priority: 'blocking',
        subject: 'Panne',
        description: 'Rien ne va plus.',
        who: 'staff:a1',
        channel: 'phone',
      });
      await door.open(number);
      return number;
    },
    async ask(number) {
      const text = randomUUID();
      await storeText(pool, { id: text, number, body: 'Quelle version ?', author: 'staff:a1' });
      await door.command(number, 'ask', { text, who: 'staff:a1', channel: 'api', commandId: text });
      return await world.sendOurs(number, { kind: 'question', text, automatic: false });
    },
    async openWaiting() {
      const number = await world.openRequest();
      return { number, sent: await world.ask(number) };
    },
    async sendOurs(number, order, recipient = 'contact:claire') {
      mails += 1;
      const key = `request:${number}:mail:${mails}`;
      const token = signReplyToken(KEYS, { number, recipient, mail: key });
      const subject = `[${number}] Question: Panne`;
      const ours = {
        key,
        contentHash: Buffer.alloc(32, mails),
        order,
        number,
        audience: recipient === 'staff' ? 'staff' : 'customer',
        recipient,
        address: CLAIRE,
        messageId: messageIdOf(KEYS, key, DOMAIN),
        token,
        subject,
        text: 'Quelle version ?',
        html: '',
        inReplyTo: undefined,
        references: [],
      } as const;
      await insertOutboundMail(pool, ours, 0);
      await pool.query(`UPDATE outbound_mails SET status = 'accepted', ended_at = now() WHERE key = $1`, [key]);
      return {
        key,
        messageId: messageIdOf(KEYS, key, DOMAIN),
        replyTo: replyAddress(token, DOMAIN),
        bouncesTo: bounceAddress(token, DOMAIN),
        subject,
      };
    },
    async deliver(mail) {
      await transporter.sendMail(mail);
    },
    answerTo: (sent, over = {}) => ({
      from: CLAIRE,
      to: sent.replyTo,
      subject: `Re: ${sent.subject}`,
      inReplyTo: sent.messageId,
      references: [sent.messageId],
      text: 'La 4.2.\n\nLe 20/11/2026 à 10:02, Support a écrit :\n> Quelle version ?\n',
      ...over,
    }),
    async received() {
      const { rows } = await pool.query<Received>('SELECT * FROM inbound_mails ORDER BY received_at, id');
      return rows;
    },
    settled: (count) =>
      until(
        async () => {
          const rows = await world.received();
          return rows.length === count && rows.every(({ stage }) => stage !== 'received') ? rows : false;
        },
        { timeoutMs: 20_000 },
      ),
    async state(number) {
      const state = (await readRequestRow(pool, number))?.state;
      if (!state) throw new Error(`${number} has no state`);
      return state;
    },
    async timeline(number) {
      const { rows } = await pool.query<{ type: string }>(
        'SELECT type FROM timeline WHERE number = $1 ORDER BY seq, line',
        [number],
      );
      return rows.map(({ type }) => type);
    },
    async requests() {
      const { rows } = await pool.query<{ number: string }>('SELECT number FROM requests ORDER BY number');
      return rows.map(({ number }) => number);
    },
    async close() {
      transporter.close();
      await listener.close();
      await world.stopRelays();
      await parser.close();
      await pool.end();
      await database.drop();
    },
  };

  const listener: InboundListener = await startInboundListener({
    host: '127.0.0.1',
    port: 0,
    domain: DOMAIN,
    store: (mail) => world.store(mail),
    log,
  });
  const transporter: Transporter = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });
  return Object.assign(world, { port: listener.port });
}

async function storeAll(pool: Pool): Promise<void> {
  const parsed = parseTerms(anomalySupport({ customer: 'Customer', provider: 'Support' }));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  for (const reference of ['ONE', 'TWO']) {
    await storeContract(pool, { reference, terms: parsed.terms });
    await storeTerms(pool, reference, 1, '2026-01-01', parsed.terms);
    const both = { id: `both-${reference}`, contract: reference, name: 'Both', email: 'both@customer.test' };
    await storeContact(pool, { ...both, language: 'fr', trained: true });
  }
  for (const [id, trained] of [
    ['claire', true],
    ['max', true],
    ['uma', false],
  ] as const) {
    const person = { id, contract: 'ONE', name: id, email: `${id}@customer.test`, language: 'fr', trained } as const;
    await storeContact(pool, person);
  }
}
