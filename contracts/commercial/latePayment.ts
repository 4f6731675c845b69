/** Late payment: interest, charges, and what the provider may do. */
import { z } from 'zod';
import { type Finding, field, isGiven, numberOf } from '../inspection.ts';
import { Days, Rate } from './fields.ts';
import { Cents, VatRate } from './money.ts';

/** The law's floor of late interest between businesses: 3 times the legal rate (Code de commerce L441-10). */
const LEAST_LEGAL_RATE_SHARE = 30_000;
/** The law's flat recovery charge between businesses (Code de commerce L441-10, D441-5): 40 €. */
const LEAST_RECOVERY_CENTS = 4_000;

const Interest = z.discriminatedUnion(
  'rate',
  [
    z.strictObject({
      rate: z
        .literal('refinancing')
        .meta({ description: "The European Central Bank's latest refinancing rate, and points on top (A art. 4c)." }),
      pointsAbove: Rate.meta({
        description: 'Points on top of it, in hundredths of a point. A art. 4c: 1000, which is 10 points.',
      }),
      runsFrom: z
        .enum(['dayAfterDue'])
        .meta({ description: 'By right, from the day after the due date, without notice (A art. 4c).' }),
    }),
    z.strictObject({
      rate: z.literal('legal').meta({ description: 'A multiple of the yearly legal rate, accrued per day (E 21.3).' }),
      legalRateShare: Rate.meta({
        description:
          "Multiple of the yearly legal rate, in basis points: once is 10000. E 21.3: 15000, 1.5 times. The law's floor is 30000 (L441-10).",
      }),
      runsFrom: z
        .enum(['writtenNotice', 'dayAfterDue'])
        .meta({ description: 'What it runs from. E 21.3: only after a written notice.' }),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined ? undefined : 'Late interest is on the "refinancing" rate or on the "legal" one.',
  },
);

/** Terms of late payment. */
export const LatePayment = z.strictObject({
  interest: Interest.meta({ description: 'Late interest (A art. 4c, E 21.3).' }),
  recoveryCharge: z
    .strictObject({
      cents: Cents.meta({ description: 'Euro cents, flat. A art. 4c: 4000, which is 40 €.' }),
      vatBasisPoints: VatRate.default(0).meta({ description: 'VAT rate in basis points; an indemnity bears none.' }),
    })
    .optional()
    .meta({ description: 'Flat charge for recovery, by right, an indemnity (A art. 4c, L441-10).' }),
  collectionCostsDue: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether the costs of collecting through the courts are due (A art. 4c).' }),
  suspensionAfterFormalNotice: z
    .strictObject({
      days: Days.meta({ description: 'Calendar days that a formal notice stays without effect. A art. 4c: 8.' }),
      allows: z
        .array(z.enum(['suspend', 'terminate', 'rescind']))
        .min(1)
        .meta({ description: 'What is allowed then (A art. 4c).' }),
    })
    .optional()
    .meta({ description: 'What a formal notice without effect allows (A art. 4c).' }),
  everythingDueAfter: z.int().positive().max(12).optional().meta({
    description: 'Unpaid instalments that make everything due at once. E 21.3: 1.',
  }),
  holdsNewInterventions: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether the provider may hold new interventions then (E 21.3).' }),
  complaintSuspendsPayment: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether a complaint suspends payment. E 21.3: no.' }),
  suspensionAfterDays: Days.optional().meta({
    description:
      'More calendar days late than this let the service be suspended, after the written notice. E 21.3: 20.',
  }),
  terminationAfterSuspensionDays: Days.optional().meta({
    description:
      "Calendar days unpaid after suspension that let the provider terminate at the customer's fault. E 21.3: 15.",
  }),
});

/** A termination after a suspension that there is not. */
export function latePaymentContradictions(terms: unknown): Finding[] {
  const late = field(terms, 'latePayment');
  const found: Finding[] = [];
  if (isGiven(field(late, 'terminationAfterSuspensionDays')) && !isGiven(field(late, 'suspensionAfterDays'))) {
    const message = 'Termination follows a suspension: say after how many days late there is one.';
    found.push({ path: 'latePayment.suspensionAfterDays', message });
  }
  if (isGiven(late) && !isGiven(field(terms, 'invoicing', 'payment'))) {
    found.push({ path: 'latePayment', message: 'Nothing can be late without a due date: give invoicing.payment.' });
  }
  return found;
}

/** What the law sets aside: interest and charges below its floors. They are applied as written, never rewritten. */
export function latePaymentWarnings(terms: unknown): Finding[] {
  const late = field(terms, 'latePayment');
  const found: Finding[] = [];
  const share = numberOf(field(late, 'interest', 'legalRateShare'));
  if (field(late, 'interest', 'rate') === 'legal' && share !== undefined && share < LEAST_LEGAL_RATE_SHARE) {
    const message = "This is below the law's floor for business debts, 3 times the legal rate (L441-10).";
    found.push({ path: 'latePayment.interest.legalRateShare', message });
  }
  const charge = field(late, 'recoveryCharge');
  const cents = numberOf(field(charge, 'cents'));
  if (isGiven(late) && !isGiven(charge)) {
    const message = 'The law adds a recovery charge of 40 € to business debts even where terms are silent (L441-10).';
    found.push({ path: 'latePayment.recoveryCharge', message });
  }
  if (cents !== undefined && cents < LEAST_RECOVERY_CENTS) {
    found.push({
      path: 'latePayment.recoveryCharge.cents',
      message: "This is below the law's charge of 40 € (L441-10).",
    });
  }
  return found;
}
