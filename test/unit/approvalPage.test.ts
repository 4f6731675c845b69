/** What the approval page says in each of its states, in both languages; that nothing in it runs or is fetched. */
import { describe, expect, it } from 'vitest';
import { approvalPage, awayPage, type Decidable, deadLinkPage, decidedPage } from '../../api/approvalPage.ts';
import { APPROVAL_WORDS } from '../../api/approvalWords.ts';
import type { Language } from '../../domain/languages.ts';
import { sayInstants } from '../../mail/templates/instants.ts';

const LANGUAGES = ['fr', 'en'] as const;
const HOUR = 3_600_000;
const AT = Date.parse('2026-11-30T09:00:00Z');
const LABELS = { fr: 'ticket prépayé', en: 'prepaid ticket' } as const;

const BASE = { unit: 'ticket', units: 16, cents: 40_000 };
/** Its price as it is said. */
const BASE_PRICE = { fr: '400,00\u00a0€', en: '€400.00' } as const;

/** Texts of the request, the contract and the estimate: of no language. */
const GIVEN = {
  ...{ number: 'DA-2026-000001', subject: 'Xxxx', contract: 'C-1', contact: 'Yyyy Zzzz' },
  estimate: { scope: 'Aaaa.', prerequisites: ['Bbbb', 'Cccc'], limits: ['Dddd'], deliverables: [] },
} as const;

const estimate = (language: Language, more: Partial<Decidable> = {}): Decidable => ({
  ...GIVEN,
  ...{ language, zone: 'Europe/Paris', purpose: 'estimate', units: { ticket: LABELS[language] } },
  ...{ sentAt: AT, expiresAt: AT + 24 * HOUR, onCall: false, bases: [], amounts: { ticket: 3 } },
  ...more,
});
const more = (language: Language, over: Partial<Decidable> = {}): Decidable => {
  const { amounts: _, expiresAt: __, ...rest } = estimate(language);
  const plan = { from: AT + 48 * HOUR, to: AT + 50 * HOUR };
  return { ...rest, purpose: 'more', plan, approved: { ticket: 3 }, used: {}, asked: AT, ...over };
};

/** Every state that the page can show. */
const STATES: { readonly [state: string]: (language: Language) => string } = {
  'an estimate': (language) => approvalPage(estimate(language)),
  'an estimate out of hours': (language) => {
    const { amounts: _, ...onCall } = estimate(language, { onCall: true });
    return approvalPage(onCall);
  },
  'an estimate in units whose base renews': (language) => approvalPage(estimate(language, { bases: [BASE] })),
  'more, in units whose base renews': (language) =>
    approvalPage(more(language, { amounts: { ticket: 2 }, bases: [BASE] })),
  'an estimate without a text': (language) => {
    const { estimate: _, ...bare } = estimate(language);
    return approvalPage(bare);
  },
  'more, of so many units': (language) => approvalPage(more(language, { amounts: { ticket: 2 } })),
  'more, beyond a flat rate': (language) => approvalPage(more(language, { approved: {}, amounts: { ticket: 2 } })),
  'more, the reader says how many': (language) => approvalPage(more(language)),
  'more, with a number that is none': (language) => approvalPage(more(language), true),
  approved: (language) => decidedPage(language, 'approve'),
  declined: (language) => decidedPage(language, 'decline'),
  'an unknown link': (language) => deadLinkPage(language, 'unknown'),
  'a used link': (language) => deadLinkPage(language, 'used'),
  'an expired link': (language) => deadLinkPage(language, 'expired'),
  'a link that is settled otherwise': (language) => deadLinkPage(language, 'settled'),
  'a link of somebody who left': (language) => deadLinkPage(language, 'inactive'),
  'something away': (language) => awayPage(language),
};
const CASES = Object.keys(STATES).flatMap((state) => LANGUAGES.map((language) => [state, language] as const));
const show = (state: string, language: Language) => STATES[state]?.(language) ?? expect.unreachable();

