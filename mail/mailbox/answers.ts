/** What the customer does with a mail: answer it, be away, not exist; or write a new one. Sent by real SMTP. */
import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { MailboxMessage } from './messages.ts';

/** Ways in which the mailbox answers a mail. */
export const ANSWER_KINDS = ['answer', 'outOfOffice', 'bounce'] as const;
/** One of them. */
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** A mail that somebody writes in the mailbox. */
export interface NewMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends as the customer, to the inbound listener. Each resolves to the Message-ID, or throws what the listener says. */
export interface Correspondent {
  /** `to`: one of the action addresses that the mail offers; without it where answers go. */
  answer(message: MailboxMessage, kind: AnswerKind, text: string, to?: string): Promise<string>;
  write(mail: NewMail): Promise<string>;
}

/** A customer whose mail server hands its mails to `host:port`. */
export function createCorrespondent(host: string, port: number): Correspondent {
  const transporter = createTransport({
    host,
    port,
    ignoreTLS: true,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 15_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async answer(message, kind, text, to) {
      const messageId = newMessageId(message.to);
      switch (kind) {
        case 'answer':
          await transporter.sendMail({
            messageId,
            ...answering(message, to),
            subject: /^re\s*:/i.test(message.subject) ? message.subject : `Re: ${message.subject}`,
            text: `${text.trimEnd()}\n\n${quoted(message)}`,
          });
          break;
        case 'outOfOffice':
          await transporter.sendMail({
            messageId,
            ...answering(message, to),
            subject: `${isFrench(message) ? 'Réponse automatique : ' : 'Automatic reply: '}${message.subject}`,
            text: text.trim() === '' ? away(message) : text,
            headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' },
          });
          break;
        case 'bounce':
          await transporter.sendMail({
            envelope: { from: false, to: [message.envelopeFrom] },
            raw: deliveryReport(message, messageId),
          });
          break;
      }
      return messageId;
    },
    async write({ from, to, subject, text }) {
      const messageId = newMessageId(from);
      await transporter.sendMail({ messageId, from: address(from), to: address(to), subject, text });
      return messageId;
    },
  };
}

function answering(message: MailboxMessage, to = message.replyTo) {
  return {
    from: address(message.to),
    to: address(to),
    inReplyTo: message.messageId,
    references: [...message.references, message.messageId],
  };
}

/** One address, never a list of them. */
function address(text: string): { name: string; address: string } {
  return { name: '', address: text };
}

function isFrench(message: MailboxMessage): boolean {
  return message.html.includes('<html lang="fr"');
}

function quoted(message: MailboxMessage): string {
  const date = new Date(message.receivedAt);
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' } as const;
  const lead = isFrench(message)
    ? `Le ${date.toLocaleString('fr-FR', format)}, ${message.from} a écrit :`
    : `On ${date.toLocaleString('en-GB', format)}, ${message.from} wrote:`;
  const lines = message.text.trimEnd().split('\n');
  return [lead, ...lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())), ''].join('\n');
}

function away(message: MailboxMessage): string {
  return isFrench(message)
    ? 'Bonjour,\n\nJe suis absent(e) jusqu’à lundi et répondrai à votre message à mon retour.\n'
    : 'Hello,\n\nI am out of the office until Monday and will answer when I am back.\n';
}

/** A delivery status notification (RFC 3464) for a mail that was accepted and could not be delivered after all. */
function deliveryReport(message: MailboxMessage, messageId: string): string {
  const host = domainOf(message.to);
  const boundary = `report-${randomUUID()}`;
  return [
    `From: Mail Delivery Subsystem <MAILER-DAEMON@${host}>`,
    `To: <${message.envelopeFrom}>`,
    'Subject: Undelivered Mail Returned to Sender',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `Your message could not be delivered to <${message.to}>.`,
    'The mailbox does not exist.',
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${host}`,
    '',
    `Final-Recipient: rfc822; ${message.to}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user here',
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    message.rawHeaders.replace(/\r?\n/g, '\r\n'),
    '',
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function newMessageId(sender: string): string {
  return `<${randomUUID()}@${domainOf(sender)}>`;
}

function domainOf(mailAddress: string): string {
  const domain = mailAddress.slice(mailAddress.lastIndexOf('@') + 1).toLowerCase();
  return /^[a-z0-9.-]{1,200}$/.test(domain) ? domain : 'mailbox.example';
}
