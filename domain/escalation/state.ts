/** The state of one escalation. JSON: it is stored in Postgres and carried across continue-as-new. */
import type { EffectKey, ProposalKind } from '../effects.ts';
import type { TextId, Who } from '../events.ts';
import type { RecentCommand } from '../recentCommands.ts';
import type { ClockState, RequestPause } from '../state.ts';
import type { ClockName } from '../terms.ts';
import type { EscalationEffect, EscalationMailOrder, EscalationTaskKind } from './effects.ts';

/** Every status. */
export const ESCALATION_STATUSES = [
  'sent',
  'acknowledged',
  'inProgress',
  'waiting',
  'workaroundDelivered',
  'resolved',
  'closed',
  'refused',
  'withdrawn',
] as const;
/**
 * Where an escalation is in its life. `waiting`: back to the distributor, for information. `workaroundDelivered`,
 * `resolved`: the distributor has it to be confirmed. The last three are the ends: `closed` is accepted.
 */
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];

/** `escalation:<request number>:<n>`: id of the workflow, and what is quoted until the SR is issued. */
export type EscalationId = `escalation:${string}:${number}`;

/** The two sides of an escalation. */
export type Side = 'distributor' | 'publisher';

/** A priority, who named it, when. */
export interface NamedPriority {
  readonly priority: string;
  readonly at: number;
  readonly who: Who;
}

/** How the two came to the priority (C §4.4.2). Until `agreed` is there the higher of the two counts. */
export interface PriorityAgreement {
  readonly proposed: NamedPriority;
  /** What the publisher says instead. */
  readonly contested?: NamedPriority;
  readonly agreed?: NamedPriority;
}

/** The publisher's own request number, issued at its acknowledgement, with what it records (C §4.4.3). */
export interface ServiceRequest {
  readonly number: string;
  /** Whose numbering it is. */
  readonly issuedBy: Side;
  readonly at: number;
  readonly sentBy: Who;
  readonly receivedBy: Who;
  /** The one that counted then. The description is the package's problem. */
  readonly priority: string;
}

/** What only a person of the distributor can do. */
export interface EscalationTask {
  readonly kind: EscalationTaskKind;
  readonly since: number;
  /** lookAtMessage: the publisher's message. */
  readonly mail?: string;
  readonly effect?: EffectKey;
  /** correctAddress: what to send again once the address is right; a chaser is ordered again by its cycle. */
  readonly order?: EscalationMailOrder;
}

/** A command that was carried out, and what it yielded. */
export interface EscalationResult {
  readonly id: EscalationId;
  readonly version: number;
  readonly at: number;
  readonly status: EscalationStatus;
}

/** All that is known of an escalation: plain JSON, instants in epoch milliseconds. No personal data. */
export interface EscalationState {
  readonly id: EscalationId;
  /** Number of the request. */
  readonly request: string;
  readonly n: number;
  /** The contract with the publisher, and the publisher itself. */
  readonly contract: string;
  readonly termsVersion: number;
  readonly publisher: string;
  /** Counts transitions; the `version` of every view, and part of effect keys. */
  readonly seq: number;
  readonly lastAt: number;
  readonly status: EscalationStatus;
  /** The one that counts: agreed, or the higher of those that were named. */
  readonly priority: string;
  readonly priorities: PriorityAgreement;
  /** When it was sent, and by which referent. */
  readonly registeredAt: number;
  readonly sentBy: Who;
  readonly acknowledgedAt?: number;
  readonly sr?: ServiceRequest;
  /** What was delivered and is not judged yet. */
  readonly delivery?: { readonly kind: ProposalKind; readonly at: number; readonly text: TextId };
  readonly ended?: { readonly at: number; readonly exclusion?: string };
  /** Chasers that the mail server accepted. */
  readonly chased: readonly { readonly key: EffectKey; readonly at: number }[];
  /** Key of the chaser that is on its way. */
  readonly chasing?: EffectKey;
  /** Staff were told that nobody answers the chasers. */
  readonly silentSince?: number;
  readonly clocks: { readonly [name in ClockName]?: ClockState };
  readonly pauses: readonly RequestPause[];
  readonly tasks: readonly EscalationTask[];
  /** The last 50. */
  readonly commands: readonly RecentCommand<EscalationResult>[];
  /** Effects issued and not done. */
  readonly pending: readonly EscalationEffect[];
  readonly extending?: boolean;
  readonly extendNotBefore?: number;
}