/** All strings of the words of a language, by their paths. */
function flat(words: unknown, path = ''): [string, string][] {
  if (typeof words === 'string') return [[path, words]];
  return Object.entries(words as object).flatMap(([key, value]) => flat(value, `${path}.${key}`));
}
const wordsOf = (language: Language) => flat(APPROVAL_WORDS[language]);

/** What a reader sees, piece by piece. */
function said(html: string): string[] {
  const [, body = ''] = html.split('<body>');
  const pieces = body
    .split(/<[^>]*>/)
    .map((piece) => piece.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)));
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/** What is said of given things: dates, amounts, names. */
function given(language: Language): string[] {
  const say = sayInstants('Europe/Paris', language);
  const { number, subject, contract, contact, estimate: texts } = GIVEN;
  const unit = LABELS[language];
  return [
    ...[`${number} – ${subject}`, contract, contact, texts.scope, ...texts.prerequisites, ...texts.limits],
    ...[
      `16 × ${unit} – ${BASE_PRICE[language]}`,
      `3 × ${unit}`,
      `2 × ${unit}`,
      `${APPROVAL_WORDS[language].labels.howMany} (${unit})`,
    ],
    ...[say(AT), `${say.lastDay(AT + 24 * HOUR)} (${say.zone})`, say.span(AT + 48 * HOUR, AT + 50 * HOUR)],
  ];
}

