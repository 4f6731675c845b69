/** What the sides report to each other, and the logbook they share. */
import { z } from 'zod';
import { Name, Words } from '../fields.ts';

/** Terms of reporting. */
export const Reporting = z.strictObject({
  reports: z
    .record(
      Name,
      z.strictObject({
        by: z
          .enum(['provider', 'distributor', 'publisher'])
          .meta({ description: 'Who reports. C 4.5.2: the distributor, the publisher.' }),
        words: Words.meta({ description: 'What is reported (C 4.5.2, E CP 5).' }),
        every: z
          .discriminatedUnion(
            'unit',
            [
              z.strictObject({
                unit: z.literal('months').meta({ description: 'By calendar months.' }),
                count: z
                  .int()
                  .positive()
                  .max(12)
                  .meta({ description: 'Calendar months between two reports. C 4.5.2: 3.' }),
              }),
              z.strictObject({ unit: z.literal('intervention').meta({ description: 'Each intervention (E CP 5).' }) }),
              z.strictObject({
                unit: z.literal('preventiveVisit').meta({ description: 'Each preventive visit (E CP 5).' }),
              }),
            ],
            {
              error: ({ input }) =>
                input === undefined
                  ? undefined
                  : 'A report comes every so many "months", each "intervention" or each "preventiveVisit".',
            },
          )
          .meta({ description: 'How often.' }),
      }),
    )
    .default({})
    .meta({ description: 'Reports, by name (C 4.5, E CP 5).' }),
  reviewMeetings: z
    .strictObject({
      by: z
        .enum(['provider', 'distributor', 'publisher'])
        .meta({ description: 'Who calls the meeting. C 4.5.2: the publisher.' }),
      everyMonths: z.int().positive().max(12).optional().meta({
        description: 'Calendar months between two. Our reading for C: 3, with the reports (C 4.5).',
      }),
    })
    .optional()
    .meta({ description: 'Meetings at which both sides go through the reports (C 4.5.2).' }),
  logbook: z
    .strictObject({
      sharedWith: z
        .enum(['customersManager'])
        .meta({ description: "Whom the logbook is shared with: the customer's manager (E CP 5)." }),
    })
    .optional()
    .meta({ description: 'Shared logbook of everything that is done (E CP 5).' }),
});
