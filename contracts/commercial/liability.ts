/** Liability of the provider. */
import { z } from 'zod';
import { type Finding, field, isGiven } from '../inspection.ts';
import { Period } from './fields.ts';

/** Terms of liability. */
export const Liability = z.strictObject({
  cap: z
    .discriminatedUnion(
      'of',
      [
        z.strictObject({
          of: z
            .literal('paidInContractYear')
            .meta({ description: 'What the customer paid in the contract year of the damage (A art. 7).' }),
        }),
        z.strictObject({
          of: z.literal('hostingFee').meta({ description: 'A number of months of the hosting fee (E 3.1).' }),
          months: z
            .int()
            .positive()
            .max(60)
            .meta({ description: 'Months of the hosting part of the flat rate. E 3.1: 3.' }),
        }),
      ],
      {
        error: ({ input }) =>
          input === undefined
            ? undefined
            : 'Liability is capped at what was paid ("paidInContractYear") or at months of the "hostingFee".',
      },
    )
    .meta({ description: 'Most that is owed for all damage together (A art. 7, E 3.1).' }),
  exceptFor: z
    .array(z.enum(['grossNegligence', 'wilfulMisconduct', 'bodilyInjury']))
    .default([])
    .meta({
      description: 'What the cap is not for (A art. 7, E 3.1).',
    }),
  claimWithin: Period.optional().meta({
    description: 'How long after the damage it may be claimed. A art. 7: 2 years.',
  }),
});

/** A cap on a fee that is not there. */
export function liabilityContradictions(terms: unknown): Finding[] {
  if (field(terms, 'liability', 'cap', 'of') !== 'hostingFee' || isGiven(field(terms, 'modules'))) return [];
  return [
    { path: 'liability.cap', message: 'This is a multiple of the hosting fee, which is not there: give modules.' },
  ];
}
