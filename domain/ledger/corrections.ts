/** Corrections: new entries that make an earlier operation what it ought to have been, and name it. */
import { Refusal } from '../failures.ts';
import { type Change, changesOf, type EntryKind } from './entries.ts';
import { inOrder, type Lot, overToday, type Taking, takeAvailable } from './lots.ts';
import { insufficient } from './settlement.ts';
import type { Amount } from './terms.ts';
import { isOver } from './validity.ts';

/** An entry of the operation that is corrected, or of an earlier correction of it. */
export interface CorrectedEntry {
  readonly lot: number;
  readonly kind: EntryKind;
  readonly available: number;
  readonly pending: number;
}

/** What was done with units that can be corrected, by the entries that did it. */
const DONE_BY = {
  bought: ['purchase', 'renewal'],
  spent: ['debit', 'post', 'forfeit'],
  expired: ['expire'],
} as const satisfies Record<string, readonly EntryKind[]>;
type Done = keyof typeof DONE_BY;

/**
 * The changes that leave an operation with `right` units instead of those it has. Units given back return to the lots that
 * they came from, the one spent last first, and expire at once where its last day is over; units spent on top come from lots
 * that are valid on the date of the work. What has expired is given back only to a lot that goes on: its end was another one then.
 *
 * @param lots every lot of the contract in the units concerned, locked
 * @throws Refusal `Conflict`: what it is cannot be corrected, or it is so already; `InsufficientCredit`
 */
export function corrected(
  entries: readonly CorrectedEntry[],
  lots: readonly Lot[],
  right: readonly Amount[],
  { on, today }: { readonly on: string; readonly today: string },
): Change[] {
  const done = doneBy(entries);
  if (!done) {
    throw new Refusal(
      'Conflict',
      'Only what was bought, spent, posted, forfeited or has expired can be corrected: what is reserved ends with its intervention.',
    );
  }
  const changesOfUnit = ({ unit, units }: Amount): Change[] => {
    const own = hadOf(done, entries, lots, unit);
    const more = units - sumOfHad(own);
    switch (done) {
      case 'bought':
        return ofPurchase(own, more);
      case 'spent':
        return more > 0 ? spentOnTop(lots, { unit, units: more }, on) : givenBack(own, -more, today);
      case 'expired':
        return more === 0 ? [] : revived(own, -more, today);
    }
  };
  const changes = right.flatMap(changesOfUnit);
  if (changes.length === 0)
    throw new Refusal('Conflict', 'It has this many units already: nothing is to be corrected.');
  return changes;
}

/** What a correction spends on top of what was spent: nothing where it gives back, or where the operation bought. */
export function spentMore(
  entries: readonly CorrectedEntry[],
  lots: readonly Lot[],
  right: readonly Amount[],
): Amount[] {
  if (doneBy(entries) !== 'spent') return [];
  return right
    .map(({ unit, units }) => ({ unit, units: units - sumOfHad(hadOf('spent', entries, lots, unit)) }))
    .filter(({ units }) => units > 0);
}

/** What an operation did; what expired as it returned is no expiry of its own. */
function doneBy(entries: readonly CorrectedEntry[]): Done | undefined {
  const did = (done: Done) => entries.some(({ kind }) => isOf(done, kind));
  if (did('bought')) return 'bought';
  if (did('spent')) return 'spent';
  return did('expired') ? 'expired' : undefined;
}

function isOf(done: Done, kind: EntryKind): boolean {
  const kinds: readonly EntryKind[] = DONE_BY[done];
  return kinds.includes(kind);
}

/** Units of each lot that the operation has bought, spent or let expire, as they count now. */
function hadOf(done: Done, entries: readonly CorrectedEntry[], lots: readonly Lot[], unit: string): Had[] {
  const sign = done === 'bought' ? 1 : -1;
  const counted = entries.filter(({ kind }) => kind === 'correct' || isOf(done, kind));
  return lots
    .filter((lot) => lot.unit === unit && counted.some((entry) => entry.lot === lot.id))
    .map((lot) => ({ lot, units: sign * sumOf(counted.filter((entry) => entry.lot === lot.id)) }));
}

function sumOfHad(had: readonly Had[]): number {
  return had.reduce((sum, { units }) => sum + units, 0);
}

interface Had {
  readonly lot: Lot;
  readonly units: number;
}

function ofPurchase(had: readonly Had[], more: number): Change[] {
  const [bought] = had;
  if (!bought || more === 0) return [];
  const { lot } = bought;
  const missing = -more - lot.available;
  if (missing > 0) {
    throw insufficient(
      [{ unit: lot.unit, units: missing }],
      'More of the order is spent, reserved or expired than would be left.',
    );
  }
  return changesOf(more > 0 ? 'correct' : 'corrected', [{ lot: lot.id, units: Math.abs(more) }]);
}

function spentOnTop(lots: readonly Lot[], amount: Amount, on: string): Change[] {
  const { takings, missing } = takeAvailable(lots, [amount], on);
  if (missing.length > 0) throw insufficient(missing, 'There is less available on the date of the work.');
  return changesOf('corrected', takings);
}

/** What a lot lost by an end that it does not have any more. */
function revived(had: readonly Had[], units: number, today: string): Change[] {
  if (units < 0) throw new Refusal('Conflict', 'Units expire by themselves: no more than that can have expired.');
  if (had.some(({ lot }) => isOver(lot, today))) {
    throw new Refusal('Conflict', 'What has expired is over: units given back would expire at once.');
  }
  return givenBack(had, units, today);
}

function givenBack(had: readonly Had[], units: number, today: string): Change[] {
  const takings: Taking[] = [];
  let left = units;
  for (const { lot, units: spent } of [...had].sort((a, b) => inOrder(b.lot, a.lot))) {
    const some = Math.min(left, Math.max(0, spent));
    if (some > 0) takings.push({ lot: lot.id, units: some });
    left -= some;
  }
  const lots = had.map(({ lot }) => lot);
  return [...changesOf('correct', takings), ...changesOf('expire', overToday(lots, takings, today))];
}

function sumOf(entries: readonly CorrectedEntry[]): number {
  return entries.reduce((sum, { available, pending }) => sum + available + pending, 0);
}
