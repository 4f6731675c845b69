/** What a message says once it is parsed: plain data, safe to store and to send between threads. */
import type { HeaderLine } from './rawMail.ts';

/** A delivery report (RFC 3464), as far as it matters. */
export interface DeliveryReport {
  /** `failed` when any recipient was given up for good; `delayed` and others are news. */
  readonly action: 'failed' | 'delayed' | 'other';
  /** Message-ID of the mail that it is about, in angle brackets. */
  readonly original: string | undefined;
}

/** An attachment, without its content. */
export interface Attachment {
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** What was read in a message. */
export interface ParsedMail {
  /** False when only the headers could be read within the limits. */
  readonly readable: boolean;
  /** Addresses of the header From, lower case. */
  readonly from: readonly string[];
  /** Addresses of To and Cc, lower case. */
  readonly to: readonly string[];
  /** One line, maybe empty. */
  readonly subject: string;
  /** In angle brackets. */
  readonly messageId: string | undefined;
  /** Message-IDs that it answers, the nearest first. */
  readonly references: readonly string[];
  readonly headers: readonly HeaderLine[];
  readonly report: DeliveryReport | undefined;
  /** Without what was quoted. */
  readonly newText: string;
  readonly fullText: string;
  /** Sanitised: no scripts, no styles, no images. */
  readonly html: string | undefined;
  readonly attachments: readonly Attachment[];
}
