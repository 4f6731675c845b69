/** From a stored mail to a message with its addresses and headers. */
import type { MailOrder } from '../domain/effects.ts';
import { isAutomatic } from './templates/mails.ts';
import { bounceAddress, replyAddress } from './tokens.ts';
import type { OutgoingMessage } from './transport.ts';

/** Who we are in mails. */
export interface MailSender {
  /** Display name, also the signature. */
  readonly name: string;
  /** Domain of our addresses and Message-IDs. */
  readonly domain: string;
}

/** The part of a stored mail that is sent. */
export interface StoredMail {
  readonly order: MailOrder;
  readonly number: string;
  readonly audience: 'staff' | 'customer';
  readonly address: string;
  readonly messageId: string;
  readonly token: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
}

/**
 * Addresses and headers of a message. Answers of customers go to the reply address; every mail's bounces go to its own
 * bounce address. What a machine wrote says so (RFC 3834), so that no machine answers it.
 */
export function composeMessage(mail: StoredMail, sender: MailSender): OutgoingMessage {
  return {
    from: { name: sender.name, address: `sr@${sender.domain}` },
    to: mail.address,
    ...(mail.audience === 'customer' ? { replyTo: replyAddress(mail.token, sender.domain) } : {}),
    bouncesTo: bounceAddress(mail.token, sender.domain),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo }),
    references: mail.references,
    headers: {
      'X-Relance-Request': mail.number,
      ...(isAutomatic(mail.order) ? automaticHeaders(mail) : {}),
    },
  };
}

/** A Message-ID as a header has it, in angle brackets; undefined when it is none, whatever a stranger's mail says. */
export function threadable(messageId: string): string | undefined {
  const bare = messageId.trim().replace(/^<|>$/g, '');
  return /^[\x21-\x7e]{1,250}$/.test(bare) && !/[<>]/.test(bare) ? `<${bare}>` : undefined;
}

function automaticHeaders(mail: StoredMail): Readonly<Record<string, string>> {
  // a receipt that hangs on the customer's own mail answers it
  const replied = mail.order.kind === 'receipt' && mail.inReplyTo !== undefined;
  return {
    'Auto-Submitted': replied ? 'auto-replied' : 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  };
}
