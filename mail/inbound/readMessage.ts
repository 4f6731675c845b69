/** Parses one message. Runs in a thread of its own: a hostile message may take for ever. */
import { type AddressObject, type Attachment as MailPart, simpleParser } from 'mailparser';
import sanitizeHtml from 'sanitize-html';
import type { DeliveryReport, ParsedMail } from './parsedMail.ts';
import { withoutQuotes } from './quotes.ts';
import { type HeaderLine, headerLines, headersOnly } from './rawMail.ts';

/** Longest texts kept, characters; the raw message keeps all. */
const TEXT_MAX = 200_000;
const HTML_MAX = 500_000;
const SUBJECT_MAX = 500;
const NAME_MAX = 255;
/** Deeper elements are left out. */
const NESTING_MAX = 100;
const REFERENCES_MAX = 50;

/** Reads the whole message, or with `onlyHeaders` what can be read without its body. */
export async function readMessage(raw: Uint8Array, onlyHeaders = false): Promise<ParsedMail> {
  const source = onlyHeaders ? headersOnly(raw) : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const parsed = await simpleParser(source, {
    skipTextToHtml: true,
    skipImageLinks: true,
    keepCidLinks: true,
    keepDeliveryStatus: true,
  });
  const headers = headerLines(raw).map(({ name, value }) => ({ name: clean(name), value: clean(value) }));
  const fullText = clean(cut(parsed.text ?? '', TEXT_MAX));
  const html = parsed.html && !onlyHeaders ? sanitised(parsed.html) : undefined;
  return {
    readable: !onlyHeaders,
    from: addressesOf(parsed.from),
    to: [...addressesOf(parsed.to), ...addressesOf(parsed.cc)],
    subject: oneLine(parsed.subject ?? '', SUBJECT_MAX),
    messageId: idsIn(headers, 'message-id')[0],
    references: [...idsIn(headers, 'in-reply-to'), ...idsIn(headers, 'references').reverse()].slice(0, REFERENCES_MAX),
    headers,
    report: reportIn(headers, parsed.attachments),
    newText: withoutQuotes(fullText),
    fullText,
    html: html === undefined || html.length > HTML_MAX ? undefined : html,
    attachments: parsed.attachments.map(({ filename, contentType, size }) => ({
      name: oneLine(filename ?? '', NAME_MAX),
      type: oneLine(contentType, NAME_MAX),
      size,
    })),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are replaced
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Postgres takes no NUL, and its JSON no half of a surrogate pair. */
function clean(text: string): string {
  return Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}\n[…]`;
}

function oneLine(text: string, length: number): string {
  return clean(text.replace(CONTROLS, ' ').replace(/\s+/g, ' ').trim().slice(0, length));
}

function addressesOf(field: AddressObject | AddressObject[] | undefined): string[] {
  const fields = field === undefined ? [] : Array.isArray(field) ? field : [field];
  const entries = fields.flatMap(({ value }) => value.flatMap((entry) => (entry.group ? entry.group : [entry])));
  return entries.flatMap(({ address }) => (address ? [clean(address).replace(CONTROLS, '').toLowerCase()] : []));
}

/** The Message-IDs of a header, in angle brackets; one without brackets gets them. */
function idsIn(headers: readonly HeaderLine[], name: string): string[] {
  return headers.flatMap((header) => {
    if (header.name !== name) return [];
    const bracketed = header.value.match(/<[^<>\s]{1,250}>/g);
    if (bracketed) return bracketed;
    return /^[^<>\s]{1,250}$/.test(header.value) ? [`<${header.value}>`] : [];
  });
}

/** Somebody may attach a report to what they write: only a message that is one as a whole counts. */
function reportIn(headers: readonly HeaderLine[], parts: readonly MailPart[]): DeliveryReport | undefined {
  const type = headers.find(({ name }) => name === 'content-type')?.value ?? '';
  const status = parts.find(({ contentType }) => /^message\/(global-)?delivery-status$/i.test(contentType));
  if (!status || !/^multipart\/report\b/i.test(type)) return undefined;
  const fields = [...status.content.toString('latin1').matchAll(/^action\s*:\s*([a-z]+)/gim)];
  const actions = fields.map(([, action]) => action?.toLowerCase());
  const returned = parts.find(({ contentType }) =>
    /^(text\/rfc822-headers|message\/rfc822|message\/global(-headers)?)$/i.test(contentType),
  );
  return {
    action: actions.includes('failed') ? 'failed' : actions.includes('delayed') ? 'delayed' : 'other',
    original: returned && idsIn(headerLines(returned.content), 'message-id')[0],
  };
}

function sanitised(html: string): string {
  return clean(
    sanitizeHtml(html, {
      allowedTags: [...sanitizeHtml.defaults.allowedTags, 'del', 'ins'].filter((tag) => tag !== 'img'),
      allowedAttributes: { a: ['href', 'rel', 'target'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'] },
      allowedSchemes: ['http', 'https', 'mailto', 'tel'],
      allowProtocolRelative: false,
      nestingLimit: NESTING_MAX,
      transformTags: {
        a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' }),
      },
    }),
  );
}
