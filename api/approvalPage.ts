/** The approval page as HTML: no scripts, nothing fetched, every value escaped. */
import { isNone } from '../domain/intervention/amounts.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import type { Language } from '../domain/languages.ts';
import { sayEuros } from '../mail/templates/euros.ts';
import { sayInstants } from '../mail/templates/instants.ts';
import { sayAmounts } from '../mail/templates/interventionCosts.ts';
import { escapeHtml } from '../mail/templates/letter.ts';
import { type Travel, travelFacts } from '../mail/templates/travel.ts';
import { APPROVAL_WORDS, type ApprovalWords, type DeadLink } from './approvalWords.ts';

/** What a contact is to decide about. Instants are epoch milliseconds. */
export interface Decidable {
  readonly language: Language;
  /** IANA zone of the contract. */
  readonly zone: string;
  readonly purpose: 'estimate' | 'more';
  readonly number: string;
  readonly subject: string;
  readonly contract: string;
  readonly contact: string;
  /** Labels of credit units, in the reader's language. */
  readonly units: { readonly [unit: string]: string };
  readonly sentAt?: number;
  readonly expiresAt?: number;
  readonly plan?: { readonly from: number; readonly to: number };
  readonly onCall: boolean;
  /** Bases that renew by themselves where the balance does not suffice for what is decided; `cents` without VAT. */
  readonly bases: readonly { readonly unit: string; readonly units: number; readonly cents: number }[];
  readonly estimate?: {
    readonly scope: string;
    readonly prerequisites: readonly string[];
    readonly limits: readonly string[];
    readonly deliverables: readonly string[];
  };
  readonly travel?: Travel;
  /** Of an estimate what it costs; of more what is asked for, if an agent said how much. */
  readonly amounts?: UnitAmounts;
  readonly approved?: UnitAmounts;
  readonly used?: UnitAmounts;
  /** Of more: which question it is, sent back with the answer. */
  readonly asked?: number;
}

/** The page with its two buttons. `isWrong`: what was typed is no number of units. */
export function approvalPage(decidable: Decidable, isWrong = false): string {
  const { language, purpose, estimate, approved } = decidable;
  const lead = purpose === 'more' && approved && isNone(approved) ? 'flatRate' : purpose;
  const words = APPROVAL_WORDS[language];
  return page(language, words.title[purpose], [
    text(words.lead[lead]),
    facts(factsOf(decidable, words)),
    ...(estimate
      ? [
          section(words.labels.scope, [estimate.scope]),
          section(words.labels.prerequisites, estimate.prerequisites),
          section(words.labels.limits, estimate.limits),
          section(words.labels.deliverables, estimate.deliverables),
        ]
      : []),
    ...consequence(decidable, words).map(text),
    form(decidable, words, isWrong),
  ]);
}

/** What follows when it is approved. */
function consequence({ onCall, purpose, bases }: Decidable, words: ApprovalWords): readonly string[] {
  if (onCall && purpose === 'estimate') return [words.consequence.onCall];
  return [words.consequence[purpose], bases.length > 0 ? words.lacking.renews : words.lacking[purpose]];
}

/** What was decided. */
export function decidedPage(language: Language, decision: 'approve' | 'decline'): string {
  const words = APPROVAL_WORDS[language];
  return page(language, words.doneTitle, [text(words.done[decision])]);
}

/** A link that opens nothing, and what to do. */
export function deadLinkPage(language: Language, why: DeadLink): string {
  const [title, next] = APPROVAL_WORDS[language].dead[why];
  return page(language, title, [text(next)]);
}

/** The decision could not be taken; the same may be tried again. */
export function awayPage(language: Language): string {
  const [title, next] = APPROVAL_WORDS[language].away;
  return page(language, title, [text(next)]);
}

