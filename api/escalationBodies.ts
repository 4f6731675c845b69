/** What is sent about escalations: drafts, and one schema a command, fields named as in the event. */
import { z } from 'zod';
import type { EscalationCommandName } from '../domain/escalation/events.ts';
import { PACKAGE_PARTS, type PackagePart } from '../domain/escalation/package.ts';
import { ShortName, Text } from './inputs.ts';
import { isAlwaysGiven } from './missingParts.ts';

const notApplicable = Text.optional().meta({ description: 'why it is not applicable' });

const Part = z
  .strictObject({ given: Text.optional(), notApplicable })
  .refine(({ given, notApplicable: reason }) => (given === undefined) !== (reason === undefined), {
    error: 'Give the part, or say why it is not applicable: one of given and notApplicable.',
  });
const AlwaysGiven = z.strictObject({ given: Text });
const ExampleFile = z
  .strictObject({
    files: z.array(z.uuid()).min(1).max(50).optional().meta({ description: 'ids of files that were uploaded' }),
    notApplicable,
  })
  .refine(({ files, notApplicable: reason }) => (files === undefined) !== (reason === undefined), {
    error: 'Name uploaded files, or say why it is not applicable: one of files and notApplicable.',
  });

type PartSchema = typeof Part | typeof AlwaysGiven | typeof ExampleFile;

function schemaOf(part: PackagePart): PartSchema {
  if (part === 'exampleFile') return ExampleFile;
  return isAlwaysGiven(part) ? AlwaysGiven : Part;
}

/** Parts of a package, each with its own rules. */
export const PartsBody = z
  .strictObject(
    Object.fromEntries(PACKAGE_PARTS.map((part) => [part, schemaOf(part).optional()])) as {
      [part in PackagePart]: z.ZodOptional<PartSchema>;
    },
  )
  .meta({
    description: 'what the publisher needs to duplicate the problem; each part given, or why it is not applicable',
  });

/** A draft as it begins. */
export const DraftBody = z.strictObject({
  product: ShortName.optional().meta({ description: 'of the terms; without it that of the request' }),
  parts: PartsBody.default({}),
  priority: ShortName.optional().meta({
    description: 'of the publisher’s contract; without it what the terms map the request’s priority to',
  }),
  referent: ShortName.optional().meta({
    description: 'contact of the publisher’s contract who sends it; without it its referent',
  }),
});
/** A draft, checked. */
export type DraftBody = z.output<typeof DraftBody>;

/** What completes a draft. */
export const CompletionBody = DraftBody.omit({ product: true });

/** The schema of each command's body. */
export const ESCALATION_BODIES = {
  acknowledge: z.strictObject({
    sr: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/#-]*$/u, { error: 'A number has letters, digits and . _ / # - only.' })
      .optional()
      .meta({ description: 'the publisher’s own number; without it one of ours is issued' }),
  }),
  startWork: z.strictObject({ text: Text.optional() }),
  ask: z.strictObject({ text: Text }),
  deliverWorkaround: z.strictObject({
    text: Text.meta({ description: 'what the customer reads; write what is not for the customer as a note' }),
  }),
  deliverFix: z.strictObject({
    text: Text.meta({ description: 'what the customer reads; write what is not for the customer as a note' }),
  }),
  refuse: z.strictObject({ exclusion: ShortName, text: Text.optional() }),
  confirmPriority: z.strictObject({}),
  contestPriority: z.strictObject({ priority: ShortName, text: Text }),
  note: z.strictObject({ text: Text }),
  provide: z.strictObject({ text: Text }),
  proposePriority: z.strictObject({ priority: ShortName, text: Text }),
  agreePriority: z.strictObject({}),
  withdraw: z.strictObject({ text: Text.optional() }),
  settleTask: z.strictObject({ task: z.enum(['publisherSilent', 'quote', 'effectConflict']) }),
  correctAddress: z.strictObject({
    email: z
      .email({ error: 'This must be an e-mail address.' })
      .max(254)
      .meta({ description: 'the right address of the publisher' }),
  }),
} as const satisfies { readonly [name in EscalationCommandName]: z.ZodObject };

/** A command's body, checked. */
export type EscalationBody<T extends EscalationCommandName> = z.output<(typeof ESCALATION_BODIES)[T]>;

/** What each command does, for `/docs`. */
export const ESCALATION_SUMMARIES: { readonly [name in EscalationCommandName]: string } = {
  acknowledge: 'Take the escalation up; its service request number is issued, and the clocks start',
  startWork: 'Say that work on it has begun',
  ask: 'Ask the distributor for information',
  deliverWorkaround: 'Deliver a workaround, to be confirmed by the customer, who reads the text',
  deliverFix: 'Deliver a fix, to be confirmed by the customer, who reads the text',
  refuse: 'Refuse what the contract with the publisher excludes',
  confirmPriority: 'Agree to the distributor’s priority',
  contestPriority: 'Name another priority; until both agree the higher one counts',
  note: 'Write something that both sides read; it restarts nothing',
  provide: 'Answer the publisher’s question',
  proposePriority: 'Name another priority; until both agree the higher one counts',
  agreePriority: 'Agree to the publisher’s priority',
  withdraw: 'Take the escalation back',
  settleTask: 'Say that a task was done',
  correctAddress: 'Correct the publisher’s address after mail could not be delivered',
};
