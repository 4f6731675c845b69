/** Entries of the ledger: what happens to the units of a lot. Nothing else changes a balance. */
import type { Lot, Taking } from './lots.ts';

/** Kinds of entries. What each does to `available` and `pending` is a CHECK of the table too. */
export const ENTRY_KINDS = [
  /** Units bought by an order. */
  'purchase',
  /** Units of a base that renewed by itself. */
  'renewal',
  /** Units spent at once. */
  'debit',
  /** Units kept for work that was approved. */
  'reserve',
  /** Reserved units that work has used. */
  'post',
  /** Reserved units given back. */
  'release',
  /** Reserved units lost by a cancellation. */
  'forfeit',
  /** Units whose last day is over. */
  'expire',
  /** More or fewer available, because an earlier operation was wrong. */
  'correct',
] as const;
/** What an entry is. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What an entry does to its lot. */
export interface Change {
  readonly lot: number;
  readonly kind: EntryKind;
  readonly available: number;
  readonly pending: number;
}

/** Changes of one kind, of so many units of each lot. `correct` gives units back; `corrected` takes them. */
export function changesOf(kind: EntryKind | 'corrected', takings: readonly Taking[]): Change[] {
  return takings.map(({ lot, units }) => ({ lot, ...effectOf(kind, units) }));
}

function effectOf(kind: EntryKind | 'corrected', units: number): Omit<Change, 'lot'> {
  switch (kind) {
    case 'purchase':
    case 'renewal':
    case 'correct':
      return { kind, available: units, pending: 0 };
    case 'corrected':
      return { kind: 'correct', available: -units, pending: 0 };
    case 'debit':
    case 'expire':
      return { kind, available: -units, pending: 0 };
    case 'reserve':
      return { kind, available: -units, pending: units };
    case 'release':
      return { kind, available: units, pending: -units };
    case 'post':
    case 'forfeit':
      return { kind, available: 0, pending: -units };
  }
}

/** Lots after the changes. */
export function applied(lots: readonly Lot[], changes: readonly Change[]): Lot[] {
  return lots.map((lot) => {
    const own = changes.filter((change) => change.lot === lot.id);
    return {
      ...lot,
      available: own.reduce((sum, { available }) => sum + available, lot.available),
      pending: own.reduce((sum, { pending }) => sum + pending, lot.pending),
    };
  });
}