function factsOf(
  decidable: Decidable,
  { labels, onCall, none }: ApprovalWords,
): readonly (readonly [string, string])[] {
  const { zone, language, units, amounts, plan, purpose } = decidable;
  const say = sayInstants(zone, language);
  const said = (given: UnitAmounts) => sayAmounts(given, units, none);
  const cost = amounts && said(amounts);
  const isBegun = decidable.approved !== undefined && !isNone(decidable.approved);
  return [
    [labels.request, `${decidable.number} – ${decidable.subject}`],
    [labels.contract, decidable.contract],
    [labels.contact, decidable.contact],
    ...(decidable.onCall ? [[labels.onCall, onCall] as const] : []),
    ...(cost === undefined || decidable.onCall
      ? []
      : [[purpose === 'more' ? labels.asked : labels.cost, cost] as const]),
    ...(decidable.approved && isBegun ? [[labels.approved, said(decidable.approved)] as const] : []),
    ...(decidable.used && isBegun ? [[labels.used, said(decidable.used)] as const] : []),
    ...(decidable.travel && purpose === 'estimate' ? travelFacts(decidable.travel, decidable) : []),
    ...(decidable.onCall ? [] : basesOf(decidable, labels.base)),
    ...(decidable.sentAt === undefined ? [] : [[labels.sentAt, say(decidable.sentAt)] as const]),
    ...(plan ? [[labels.date, say.span(plan.from, plan.to)] as const] : []),
    ...(decidable.expiresAt === undefined
      ? []
      : [[labels.expiresAt, `${say.lastDay(decidable.expiresAt)} (${say.zone})`] as const]),
  ];
}

function basesOf({ bases, units, language }: Decidable, label: string): readonly (readonly [string, string])[] {
  return bases.map((base) => [
    label,
    `${sayAmounts({ [base.unit]: base.units }, units, '')} – ${sayEuros(base.cents, language)}`,
  ]);
}

function form({ purpose, asked, amounts, onCall, units }: Decidable, words: ApprovalWords, isWrong: boolean): string {
  const [unit] = Object.keys(units);
  const asksHowMany = purpose === 'more' && amounts === undefined && !onCall && unit !== undefined;
  return [
    // The address stays as it is: the token in it is the proof.
    '<form method="post">',
    ...(asked === undefined ? [] : [`<input type="hidden" name="asked" value="${asked}">`]),
    ...(asksHowMany
      ? [
          `<p><label>${escapeHtml(`${words.labels.howMany} (${units[unit] ?? unit})`)} `,
          `<input type="number" name="units" min="1" step="1" value="1"></label></p>`,
          ...(isWrong ? [`<p role="alert"><strong>${escapeHtml(words.wrong)}</strong></p>`] : []),
        ]
      : []),
    `<p><button name="decision" value="approve">${escapeHtml(words.approve[purpose])}</button></p>`,
    `<p><button name="decision" value="decline">${escapeHtml(words.decline)}</button></p>`,
    '</form>',
  ].join('\n');
}

function page(language: Language, title: string, parts: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeHtml(title)}</h1>`,
    ...parts,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const STYLE = [
  "body{margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1b1f24}",
  'main{max-width:42em;margin:0 auto}h1{font-size:1.4em}h2{font-size:1.1em;margin-bottom:4px}',
  'p,li,dd{overflow-wrap:anywhere;white-space:pre-line}dt{color:#57606a}dd{margin:0 0 8px;font-weight:600}',
  'button{font:inherit;padding:10px 18px;border:1px solid #57606a;border-radius:6px;background:#fff;cursor:pointer}',
  'button[value=approve]{background:#1a7f37;border-color:#1a7f37;color:#fff}input{font:inherit;width:6em;padding:6px}',
].join('');

function text(said: string): string {
  return `<p>${escapeHtml(said)}</p>`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const said = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('\n');
  const [only] = lines;
  const body = lines.length === 1 && only !== undefined ? text(only) : `<ul>\n${said}\n</ul>`;
  return `<h2>${escapeHtml(title)}</h2>\n${body}`;
}

function facts(lines: readonly (readonly [string, string])[]): string {
  const said = lines.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>\n${said.join('\n')}\n</dl>`;
}
