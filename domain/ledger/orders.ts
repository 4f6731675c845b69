/** What an order may be, and what it costs. */
import { wrongField } from '../failures.ts';
import type { CreditTerms, Price } from './terms.ts';
import { requireUnit } from './units.ts';

/** A pack that is on sale, or the least of units that are sold singly. */
export interface OnSale {
  readonly unit: string;
  readonly units: number;
  /** Of all of it. */
  readonly price: Price;
  /** Whether more than this may be ordered, at the same price a unit. */
  readonly isLeast: boolean;
}

/** What a contract sells, unit by unit, the smallest first. */
export function onSale(credits: CreditTerms): OnSale[] {
  return Object.entries(credits).flatMap(([unit, { active, packs, unitPrice, minimumUnits }]) => {
    if (!active) return [];
    const sold = (packs ?? []).map((pack) => ({ unit, units: pack.units, price: pack.price, isLeast: false }));
    if (!unitPrice) return sold;
    return [...sold, { unit, units: minimumUnits, price: times(unitPrice, minimumUnits), isLeast: true }];
  });
}

/**
 * The price of so many units: that of the pack, or the unit's, from the minimum on.
 *
 * @throws Refusal `NotFound`: no such unit; `ValidationFailed`: neither a pack nor sold singly in this number
 */
export function priceOf(credits: CreditTerms, unit: string, units: number): Price {
  const { packs = [], unitPrice, minimumUnits } = requireUnit(credits, unit);
  const pack = packs.find((one) => one.units === units);
  if (pack) return pack.price;
  if (unitPrice && units >= minimumUnits) return times(unitPrice, units);
  const message = unitPrice
    ? `At least ${minimumUnits} are ordered.`
    : `There is no such pack; there are: ${packs.map((one) => one.units).join(', ')}.`;
  throw wrongField('pack', message);
}

function times({ cents, vatBasisPoints }: Price, units: number): Price {
  return { cents: cents * units, vatBasisPoints };
}
