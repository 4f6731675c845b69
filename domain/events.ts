/**
 * What can happen to a request. Staff commands reach the workflow as Updates, facts from outside as Signals, results of
 * effects and the passing of time from the workflow itself; all become one of these and go through `advance`.
 *
 * No event carries personal data: texts and mails are named by their ids in Postgres.
 */
import type { MailOrder } from './effects.ts';
import type { EscalationReport } from './escalation/messages.ts';
import type { OpeningWindow } from './openingHours.ts';
import type { RequestTerms } from './terms.ts';

/** Who did it. Ids only, never names or addresses. */
export type Who = 'system' | `staff:${string}` | `contact:${string}` | `publisher:${string}`;

/** By which way it reached us. */
export type Channel = 'api' | 'portal' | 'phone' | 'mail' | 'system';

/** What every event has. Instants are epoch milliseconds. */
export interface Happening {
  /** When it happened; what the clocks count. Never before the last event: earlier instants are moved up to it. */
  readonly at: number;
  readonly who: Who;
  readonly channel: Channel;
  /** A phone call written down later: who entered it, and when. */
  readonly enteredBy?: Who;
  readonly enteredAt?: number;
  /** Idempotency: a repeated id does nothing and yields the first result. */
  readonly commandId?: string;
}

/** Id of a row in `texts`. */
export type TextId = string;
/** Id of a row in `inbound_mails`. */
export type InboundMailId = string;

/** Reasons with which staff or the customer close a request by hand. */
export type ClosingByHand = 'withdrawn' | 'duplicate' | 'confirmed';

/** The payloads, by event type. */
export interface EventPayloads {
  /** The first event of every request. */
  open: {
    readonly contact: string;
    readonly priority: string;
    /** What the priority follows from, where the terms have a matrix. */
    readonly urgency?: string;
    readonly impact?: string;
    readonly text: TextId;
    readonly mail?: InboundMailId;
    /** The terms require more than was said: this asks for it, automatically, from the first moment. */
    readonly missing?: TextId;
    /** Number of the closed request that this one goes on from. */
    readonly previous?: string;
  };
  acknowledge: Record<never, never>;
  /** Ask the customer for information. An automatic question acknowledges nothing. */
  ask: { readonly text: TextId; readonly automatic?: boolean };
  proposeWorkaround: { readonly text: TextId };
  proposeFix: { readonly text: TextId };
  /** Anything the customer says freely; by mail, or written down by an agent. */
  answer: { readonly text?: TextId; readonly mail?: InboundMailId };
  /** The proposal works. `permanent` only for a workaround: it then ends the request. */
  confirm: { readonly permanent?: boolean; readonly text?: TextId };
  putInProduction: { readonly text?: TextId };
  /** The proposal does not work. */
  reject: { readonly text: TextId };
  /**
   * The package of the request's n-th escalation is complete and goes to this publisher, under the contract with it that
   * the terms name.
   */
  escalate: { readonly n: number; readonly publisher: string; readonly publisherContract: string };
  defer: { readonly text: TextId };
  resume: { readonly text?: TextId };
  assign: { readonly assignee: `staff:${string}` };
  note: { readonly text: TextId };
  /** Whole seconds of work done. */
  logWork: { readonly seconds: number; readonly text?: TextId };
  /** Where the terms have a matrix, urgency and impact are given and the priority is what they yield. */
  requalify: {
    readonly priority?: string;
    readonly urgency?: string;
    readonly impact?: string;
    readonly text: TextId;
  };
  /** Somebody works on it: what an intervention clock waits for. Takes the request up, if nobody had. */
  startWork: { readonly text?: TextId };
  /** The service is back. */
  notifyRecovery: { readonly text: TextId };
  amendTerms: { readonly terms: RequestTerms; readonly windows: Windows };
  refuse: { readonly exclusion: string; readonly text?: TextId };
  close: { readonly reason: ClosingByHand; readonly duplicateOf?: string; readonly text?: TextId };
  reopen: { readonly text: TextId };
  /** Staff corrected the customer's address: the cycle goes on with the step that could not be delivered. */
  correctAddress: Record<never, never>;
  /** What an escalation tells its request. Its id is the command id: what arrives twice counts once. */
  escalationReported: { readonly report: EscalationReport };
  /** A message to an escalation has arrived, or the escalation has ended: nobody waits for it. */
  escalationTold: { readonly key: string };
  /** A message filed on this request waits for a person's look: nothing closes meanwhile. */
  holdMessage: { readonly mail: InboundMailId };
  /** A person has looked: the message is not an answer. (Accepting it is an `answer`.) */
  dismissMessage: { readonly mail: InboundMailId };
  openingHoursChanged: { readonly windows: Windows };
  windowExtended: { readonly key: string; readonly windows: Windows };
  /** The mail server took the mail for delivery, at `at`. */
  mailAccepted: { readonly key: string };
  /** The mail server refused for good. */
  mailRefused: { readonly key: string };
  /** A bounce came back for a mail that had been accepted: `order` is what was sent. */
  mailBounced: { readonly key: string; readonly order: MailOrder };
  /** An answer overtook it: it was not sent. */
  mailSuperseded: { readonly key: string };
  saved: { readonly key: string };
  /** An effect's key was used before with other content. */
  effectConflict: { readonly key: string };
  /** Nothing but the passing of time: what is due is decided. */
  time: Record<never, never>;
}

/** Name of an event. */
export type EventType = keyof EventPayloads;
/** An event of one type. */
export type EventOf<T extends EventType> = Happening & { readonly type: T } & EventPayloads[T];
/** Anything that may happen to a request. */
export type RequestEvent = { [T in EventType]: EventOf<T> }[EventType];

/** Opening windows by the calendar's name in the terms. */
export type Windows = { readonly [calendar: string]: OpeningWindow };

/** Commands of staff and customers: one Update each, of the same name, and one URL each. */
export const COMMANDS = [
  'acknowledge',
  'startWork',
  'notifyRecovery',
  'ask',
  'proposeWorkaround',
  'proposeFix',
  'answer',
  'confirm',
  'putInProduction',
  'reject',
  'escalate',
  'defer',
  'resume',
  'assign',
  'note',
  'logWork',
  'requalify',
  'amendTerms',
  'refuse',
  'close',
  'reopen',
  'correctAddress',
] as const satisfies readonly EventType[];
/** Name of a command; the last part of its URL, too. */
export type CommandName = (typeof COMMANDS)[number];

/**
 * A command as the API sends it: the workflow adds `at`. `receivedAt` (epoch milliseconds, not in the future) is for
 * what reached us earlier than it is told to the workflow: a phone call written down, a mail.
 */
export type CommandOf<T extends CommandName | 'open'> = EventPayloads[T] & {
  readonly who: Who;
  readonly channel: Channel;
  readonly commandId: string;
  readonly receivedAt?: number;
  readonly enteredBy?: Who;
};
