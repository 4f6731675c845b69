/** An ordered mail is sent once: by a row of its own, written before sending, that outlives every attempt. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import {
  claimOutboundMail,
  endOutboundMail,
  findOutboundMail,
  type MailEnd,
  type OutboundMail,
  releaseOutboundMail,
} from '../db/outboundMails.ts';
import { errorCode, type Queryable } from '../db/pool.ts';
import type { EffectKey } from '../domain/effects.ts';
import type { Language } from '../domain/languages.ts';
import type { MailSender } from '../mail/compose.ts';
import type { TokenKeys } from '../mail/tokens.ts';
import type { MailTransport, OutgoingMessage } from '../mail/transport.ts';
import type { MailOutcome } from '../workflows/messages.ts';

/** What sending mails needs. */
export interface MailActivitiesDeps {
  readonly pool: Queryable;
  readonly transport: MailTransport;
  readonly tokenKeys: TokenKeys;
  readonly sender: MailSender;
  /** Where staff mails go when the request has no active assignee. */
  readonly staffAlerts: { readonly address: string; readonly language: Language };
  readonly logger: { warn(facts: object, message: string): void; error(facts: object, message: string): void };
}

/** A mail that is ordered, and what it takes to write and to send it. */
export interface OrderedMail {
  readonly key: EffectKey;
  /** Hash of the order: the same key with another is a conflict. */
  readonly content: Buffer;
  /** Renders the mail once and stores it, taken for this attempt; every attempt sends the same. */
  write(): Promise<{ readonly mail: OutboundMail; readonly isClaimed: boolean }>;
  /** Whether it is worth sending still. `wait`: that will be known in a moment. */
  standing(mail: OutboundMail): Promise<'send' | 'overtaken' | 'wait'>;
  compose(mail: OutboundMail): Promise<OutgoingMessage>;
}

/** Bound of one attempt, below the start-to-close of 20 s. Milliseconds. */
const SENDING_MS = 14_000;
/** For how long an attempt takes a mail: longer than it lasts itself. Milliseconds. */
export const CLAIM_MS = 25_000;

/** Sends it, unless that was done. Failures: `EffectConflict`, never retried; all others are to be tried again. */
export async function sendOrdered(deps: MailActivitiesDeps, ordered: OrderedMail): Promise<MailOutcome> {
  const found = await findOutboundMail(deps.pool, ordered.key);
  const { mail, isClaimed } = found ? { mail: found, isClaimed: false } : await ordered.write();
  if (!mail.contentHash.equals(ordered.content)) {
    throw ApplicationFailure.nonRetryable('the same effect key was used for another mail', 'EffectConflict');
  }
  if (mail.ended) return outcomeOf(mail.ended);
  if (!isClaimed && !(await claimOutboundMail(deps.pool, mail.key, CLAIM_MS))) {
    return await endOfOtherAttempt(deps, mail);
  }

  // nothing is sent yet: after a failure the next attempt need not wait for the claim to run out
  const failed = (error: unknown) => giveBack(deps, mail, errorCode(error) ?? 'database error');
  const standing = await ordered.standing(mail).catch(failed);
  if (standing === 'overtaken') return await end(deps, mail, 'superseded', Date.now());
  if (standing === 'wait') return await giveBack(deps, mail, 'unread answer');
  return await send(deps, mail, await ordered.compose(mail).catch(failed));
}

async function send(deps: MailActivitiesDeps, mail: OutboundMail, message: OutgoingMessage): Promise<MailOutcome> {
  const cancelled = Context.current().cancellationSignal;
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(SENDING_MS)]);
  const delivery = await deps.transport.send(message, signal);
  switch (delivery.result) {
    case 'accepted':
      return await end(deps, mail, 'accepted', delivery.at);
    case 'refused':
      deps.logger.warn({ number: mail.number, kind: mail.kind, reason: delivery.reason }, 'mail refused for good');
      return await end(deps, mail, 'refused', delivery.at, delivery.reason);
    case 'retry':
      if (delivery.ours) {
        deps.logger.error(
          { reason: delivery.reason },
          'the mail server refuses us, not the recipient: look at SMTP_URL',
        );
      }
      return await giveBack(deps, mail, delivery.reason, cancelled.aborted);
  }
}

/** Marks the end. The server has the mail by then, so a moment's trouble with Postgres must not send it twice. */
async function end(
  deps: MailActivitiesDeps,
  mail: OutboundMail,
  status: MailEnd,
  at: number,
  reason?: string,
): Promise<MailOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return outcomeOf(await endOutboundMail(deps.pool, mail.key, status, at, reason));
    } catch (error) {
      if (attempt === 4) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 300));
    }
  }
}

/** Lets the next attempt have the mail at once. */
async function giveBack(deps: MailActivitiesDeps, mail: OutboundMail, why: string, cancelled = false): Promise<never> {
  await releaseOutboundMail(deps.pool, mail.key, why);
  if (cancelled) throw new CancelledFailure('sending was cancelled');
  throw ApplicationFailure.retryable(`mail not sent yet: ${why}`);
}

async function endOfOtherAttempt(deps: MailActivitiesDeps, mail: OutboundMail): Promise<MailOutcome> {
  const ended = (await findOutboundMail(deps.pool, mail.key))?.ended;
  if (ended) return outcomeOf(ended);
  throw ApplicationFailure.create({
    message: 'another attempt is sending this mail',
    nextRetryDelay: '2 seconds',
    category: ApplicationFailureCategory.BENIGN,
  });
}

function outcomeOf(ended: { readonly status: MailEnd; readonly at: Date }): MailOutcome {
  return { result: ended.status, at: ended.at.getTime() };
}
