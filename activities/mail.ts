/** Sends the mails that the core orders for a request. */
import { contentHash } from '../db/contentHash.ts';
import {
  type MailSubject,
  readAnswerSince,
  readLastAsked,
  readMailSubject,
  readMessageToLookAt,
  readText,
  readThread,
} from '../db/mailFacts.ts';
import { insertOutboundMail, type NewOutboundMail, type OutboundMail } from '../db/outboundMails.ts';
import { type MailOrder, STAFF_MAILS } from '../domain/effects.ts';
import type { Language } from '../domain/languages.ts';
import { composeMessage, threadable } from '../mail/compose.ts';
import { messageIdOf } from '../mail/messageId.ts';
import { type MailFacts, renderMail } from '../mail/templates/mails.ts';
import { signReplyToken } from '../mail/tokens.ts';
import type { OutgoingMessage } from '../mail/transport.ts';
import type { RequestActivities, SendMail } from '../workflows/messages.ts';
import { CLAIM_MS, type MailActivitiesDeps, type OrderedMail, sendOrdered } from './orderedMail.ts';

/** The mail activity. Failures: `EffectConflict`, never retried; all others are to be tried again. */
export function createMailActivities(deps: MailActivitiesDeps): Pick<RequestActivities, 'sendMail'> {
  return {
    async sendMail(input) {
      const content = contentHash({ number: input.number, order: input.order });
      return await sendOrdered(deps, {
        key: input.key,
        content,
        write: () => writeMail(deps, input, content),
        standing: (mail) => standingOf(deps, mail),
        compose: async (mail) => messageOf(deps, mail),
      });
    },
  };
}

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

async function standingOf(deps: MailActivitiesDeps, mail: OutboundMail): ReturnType<OrderedMail['standing']> {
  if (mail.escalation !== undefined || mail.intervention !== undefined) return 'send';
  const { order, number } = mail;
  if (order.kind !== 'reminder' && order.kind !== 'closing') return 'send';
  if (order.waitingSince === undefined) return 'send';
  switch (await readAnswerSince(deps.pool, number, order.waitingSince, order.kind)) {
    case 'none':
      return 'send';
    case 'answered':
      return 'overtaken';
    case 'unread':
      return 'wait';
  }
}

function messageOf(deps: MailActivitiesDeps, mail: OutboundMail): OutgoingMessage {
  if (mail.escalation !== undefined || mail.intervention !== undefined) {
    throw new Error('a mail of something else has the key of a request’s');
  }
  return composeMessage(mail, deps.sender);
}
