/** What a request's timeline shows, and to whom. */
import type { ClosingReason, ProposalKind, ReminderStep, TaskKind, WaitingFor } from './effects.ts';
import type { EscalationReport } from './escalation/messages.ts';
import type { Channel, InboundMailId, TextId, Who } from './events.ts';
import type { ClockName } from './terms.ts';

/** Who may see something. */
export type Audience = 'staff' | 'customer';

/** Every entry type with its audience: `customer` entries are seen by staff too. */
export const TIMELINE_AUDIENCE = {
  opened: 'customer',
  acknowledged: 'customer',
  workStarted: 'customer',
  recoveryNotified: 'customer',
  asked: 'customer',
  workaroundProposed: 'customer',
  fixProposed: 'customer',
  answered: 'customer',
  confirmed: 'customer',
  putInProduction: 'customer',
  rejected: 'customer',
  deferred: 'customer',
  resumed: 'customer',
  requalified: 'customer',
  refused: 'customer',
  closed: 'customer',
  reopened: 'customer',
  reminderSent: 'customer',
  escalated: 'customer',
  escalationAcknowledged: 'customer',
  assigned: 'staff',
  noted: 'staff',
  workLogged: 'staff',
  termsAmended: 'staff',
  openingHoursChanged: 'staff',
  clockWarned: 'staff',
  clockBreached: 'staff',
  mailUndeliverable: 'staff',
  addressCorrected: 'staff',
  publisherAcknowledged: 'staff',
  publisherAsked: 'staff',
  publisherProvided: 'staff',
  publisherDelivered: 'staff',
  publisherRefused: 'staff',
  publisherBreached: 'staff',
  escalationWithdrawn: 'staff',
  reportFiled: 'staff',
  messageHeld: 'staff',
  messageDismissed: 'staff',
  effectConflict: 'staff',
} as const satisfies Record<string, Audience>;
/** Type of a line. */
export type TimelineType = keyof typeof TIMELINE_AUDIENCE;

/** What every line of a timeline has; `T`: its types. Instants are epoch milliseconds; no personal data. */
export interface TimelineLine<T extends string> {
  readonly type: T;
  readonly at: number;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy?: Who;
  readonly enteredAt?: number;
  readonly text?: TextId;
  readonly mail?: InboundMailId;
}

/** One line of the timeline. */
export interface TimelineEntry extends TimelineLine<TimelineType> {
  readonly facts?: {
    readonly priority?: string;
    readonly urgency?: string;
    readonly impact?: string;
    readonly clock?: ClockName;
    readonly dueAt?: number;
    /** openingHoursChanged: the due moment until then; absent where it lay beyond the opening window. */
    readonly dueWas?: number;
    readonly waitingFor?: WaitingFor;
    readonly step?: ReminderStep;
    readonly reason?: ClosingReason;
    readonly permanent?: boolean;
    readonly exclusion?: string;
    readonly assignee?: Who;
    readonly seconds?: number;
    readonly termsVersion?: number;
    readonly duplicateOf?: string;
    readonly previous?: string;
    readonly task?: TaskKind;
    readonly effect?: string;
    /** Which of the request's escalations. */
    readonly escalation?: number;
    readonly publisher?: string;
    /** The publisher's number. */
    readonly sr?: string;
    /** publisherDelivered, reportFiled: what was delivered. */
    readonly kind?: ProposalKind;
    /** publisherDelivered: something else is being judged first. */
    readonly held?: boolean;
    /** reportFiled: what was reported. */
    readonly report?: EscalationReport['what'];
    /** Why a clock was due when it was, where the budget alone does not say it. */
    readonly because?: 'budgetChanged';
  };
}
