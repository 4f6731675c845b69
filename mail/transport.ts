/** Hands one message to the mail server, and tells whose fault it is when that fails. */
import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { createTransport } from 'nodemailer';
import { within } from '../tracing/spans.ts';

/** A message ready to go. Addresses are single ones, without a display name unless said. */
export interface OutgoingMessage {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly replyTo?: string;
  /** Envelope sender: where bounces go. */
  readonly bouncesTo: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With angle brackets, as all Message-IDs here. */
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments?: readonly AttachedFile[];
}

/** A file that goes with a message. */
export interface AttachedFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly content: Buffer;
}

/**
 * How handing over ended. `at`: epoch milliseconds of the server's answer. `reason`: reply and enhanced codes or an error
 * code, never words of the server, which may name people.
 */
export type Delivery =
  | { readonly result: 'accepted'; readonly at: number }
  /** For good: about this recipient or this content. */
  | { readonly result: 'refused'; readonly at: number; readonly reason: string }
  /** `ours`: nothing to do with the recipient (login, policy, sender): someone has to look at our configuration. */
  | { readonly result: 'retry'; readonly reason: string; readonly ours: boolean };

/** Hands mails to the mail server. */
export interface MailTransport {
  /** Never throws for what a server or a network does. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<Delivery>;
  close(): void;
}

/** Timeouts of one connection, milliseconds; the whole sending is bounded by the caller's signal. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 5_000, greetingTimeout: 8_000, socketTimeout: 12_000 };

/** nodemailer reads anything else as a list of addresses, and would write to all of them. */
const ONE_ADDRESS = /^[^\s<>()[\]\\,;:"@]{1,64}@[^\s<>()[\]\\,;:"@]{1,255}$/;

const tracer = trace.getTracer('relance/mail');

/**
 * Connections stay for a while: of many mails at once most need no greeting, no TLS and no login of their own. As many as mail servers
 * commonly bear from one client; each ends before the server or the socket's time limit would end it. A connection that turns out to be
 * cut before a byte of a message was sent is replaced once; all else is the caller's to try again.
 */
const CONNECTIONS = { pool: true, maxConnections: 20, maxMessages: 100, idleTimeout: 8_000, maxRequeues: 1 } as const;

/** Sends through the server of `url` (`smtp://user:password@host:port`, or `smtps://`). */
export function createMailTransport(url: string): MailTransport {
  const transporter = createTransport({
    url,
    ...CONNECTIONS,
    ...TIMEOUTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const send: MailTransport['send'] = async (message, signal) => {
    if (!ONE_ADDRESS.test(message.to)) return { result: 'refused', at: Date.now(), reason: 'not an address' };
    try {
      await transporter.sendMail({
        from: { ...message.from },
        to: { name: '', address: message.to },
        ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
        envelope: { from: message.bouncesTo, to: [message.to] },
        subject: message.subject,
        text: message.text,
        html: message.html,
        messageId: message.messageId,
        ...(message.inReplyTo === undefined ? {} : { inReplyTo: message.inReplyTo }),
        references: [...message.references],
        headers: { ...message.headers },
        attachments: (message.attachments ?? []).map(({ name, type, content }) => ({
          filename: name,
          contentType: type,
          content,
        })),
        signal,
      });
      return { result: 'accepted', at: Date.now() };
    } catch (error) {
      return judge(error, Date.now());
    }
  };
  return {
    send(message, signal) {
      const span = tracer.startSpan('SMTP send', { kind: SpanKind.CLIENT });
      return within(span, async () => noted(span, await send(message, signal)));
    },
    close: () => transporter.close(),
  };
}

/** A mail that is not accepted is no failure of the span's: what became of it is said. */
function noted(span: Span, delivery: Delivery): Delivery {
  span.setAttribute('relance.mail.result', delivery.result);
  if (delivery.result !== 'accepted') span.setAttribute('relance.mail.reason', delivery.reason);
  return delivery;
}

/** What nodemailer says about a failure; only its codes are used. */
interface SmtpFailure {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** Errors that no reply code explains and that are our configuration's: login, TLS, a sender that is no address. */
const OUR_ERRORS = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'ECONFIG', 'EPROXY']);

/**
 * Judges a failed sending. A connection cut after DATA and before its answer is a retry: whether the server kept the
 * message is unknown, and the same Message-ID lets the receiver see one.
 */
export function judge(error: unknown, at: number): Delivery {
  const { code = 'ERROR', command = '', responseCode, response = '' } = error as SmtpFailure;
  if (responseCode === undefined) {
    // nodemailer's own look at the message, before a byte was sent
    if (code === 'EMESSAGE' && command === 'MAIL FROM') return { result: 'refused', at, reason: 'too large' };
    return { result: 'retry', reason: code, ours: OUR_ERRORS.has(code) || code === 'EENVELOPE' };
  }
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
  const reason = enhanced === '' ? String(responseCode) : `${responseCode} ${enhanced}`;
  if (responseCode < 500) return { result: 'retry', reason, ours: false };
  return isForGood(command, responseCode, enhanced)
    ? { result: 'refused', at, reason }
    : { result: 'retry', reason, ours: true };
}

/** Whether a 5xx reply is about this recipient or this content, and not about us. */
function isForGood(command: string, code: number, enhanced: string): boolean {
  const aboutUs = code === 530 || code === 535 || code === 538 || (code >= 500 && code <= 504);
  if (aboutUs) return false;
  switch (command) {
    case 'RCPT TO':
      // 5.7.x there says: not from you (relaying denied, host blocked), whoever the recipient is
      return !enhanced.startsWith('5.7.');
    case 'DATA':
      return true;
    case 'MAIL FROM':
      // the sender is ours; only the size is the message's
      return code === 552 || enhanced === '5.3.4';
    default:
      return false; // greeting, EHLO, STARTTLS, AUTH
  }
}
