/** Tells what a person wrote from what their mail program quoted below it. */
import EmailReplyParser from 'email-reply-parser';

/** The parser's time grows with the square of the text: no more goes in. Characters. */
const STRIPPED_MAX = 16 * 1024;

/** Lines that begin a quoted mail; some the parser does not know. */
const QUOTE_STARTS = [
  // Zimbra
  /^-{2,} ?(mail|message) (original|d['’]origine) ?-{2,}$/i,
  // Outlook, with or without addresses in angle brackets; the next line says when it was sent
  /^\*?(de|from)\s?:\*?\s.+\n\*?(envoyé|sent|date)( le)?\s?:\*?\s.+$/i,
  // Thunderbird, Apple Mail, Gmail; the sentence may go over two lines
  /^le [^\n]*\d[^\n]*(\n[^\n]+)? a écrit\s?:$/i,
  /^on [^\n]*\d[^\n]*(\n[^\n]+)? wrote:$/i,
];

/** What follows is passed on to us on purpose: all of it is new. */
const FORWARDED = [
  /^[>\s]*-{2,}\s*(forwarded message|message transféré|message réexpédié|mail transféré|forwarded by|transféré par)/im,
  /^(begin forwarded message|début du message (transféré|réexpédié))\s?:/im,
];

/** The new text of a mail; all of it when nothing was quoted, or the quotation is what they send. */
export function withoutQuotes(text: string): string {
  const whole = text.replace(/\r\n?/g, '\n').trim();
  const head = headOf(whole);
  if (FORWARDED.some((pattern) => pattern.test(head))) return whole;
  const before = head.slice(0, quoteStart(head));
  const visible = new EmailReplyParser().parseReply(before.replace(NARROW_SPACES, ' ')).trim();
  // When only a signature is left, it is better than nothing.
  const fresh = visible === '' ? withoutMarked(before) : visible;
  return fresh.length === head.trim().length ? whole : fresh;
}

const NARROW_SPACES = /[\u00a0\u202f]/g;

/** At most `STRIPPED_MAX` characters, whole lines. */
function headOf(text: string): string {
  if (text.length <= STRIPPED_MAX) return text;
  const end = text.lastIndexOf('\n', STRIPPED_MAX);
  return text.slice(0, end > 0 ? end : STRIPPED_MAX);
}

/** Where the first quotation begins; the length when there is none, or when the person wrote below it. */
function quoteStart(text: string): number {
  const lines = text.replace(NARROW_SPACES, ' ').split('\n');
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const three = lines.slice(index, index + 3).map((one) => one.trim());
    const starts = QUOTE_STARTS.some((start) => [1, 2].some((count) => start.test(three.slice(0, count).join('\n'))));
    if (starts && !answeredBelow(lines.slice(index + 1))) return offset;
    offset += line.length + 1;
  }
  return text.length;
}

/** Whether lines marked as quoted are followed by others: the person answers between or below them. */
function answeredBelow(lines: readonly string[]): boolean {
  const lastQuoted = lines.findLastIndex((line) => line.startsWith('>'));
  return lastQuoted >= 0 && lines.slice(lastQuoted + 1).some((line) => line.trim() !== '');
}

function withoutMarked(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .trim();
}
