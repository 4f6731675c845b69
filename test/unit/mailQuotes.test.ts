import { describe, expect, it } from 'vitest';
import { withoutQuotes } from '../../mail/inbound/quotes.ts';

const QUOTED = '> Bonjour,\n>\n> Quelle version utilisez-vous ?\n>\n> Le support';
const OUTLOOK = 'Bonjour,\n\nQuelle version utilisez-vous ?\n\nLe support';

const REPLIES: readonly (readonly [string, string])[] = [
  ['Gmail, French', `La 4.2.\n\nLe ven. 20 nov. 2026 à 10:02, Support <sr@support.example> a écrit :\n\n${QUOTED}\n`],
  [
    'Gmail, French, folded',
    `La 4.2.\n\nLe ven. 20 nov. 2026 à 10:02, Support Exemple <\nsr@support.example> a écrit :\n\n${QUOTED}\n`,
  ],
  ['Gmail, English', `La 4.2.\n\nOn Fri, Nov 20, 2026 at 10:02 AM Support <sr@support.example> wrote:\n\n${QUOTED}\n`],
  [
    'Gmail, English, folded',
    `La 4.2.\n\nOn Fri, Nov 20, 2026 at 10:02 AM Support\n<sr@support.example> wrote:\n\n${QUOTED}\n`,
  ],
  [
    'Apple Mail, French',
    `La 4.2.\n\n> Le 20 nov. 2026 à 10:02, Support <sr@support.example> a écrit :\n> \n${QUOTED}\n`,
  ],
  [
    'Apple Mail, English',
    `La 4.2.\n\n> On 20 Nov 2026, at 10:02, Support <sr@support.example> wrote:\n> \n${QUOTED}\n`,
  ],
  [
    'Apple Mail, unmarked',
    `La 4.2.\n\nLe 20 nov. 2026 à 10:02, Support <sr@support.example> a écrit :\n\n${OUTLOOK}\n`,
  ],
  ['Thunderbird, French', `La 4.2.\n\nLe 20/11/2026 à 10:02, Support a écrit :\n${QUOTED}\n`],
  ['Thunderbird, French, narrow space', `La 4.2.\n\nLe 20/11/2026 à 10:02, Support a écrit\u00a0:\n${QUOTED}\n`],
  ['Thunderbird, English', `La 4.2.\n\nOn 20/11/2026 10:02, Support wrote:\n${QUOTED}\n`],
  [
    'Outlook, French',
    `La 4.2.\n\nDe : Support <sr@support.example>\nEnvoyé : vendredi 20 novembre 2026 10:02\nÀ : Claire <claire@customer.example>\nObjet : [DA-2026-004217] Question\n\n${OUTLOOK}\n`,
  ],
  [
    'Outlook, French, without addresses',
    `La 4.2.\n\nDe : Support Exemple\nEnvoyé : vendredi 20 novembre 2026 10:02\nÀ : Claire\nObjet : [DA-2026-004217] Question\n\n${OUTLOOK}\n`,
  ],
  [
    'Outlook, English',
    `La 4.2.\n\nFrom: Support <sr@support.example>\nSent: Friday, November 20, 2026 10:02 AM\nTo: Claire <claire@customer.example>\nSubject: [DA-2026-004217] Question\n\n${OUTLOOK}\n`,
  ],
  [
    'Outlook, old, French',
    `La 4.2.\n\n-----Message d'origine-----\nDe : Support [mailto:sr@support.example]\nEnvoyé : vendredi 20 novembre 2026 10:02\n\n${OUTLOOK}\n`,
  ],
  [
    'Outlook, old, English',
    `La 4.2.\n\n-----Original Message-----\nFrom: Support\nSent: Friday, November 20, 2026 10:02 AM\n\n${OUTLOOK}\n`,
  ],
  [
    'Zimbra, French',
    `La 4.2.\n\n----- Mail original -----\nDe: "Support" <sr@support.example>\nÀ: "Claire" <claire@customer.example>\nEnvoyé: Vendredi 20 Novembre 2026 10:02:00\nObjet: [DA-2026-004217] Question\n\n${OUTLOOK}\n`,
  ],
  [
    'Zimbra, English',
    `La 4.2.\n\n----- Original Message -----\nFrom: "Support" <sr@support.example>\nSubject: Question\n\n${OUTLOOK}\n`,
  ],
  ['marked lines only', `La 4.2.\n\n${QUOTED}\n`],
  ['CRLF', `La 4.2.\r\n\r\nLe 20/11/2026 à 10:02, Support a écrit :\r\n${QUOTED.replaceAll('\n', '\r\n')}\r\n`],
];

describe('what a person wrote', () => {
  it.each(REPLIES)('%s', (_program, text) => {
    expect(withoutQuotes(text)).toBe('La 4.2.');
  });

  it('is all of a mail that quotes nothing', () => {
    const text = 'Bonjour,\n\nLe 20 novembre, tout allait bien.\nDe : rien.\n\nOn verra.';
    expect(withoutQuotes(text)).toBe(text);
  });

  it('is kept where it stands between quoted lines', () => {
    const text = 'Le 20/11/2026 à 10:02, Support a écrit :\n> Quelle version ?\nLa 4.2.\n> Quel poste ?\nLe 7.';
    expect(withoutQuotes(text)).toContain('La 4.2.');
    expect(withoutQuotes(text)).toContain('Le 7.');
  });

  it('is what they pass on, when they forward', () => {
    const text =
      'Voir ci-dessous.\n\n---------- Forwarded message ---------\nFrom: Max <max@customer.example>\n\nErreur 12';
    expect(withoutQuotes(text)).toBe(text);
    expect(withoutQuotes('Voir.\n\n-------- Message transféré --------\nDe : Max\n\nErreur 12')).toContain('Erreur 12');
  });

  it('is nothing when only a quotation came', () => {
    expect(withoutQuotes(`Le 20/11/2026 à 10:02, Support a écrit :\n${QUOTED}\n`)).toBe('');
    expect(withoutQuotes('')).toBe('');
  });

  it('is at least the signature, when nothing else is there', () => {
    expect(withoutQuotes(`Cordialement,\nClaire\n\nLe 20/11/2026 à 10:02, Support a écrit :\n${QUOTED}\n`)).toContain(
      'Claire',
    );
  });

  it('is found in long mails, in a moment', () => {
    const began = Date.now();
    const long = `${'ligne de journal\n'.repeat(20_000)}fin`;
    expect(withoutQuotes(long)).toBe(long);
    expect(withoutQuotes(`La 4.2.\n\nLe 20/11/2026 à 10:02, Support a écrit :\n${'> x\n'.repeat(50_000)}`)).toBe(
      'La 4.2.',
    );
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
