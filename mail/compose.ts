/** From a stored mail to a message with its addresses and headers. */
import type { MailOrder } from '../domain/effects.ts';
import type { EscalationMailOrder } from '../domain/escalation/effects.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { InterventionMailOrder } from '../domain/intervention/effects.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import { isAutomaticInterventionMail } from './templates/interventionMails.ts';
import { isAutomatic } from './templates/mails.ts';
import { isAutomaticEscalationMail } from './templates/publisherMails.ts';
import { actionAddress, bounceAddress, replyAddress } from './tokens.ts';
import type { AttachedFile, OutgoingMessage } from './transport.ts';

/** Who we are in mails. */
export interface MailSender {
  /** Display name, also the signature. */
  readonly name: string;
  /** Domain of our addresses and Message-IDs. */
  readonly domain: string;
}

/** The part of a stored mail that is sent. */
interface StoredPart {
  readonly number: string;
  readonly address: string;
  readonly messageId: string;
  readonly token: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
}

/** A stored mail about a request. */
export interface StoredMail extends StoredPart {
  readonly order: MailOrder;
  readonly audience: 'staff' | 'customer';
}

/** A stored mail about an intervention. */
export interface StoredInterventionMail extends StoredPart {
  readonly intervention: InterventionId;
  readonly order: InterventionMailOrder;
  readonly audience: 'staff' | 'customer';
}

/** A stored mail about an escalation. */
export interface StoredEscalationMail extends StoredPart {
  readonly escalation: EscalationId;
  readonly order: EscalationMailOrder;
  readonly audience: 'staff' | 'publisher';
}

/**
 * Addresses and headers of a message. Answers of customers go to the reply address; every mail's bounces go to its own
 * bounce address. What a machine wrote says so (RFC 3834), so that no machine answers it.
 */
export function composeMessage(mail: StoredMail, sender: MailSender): OutgoingMessage {
  const replyTo = mail.audience === 'customer' ? replyAddress(mail.token, sender.domain) : undefined;
  return compose(mail, sender, replyTo, {
    'X-Relance-Request': mail.number,
    ...(isAutomatic(mail.order) ? automaticHeaders(mail) : {}),
  });
}

/** As `composeMessage`, for an escalation. `noteToken`: where a publisher's plain reply goes; staff's goes nowhere. */
export function composeEscalationMessage(
  mail: StoredEscalationMail,
  sender: MailSender,
  noteToken: string | undefined,
  attachments: readonly AttachedFile[],
): OutgoingMessage {
  const replyTo = noteToken === undefined ? undefined : actionAddress('note', noteToken, sender.domain);
  const message = compose(mail, sender, replyTo, {
    'X-Relance-Escalation': mail.escalation,
    ...(isAutomaticEscalationMail(mail.order) ? GENERATED : {}),
  });
  return { ...message, attachments };
}

/** As `composeMessage`, for an intervention: a reply is an answer on its request, and decides nothing. */
export function composeInterventionMessage(mail: StoredInterventionMail, sender: MailSender): OutgoingMessage {
  const replyTo = mail.audience === 'customer' ? replyAddress(mail.token, sender.domain) : undefined;
  return compose(mail, sender, replyTo, {
    'X-Relance-Request': mail.number,
    'X-Relance-Intervention': mail.intervention,
    ...(isAutomaticInterventionMail(mail.order) ? GENERATED : {}),
  });
}

function compose(
  mail: StoredPart,
  sender: MailSender,
  replyTo: string | undefined,
  headers: Readonly<Record<string, string>>,
): OutgoingMessage {
  return {
    from: { name: sender.name, address: `sr@${sender.domain}` },
    to: mail.address,
    ...(replyTo === undefined ? {} : { replyTo }),
    bouncesTo: bounceAddress(mail.token, sender.domain),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo }),
    references: mail.references,
    headers,
  };
}

/** A Message-ID as a header has it, in angle brackets; undefined when it is none, whatever a stranger's mail says. */
export function threadable(messageId: string): string | undefined {
  const bare = messageId.trim().replace(/^<|>$/g, '');
  return /^[\x21-\x7e]{1,250}$/.test(bare) && !/[<>]/.test(bare) ? `<${bare}>` : undefined;
}

const GENERATED = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' } as const;

function automaticHeaders(mail: StoredMail): Readonly<Record<string, string>> {
  // a receipt that hangs on the customer's own mail answers it
  const replied = mail.order.kind === 'receipt' && mail.inReplyTo !== undefined;
  return replied ? { ...GENERATED, 'Auto-Submitted': 'auto-replied' } : GENERATED;
}
