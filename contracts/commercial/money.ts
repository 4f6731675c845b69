/** Money: whole euro cents without VAT, with the VAT rate that comes on top. */
import { z } from 'zod';
import { type Finding, field, membersOf } from '../inspection.ts';
import { notWhole } from './fields.ts';

/** A thousand million euros. */
const MOST_CENTS = 100_000_000_000;
/** French standard rate: prices of the contracts are without tax and name no rate (A art. 4a, E 21.4). */
const STANDARD_VAT = 2_000;

/** Euro cents, whole, not negative. */
export const Cents = z
  .int({ error: notWhole('Money is a whole number of cents, without fractions of a cent: 25.00 € is 2500.') })
  .nonnegative({ error: 'Money is not negative here: write what is owed the other way as its own field.' })
  .max(MOST_CENTS);

/** A VAT rate in basis points: 20 % is 2,000. */
export const VatRate = z
  .int({ error: notWhole('A VAT rate is a whole number of basis points: 20 % is 2000.') })
  .min(0)
  .max(10_000);

/** An amount in euros, always without VAT (A art. 4a, E 21.4). */
export const Money = z.strictObject({
  cents: Cents.meta({ description: 'Euro cents, excluding VAT: 600 € is 60000.' }),
  vatBasisPoints: VatRate.default(STANDARD_VAT).meta({
    description:
      'VAT rate on top, in basis points: 20 % is 2000. Our reading: the standard rate, since the contracts name none (A art. 4a, E 21.4). 0 for indemnities.',
  }),
});
export type Money = z.infer<typeof Money>;

/** Rates of VAT in France: none, super-reduced, reduced, intermediate, standard. */
const FRENCH_RATES = new Set([0, 210, 550, 1_000, STANDARD_VAT]);

/** No money lies deeper in the terms. */
const DEEPEST = 12;

/** VAT rates under one field of the terms that are none of France's. */
export function vatWarnings(terms: unknown, name: string): Finding[] {
  return inMoney(name, field(terms, name), 0);
}

function inMoney(path: string, value: unknown, depth: number): Finding[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => inMoney(`${path}.${index}`, item, depth + 1));
  return membersOf(value).flatMap(([name, member]) => {
    const at = `${path}.${name}`;
    if (name !== 'vatBasisPoints') return inMoney(at, member, depth + 1);
    if (typeof member !== 'number' || FRENCH_RATES.has(member)) return [];
    return [{ path: at, message: 'This is no rate of VAT in France.' }];
  });
}
