/** The base that renews by itself when the balance reaches zero. */
import type { Lot } from './lots.ts';
import { leftOf } from './lots.ts';
import type { Amount, CreditTerms, CreditUnitTerms } from './terms.ts';
import { requireUnit } from './units.ts';

/** Whether the unit renews by itself. */
export function renews(terms: CreditUnitTerms | undefined): terms is CreditUnitTerms & { readonly base: number } {
  return terms?.active === true && terms.renewal === 'automaticAtZero' && terms.base !== undefined;
}

/** Names of the units among these that renew by themselves. */
export function renewing(credits: CreditTerms, units: readonly string[]): string[] {
  return units.filter((unit) => Object.hasOwn(credits, unit) && renews(credits[unit]));
}

/**
 * How many bases must be bought so that `missing` units are there: none where nothing renews, or where a debit may not
 * span a renewal.
 */
export function basesFor(credits: CreditTerms, { unit, units }: Amount): number {
  const terms = requireUnit(credits, unit);
  return renews(terms) && terms.debitMaySpanRenewal ? Math.ceil(units / terms.base) : 0;
}

/** Units of which spending `spent` leaves nothing at all, neither available nor pending: their base is bought once more. */
export function exhausted(credits: CreditTerms, after: readonly Lot[], spent: readonly string[]): string[] {
  return renewing(credits, [...new Set(spent)]).filter((unit) => leftOf(after, unit) === 0);
}
