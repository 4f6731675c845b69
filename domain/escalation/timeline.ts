/** What an escalation's timeline shows, and to whom. */
import type { ProposalKind } from '../effects.ts';
import type { Channel, InboundMailId, TextId, Who } from '../events.ts';
import type { ClockName } from '../terms.ts';
import type { EscalationTaskKind } from './effects.ts';

/** `publisher` entries are seen by the publisher and by the distributor's staff, `staff` by the latter only. */
export type EscalationAudience = 'staff' | 'publisher';

/** Every entry type with its audience. */
export const ESCALATION_AUDIENCE = {
  sent: 'publisher',
  acknowledged: 'publisher',
  workStarted: 'publisher',
  asked: 'publisher',
  provided: 'publisher',
  workaroundDelivered: 'publisher',
  fixDelivered: 'publisher',
  accepted: 'publisher',
  rejected: 'publisher',
  refused: 'publisher',
  withdrawn: 'publisher',
  priorityProposed: 'publisher',
  priorityContested: 'publisher',
  priorityAgreed: 'publisher',
  noted: 'publisher',
  chased: 'staff',
  clockWarned: 'staff',
  clockBreached: 'staff',
  openingHoursChanged: 'staff',
  messageHeld: 'staff',
  messageDismissed: 'staff',
  mailUndeliverable: 'staff',
  taskDone: 'staff',
  effectConflict: 'staff',
} as const satisfies Record<string, EscalationAudience>;
/** Type of a line. */
export type EscalationEntryType = keyof typeof ESCALATION_AUDIENCE;

/** One line of the timeline. Instants are epoch milliseconds; no personal data. */
export interface EscalationEntry {
  readonly type: EscalationEntryType;
  readonly at: number;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy?: Who;
  readonly enteredAt?: number;
  readonly text?: TextId;
  readonly mail?: InboundMailId;
  readonly facts?: {
    readonly priority?: string;
    readonly sr?: string;
    readonly clock?: ClockName;
    readonly dueAt?: number;
    readonly dueWas?: number;
    readonly because?: 'budgetChanged';
    readonly kind?: ProposalKind;
    readonly permanent?: boolean;
    readonly exclusion?: string;
    readonly step?: number;
    readonly task?: EscalationTaskKind;
    readonly effect?: string;
  };
}