describe('the approval page', () => {
  it.each(CASES)('says %s in %s, and not a word of the other language', (state, language) => {
    const html = show(state, language);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toMatch(/undefined|null|NaN|\[object/);
    expect(html).not.toMatch(/<(p|li|dt|dd|h1|h2|title|button|label)[^>]*>\s*<\/\1>/);
    const known = new Set([...wordsOf(language).map(([, words]) => words), ...given(language)]);
    expect(said(html).filter((piece) => !known.has(piece))).toEqual([]);
    const title = /<title>(.*)<\/title>/.exec(html)?.[1];
    expect(html).toContain(`<h1>${title}</h1>`);
  });

  it.each(CASES)('runs nothing and fetches nothing: %s in %s', (state, language) => {
    const html = show(state, language);
    expect(html).not.toMatch(/<(script|iframe|img|link|object|embed|base|a|svg)\b/i);
    expect(html).not.toMatch(/\son\w+=|javascript:|\bsrc=|\bhref=|\baction=|url\(|@import/i);
    expect(html).toContain('<meta name="robots" content="noindex">');
    const decides = /estimate|more,/.test(state);
    expect(html.includes('<form method="post">')).toBe(decides);
    expect(html.match(/<button/g)?.length ?? 0).toBe(decides ? 2 : 0);
  });

  it.each(LANGUAGES)('shows nothing of what was written but as text, in %s', (language) => {
    const bad = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;`;
    const texts = { scope: bad, prerequisites: [bad], limits: [bad, bad], deliverables: [bad] };
    const written = { number: bad, subject: bad, contract: bad, contact: bad, units: { ticket: bad }, estimate: texts };
    for (const page of [approvalPage(estimate(language, written)), approvalPage(more(language, written), true)]) {
      expect(page).not.toMatch(/<script|<img|&lt;/);
      expect(page.match(/&#60;script&#62;/g)?.length).toBeGreaterThan(7);
      // Every tag is one of the page's own.
      const tags = new Set([...page.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag?.toLowerCase()));
      for (const tag of tags)
        expect(
          '!doctype html head meta title style body main h1 h2 p dl dt dd ul li form input label button strong',
        ).toContain(tag);
    }
  });

  it('asks how many where nobody has said it, and says what is wrong with an answer', () => {
    for (const language of LANGUAGES) {
      const words = APPROVAL_WORDS[language];
      expect(show('more, the reader says how many', language)).toContain('<input type="number" name="units"');
      expect(said(show('more, the reader says how many', language))).not.toContain(words.wrong);
      expect(said(show('more, with a number that is none', language))).toContain(words.wrong);
      expect(show('more, of so many units', language)).not.toContain('name="units"');
      for (const state of ['more, of so many units', 'more, the reader says how many']) {
        expect(show(state, language)).toContain(`<input type="hidden" name="asked" value="${AT}">`);
      }
    }
  });

  it('says what of an estimate is travel, and that it is on site', () => {
    const travel = { onSite: true, trips: { count: 2, unit: 'ticket', units: 8 } };
    const [fr, en] = LANGUAGES.map((language) => said(approvalPage(estimate(language, { travel }))));
    expect(fr).toEqual(
      expect.arrayContaining(['Dont déplacements', '2 allers-retours (8 × ticket prépayé)', 'sur site']),
    );
    expect(en).toEqual(expect.arrayContaining(['Of it, travel', '2 return trips (8 × prepaid ticket)', 'on site']));
  });

  it('asks for no order form where a base renews by itself and is invoiced', () => {
    for (const language of LANGUAGES) {
      const { lacking } = APPROVAL_WORDS[language];
      for (const state of ['an estimate in units whose base renews', 'more, in units whose base renews']) {
        const pieces = said(show(state, language));
        expect(pieces).toContain(lacking.renews);
        expect(pieces).toContain(`16 × ${LABELS[language]} – ${BASE_PRICE[language]}`);
        for (const ordered of [lacking.estimate, lacking.more]) expect(pieces).not.toContain(ordered);
      }
      expect(said(show('an estimate', language))).toContain(lacking.estimate);
      expect(said(show('an estimate out of hours', language))).not.toContain(lacking.estimate);
    }
  });

  it('speaks of the flat rate where nothing was approved beyond it', () => {
    for (const language of LANGUAGES) {
      const { lead, labels, none } = APPROVAL_WORDS[language];
      const pieces = said(show('more, beyond a flat rate', language));
      expect(pieces).toContain(lead.flatRate);
      for (const absent of [lead.more, labels.approved, labels.used, none]) expect(pieces).not.toContain(absent);
    }
  });

  it('says of work out of hours that no units pay for it', () => {
    for (const language of LANGUAGES) {
      const words = APPROVAL_WORDS[language];
      const pieces = said(show('an estimate out of hours', language));
      expect(pieces).toContain(words.onCall);
      expect(pieces).toContain(words.consequence.onCall);
      expect(pieces).not.toContain(words.consequence.estimate);
    }
  });

  it('has the same words in both languages, none missing, none left over', () => {
    const [french, english] = [wordsOf('fr'), wordsOf('en')];
    expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
    const twice = new Map(english);
    for (const [path, words] of [...french, ...english]) expect([path, words.trim()]).not.toContain('');
    // Two words that both languages write alike.
    const alike = french.filter(([path, words]) => twice.get(path) === words).map(([path]) => path);
    expect(alike).toEqual([]);
    for (const language of LANGUAGES) {
      const shown = new Set(Object.keys(STATES).flatMap((state) => said(show(state, language))));
      const html = approvalPage(estimate(language, { estimate: { ...GIVEN.estimate, deliverables: ['Eeee'] } }));
      for (const piece of said(html)) shown.add(piece);
      const unused = wordsOf(language).filter(([, words]) => ![...shown].some((piece) => piece.startsWith(words)));
      expect(unused).toEqual([]);
    }
  });

  it('writes French as French is written', () => {
    for (const [path, words] of wordsOf('fr')) {
      expect([path, words]).toEqual([
        path,
        expect.not.stringMatching(/\b(the|your?|and|of|is|this|if|mail|email|we)\b/i),
      ]);
      expect(words).not.toMatch(/'|\S[;:!?]|\s[.,]/);
    }
    for (const [, words] of wordsOf('en')) expect(words).not.toMatch(/\b(le|la|les|vous|votre|est|une?)\b|'|\s[;:!?]/i);
  });
});
