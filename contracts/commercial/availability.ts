/** Availability: what share of a month the product can be reached, what is owed below it, and what counts. */
import { z } from 'zod';
import { Name } from '../fields.ts';
import {
  type Finding,
  field,
  isGiven,
  itemsOf,
  membersOf,
  numberOf,
  unknownCalendar,
  unknownName,
} from '../inspection.ts';
import { bandContradictions, bandsUpTo, bandWarnings, Edges } from './bands.ts';
import { BusinessDays, Reason, Share } from './fields.ts';

const Penalties = z.strictObject({
  consecutivePeriods: z.int().positive().max(12).meta({
    description:
      'Periods in a row below the target that make a penalty due. B §5: 2 months. Our reading: the month that completes them is penalised and so is each further one, on its own shortfall and fee.',
  }),
  bands: bandsUpTo(
    z.int().positive().max(10_000),
    'Largest shortfall of the band in hundredths of a point (1.5 points are 150); none: open. B §5: 150, 500, 700. Our reading: the shortfall is not rounded before.',
  ).meta({ description: 'Penalty by shortfall below the target, in ascending order. B §5: 1, 4, 7, 10 %.' }),
  edges: Edges.meta({ description: 'Where a shortfall on an edge lies. B §5: in the lower band (≤).' }),
  cap: Share.meta({
    description: 'Most that is owed for a period, in basis points of its fee. B §5: 1000, which is 10 %.',
  }),
  fee: z.enum(['yearlyFeeOverTwelve', 'monthlyFee']).default('yearlyFeeOverTwelve').meta({
    description: 'Fee of a month, excluding VAT. Our reading: the yearly fee divided by 12 (B §5).',
  }),
  claim: z
    .strictObject({
      within: BusinessDays.meta({
        description:
          'Business days after the period within which to claim. B §5: 10. Our reading: the last one is included, to its end.',
      }),
      inWriting: z.boolean().default(true).meta({ description: 'Whether a claim is made in writing (B §5).' }),
    })
    .meta({ description: 'How a penalty is claimed; without a claim nothing is owed (B §5).' }),
  paidAs: z.enum(['creditNoteOnNextYearlyFee', 'deductionFromNextInvoice']).meta({
    description: 'How it is paid. B §5: a credit note on the next yearly fee.',
  }),
  soleRemedy: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether nothing else is owed for the same cause (B §5).' }),
});

const Commitment = z.strictObject({
  target: Share.meta({
    description:
      'Availability promised, in basis points. B §5: 9950, which is 99.5 %. Our reading: exactly that is kept.',
  }),
  period: z.enum(['calendarMonth']).meta({ description: 'Over what it is measured, in whole minutes (B §5).' }),
  counts: z.enum(['totalUnavailability']).default('totalUnavailability').meta({
    description: 'What counts as down: minutes in which the product is totally unavailable (B §5).',
  }),
  environments: z
    .array(z.enum(['production', 'nonProduction']))
    .min(1)
    .meta({
      description: 'Environments that the promise is for. B §5: production only.',
    }),
  penalties: Penalties.optional().meta({ description: 'What is owed below the target (B §5).' }),
  exclusions: z.record(Name, Reason).default({}).meta({
    description: 'What is not counted, by code (B §5).',
  }),
  report: z.enum(['onWrittenDemand', 'everyPeriod']).optional().meta({
    description: 'When the customer gets an availability report. B §5: on simple written demand.',
  }),
});

const CountedRequests = z.strictObject({
  priorities: z.array(Name).min(1).meta({
    description: 'Priorities whose requests count as unavailability when not resolved in time. C 4.4.3: 1 and 2.',
  }),
  from: z.enum(['due', 'acknowledgement']).default('due').meta({
    description:
      'From when the time counts, until the resolution. Our reading: from the due moment; both spans are recorded (C 4.4.3).',
  }),
});

/** Terms of availability: a promise with a target, requests that count, or both. */
export const Availability = z.strictObject({
  commitment: Commitment.optional().meta({ description: 'Availability promised over a period (B §5).' }),
  countedRequests: CountedRequests.optional().meta({
    description: 'Requests whose delay counts as unavailability (C 4.4.3).',
  }),
});

/** Bands in disorder, a penalty on no fee, names that lead nowhere. */
export function availabilityContradictions(terms: unknown): Finding[] {
  const availability = field(terms, 'availability');
  const penalties = field(availability, 'commitment', 'penalties');
  const path = 'availability.commitment.penalties';
  const found = [
    ...bandContradictions(`${path}.bands`, field(penalties, 'bands')),
    ...unknownCalendar(terms, 'availability', 'commitment', 'penalties', 'claim', 'within', 'calendar'),
  ];
  if (isGiven(availability) && membersOf(availability).length === 0) {
    found.push({ path: 'availability', message: 'This says nothing: give a commitment or counted requests.' });
  }
  if (isGiven(penalties) && !isGiven(field(terms, 'invoicing', 'subscription'))) {
    found.push({ path, message: 'These are shares of a fee that is not there: give invoicing.subscription.' });
  }
  const priorities = membersOf(field(terms, 'priorities')).map(([name]) => name);
  const counted = itemsOf(field(availability, 'countedRequests', 'priorities'));
  counted.forEach((name, index) => {
    found.push(...unknownName(`availability.countedRequests.priorities.${index}`, name, priorities, 'priority'));
  });
  return found;
}

/** Penalties that never apply, or that do not grow. */
export function availabilityWarnings(terms: unknown): Finding[] {
  const path = 'availability.commitment.penalties';
  const penalties = field(terms, 'availability', 'commitment', 'penalties');
  const cap = numberOf(field(penalties, 'cap'));
  const aboveCap = itemsOf(field(penalties, 'bands')).flatMap((band, index) => {
    const penalty = numberOf(field(band, 'penalty'));
    if (penalty === undefined || cap === undefined || penalty <= cap) return [];
    return [
      { path: `${path}.bands.${index}.penalty`, message: 'This penalty is above the cap, which applies instead.' },
    ];
  });
  return [...bandWarnings(`${path}.bands`, field(penalties, 'bands')), ...aboveCap];
}
