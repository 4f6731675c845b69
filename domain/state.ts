/** The state of one request. JSON: it is stored in Postgres and carried across continue-as-new and reopening. */
import type { ClosingReason, Effect, EffectKey, MailOrder, ProposalKind, TaskKind, WaitingFor } from './effects.ts';
import type { EscalationStatus } from './escalation/state.ts';
import type { InboundMailId, TextId, Who } from './events.ts';
import type { RecentCommand } from './recentCommands.ts';
import type { ClockName } from './terms.ts';

/** Every status. */
export const STATUSES = ['registered', 'inProgress', 'waiting', 'escalated', 'deferred', 'closed'] as const;
/** Where a request is in its life. */
export type Status = (typeof STATUSES)[number];

/**
 * Why clocks stood still. `waiting` and `escalated` stop those whose terms say so; a proposal stops the clocks that it
 * would meet; `deferred` and `closed` stop all.
 */
export type PauseCause = 'waiting' | 'escalated' | 'workaroundProposed' | 'fixProposed' | 'deferred' | 'closed';

/** Belongs to the request, not to a clock: what changes priority or terms loses none. Open while `to` is missing. */
export interface RequestPause {
  readonly cause: PauseCause;
  readonly from: number;
  readonly to?: number;
}

/** What happened to one clock. Its start and its due moment are always derived, never stored. */
export interface ClockState {
  readonly warnedAt?: number;
  /** The due instant that was missed, not the instant at which that was noticed. */
  readonly breachedAt?: number;
  readonly metAt?: number;
  /** Set by a re-qualification or amendment whose budget was already used up: due then. */
  readonly notBefore?: number;
}

/** What clocks count on: a request, or an escalation. */
export interface Clocked {
  readonly priority: string;
  readonly registeredAt: number;
  readonly acknowledgedAt?: number;
  readonly clocks: { readonly [name in ClockName]?: ClockState };
  readonly pauses: readonly RequestPause[];
}

/** The reminder cycle of one waiting. */
export interface Waiting {
  readonly for: WaitingFor;
  readonly since: number;
  /** Reminders that the mail server accepted, the first first; at most three. */
  readonly sent: readonly { readonly key: EffectKey; readonly at: number }[];
  /** Key of the reminder that is on its way. */
  readonly sending?: EffectKey;
}

/** A workaround or fix that the customer is to try; kept while an answer is dealt with. */
export interface Proposal {
  readonly kind: ProposalKind;
  readonly at: number;
  readonly text: TextId;
  /** The escalation whose publisher delivered it: it hears the verdict. */
  readonly escalation?: number;
  /** A fix that was confirmed and waits for its move to production. */
  readonly confirmedAt?: number;
}

/** What a request knows of one of its escalations. */
export interface RequestEscalation {
  readonly n: number;
  readonly publisher: string;
  /** Reference of the contract with the publisher. */
  readonly contract: string;
  /** Nexus endpoint of the publisher's namespace, where that is not the request's own. */
  readonly endpoint?: string;
  readonly at: number;
  /** As last reported; or what the request itself has told since. */
  readonly status: EscalationStatus;
  /** The publisher's number for it. */
  readonly sr?: string;
  /** Delivered while something else was being judged: proposed to the customer when that verdict is given. */
  readonly delivered?: { readonly kind: ProposalKind; readonly at: number; readonly text: TextId };
  /** Accepted, refused or withdrawn; open while missing. */
  readonly endedAt?: number;
}

/** Something that only a person can do. */
export interface StaffTask {
  readonly kind: TaskKind;
  readonly since: number;
  /** lookAtMessage: the message. */
  readonly mail?: InboundMailId;
  /** correctAddress, effectConflict: key of the effect concerned. */
  readonly effect?: EffectKey;
  /** correctAddress: what to send again once the address is right; a reminder is ordered again by its cycle. */
  readonly order?: MailOrder;
}

/** What a command yields: the version it made, when, and the status after it. */
export interface CommandResult {
  readonly number: string;
  readonly version: number;
  readonly at: number;
  readonly status: Status;
}

/** All that is known of a request: plain JSON, instants in epoch milliseconds. */
export interface RequestState {
  readonly number: string;
  readonly contract: string;
  readonly termsVersion: number;
  readonly contact: string;
  readonly previous?: string;
  /** Counts transitions; the `version` of every view, and part of effect keys. */
  readonly seq: number;
  /** Instant of the last event: nothing is recorded before it. */
  readonly lastAt: number;
  readonly status: Status;
  readonly priority: string;
  readonly assignee?: Who;
  readonly registeredAt: number;
  readonly acknowledgedAt?: number;
  readonly workStartedAt?: number;
  readonly recoveredAt?: number;
  readonly waiting?: Waiting;
  readonly proposal?: Proposal;
  readonly closed?: { readonly at: number; readonly reason: ClosingReason };
  /** Those to which something happened. One that the priority does not promise stays, and counts again if it changes back. */
  readonly clocks: { readonly [name in ClockName]?: ClockState };
  readonly pauses: readonly RequestPause[];
  readonly tasks: readonly StaffTask[];
  /** In the order in which they were sent; missing while there was none. */
  readonly escalations?: readonly RequestEscalation[];
  /** The last 50. */
  readonly commands: readonly RecentCommand<CommandResult>[];
  /** Effects issued and not done. */
  readonly pending: readonly Effect[];
  /** Set while a wider opening window is being built, so that it is asked for once. */
  readonly extending?: boolean;
  /** Set when the windows that came were still too short: not asked for again before. */
  readonly extendNotBefore?: number;
}
