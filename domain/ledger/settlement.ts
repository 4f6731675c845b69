/** How a reservation ends: work done posts it, a late cancellation forfeits it, and what is left returns. */
import { Refusal } from '../failures.ts';
import { type Change, changesOf } from './entries.ts';
import { type Lot, overToday, takePending } from './lots.ts';
import type { Amount } from './terms.ts';

/** What becomes of reserved units; what neither list names is given back. */
export interface Settlement {
  /** Used by the work that was done on `on`. */
  readonly post: readonly Amount[];
  /** Lost by the cancellation. */
  readonly forfeit: readonly Amount[];
  /** Local date of the work, YYYY-MM-DD: only lots that were valid then pay for it. */
  readonly on: string;
}

/**
 * The changes that settle a reservation. `held`: its lots, `pending` its own. Units that return to a lot whose last day is
 * over on `today` expire at once.
 *
 * @throws Refusal `Conflict`: nothing is reserved any more; `InsufficientCredit`: less is reserved than is to be used.
 */
export function settled(held: readonly Lot[], { post, forfeit, on }: Settlement, today: string): Change[] {
  if (held.every(({ pending }) => pending === 0)) {
    throw new Refusal('Conflict', 'The reservation is settled: nothing of it is reserved any more.');
  }
  const posted = takePending(held, post, on);
  const kept = without(held, posted.takings);
  const forfeited = takePending(kept, forfeit);
  const missing = [...posted.missing, ...forfeited.missing];
  if (missing.length > 0) throw insufficient(missing, 'Less than that is reserved and valid on the date of the work.');
  const rest = without(kept, forfeited.takings).map(({ id, pending }) => ({ lot: id, units: pending }));
  const released = rest.filter(({ units }) => units > 0);
  return [
    ...changesOf('post', posted.takings),
    ...changesOf('forfeit', forfeited.takings),
    ...changesOf('release', released),
    ...changesOf('expire', overToday(held, released, today)),
  ];
}

function without(held: readonly Lot[], takings: readonly { lot: number; units: number }[]): Lot[] {
  return held.map((lot) => ({
    ...lot,
    pending: takings.reduce((left, { lot: id, units }) => (id === lot.id ? left - units : left), lot.pending),
  }));
}

/** The refusal that says what is missing. */
export function insufficient(missing: readonly Amount[], why: string): Refusal {
  const amounts = missing.map(({ unit, units }) => `${units} ${unit}`).join(', ');
  return new Refusal('InsufficientCredit', `${why} Missing: ${amounts}.`, { missing });
}
