/** What is sent about interventions: an opening, and one schema a command, fields named as in the event. */
import { z } from 'zod';
import { EXPENSE_KINDS, type InterventionCommandName } from '../domain/intervention/events.ts';
import { Amounts, ReceivedAt, ShortName, Subject, Text } from './inputs.ts';

const At = z.iso.datetime({
  offset: true,
  error: 'This must be an instant in ISO 8601 with its offset, such as 2026-11-23T09:00:00Z or …T10:00:00+01:00.',
});
const lines = z.array(Subject).max(50).optional();
const receivedAt = ReceivedAt.optional();
const text = Text.optional();
const lost = Amounts.optional().meta({
  description:
    'units that the dry run has shown as lost; needed where cancelling costs, and refused if it costs something else by now',
});

/** An opening. */
export const InterventionOpening = z.strictObject({
  text: Text.meta({ description: 'what it is about' }),
  contact: ShortName.optional().meta({ description: 'contact who is to approve; without it that of the request' }),
  module: ShortName.optional().meta({ description: 'a planned visit of this module, paid by its time first' }),
});

/** The schema of each command's body. */
export const INTERVENTION_BODIES = {
  study: z.strictObject({ feasible: z.boolean(), text: Text }),
  sendEstimate: z.strictObject({
    service: ShortName.optional().meta({ description: 'code of the catalogue, which fills in what is not given' }),
    scope: text.meta({ description: 'what the work takes in; from the catalogue without it' }),
    prerequisites: lines,
    limits: lines,
    deliverables: lines,
    unit: ShortName.optional().meta({
      description: 'credit unit; not needed with a service, or where there is one only',
    }),
    units: z.int().positive().max(10_000).optional(),
    trips: z.int().nonnegative().max(100).optional().meta({ description: 'of these units: return trips' }),
    onSite: z.boolean().optional(),
    onCall: z.boolean().optional().meta({ description: 'out of hours: ordered and billed apart, never debited' }),
  }),
  confirmOrder: z.strictObject({
    order: Subject.max(100).meta({
      description: 'reference of the signed order form; where units are lacking, of an order that was entered',
    }),
  }),
  schedule: z.strictObject({
    from: At,
    to: At,
    units: Amounts.optional().meta({ description: 'those of this date; without it all that is approved and not used' }),
    participants: z.int().positive().max(1_000).optional(),
  }),
  postpone: z.strictObject({ text: Text }),
  startWork: z.strictObject({ text }),
  stopWork: z.strictObject({ text }),
  logWork: z
    .strictObject({
      minutes: z.int().positive().max(10_000).optional(),
      seconds: z.int().positive().max(600_000).optional().meta({ description: 'added to the minutes' }),
      from: At.optional().meta({ description: 'when it began' }),
      text,
    })
    .refine((body) => body.minutes !== undefined || body.seconds !== undefined, {
      error: 'Say minutes or seconds.',
      path: ['minutes'],
    }),
  logTrip: z.strictObject({ text }),
  addExpense: z.strictObject({
    kind: z.enum(EXPENSE_KINDS),
    cents: z.int().positive().max(100_000_000).meta({ description: 'excluding VAT' }),
    nonRefundable: z.boolean(),
    text,
  }),
  askMore: z.strictObject({ units: Amounts, text }),
  complete: z.strictObject({
    text: Text.meta({ description: 'the report, which the customer reads' }),
    actionPlan: Text.optional().meta({
      description: 'of a visit whose module delivers one: needed there, else refused',
    }),
    qualityIndex: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'of a visit whose module delivers one: needed there, else refused' }),
  }),
  withdraw: z.strictObject({
    text: Text,
    debitWork: z.boolean().optional().meta({ description: 'work done is debited; without it nothing is' }),
  }),
  assign: z.strictObject({
    assignee: z
      .string()
      .regex(/^staff:.{1,100}$/u, { error: 'An assignee looks like staff:<id>.' })
      .transform((name) => name as `staff:${string}`),
  }),
  note: z.strictObject({ text: Text }),
  settleTask: z.strictObject({ task: z.enum(['moreUnanswered', 'moreDeclined', 'effectConflict', 'agreeOtherDate']) }),
  correctAddress: z.strictObject({
    email: z.email({ error: 'This must be an e-mail address.' }).max(254),
  }),
  approve: z.strictObject({ estimate: z.uuid().meta({ description: 'id of the estimate that was read' }) }),
  decline: z.strictObject({ estimate: z.uuid(), text, receivedAt }),
  agreeMore: z.strictObject({
    units: Amounts.meta({ description: 'how many more: what was asked for, or another number' }),
  }),
  declineMore: z.strictObject({ text, receivedAt }),
  cancel: z.strictObject({ lost, text, receivedAt }),
  changeDate: z.strictObject({ from: At, to: At, lost, text, receivedAt }),
} as const satisfies { readonly [name in InterventionCommandName]: z.ZodObject };

/** A command's body, checked. */
export type InterventionBody<T extends InterventionCommandName> = z.output<(typeof INTERVENTION_BODIES)[T]>;

/** What each command does, for `/docs`. */
export const INTERVENTION_SUMMARIES: { readonly [name in InterventionCommandName]: string } = {
  study: 'Write down the feasibility study',
  sendEstimate:
    'Send the estimate to the customer, filled in from the catalogue; a new one takes the place of one not approved',
  confirmOrder: 'Say that the signed order form has arrived',
  schedule: 'Agree a date, inside opening hours',
  postpone: 'Say that the provider cannot keep the date; nothing is lost',
  startWork: 'Start the clock of the work; it stops by itself where what was approved ends',
  stopWork: 'Stop the clock of the work',
  logWork: 'Write down work that was not timed',
  logTrip: 'Write down a return trip',
  addExpense: 'Add an expense that no unit pays',
  askMore: 'Ask the customer for more than the estimate',
  complete: 'Finish: the report goes out, work is debited once, the rest returns',
  withdraw: 'Cancel by the provider; nothing is lost',
  assign: 'Give it to a member of staff',
  note: 'Write something down that the customer does not read',
  settleTask: 'Say that a task was done',
  correctAddress: 'Correct the contact’s address after mail could not be delivered',
  approve: 'Approve the estimate; its units are reserved',
  decline: 'Decline the estimate',
  agreeMore: 'Agree to more than the estimate',
  declineMore: 'Decline more than the estimate',
  cancel: 'Cancel by the customer, who was shown what it costs',
  changeDate: 'Wish another date; inside the limit that counts as cancelling',
};
