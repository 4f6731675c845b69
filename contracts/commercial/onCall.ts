/** Work out of hours. */
import { z } from 'zod';

/** Whether there is on-call work, and on what terms. */
export const OnCall = z.strictObject({
  offered: z.enum(['never', 'asAnOption']).meta({
    description: 'Whether work out of hours can be had. A p. 2: never; B §7: as an option.',
  }),
  ordered: z.enum(['proposedAgreedOrderedApart']).optional().meta({
    description: 'How it is had: by a proposal, an agreement and an order of its own (B §7).',
  }),
  billed: z.enum(['apart']).optional().meta({ description: 'Billed apart from everything else (B §7).' }),
  debitsCredits: z.boolean().default(false).meta({
    description: 'Whether it may be taken from credit units. B §7: never.',
  }),
});
