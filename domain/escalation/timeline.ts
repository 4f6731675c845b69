/** What an escalation's timeline shows, and to whom. */
import type { ProposalKind } from '../effects.ts';
import type { ClockName } from '../terms.ts';
import type { TimelineLine } from '../timeline.ts';
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

/** One line of the timeline. */
export interface EscalationEntry extends TimelineLine<EscalationEntryType> {
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
