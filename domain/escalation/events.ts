/** What can happen to an escalation: commands of both sides, facts from outside, results of effects, time. */
import type { CommandOf, Happening, InboundMailId, TextId, Who, Windows } from '../events.ts';
import type { EscalationMailOrder } from './effects.ts';
import type { EscalationVerdict } from './messages.ts';

/** The payloads, by event type. */
export interface EscalationPayloads {
  /** The first event: the package is complete and has left. */
  send: { readonly priority: string; readonly sentBy: Who };

  /** By the publisher. The SR is allocated before the workflow is told. */
  acknowledge: { readonly sr: string; readonly srIssuedBy: 'distributor' | 'publisher' };
  startWork: { readonly text?: TextId };
  ask: { readonly text: TextId };
  deliverWorkaround: { readonly text: TextId };
  deliverFix: { readonly text: TextId };
  refuse: { readonly exclusion: string; readonly text?: TextId };
  confirmPriority: Record<never, never>;
  contestPriority: { readonly priority: string; readonly text: TextId };

  /** By the distributor. */
  provide: { readonly text: TextId };
  proposePriority: { readonly priority: string; readonly text: TextId };
  /** The publisher's priority it is. */
  agreePriority: Record<never, never>;
  withdraw: { readonly text?: TextId };
  /** A task for staff was done. */
  settleTask: { readonly task: 'publisherSilent' | 'quote' | 'effectConflict' };
  /** The publisher's address was corrected: what could not be delivered is sent again. */
  correctAddress: Record<never, never>;

  /** By either side. Adds something, restarts nothing. */
  note: { readonly text?: TextId; readonly mail?: InboundMailId };

  /** The request's word. */
  told: { readonly verdict: EscalationVerdict };
  /** A message that names no intent was filed: a note and a task. `dismissMessage`: a person has looked. */
  holdMessage: { readonly mail: InboundMailId };
  dismissMessage: { readonly mail: InboundMailId };
  mailAccepted: { readonly key: string };
  mailRefused: { readonly key: string };
  /** It was overtaken: it was not sent. */
  mailSuperseded: { readonly key: string };
  mailBounced: { readonly key: string; readonly order: EscalationMailOrder };
  windowExtended: { readonly key: string; readonly windows: Windows };
  saved: { readonly key: string };
  reported: { readonly key: string };
  effectConflict: { readonly key: string };
  time: Record<never, never>;
}

/** Name of an event. */
export type EscalationEventType = keyof EscalationPayloads;
/** An event of one type. */
export type EscalationEventOf<T extends EscalationEventType> = Happening & { readonly type: T } & EscalationPayloads[T];
/** Anything that may happen to an escalation. */
export type EscalationEvent = { [T in EscalationEventType]: EscalationEventOf<T> }[EscalationEventType];

/** Commands of the publisher: one Update and one URL each, of the same name. */
export const PUBLISHER_COMMANDS = [
  'acknowledge',
  'startWork',
  'ask',
  'deliverWorkaround',
  'deliverFix',
  'refuse',
  'confirmPriority',
  'contestPriority',
  'note',
] as const satisfies readonly EscalationEventType[];
/** Commands of the distributor's staff. */
export const DISTRIBUTOR_COMMANDS = [
  'provide',
  'proposePriority',
  'agreePriority',
  'withdraw',
  'settleTask',
  'correctAddress',
  'note',
] as const satisfies readonly EscalationEventType[];
/** Every command on an escalation. */
export const ESCALATION_COMMANDS = [
  ...PUBLISHER_COMMANDS,
  'provide',
  'proposePriority',
  'agreePriority',
  'withdraw',
  'settleTask',
  'correctAddress',
] as const satisfies readonly EscalationEventType[];
/** Name of a command on an escalation. */
export type EscalationCommandName = (typeof ESCALATION_COMMANDS)[number];

/** A command as the API or the relay sends it: the workflow adds `at`. */
export type EscalationCommandOf<T extends EscalationCommandName | 'send'> = EscalationPayloads[T] &
  Pick<CommandOf<'acknowledge'>, 'who' | 'channel' | 'commandId' | 'receivedAt' | 'enteredBy'>;
