/** Giving the data back at the end. */
import { z } from 'zod';
import { type Finding, field, isGiven } from '../inspection.ts';
import { Period } from './fields.ts';
import { Money } from './money.ts';

/** Terms of reversibility. */
export const Reversibility = z.strictObject({
  within: Period.meta({ description: 'Time to do it, to the end of the last day. E art. 23: 60 calendar days.' }),
  from: z.enum(['receiptOfRegisteredLetter']).meta({ description: 'What the time runs from (E art. 23).' }),
  customerChooses: z
    .array(z.enum(['returned', 'destroyed']))
    .min(1)
    .meta({ description: 'What may be done with the data, as the customer chooses (E art. 23).' }),
  format: z
    .enum(['standardReadable'])
    .meta({ description: 'A standard format that is readable without difficulty (E art. 23).' }),
  deletedAfterwards: z
    .boolean()
    .meta({ description: 'Whether the provider keeps nothing after handing over (E art. 23).' }),
  cost: z
    .strictObject({
      monthsOfFlatRate: z
        .int()
        .positive()
        .max(60)
        .meta({ description: 'Months of the flat rate that it costs. E art. 23: 3, one quarter.' }),
      least: Money.meta({ description: 'Least that it costs, excluding VAT. E art. 23: 2,500 €.' }),
    })
    .meta({ description: 'What the customer pays for it (E art. 23).' }),
});

/** A cost in months of a flat rate that is not there. */
export function reversibilityContradictions(terms: unknown): Finding[] {
  if (!isGiven(field(terms, 'reversibility', 'cost')) || isGiven(field(terms, 'modules'))) return [];
  return [
    {
      path: 'reversibility.cost',
      message: 'This is counted in months of the flat rate, which is not there: give modules.',
    },
  ];
}
