/** How long a contract lasts and how it ends. */
import { z } from 'zod';
import { Name, Words } from '../fields.ts';
import { type Finding, field, isGiven, membersOf, roughDaysOf } from '../inspection.ts';
import { Days, Period, Rate, Share } from './fields.ts';

const EarlyTermination = z.strictObject({
  flatRates: z
    .strictObject({
      remainingShare: Share.meta({
        description: 'Share of the flat rates left to the end that is due, in basis points. E art. 22: 10000, all.',
      }),
      surcharge: Rate.meta({ description: 'Surcharge on that, in basis points. E art. 22: 3000, which is 30 %.' }),
    })
    .meta({ description: 'What ending early costs on flat rates (E art. 22).' }),
  consumption: z
    .strictObject({
      averageMonths: z
        .int()
        .positive()
        .max(60)
        .meta({ description: 'Last months whose mean monthly consumption counts. E art. 22: 12.' }),
      price: z.enum(['lastUnitPriceBilled']).meta({ description: 'Price of a unit: the last one billed (E art. 22).' }),
      proRata: z
        .enum(['daysRemaining'])
        .meta({ description: 'In proportion to the days left to the end (E art. 22).' }),
      surcharge: Rate.meta({ description: 'Surcharge on that, in basis points. E art. 22: 3000, which is 30 %.' }),
    })
    .optional()
    .meta({ description: 'What it costs on consumption (E art. 22).' }),
});

const OtherEnd = z.strictObject({
  words: Words.meta({ description: 'When the contract may be ended so.' }),
  clause: z.string().min(1).meta({ description: 'The clause that says so.' }),
  by: z
    .enum(['provider', 'customer', 'either'])
    .meta({ description: 'Who may end it. E art. 22, 3.2: the provider; E 3.1: either.' }),
  causeLastsOverDays: Days.optional().meta({
    description: 'Consecutive calendar days that the cause must outlast. E 3.1: 60, force majeure.',
  }),
  starts: z
    .enum(['writtenNotice', 'registeredLetter', 'warning'])
    .meta({ description: 'What the time below starts from (E art. 22, 3.1, 3.2).' }),
  after: Period.meta({
    description: 'How long after that it ends. E art. 22: 1 month; E 3.1: 8 days; E 3.2: 30 days.',
  }),
  unlessRemedied: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether putting it right in time prevents the end (E art. 22).' }),
  orAtOnce: z.boolean().default(false).meta({ description: 'Whether it may end at once, by gravity (E 3.2).' }),
  indemnity: z.boolean().default(true).meta({ description: 'Whether an indemnity may be owed. E 3.1: none.' }),
});

/** Terms of duration. */
export const Duration = z.strictObject({
  initial: Period.meta({ description: 'First term. A art. 2: 1 year; E: 3 years.' }),
  from: z
    .enum(['customerSignature', 'contractStart'])
    .meta({ description: "What it starts from. A art. 2: the customer's signature; E: its start." }),
  firm: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether it cannot be ended before without cost (E references).' }),
  renewal: z
    .strictObject({
      by: Period.meta({ description: 'Length of each renewal. E art. 19: 1 year.' }),
      automatic: z
        .boolean()
        .default(true)
        .meta({ description: 'Whether it comes unless someone terminates (E art. 19).' }),
    })
    .optional()
    .meta({ description: 'Renewal; none: the contract ends with its term (A art. 2, E art. 19).' }),
  termination: z
    .strictObject({
      notice: Period.meta({ description: 'Notice before the end of a term. E art. 19, 22: 6 months.' }),
      by: z.enum(['registeredLetter', 'writing']).meta({ description: 'In which form. E art. 19: registered letter.' }),
    })
    .optional()
    .meta({ description: 'How a renewal is prevented (E art. 19, 22).' }),
  earlyTermination: EarlyTermination.optional().meta({
    description: "What ending early at the customer's initiative costs (E art. 22).",
  }),
  otherEnds: z
    .record(Name, OtherEnd)
    .default({})
    .meta({ description: 'Other ways in which it ends, by code (E art. 22, 3.1, 3.2).' }),
});

/** A renewal that nobody can prevent, or a notice that prevents none. */
export function durationContradictions(terms: unknown): Finding[] {
  const duration = field(terms, 'duration');
  const found: Finding[] = [];
  const renews = field(duration, 'renewal', 'automatic') !== false && isGiven(field(duration, 'renewal'));
  if (renews && !isGiven(field(duration, 'termination'))) {
    found.push({ path: 'duration.termination', message: 'It renews by itself: say how a renewal is prevented.' });
  }
  if (isGiven(field(duration, 'earlyTermination')) && !isGiven(field(terms, 'modules'))) {
    found.push({
      path: 'duration.earlyTermination',
      message: 'This is a share of flat rates, which are not there: give modules.',
    });
  }
  const consumption = field(duration, 'earlyTermination', 'consumption');
  if (isGiven(consumption) && membersOf(field(terms, 'credits')).length === 0) {
    const message = 'This counts credit units, which are not there: give credits.';
    found.push({ path: 'duration.earlyTermination.consumption', message });
  }
  return found;
}

/** A notice as long as the term that it is to end. */
export function durationWarnings(terms: unknown): Finding[] {
  const duration = field(terms, 'duration');
  const notice = roughDaysOf(field(duration, 'termination', 'notice'));
  if (notice === undefined) return [];
  return (['initial', 'renewal'] as const).flatMap((term) => {
    const length = roughDaysOf(term === 'initial' ? field(duration, 'initial') : field(duration, 'renewal', 'by'));
    if (length === undefined || notice < length) return [];
    const what = term === 'initial' ? 'the first term' : 'a renewal';
    return [{ path: 'duration.termination.notice', message: `The notice is as long as ${what}, or longer.` }];
  });
}
