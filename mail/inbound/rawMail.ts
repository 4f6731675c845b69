/** A message as bytes: where its headers end, and what makes two deliveries copies of one mail. */
import { createHash } from 'node:crypto';

/** Longest header block that is looked at; bytes. */
const HEADERS_MAX = 256 * 1024;

/** What the writer made, not what mail servers added on the way. */
const WRITTEN_BY_SENDER = ['from', 'subject', 'date', 'message-id', 'in-reply-to', 'content-type'];

/** A header as it stands in the message. */
export interface HeaderLine {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, not decoded. */
  readonly value: string;
}

/** Offset of the first byte after the blank line that ends the headers. */
function bodyStart(raw: Uint8Array): number {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const crlf = buffer.indexOf('\r\n\r\n');
  const lf = buffer.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 4;
  return lf >= 0 ? lf + 2 : buffer.length;
}

function headerBlock(raw: Uint8Array): Buffer {
  return Buffer.from(raw.subarray(0, Math.min(bodyStart(raw), HEADERS_MAX)));
}

/** The header block alone, as a message without a body. */
export function headersOnly(raw: Uint8Array): Buffer {
  return Buffer.concat([headerBlock(raw), Buffer.from('\r\n\r\n')]);
}

/** The header lines in their order. */
export function headerLines(raw: Uint8Array): HeaderLine[] {
  const unfolded = headerBlock(raw)
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  return unfolded.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [{ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }];
  });
}

/**
 * SHA-256 of what the sender wrote: the same mail handed over again, by whatever way, has the same. Delivery reports are
 * told apart by their recipient as well: what they say of two mails may be the same.
 */
export function inboundContentHash(raw: Uint8Array, envelopeFrom: string, envelopeTo: readonly string[]): Buffer {
  const written = headerLines(raw).filter(({ name }) => WRITTEN_BY_SENDER.includes(name));
  const recipients = envelopeFrom === '' ? [...envelopeTo].sort() : [];
  return createHash('sha256')
    .update(JSON.stringify([written, recipients]))
    .update(raw.subarray(bodyStart(raw)))
    .digest();
}
