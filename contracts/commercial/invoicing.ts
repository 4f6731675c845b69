/** Invoicing: what is billed when, within how many days and how it is paid. */
import { z } from 'zod';
import { type Finding, field, isGiven, membersOf } from '../inspection.ts';
import { Days } from './fields.ts';
import { Money } from './money.ts';

const PaymentMethod = z.enum(['transfer', 'directDebit']);

const Months = z.int().positive().max(12);

/** Terms of invoicing. */
export const Invoicing = z.strictObject({
  subscription: z
    .strictObject({
      fee: Money.meta({ description: 'Fee of a year, excluding VAT (B §5).' }),
      everyMonths: Months.meta({ description: 'Months that one invoice covers. B §5: 12, a yearly fee.' }),
    })
    .optional()
    .meta({ description: 'Subscription fee (B §5).' }),
  flatRates: z
    .strictObject({
      everyMonths: Months.meta({ description: 'Months that one invoice covers. E 21.2: 3.' }),
      inAdvance: z.boolean().meta({ description: 'Whether they are billed in advance (E 21.2).' }),
      dayOfMonth: z.int().min(1).max(28).meta({ description: 'Day of the month of the invoice. E flat rate: 1.' }),
      periodsFrom: z.enum(['contractStart']).default('contractStart').meta({
        description: "Our reading: three-month periods from the contract's start (E 21.2).",
      }),
      beforeFirstPeriod: z.enum(['proRata']).default('proRata').meta({
        description: 'Our reading: what lies before the first invoicing day is pro rata (E flat rate).',
      }),
    })
    .optional()
    .meta({ description: 'Flat rates of the modules (E 21.2).' }),
  credits: z.enum(['atOrder', 'inAdvanceAtStartAndRenewal']).optional().meta({
    description:
      'When credit units are billed. A art. 4b: at order; E 21.2: in advance, at the start and at each renewal.',
  }),
  payment: z
    .strictObject({
      method: PaymentMethod.meta({
        description: 'How invoices are paid. A art. 4b: by transfer; E 21.3: by direct debit.',
      }),
      withinDays: Days.meta({
        description:
          'Calendar days from the date of issue, to the end of the last. A art. 4b: 30; 0: on receipt (E 21.3).',
      }),
      contestedStaysDue: z.boolean().default(true).meta({
        description: 'Whether a contested invoice stays due (A art. 4c, E 21.3).',
      }),
      earlyPaymentDiscount: z
        .enum(['none'])
        .default('none')
        .meta({ description: 'Discount for early payment: none (A art. 4b, E 21.3).' }),
    })
    .optional()
    .meta({ description: 'How and when invoices are paid; none: the contract says nothing (A art. 4b, E 21.3).' }),
  accountCharge: z
    .strictObject({
      amount: Money.meta({ description: 'Amount on every invoice, excluding VAT. E 21.5: 9.75 €.' }),
      unlessPaidBy: PaymentMethod.optional().meta({
        description: 'Way of paying that spares it. E 21.5: direct debit on the date of invoice.',
      }),
    })
    .optional()
    .meta({ description: 'Charge for keeping the account (E 21.5).' }),
  electronic: z.boolean().default(false).meta({ description: 'Whether invoices may be electronic (A art. 4b).' }),
});

/** What is billed without being there, and what is there without being billed. */
export function invoicingContradictions(terms: unknown): Finding[] {
  const invoicing = field(terms, 'invoicing');
  if (!isGiven(invoicing)) return [];
  const found: Finding[] = [];
  if (isGiven(field(invoicing, 'flatRates')) && !isGiven(field(terms, 'modules'))) {
    found.push({ path: 'invoicing.flatRates', message: 'There is no flat rate to bill: give modules.' });
  }
  if (isGiven(field(terms, 'modules')) && !isGiven(field(invoicing, 'flatRates'))) {
    found.push({ path: 'invoicing.flatRates', message: 'The modules have a flat rate: say when it is billed.' });
  }
  const hasCredits = membersOf(field(terms, 'credits')).length > 0;
  if (hasCredits && !isGiven(field(invoicing, 'credits'))) {
    found.push({ path: 'invoicing.credits', message: 'There are credit units: say when they are billed.' });
  }
  if (!hasCredits && isGiven(field(invoicing, 'credits'))) {
    found.push({ path: 'invoicing.credits', message: 'There are no credit units to bill: give credits.' });
  }
  return found;
}
