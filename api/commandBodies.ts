/** What each command is sent with: one schema a command, fields named as in the event. */
import { z } from 'zod';
import type { CommandName } from '../domain/events.ts';
import { ReceivedAt, RequestNumber, ShortName, Text } from './inputs.ts';

const Optional = Text.optional();
/** What the customer says may be told to staff on the phone. */
const said = { receivedAt: ReceivedAt.optional() };

/** Commands that are sent as the event has them; `escalate` names a draft instead. */
export type PlainCommand = Exclude<CommandName, 'escalate'>;

/** The schema of each command's body. */
export const COMMAND_BODIES = {
  acknowledge: z.strictObject({}),
  startWork: z.strictObject({ text: Optional }),
  notifyRecovery: z.strictObject({ text: Text }),
  ask: z.strictObject({ text: Text }),
  proposeWorkaround: z.strictObject({ text: Text }),
  proposeFix: z.strictObject({ text: Text }),
  answer: z.strictObject({ text: Text, ...said }),
  confirm: z.strictObject({
    permanent: z.boolean().optional().meta({ description: 'of a workaround: it ends the request' }),
    text: Optional,
    ...said,
  }),
  putInProduction: z.strictObject({ text: Optional, ...said }),
  reject: z.strictObject({
    text: Text.meta({ description: 'written by staff about what a publisher delivered, the publisher reads it too' }),
    ...said,
  }),
  defer: z.strictObject({ text: Text }),
  resume: z.strictObject({ text: Optional }),
  assign: z.strictObject({
    assignee: z
      .string()
      .regex(/^staff:[^\p{Cc}]{1,90}$/u, { error: 'An assignee looks like staff:<id>.' })
      .meta({ description: 'staff:<id>' }),
  }),
  note: z.strictObject({ text: Text }),
  logWork: z.strictObject({ seconds: z.int().min(1).max(31_536_000), text: Optional }),
  requalify: z.strictObject({
    priority: ShortName.optional().meta({ description: 'where the terms have no matrix' }),
    urgency: ShortName.optional().meta({ description: 'where the terms have a matrix' }),
    impact: ShortName.optional().meta({ description: 'where the terms have a matrix' }),
    text: Text,
  }),
  amendTerms: z.strictObject({
    version: z.int().min(1).max(1_000_000).meta({ description: 'a stored version of the contract’s terms' }),
  }),
  refuse: z.strictObject({ exclusion: ShortName, text: Optional }),
  close: z.strictObject({
    reason: z.enum(['withdrawn', 'duplicate', 'confirmed']).meta({ description: 'customers: withdrawn' }),
    duplicateOf: RequestNumber.optional(),
    text: Optional,
    ...said,
  }),
  reopen: z.strictObject({ text: Text, ...said }),
  correctAddress: z.strictObject({
    email: z
      .email({ error: 'This must be an e-mail address.' })
      .max(254)
      .meta({ description: 'the right address of the contact' }),
  }),
} as const satisfies { readonly [name in PlainCommand]: z.ZodObject };

/** A command's body, checked. */
export type CommandBody<T extends PlainCommand> = z.output<(typeof COMMAND_BODIES)[T]>;

/** What each command does, for `/docs`. */
export const COMMAND_SUMMARIES: { readonly [name in PlainCommand]: string } = {
  acknowledge: 'Take the request up',
  startWork: 'Start work on it; takes the request up, if nobody had',
  notifyRecovery: 'Tell the customer that the service is back',
  ask: 'Ask the customer for information',
  proposeWorkaround: 'Ask the customer to try a workaround',
  proposeFix: 'Ask the customer to try a fix',
  answer: 'Answer, as the customer or for them; a closed request is reopened',
  confirm: 'Confirm that the workaround or fix works',
  putInProduction: 'Say that the fix is in production',
  reject: 'Say that the workaround or fix does not work',
  defer: 'Leave a minor anomaly to a future version; the customer may read why',
  resume: 'Go on with a deferred request; the customer may read what is said',
  assign: 'Give the request to somebody',
  note: 'Write a note that only staff read',
  logWork: 'Log work done; only staff read it',
  requalify: 'Change the priority, to what the terms know or their matrix yields; the customer is told why',
  amendTerms: 'Put another version of the terms in force',
  refuse: 'Refuse what the contract does not cover',
  close: 'Close by hand',
  reopen: 'Reopen a closed request',
  correctAddress: 'Correct the customer’s address after mail could not be delivered',
};
