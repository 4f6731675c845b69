/** What the contract does not include and may be had all the same. */
import { z } from 'zod';

/** How work outside the contract is had and paid. */
export const OutsideScope = z.strictObject({
  askedBy: z.enum(['anyone', 'distributorInWriting']).default('anyone').meta({
    description: 'Who asks for it. C, last clause: the distributor, in writing.',
  }),
  feasibilityStudy: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether a feasibility study comes first (D 1.3).' }),
  quoted: z.boolean().meta({ description: 'Whether it is done only on an accepted quote (C, last clause; D 1.3).' }),
  tariff: z
    .enum(['publicOnTheDayOfTheRequest', 'asQuoted'])
    .optional()
    .meta({ description: 'Prices of the quote. D 1.3: the public tariff on the day of the request.' }),
  analysisMayBeBilled: z.boolean().default(false).meta({
    description:
      'Whether time spent qualifying, analysing or resolving may be billed when the cause was not the product (B §7).',
  }),
});
