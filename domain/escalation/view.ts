/** What the outside sees of an escalation. */
import type { ProposalKind } from '../effects.ts';
import type { Who } from '../events.ts';
import type { ClockView } from '../view.ts';
import type { EscalationCommandName } from './events.ts';
import type { EscalationId, EscalationStatus, EscalationTask, PriorityAgreement, ServiceRequest } from './state.ts';

/** A span that counts, or may count, in the platform's availability (C §4.4.3); `to` is missing while it lasts. */
export interface LateSpan {
  readonly from: number;
  readonly to?: number;
}

/** Instants are epoch milliseconds. */
export interface EscalationView {
  readonly id: EscalationId;
  readonly request: string;
  readonly n: number;
  readonly contract: string;
  readonly termsVersion: number;
  readonly publisher: string;
  readonly version: number;
  readonly status: EscalationStatus;
  readonly priority: string;
  readonly priorities: PriorityAgreement;
  readonly sentAt: number;
  readonly sentBy: Who;
  readonly acknowledgedAt?: number;
  readonly sr?: ServiceRequest;
  readonly delivery?: { readonly kind: ProposalKind; readonly at: number };
  readonly ended?: { readonly at: number; readonly exclusion?: string };
  readonly chasersSent: number;
  readonly nextChaserAt?: number;
  readonly clocks: readonly ClockView[];
  readonly breached: boolean;
  /** Not resolved in time, and its priority counts: from the acknowledgement, and from the due moment. */
  readonly late?: { readonly fromAcknowledgement: LateSpan; readonly fromDue: LateSpan };
  readonly tasks: readonly EscalationTask[];
  readonly nextDueAt?: number;
  /** Commands that would be accepted now, of either side. */
  readonly possible: readonly EscalationCommandName[];
}
