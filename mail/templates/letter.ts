/**
 * A letter as a list of blocks, from which its text and its HTML are both made: neither can say what the other does not,
 * and every value passes through one escape.
 */
import type { Language } from '../../domain/languages.ts';

/** A part of a letter. */
export type Block =
  | { readonly is: 'paragraph'; readonly text: string }
  /** Something that must not be overlooked. */
  | { readonly is: 'notice'; readonly text: string }
  /** What a person wrote, as it was written. */
  | { readonly is: 'quote'; readonly lead: string; readonly text: string }
  | {
      readonly is: 'facts';
      readonly lead?: string;
      readonly facts: readonly (readonly [label: string, value: string])[];
    }
  /** Where the reader goes to decide something; its own line, whole. */
  | { readonly is: 'link'; readonly label: string; readonly url: string }
  /** What the reader may do by writing to an address: `subject` is what their mail begins with. */
  | {
      readonly is: 'actions';
      readonly lead: string;
      readonly subject: string;
      readonly actions: readonly (readonly [label: string, address: string])[];
    };

/** A letter before it is text or HTML. */
export interface Letter {
  readonly language: Language;
  readonly greeting: string;
  readonly blocks: readonly Block[];
  /** Name of the team that signs. */
  readonly signature: string;
  /** Small print: which request this is, and whether one may answer. */
  readonly footer: readonly string[];
}

const LINE_LENGTH = 76;
const COLON = { fr: ' : ', en: ': ' } as const;
const STYLES = {
  notice: 'padding:10px 14px;background:#fff8e1;border-left:4px solid #b7791f',
  quote:
    'margin:0 0 16px;padding:8px 14px;background:#f4f6f8;border-left:4px solid #8c959f;white-space:pre-wrap;overflow-wrap:anywhere',
} as const;

/** The plain text part. */
export function textOf(letter: Letter): string {
  const parts = [
    wrapped(oneLine(letter.greeting)),
    ...letter.blocks.map((block) => blockText(block, letter.language)),
    oneLine(letter.signature),
    ['-- ', ...letter.footer.map((line) => wrapped(spaced(line, letter.language)))].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The HTML part: one column, system fonts, nothing fetched from anywhere. */
export function htmlOf(letter: Letter, title: string): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${letter.language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    '</head>',
    '<body style="margin:0;padding:24px;background:#ffffff;color:#1b1f24;font:16px/1.5 system-ui,-apple-system,\'Segoe UI\',Roboto,Arial,sans-serif">',
    '<main style="max-width:38em;margin:0 auto">',
    `<p>${escapeHtml(oneLine(letter.greeting))}</p>`,
    ...letter.blocks.map((block) => blockHtml(block, letter.language)),
    `<p>${escapeHtml(oneLine(letter.signature))}</p>`,
    `<footer style="margin-top:28px;padding-top:12px;border-top:1px solid #d0d5db;color:#57606a;font-size:14px">`,
    ...letter.footer.map((line) => `<p style="margin:4px 0">${escapeHtml(spaced(line, letter.language))}</p>`),
    '</footer>',
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Makes any text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One line without control or direction characters: safe in a header. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function blockText(block: Block, language: Language): string {
  switch (block.is) {
    case 'paragraph':
      return wrapped(spaced(block.text, language));
    case 'notice':
      return wrapped(`** ${spaced(block.text, language)} **`);
    case 'quote': {
      const lines = written(block.text).split('\n');
      return [wrapped(spaced(block.lead, language)), '', ...lines.map((line) => `> ${line}`.trimEnd())].join('\n');
    }
    case 'facts': {
      const lines = block.facts.map(
        ([label, value]) => `- ${spaced(`${label}${COLON[language]}`, language)}${oneLine(value)}`,
      );
      return (block.lead === undefined ? lines : [wrapped(spaced(block.lead, language)), '', ...lines]).join('\n');
    }
    case 'link':
      return `${wrapped(spaced(`${block.label}${COLON[language]}`, language).trimEnd())}\n${oneLine(block.url)}`;
    case 'actions': {
      const lines = block.actions.map(
        ([label, address]) => `- ${spaced(`${label}${COLON[language]}`, language).trimEnd()}\n  ${address}`,
      );
      return [wrapped(spaced(block.lead, language)), '', ...lines].join('\n');
    }
  }
}

function blockHtml(block: Block, language: Language): string {
  const ours = (text: string) => escapeHtml(spaced(text, language));
  switch (block.is) {
    case 'paragraph':
      return `<p>${ours(block.text)}</p>`;
    case 'notice':
      return `<p style="${STYLES.notice}"><strong>${ours(block.text)}</strong></p>`;
    case 'quote':
      return `<p>${ours(block.lead)}</p>\n<blockquote style="${STYLES.quote}">${escapeHtml(written(block.text))}</blockquote>`;
    case 'facts': {
      const items = block.facts.map(
        ([label, value]) => `<li>${ours(label + COLON[language])}<strong>${escapeHtml(oneLine(value))}</strong></li>`,
      );
      const lead = block.lead === undefined ? '' : `<p style="margin-bottom:0">${ours(block.lead)}</p>\n`;
      return `${lead}<ul style="margin-top:4px;padding-left:22px">\n${items.join('\n')}\n</ul>`;
    }
    case 'link':
      return `<p><a href="${escapeHtml(oneLine(block.url))}"><strong>${ours(block.label)}</strong></a></p>`;
    case 'actions': {
      const items = block.actions.map(
        ([label, address]) =>
          `<li style="margin:8px 0"><a href="${escapeHtml(mailto(address, block.subject))}">${ours(label)}</a></li>`,
      );
      return `<p style="margin-bottom:0">${ours(block.lead)}</p>\n<ul style="margin-top:4px;padding-left:22px">\n${items.join('\n')}\n</ul>`;
    }
  }
}

/** RFC 6068. The `+` is encoded: some mail programs read it as a space. */
function mailto(address: string, subject: string): string {
  const at = address.lastIndexOf('@');
  const to = `${encodeURIComponent(address.slice(0, at))}@${address.slice(at + 1)}`;
  return `mailto:${to}?subject=${encodeURIComponent(subject)}`;
}

/** French typography keeps `:` and its like with the word before them, also where a line ends. */
function spaced(text: string, language: Language): string {
  if (language !== 'fr') return text;
  return text.replace(/ ([:;?!»])/g, '\u00a0$1').replace(/« /g, '«\u00a0');
}

/** What a person wrote: its own lines, without control characters. */
function written(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \n\t]+/)) {
    if (line !== '' && line.length + 1 + word.length > LINE_LENGTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
