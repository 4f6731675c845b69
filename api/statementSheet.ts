/** A statement as a person opens it: a CSV file that spreadsheets read as they are, in the reader's words and local time. */
import { stringify } from 'csv-stringify/sync';
import type { StatementLine } from '../db/ledger/statement.ts';
import type { Language } from '../domain/languages.ts';
import type { EntryKind } from '../domain/ledger/entries.ts';

/** How a statement is read. */
export interface SheetReader {
  readonly language: Language;
  /** IANA zone of the contract. */
  readonly zone: string;
  /** Labels of credit units, in the reader's language. */
  readonly units: { readonly [unit: string]: string };
}

type Column = keyof StatementLine;

interface Words {
  /** Spreadsheets expect a semicolon where the comma is the decimal mark. */
  readonly delimiter: string;
  readonly columns: readonly (readonly [column: Column, header: string])[];
  readonly kinds: { readonly [kind in EntryKind]: string };
  /** The reason that the ledger gives for an order. */
  readonly ordered: (orderForm: string) => string;
  /** What the ledger gives as reason by itself; people write theirs in their own words. */
  readonly reasons: { readonly [why: string]: string };
}

const WORDS: { readonly [language in SheetReader['language']]: Words } = {
  fr: {
    delimiter: ';',
    columns: [
      ...([
        ['entry', 'Écriture'],
        ['at', 'Saisie le'],
        ['unit', 'Unité'],
        ['lot', 'Lot'],
        ['kind', 'Nature'],
      ] as const),
      ...([
        ['available', 'Disponibles'],
        ['pending', 'Réservées'],
      ] as const),
      ...([
        ['availableAfter', 'Solde disponible'],
        ['pendingAfter', 'Solde réservé'],
        ['on', 'Date'],
      ] as const),
      ...([
        ['why', 'Motif'],
        ['orderForm', 'Bon de commande'],
        ['request', 'Demande'],
      ] as const),
      ...([
        ['intervention', 'Intervention'],
        ['who', 'Par'],
        ['operation', 'Opération'],
      ] as const),
      ...([
        ['reservation', 'Réservation'],
        ['corrects', 'Opération corrigée'],
      ] as const),
    ],
    kinds: {
      ...{ purchase: 'achat', renewal: 'renouvellement', debit: 'débit', reserve: 'réservation' },
      ...{ post: 'débit de la réservation', release: 'réservation rendue', forfeit: 'perte par annulation' },
      ...{ expire: 'expiration', correct: 'correction' },
    },
    ordered: (orderForm) => `bon de commande ${orderForm}`,
    reasons: {
      ...{ 'hotline call': 'appel à la hotline', 'remote work on an incident': 'télémaintenance sur incident' },
      ...{ 'renewed at zero': 'renouvelé à zéro', 'last day over': 'dernier jour passé', 'work done': 'travail fait' },
      ...{ 'given back': 'rendu', approved: 'approuvé', 'cancelled inside the limit': 'annulé hors délai' },
      'reserved for a later date instead': 'réservé pour une date ultérieure',
    },
  },
  en: {
    delimiter: ',',
    columns: [
      ...([
        ['entry', 'Entry'],
        ['at', 'Entered at'],
        ['unit', 'Unit'],
        ['lot', 'Lot'],
        ['kind', 'Kind'],
      ] as const),
      ...([
        ['available', 'Available'],
        ['pending', 'Reserved'],
      ] as const),
      ...([
        ['availableAfter', 'Balance available'],
        ['pendingAfter', 'Balance reserved'],
        ['on', 'Date'],
      ] as const),
      ...([
        ['why', 'Reason'],
        ['orderForm', 'Order form'],
        ['request', 'Request'],
      ] as const),
      ...([
        ['intervention', 'Intervention'],
        ['who', 'By'],
        ['operation', 'Operation'],
      ] as const),
      ...([
        ['reservation', 'Reservation'],
        ['corrects', 'Operation corrected'],
      ] as const),
    ],
    kinds: {
      ...{ purchase: 'purchase', renewal: 'renewal', debit: 'debit', reserve: 'reservation' },
      ...{ post: 'debit of the reservation', release: 'reservation returned', forfeit: 'lost by cancelling' },
      ...{ expire: 'expiry', correct: 'correction' },
    },
    ordered: (orderForm) => `order form ${orderForm}`,
    reasons: {},
  },
};

/** The lines under a header, with the mark by which spreadsheets know UTF-8, and lines ended by CR LF. */
export function statementSheet(lines: readonly StatementLine[], { language, zone, units }: SheetReader): string {
  const { delimiter, columns, kinds, ordered, reasons } = WORDS[language];
  // Swedes write dates as ISO 8601 does, which every spreadsheet reads.
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const shown = lines.map((line) => ({
    ...line,
    ...{
      at: local.format(line.at),
      unit: units[line.unit] ?? line.unit,
      kind: kinds[line.kind],
      why: line.orderForm === null ? (reasons[line.why] ?? line.why) : ordered(line.orderForm),
    },
  }));
  return stringify(shown, {
    ...{ header: true, columns: columns.map(([key, header]) => ({ key, header })) },
    // A text that begins like a formula gets an apostrophe; numbers stay numbers.
    ...{ bom: true, delimiter, record_delimiter: '\r\n', escape_formulas: true },
  });
}
