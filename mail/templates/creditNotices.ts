/** What we say of prepaid credit: to the customer, and to staff in the same words with the customer's name. */
import type { Language } from '../../domain/languages.ts';
import type { CreditNotice } from '../../domain/ledger/watch.ts';
import { sayEuros } from './euros.ts';
import { sayDay } from './instants.ts';
import { type Block, htmlOf, textOf } from './letter.ts';

/** What a notice of credit names. */
export interface CreditNoticeFacts {
  readonly language: Language;
  /** Empty for staff. */
  readonly name: string;
  readonly contract: string;
  readonly customer: string;
  readonly signature: string;
  /** Where the statement is. */
  readonly portal: string;
  readonly label: { readonly [language in Language]: string };
  readonly units: number;
  readonly available: number;
  readonly pending: number;
  /** Local date, YYYY-MM-DD. */
  readonly lastDay?: string;
  readonly orderForm?: string;
  /** Euro cents without VAT. */
  readonly cents?: number;
  /** What renews by itself: units, and euro cents without VAT. Missing where nothing does. */
  readonly base?: { readonly units: number; readonly cents: number };
}

interface Words {
  readonly greeting: (name: string) => string;
  readonly subject: (kind: CreditNotice, facts: CreditNoticeFacts) => string;
  readonly paragraphs: (kind: CreditNotice, facts: CreditNoticeFacts) => readonly string[];
  readonly labels: {
    readonly [name in 'contract' | 'customer' | 'available' | 'pending' | 'lastDay' | 'order']: string;
  };
  readonly statement: (portal: string) => string;
  readonly footer: string;
}

const WORDS: { readonly [language in Language]: Words } = {
  en: {
    greeting: (name) => (name === '' ? 'Hello,' : `Hello ${name},`),
    subject(kind, { contract, label, lastDay = '' }) {
      switch (kind) {
        // The date, not the days to it: a notice may be sent late.
        case 'creditExpiring':
          return `${contract}: units (${label.en}) end on ${sayDay('en', lastDay)}`;
        case 'creditLow':
          return `${contract}: few units (${label.en}) are left`;
        case 'creditGone':
          return `${contract}: no units (${label.en}) are left`;
        case 'creditRenewed':
          return `${contract}: the base of units (${label.en}) has renewed`;
      }
    },
    paragraphs(kind, facts) {
      const { units, label, lastDay = '', cents = 0, base } = facts;
      switch (kind) {
        case 'creditExpiring':
          return [
            `${units} × ${label.en} can be used until ${sayDay('en', lastDay)}, to the end of that day. After it, what is unused is lost: it is neither carried over nor refunded.`,
            'Work must be done by then; reserved units stay reserved for work done in time.',
          ];
        case 'creditLow':
          return [
            `Few units "${label.en}" are left.`,
            base
              ? `For work beyond them, and once they are used up, the base of ${base.units} renews by itself, as the contract says. It will be invoiced: ${sayEuros(base.cents, 'en')} excluding VAT.`
              : 'For work beyond them a new order is needed first.',
          ];
        case 'creditGone':
          return [`No units "${label.en}" are left. New work needs a new order first.`];
        case 'creditRenewed':
          return [
            `The balance of unit "${label.en}" was used up, or did not suffice for new work: the base of ${units} has renewed, as the contract says. It will be invoiced: ${sayEuros(cents, 'en')} excluding VAT.`,
          ];
      }
    },
    labels: {
      ...{ contract: 'Contract', customer: 'Customer', available: 'Available', pending: 'Reserved' },
      ...{ lastDay: 'Last valid day', order: 'Order form' },
    },
    statement: (portal) => `Every movement is in the statement of the contract: ${portal}`,
    footer: 'This message was sent automatically.',
  },
  fr: {
    greeting: (name) => (name === '' ? 'Bonjour,' : `Bonjour ${name},`),
    subject(kind, { contract, label, lastDay = '' }) {
      switch (kind) {
        case 'creditExpiring':
          return `${contract} : des unités (${label.fr}) expirent le ${sayDay('fr', lastDay)}`;
        case 'creditLow':
          return `${contract} : il reste peu d’unités (${label.fr})`;
        case 'creditGone':
          return `${contract} : il ne reste aucune unité (${label.fr})`;
        case 'creditRenewed':
          return `${contract} : la base d’unités (${label.fr}) est renouvelée`;
      }
    },
    paragraphs(kind, facts) {
      const { units, label, lastDay = '', cents = 0, base } = facts;
      switch (kind) {
        case 'creditExpiring':
          return [
            `${units} × ${label.fr} ${units === 1 ? 'est utilisable' : 'sont utilisables'} jusqu’au ${sayDay('fr', lastDay)} inclus. Passé ce jour, ce qui n’est pas utilisé est perdu : ni report, ni remboursement.`,
            'Le travail doit être fait d’ici là ; les unités réservées le restent pour un travail fait à temps.',
          ];
        case 'creditLow':
          return [
            `Il reste peu d’unités « ${label.fr} ».`,
            base
              ? `Au-delà, et dès qu’elles seront épuisées, la base de ${base.units} se renouvelle d’elle-même, comme le prévoit le contrat. Elle sera facturée ${sayEuros(base.cents, 'fr')} hors taxes.`
              : 'Au-delà, une nouvelle commande est nécessaire avant tout travail.',
          ];
        case 'creditGone':
          return [`Il ne reste aucune unité « ${label.fr} ». Une nouvelle commande est nécessaire avant tout travail.`];
        case 'creditRenewed':
          return [
            `Le solde de l’unité « ${label.fr} » était épuisé, ou ne suffisait pas pour un nouveau travail : la base de ${units} est renouvelée, comme le prévoit le contrat. Elle sera facturée ${sayEuros(cents, 'fr')} hors taxes.`,
          ];
      }
    },
    labels: {
      ...{ contract: 'Contrat', customer: 'Client', available: 'Disponibles', pending: 'Réservées' },
      ...{ lastDay: 'Dernier jour de validité', order: 'Bon de commande' },
    },
    statement: (portal) => `Chaque mouvement figure au relevé du contrat : ${portal}`,
    footer: 'Ce message est automatique.',
  },
};

/** Renders a notice of credit: subject, text and HTML. */
export function renderCreditNotice(
  kind: CreditNotice,
  facts: CreditNoticeFacts,
): { subject: string; text: string; html: string } {
  const { language, name, contract, customer, available, pending, lastDay, orderForm } = facts;
  const words = WORDS[language];
  const subject = words.subject(kind, facts);
  const { labels } = words;
  const shown: (readonly [string, string])[] = [
    [labels.contract, contract],
    [labels.customer, customer],
    [labels.available, String(available)],
    [labels.pending, String(pending)],
    ...(kind === 'creditExpiring' && lastDay !== undefined
      ? [[labels.lastDay, sayDay(language, lastDay)] as const]
      : []),
    ...(kind === 'creditExpiring' && orderForm !== undefined ? [[labels.order, orderForm] as const] : []),
  ];
  const letter = {
    language,
    greeting: words.greeting(name),
    blocks: [
      ...words.paragraphs(kind, facts).map((text): Block => ({ is: 'paragraph', text })),
      { is: 'facts' as const, facts: shown },
      { is: 'paragraph' as const, text: words.statement(facts.portal) },
    ],
    signature: facts.signature,
    footer: [words.footer],
  };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}
