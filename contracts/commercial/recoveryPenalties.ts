/** Recovery promises and the penalties for missing them: a limit per interruption, and one for the sum of a year. */
import { z } from 'zod';
import { Name, Words } from '../fields.ts';
import { type Finding, field, isGiven, unknownCalendar } from '../inspection.ts';
import { bandContradictions, bandsUpTo, bandWarnings, Edges } from './bands.ts';
import { Days, Minutes, Reason } from './fields.ts';

const BEYOND = 'Minutes beyond the limit up to which the band goes; none: open.';

const PerInterruption = z.strictObject({
  limit: Minutes.meta({
    description: 'Opened minutes to recover from one interruption. E module recoveryGuarantee: 270 (4 h 30).',
  }),
  keptAtLimit: z
    .boolean()
    .default(true)
    .meta({ description: 'Our reading: recovering at exactly the limit keeps it (E 4.2).' }),
  bands: bandsUpTo(Minutes, `${BEYOND} E 4.2: 240 and 480.`).meta({
    description: 'Penalty by time beyond the limit, ascending. E 4.2: 10, 20, 30 %.',
  }),
  edges: Edges.meta({ description: 'Where a time on an edge lies. E 4.2: in the lower band.' }),
  basis: z.enum(['monthlyHostingInvoice']).meta({
    description: "What the share is of: the hosting part of the period's monthly invoice, excluding VAT (E 4.2).",
  }),
});

const PerYear = z.strictObject({
  limit: Minutes.meta({
    description: 'Opened minutes of interruption in a calendar year. E module maximumInterruption: 1800 (30 h).',
  }),
  keptAtLimit: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether exactly the limit is kept. E: no, it is kept only below it.' }),
  bands: bandsUpTo(Minutes, `${BEYOND} E 4.3: 600 and 1800.`).meta({
    description: 'Penalty by time beyond the limit, ascending. E 4.3: 1, 2, 3 %.',
  }),
  edges: Edges.meta({ description: 'Where a time on an edge lies. E 4.3: in the lower band.' }),
  basis: z
    .enum(['yearlyHostingInvoice'])
    .meta({ description: 'What the share is of: the hosting part of the yearly invoice, excluding VAT (E 4.3).' }),
  firstYear: z.enum(['penaltyProRata', 'whole']).meta({
    description: 'In a first year that is not whole, the penalty, not the limit, is pro rata (E 4.5).',
  }),
});

/** Terms of recovery penalties. Each promise is there only where its module is active. */
export const RecoveryPenalties = z.strictObject({
  perInterruption: PerInterruption.optional().meta({ description: 'Recovery-time guarantee (E 4.2).' }),
  perYear: PerYear.optional().meta({ description: 'Maximum interruption of service in a calendar year (E 4.3).' }),
  counted: z
    .strictObject({
      from: z.enum(['customersNotification']).meta({ description: 'From the notification by the customer (E 4.4).' }),
      to: z
        .enum(['notifiedRecovery'])
        .meta({ description: 'To the notification of recovery to the customer (E 4.4).' }),
      calendar: Name.meta({
        description: 'Calendar, in `calendars`, whose opened time counts. E 4.4: business hours.',
      }),
      year: z.enum(['calendarYear']).meta({ description: 'The year that is added up (E 4.5).' }),
    })
    .meta({ description: 'What of an interruption counts (E 4.4, 4.5).' }),
  plannedInterruptions: z
    .enum(['excluded', 'counted'])
    .meta({ description: 'Interruptions announced or agreed beforehand. E 4.1: excluded.' }),
  causes: z.record(Name, Reason).meta({ description: 'Causes for which no penalty is owed, by code (E 4.5).' }),
  claim: z
    .enum(['onDemand', 'automatic'])
    .meta({ description: "Whether the customer has to ask. E 4.5: on the customer's demand, without formality." }),
  paidAs: z.enum(['deductionFromNextInvoice']).meta({ description: 'How it is paid (E 4.5).' }),
  soleRemedy: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether nothing else is owed for the quality of the service (E 4.5).' }),
  contested: z
    .strictObject({
      comparisonDays: Days.meta({
        description: 'Calendar days of technical comparison from the contest on. E 4.5: 15.',
      }),
      decidedBy: Words.meta({ description: 'Who may be called upon after that (E 4.5).' }),
    })
    .optional()
    .meta({ description: 'What follows when the provider contests the yearly figure (E 4.5).' }),
});

/** What is owed after an outage of several days. */
export const LongOutage = z.strictObject({
  refund: z
    .enum(['proportionalToInstalment'])
    .meta({ description: 'Refund of the instalment in proportion to the days down (E 4.1).' }),
  fromDays: Days.optional().meta({
    description:
      'Calendar days down from which it is owed. None: the contract says "several days" and a person decides (E 4.1).',
  }),
  whateverTheCause: z.boolean().default(true).meta({ description: 'Whether the cause does not matter (E 4.1).' }),
});

/** Bands in disorder, and promises without their module or the other way round. */
export function recoveryContradictions(terms: unknown): Finding[] {
  const penalties = field(terms, 'recoveryPenalties');
  const found = [
    ...bandContradictions('recoveryPenalties.perInterruption.bands', field(penalties, 'perInterruption', 'bands')),
    ...bandContradictions('recoveryPenalties.perYear.bands', field(penalties, 'perYear', 'bands')),
    ...unknownCalendar(terms, 'recoveryPenalties', 'counted', 'calendar'),
  ];
  const modules = field(terms, 'modules');
  if (isGiven(penalties) && !isGiven(modules)) {
    found.push({
      path: 'recoveryPenalties',
      message: 'These are shares of the hosting fee, which is not there: give modules.',
    });
  }
  for (const [module, promise] of PROMISES) {
    const isActive = field(modules, 'list', module, 'active') === true;
    const isPromised = isGiven(field(penalties, promise));
    if (isPromised && isGiven(modules) && !isActive) {
      found.push({
        path: `recoveryPenalties.${promise}`,
        message: `This is promised only where the module ${module} is active.`,
      });
    }
    if (isActive && !isPromised) {
      found.push({
        path: `modules.list.${module}`,
        message: `This module is active: give recoveryPenalties.${promise}.`,
      });
    }
  }
  return found;
}

const PROMISES = [
  ['recoveryGuarantee', 'perInterruption'],
  ['maximumInterruption', 'perYear'],
] as const;

/** Penalties that do not grow. */
export function recoveryWarnings(terms: unknown): Finding[] {
  const penalties = field(terms, 'recoveryPenalties');
  return [
    ...bandWarnings('recoveryPenalties.perInterruption.bands', field(penalties, 'perInterruption', 'bands')),
    ...bandWarnings('recoveryPenalties.perYear.bands', field(penalties, 'perYear', 'bands')),
  ];
}
