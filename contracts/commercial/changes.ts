/** How the terms themselves may change. */
import { z } from 'zod';
import { Period } from './fields.ts';

/** Who may change the terms, and with what notice. */
export const Changes = z.discriminatedUnion(
  'by',
  [
    z.strictObject({
      by: z.literal('providersNotice').meta({ description: 'By the provider, with notice (B §3).' }),
      notice: Period.meta({ description: 'Notice before a change takes effect. B §3: 1 month.' }),
      noNoticeFor: z
        .array(z.enum(['security', 'law']))
        .default([])
        .meta({ description: 'Reasons that need none. B §3: security, law.' }),
      customerMayTerminate: z
        .boolean()
        .default(true)
        .meta({ description: 'Whether the customer may terminate within the notice (B §3).' }),
    }),
    z.strictObject({
      by: z.literal('signedAmendment').meta({ description: 'By a writing that both sides sign (C 3, E art. 0, 27).' }),
      reviewed: z
        .enum(['yearly'])
        .optional()
        .meta({ description: 'How often both sides may review them. C 3: each year.' }),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : 'Terms change by the provider\'s notice ("providersNotice") or by a "signedAmendment".',
  },
);

/** New versions of the product. */
export const NewVersions = z.strictObject({
  validatedWithin: Period.meta({
    description: 'How long the customer has to validate a new version, from its receipt. B §8: 30 calendar days.',
  }),
});
