/** Moves committed mails on: decides each, then delivers it to its workflow until that succeeds. Several may run. */
import { trace } from '@opentelemetry/api';
import type { Pool } from 'pg';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import { deliverMail, type MailDoor } from '../client/mailDelivery.ts';
import type { EscalationsForMail } from '../client/publisherMails.ts';
import { isAway } from '../client/unavailable.ts';
import {
  AlreadyDecided,
  claimUndecided,
  claimUndelivered,
  DECISION_ATTEMPTS,
  type DecidedMail,
  INBOUND_CHANNEL,
  postponeMail,
  type UndecidedMail,
} from '../db/inboundMails.ts';
import { isDatabaseAway } from '../db/pool.ts';
import { Refusal } from '../domain/failures.ts';
import { checkAuthenticity, type DnsLookup } from '../mail/inbound/authenticity.ts';
import type { MailParser } from '../mail/inbound/parse.ts';
import type { TokenKeys } from '../mail/tokens.ts';
import { within } from '../tracing/spans.ts';
import { type DecideDeps, decideMail, giveUpDeciding } from './decide.ts';
import { errorName } from './errorName.ts';
import { whileLeased } from './lease.ts';
import { listenFor } from './listening.ts';
import { startLoop } from './loop.ts';

/** What relaying needs. */
export interface InboundRelayDeps {
  readonly pool: Pool;
  readonly door: MailDoor;
  /** Where publishers' mails go; without it they wait. */
  readonly escalations?: EscalationsForMail;
  /** Where bounces of interventions' mails go; without it they wait. */
  readonly interventions?: Pick<InterventionDoor, 'mailBounced'>;
  readonly tokenKeys: TokenKeys;
  /** Our domain. */
  readonly domain: string;
  readonly parser: Pick<MailParser, 'parse'>;
  readonly lookup: DnsLookup;
  readonly log: RelayLog;
  /** Longest pause between two looks for work, milliseconds; 2 seconds without it. */
  readonly pauseMs?: number;
  /** How long a mail is kept from other relays after this one has died, seconds; 10 without it. */
  readonly leaseSeconds?: number;
}

/** The log that relaying writes: ids and codes. */
export interface RelayLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A relay that runs. */
export interface InboundRelay {
  /** Ends what is under way and begins nothing more. */
  close(): Promise<void>;
}

/** Mails delivered at the same time, each of another request. */
const DELIVERIES = 10;
const tracer = trace.getTracer('relance/relay');
const FIRST_RETRY_SECONDS = 0.5;
const LONGEST_RETRY_SECONDS = 60;

/** Starts to relay. */
export function startInboundRelay(deps: InboundRelayDeps): InboundRelay {
  const { pool, log, pauseMs = 2_000, leaseSeconds = 10 } = deps;
  const deciding: DecideDeps = {
    ...deps,
    authenticity: (mail) => checkAuthenticity(mail, deps),
  };

  const decisions = startLoop(
    async () => {
      const mail = await claimUndecided(pool, leaseSeconds);
      if (!mail) return false;
      await whileLeased(pool, mail, leaseSeconds, () => decide(deciding, deps, mail));
      deliveries.ring();
      return true;
    },
    { name: 'decisions', pauseMs, log },
  );
  const deliveries = startLoop(
    async () => {
      const mails = await claimUndelivered(pool, leaseSeconds, DELIVERIES);
      await Promise.all(mails.map((mail) => whileLeased(pool, mail, leaseSeconds, () => deliver(deps, mail))));
      return mails.length > 0;
    },
    { name: 'deliveries', pauseMs, log },
  );
  const listening = listenFor(pool, INBOUND_CHANNEL, decisions.ring);

  return {
    async close() {
      await listening.close();
      await decisions.close();
      await deliveries.close();
    },
  };
}

async function decide(deciding: DecideDeps, { parser, log }: InboundRelayDeps, mail: UndecidedMail): Promise<void> {
  try {
    // What ended the process each time is not tried again.
    if (mail.attempts > DECISION_ATTEMPTS) return await giveUpDeciding(deciding, mail);
    await decideMail(deciding, mail, await parser.parse(mail.raw));
  } catch (error) {
    if (error instanceof AlreadyDecided) return;
    if (isDatabaseAway(error)) throw error;
    log.error({ mail: mail.id, error: errorName(error) }, 'a mail could not be decided');
    await postpone(deciding.pool, mail, error);
  }
}

async function deliver({ log, ...deps }: InboundRelayDeps, mail: DecidedMail): Promise<void> {
  try {
    const span = tracer.startSpan(`deliver ${mail.disposition}`, { attributes: { 'relance.mail.id': mail.id } });
    await within(span, () => deliverMail(deps, mail));
    const { id, number, escalation, disposition } = mail;
    log.info({ mail: id, number, ...(escalation === null ? {} : { escalation }), disposition }, 'mail relayed');
  } catch (error) {
    const fields = { mail: mail.id, number: mail.number, error: errorName(error) };
    if (isAway(error)) log.warn(fields, 'a mail waits to be relayed');
    else log.error(fields, 'a mail could not be relayed');
    // One that went back to staff is another's now: nothing to put off.
    if (error instanceof Refusal && (mail.disposition === 'answer' || mail.disposition === 'accepted')) return;
    await postpone(deps.pool, mail, error).catch(() => {});
  }
}

/** The lease ends by itself should this fail. */
async function postpone(pool: Pool, mail: UndecidedMail | DecidedMail, error: unknown): Promise<void> {
  const seconds = Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(mail.attempts - 1, 10));
  await postponeMail(pool, mail.id, seconds, errorName(error));
}
