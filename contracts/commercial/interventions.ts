/** Planned interventions: what comes before, where they are done, what cancelling costs. */
import { z } from 'zod';
import { Words } from '../fields.ts';
import { type Finding, field, itemsOf, namesIn, numberOf, unknownCalendar, unknownName } from '../inspection.ts';
import { Overrun } from './credits.ts';
import { BusinessDays, Days } from './fields.ts';

const Cancellation = z.strictObject({
  freeUntil: BusinessDays.meta({
    description:
      'Business days before the planned date from which cancelling costs. A art. 1: fewer than 5. Our reading: whole business days, the day of cancelling excluded, the planned date included, so that 5 is free and 4 is lost.',
  }),
  lost: z.enum(['plannedNotYetPerformed', 'wholeIntervention']).default('plannedNotYetPerformed').meta({
    description: 'Which units are lost. Our reading: the planned part that is not yet performed (A art. 1).',
  }),
  dateChangeCounts: z.boolean().default(true).meta({
    description:
      'Our reading: a change of date asked by the customer inside the limit counts as cancelling (A art. 1).',
  }),
  nonRefundableExpensesDue: z.boolean().default(true).meta({
    description: 'Whether expenses that cannot be had back stay due in every case (A art. 4a).',
  }),
});

const Place = z.strictObject({
  usually: z.enum(['remote', 'onSite']).meta({ description: 'Where work is done (A art. 1: remotely).' }),
  onSite: z.enum(['never', 'withProvidersAgreement', 'asAgreed']).meta({
    description: "Whether work on site is possible. A art. 1: exceptionally, with the provider's agreement.",
  }),
  onSiteArea: Words.optional().meta({ description: 'Where on site. A art. 1: mainland France.' }),
});

/** Terms of interventions. */
export const Interventions = z.strictObject({
  beforeWork: z
    .array(z.enum(['feasibilityStudyByCall', 'signedOrderOrBalance', 'scopeAndEstimateValidatedByCustomer']))
    .default([])
    .meta({ description: 'What must be there before work starts (A p. 2, catalogue).' }),
  mostParticipants: z.int().positive().max(1_000).optional().meta({
    description: "Most people of the customer's in a session. A p. 2: 2.",
  }),
  overrun: Overrun.optional().meta({ description: 'What happens when the estimate is at risk (A catalogue).' }),
  approvalWithin: BusinessDays.optional().meta({
    description:
      'How long an estimate may be approved, to the end of the last day. Without it 10 business days of the support calendar: a default of the product, not contractual.',
  }),
  remindersAfter: z.array(BusinessDays).max(10).optional().meta({
    description:
      'When a customer who is silent on an estimate, an order form or an overrun is reminded, counted from when they were asked. Without it 1, 3 and 5 business days of the support calendar: a default of the product, not contractual.',
  }),
  cancellation: Cancellation.optional().meta({ description: 'What cancelling costs the customer (A art. 1).' }),
  place: Place.optional().meta({ description: 'Where work is done (A art. 1).' }),
  expenses: z
    .strictObject({
      kinds: z
        .array(z.enum(['travel', 'accommodation', 'meals']))
        .min(1)
        .meta({ description: 'What comes on top (A art. 4a).' }),
      paid: z.enum(['agreedFlatRateElseAtCost']).default('agreedFlatRateElseAtCost').meta({
        description: 'A flat rate agreed beforehand, else at cost against receipts (A art. 4a).',
      }),
    })
    .optional()
    .meta({ description: 'Expenses that no price includes (A art. 4a).' }),
  validatedInCustomersEnvironmentBy: z.enum(['customer', 'provider']).optional().meta({
    description: 'Who validates the result where it runs. A catalogue: the customer.',
  }),
  warrantyDays: Days.optional().meta({
    description: 'Warranty after the work, in calendar days. A catalogue: 0, none.',
  }),
  customerBacksUpBefore: z.boolean().default(false).meta({
    description: 'Whether the customer makes a full backup before any work, and is asked to (A art. 1, B §6, D 1.4.2).',
  }),
});

/** Calendars of interventions that are not there. */
export function interventionContradictions(terms: unknown): Finding[] {
  const reminders = itemsOf(field(terms, 'interventions', 'remindersAfter'));
  return [
    ...unknownCalendar(terms, 'interventions', 'cancellation', 'freeUntil', 'calendar'),
    ...unknownCalendar(terms, 'interventions', 'approvalWithin', 'calendar'),
    ...reminders.flatMap((reminder, index) => inReminders(terms, reminder, reminders[index - 1], index)),
  ];
}

function inReminders(terms: unknown, reminder: unknown, before: unknown, index: number): Finding[] {
  const path = `interventions.remindersAfter.${index}`;
  const calendar = field(reminder, 'calendar');
  const found = unknownName(`${path}.calendar`, calendar, namesIn(terms, 'calendars'), 'calendar');
  if (before === undefined) return found;
  const days = numberOf(field(reminder, 'businessDays'));
  const previous = numberOf(field(before, 'businessDays'));
  if (days !== undefined && previous !== undefined && days <= previous) {
    found.push({ path: `${path}.businessDays`, message: 'This reminder is not after the one before.' });
  }
  if (calendar !== field(before, 'calendar')) {
    found.push({ path: `${path}.calendar`, message: 'All reminders count the days of one calendar.' });
  }
  return found;
}
