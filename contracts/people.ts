/** Who may ask for support, and by which ways. */
import { z } from 'zod';
import { Name } from './fields.ts';

/** Ways by which a request may reach us. */
const WAYS = ['portal', 'phone', 'mail'] as const;
/** A way by which a request may reach us. `portal`: customers use the API or a page on it. */
export type Way = (typeof WAYS)[number];

/** What one way of reaching support is for. */
const ChannelTerms = z.strictObject({
  opens: z
    .enum(['always', 'whilePortalIsDown', 'never'])
    .meta({ description: 'whether a request may be made this way; answers to an open one are welcome always' }),
  hours: Name.optional().meta({
    description: 'the calendar in whose hours somebody is there; without it, at any time',
  }),
});

/** The ways of reaching support. One that is not here opens nothing. */
export const ChannelsTerms = z
  .partialRecord(z.enum(WAYS), ChannelTerms)
  .refine((channels) => Object.values(channels).some((channel) => channel?.opens === 'always'), {
    error: 'At least one way of asking for support must be open always.',
  });

/** The people who speak for the side that asks. */
export const ContactsTerms = z.strictObject({
  whoMayAsk: z
    .enum(['contacts', 'trainedContacts'])
    .meta({ description: 'the designated contacts, or only those of them who are trained on the product' }),
  atLeast: z.int().min(1).default(1).meta({ description: 'people; without as many there is no service' }),
  atMost: z.int().min(1).max(10_000).optional().meta({ description: 'people' }),
  referent: z
    .boolean()
    .default(false)
    .meta({ description: 'exactly one of them is the referent, who alone calls (C §4.1.2, §4.3.2)' }),
  mainContactChange: z
    .enum(['byStaff', 'bySignedWriting'])
    .default('byStaff')
    .meta({ description: 'what it takes to replace the main contact; a signed writing is recorded (B §9)' }),
  reachedBySeverity: z
    .boolean()
    .default(false)
    .meta({ description: 'each contact may have other means of being reached by priority (B §9)' }),
});
