/** What a contract promises for each priority: its clocks, and the reminders to a customer who is silent. */
import { z } from 'zod';
import { CLOCK_NAMES, CLOCK_STARTS, MEETING } from '../domain/terms.ts';
import { DelayTerms, Name, Words } from './fields.ts';

/** One promise for one priority; see `ClockTerms` in domain/terms.ts. */
export const ClockSchema = z.strictObject({
  delay: DelayTerms,
  starts: z
    .enum(CLOCK_STARTS)
    .default('registration')
    .meta({ description: 'what starts it; registration: the instant at which the request reached us' }),
  pausedWhile: z
    .array(z.enum(['waiting', 'escalated']))
    .default([])
    .meta({ description: 'the statuses in which it stands still' }),
  metBy: z.array(z.enum(MEETING)).min(1).meta({ description: 'what meets it; any of these' }),
  commitment: z.enum(['firm', 'bestEffort']).default('firm').meta({ description: 'reports keep the two apart' }),
  warnAt: z.number().gt(0).lt(1).default(0.75).meta({ description: 'share of the delay after which staff are warned' }),
});

/** A clock, or why there is none. */
const Promised = z.union([
  ClockSchema,
  z.literal('none').meta({ description: 'nothing is promised' }),
  z.literal('inFutureMinorVersion').meta({ description: 'a resolution comes with a future minor version' }),
]);

/** Reminders to a silent customer; see `ReminderTerms` in domain/terms.ts. */
const ReminderSchema = z.strictObject({
  after: z
    .tuple([DelayTerms, DelayTerms, DelayTerms])
    .meta({ description: '1st, 2nd and 3rd reminder, after the request was set waiting' }),
  closeAfterThird: DelayTerms.meta({ description: 'closing, after the 3rd reminder was accepted by the mail server' }),
  contractual: z
    .boolean()
    .default(true)
    .meta({ description: 'false: a habit of the house that the contract does not promise' }),
});

/** What is promised for one priority; see `PriorityTerms` in domain/terms.ts. */
export const PrioritySchema = z.strictObject({
  label: Words.meta({ description: 'as people read it' }),
  meaning: Words.meta({ description: 'when a request has this priority, in the contract’s words' }),
  clocks: z
    .partialRecord(z.enum(CLOCK_NAMES), Promised)
    .meta({ description: 'each clock that any priority of the contract has: its promise, or that there is none' }),
  reminders: ReminderSchema.optional().meta({
    description: 'without them, waiting has no end but an answer or a person',
  }),
});

const Named = z.strictObject({
  label: Words.meta({ description: 'as people read it' }),
  meaning: Words.meta({ description: 'in the contract’s words' }),
});

/** How a request comes by its priority. */
export const PrioritySchemeTerms = z.discriminatedUnion('by', [
  z
    .strictObject({ by: z.literal('severity').meta({ description: 'chosen by its meaning' }) })
    .meta({ description: 'chosen by its meaning; re-qualified by support' }),
  z
    .strictObject({ by: z.literal('agreement').meta({ description: 'agreed between the two sides' }) })
    .meta({ description: 'proposed by one side, confirmed or contested by the other (C §4.4.2)' }),
  z
    .strictObject({
      by: z.literal('matrix').meta({ description: 'what urgency and impact yield' }),
      urgencies: z.record(Name, Named).meta({ description: 'the rows' }),
      impacts: z.record(Name, Named).meta({ description: 'the columns' }),
      cells: z
        .record(Name, z.record(Name, Name))
        .meta({ description: 'the priority that each urgency (row) and impact (column) yield' }),
    })
    .meta({ description: 'what urgency and impact yield, and nothing else (B §7)' }),
]);
