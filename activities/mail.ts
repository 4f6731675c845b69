/** Sends the mails that the core orders: each once, by a row of its own that outlives every attempt. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { contentHash } from '../db/contentHash.ts';
import {
  type AnswerSince,
  type MailSubject,
  readAnswerSince,
  readLastAsked,
  readMailSubject,
  readMessageToLookAt,
  readText,
  readThread,
} from '../db/mailFacts.ts';
import {
  claimOutboundMail,
  endOutboundMail,
  findOutboundMail,
  insertOutboundMail,
  type MailEnd,
  type NewOutboundMail,
  type OutboundMail,
  releaseOutboundMail,
} from '../db/outboundMails.ts';
import { errorCode, type Queryable } from '../db/pool.ts';
import { type MailOrder, STAFF_MAILS } from '../domain/effects.ts';
import { composeMessage, type MailSender, threadable } from '../mail/compose.ts';
import { messageIdOf } from '../mail/messageId.ts';
import type { Language } from '../mail/templates/letter.ts';
import { type MailFacts, renderMail } from '../mail/templates/mails.ts';
import { signReplyToken, type TokenKeys } from '../mail/tokens.ts';
import type { MailTransport } from '../mail/transport.ts';
import type { MailOutcome, RequestActivities, SendMail } from '../workflows/messages.ts';

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

/** Bounds of one attempt, below the start-to-close of 20 s; a claim outlasts the attempt that took it. Milliseconds. */
const SENDING_MS = 14_000;
const CLAIM_MS = 25_000;

/** The mail activity. Failures: `EffectConflict`, never retried; all others are to be tried again. */
export function createMailActivities(deps: MailActivitiesDeps): Pick<RequestActivities, 'sendMail'> {
  return {
    async sendMail(input) {
      const content = contentHash({ number: input.number, order: input.order });
      const found = await findOutboundMail(deps.pool, input.key);
      const { mail, isClaimed } = found ? { mail: found, isClaimed: false } : await writeMail(deps, input, content);
      if (!mail.contentHash.equals(content)) {
        throw ApplicationFailure.nonRetryable('the same effect key was used for another mail', 'EffectConflict');
      }
      if (mail.ended) return outcomeOf(mail.ended);
      if (!isClaimed && !(await claimOutboundMail(deps.pool, mail.key, CLAIM_MS))) {
        return await endOfOtherAttempt(deps, mail);
      }

      const answer = await answerTo(deps, mail).catch((error: unknown) => {
        // nothing was sent: the next attempt need not wait for the claim to run out
        return giveBack(deps, mail, errorCode(error) ?? 'database error');
      });
      if (answer === 'answered') return await end(deps, mail, 'superseded', Date.now());
      if (answer === 'unread') return await giveBack(deps, mail, 'unread answer');
      return await send(deps, mail);
    },
  };
}

/** Renders the mail once and stores it, taken for this attempt; every attempt sends the same. */
async function writeMail(
  deps: MailActivitiesDeps,
  input: SendMail,
  content: Buffer,
): ReturnType<typeof insertOutboundMail> {
  const { key, number, order } = input;
  const about = await readMailSubject(deps.pool, number);
  const forStaff = STAFF_MAILS.some((kind) => kind === order.kind);
  const staff = about.assignee
    ? { address: about.assignee.email, language: about.assignee.language }
    : deps.staffAlerts;
  const recipient = forStaff ? 'staff' : `contact:${about.contact.id}`;
  const facts = await factsOf(deps, input, about, forStaff ? staff.language : about.contact.language);
  const thread = forStaff ? [] : (await readThread(deps.pool, number)).flatMap((id) => threadable(id) ?? []);
  const mail = {
    key,
    contentHash: content,
    order,
    number,
    audience: forStaff ? 'staff' : 'customer',
    recipient,
    address: forStaff ? staff.address : about.contact.email,
    messageId: messageIdOf(deps.tokenKeys, key, deps.sender.domain),
    token: signReplyToken(deps.tokenKeys, { number, recipient, mail: key }),
    ...renderMail(order, facts),
    inReplyTo: thread.at(-1),
    references: thread,
  } satisfies NewOutboundMail;
  return await insertOutboundMail(deps.pool, mail, CLAIM_MS);
}

async function factsOf(
  deps: MailActivitiesDeps,
  { number, order }: SendMail,
  about: MailSubject,
  language: Language,
): Promise<MailFacts> {
  const priority = 'priority' in order ? about.priorityLabels[order.priority]?.[language] : undefined;
  const exclusion = order.kind === 'refusal' ? about.exclusionWords[order.exclusion]?.[language] : undefined;
  const text = 'text' in order && order.text !== undefined ? await readText(deps.pool, number, order.text) : undefined;
  const asked = order.kind === 'reminder' ? await readLastAsked(deps.pool, number, askedBy(order)) : undefined;
  const message =
    order.kind === 'task' && order.mail !== undefined ? await readMessageToLookAt(deps.pool, order.mail) : undefined;
  return {
    number,
    subject: about.subject,
    language,
    zone: about.zone,
    signature: deps.sender.name,
    contract: about.contract,
    customer: about.customer,
    contact: about.contact,
    ...(priority === undefined ? {} : { priority }),
    ...(exclusion === undefined ? {} : { exclusion }),
    ...(text === undefined ? {} : { text }),
    ...(asked === undefined ? {} : { asked }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Which of our mails a reminder reminds of. */
function askedBy(order: Extract<MailOrder, { kind: 'reminder' }>): readonly ('question' | 'workaround' | 'fix')[] {
  switch (order.waitingFor) {
    case 'information':
      return ['question'];
    case 'confirmation':
      return [order.proposal ?? 'fix'];
    case 'production':
      return [];
  }
}

async function answerTo(deps: MailActivitiesDeps, { order, number }: OutboundMail): Promise<AnswerSince> {
  if (order.kind !== 'reminder' && order.kind !== 'closing') return 'none';
  if (order.waitingSince === undefined) return 'none';
  return await readAnswerSince(deps.pool, number, order.waitingSince, order.kind);
}

async function send(deps: MailActivitiesDeps, mail: OutboundMail): Promise<MailOutcome> {
  const cancelled = Context.current().cancellationSignal;
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(SENDING_MS)]);
  const delivery = await deps.transport.send(composeMessage(mail, deps.sender), signal);
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
