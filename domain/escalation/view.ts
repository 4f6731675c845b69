/** What the outside sees of an escalation. */
import type { ProposalKind } from '../effects.ts';
import type { Who } from '../events.ts';
import { type ClockView, clockView, type DerivedView, defined, deriveClocks } from '../view.ts';
import { nextChaserMoment } from './chasers.ts';
import type { EscalationRules } from './draft.ts';
import type { EscalationCommandName } from './events.ts';
import type {
  EscalationId,
  EscalationState,
  EscalationStatus,
  EscalationTask,
  PriorityAgreement,
  ServiceRequest,
} from './state.ts';
import { possibleCommands } from './transitions.ts';

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

/** The part of a view that a state alone does not tell. */
export interface DerivedEscalation {
  readonly clocks: DerivedView['clocks'];
  readonly nextChaserAt?: number;
  readonly isCounted: boolean;
  readonly possible: readonly EscalationCommandName[];
}

/** The view of a state under its rules. */
export function viewOf(state: EscalationState, rules: EscalationRules): EscalationView {
  return joinView(state, deriveView(state, rules));
}

/** What the rules make of a state. */
export function deriveView(state: EscalationState, rules: EscalationRules): DerivedEscalation {
  const chaser = nextChaserMoment(state, rules);
  return {
    clocks: deriveClocks(state, rules),
    ...(chaser?.what === 'chaser' && 'at' in chaser.due ? { nextChaserAt: chaser.due.at } : {}),
    isCounted: rules.terms.countedInAvailability.includes(state.priority),
    possible: possibleCommands(state),
  };
}

/** A view of the state that it was derived from, and of that only. */
export function joinView(state: EscalationState, derived: DerivedEscalation): EscalationView {
  const { id, request, n, contract, termsVersion, publisher, status, priority, priorities } = state;
  const due = derived.clocks.flatMap((clock) => (clock.dueAt === undefined ? [] : [clock.dueAt]));
  return {
    id,
    request,
    n,
    contract,
    termsVersion,
    publisher,
    version: state.seq,
    status,
    priority,
    priorities,
    sentAt: state.registeredAt,
    sentBy: state.sentBy,
    ...defined({ acknowledgedAt: state.acknowledgedAt, sr: state.sr, ended: state.ended }),
    ...(state.delivery ? { delivery: { kind: state.delivery.kind, at: state.delivery.at } } : {}),
    chasersSent: state.chased.length,
    ...defined({ nextChaserAt: derived.nextChaserAt }),
    clocks: derived.clocks.map((clock) => clockView(clock, state)),
    breached: Object.values(state.clocks).some((clock) => clock.breachedAt !== undefined),
    ...defined({ late: derived.isCounted ? lateSpans(state) : undefined }),
    tasks: state.tasks.map(({ order: _, ...task }) => task),
    ...(due.length > 0 ? { nextDueAt: Math.min(...due) } : {}),
    possible: derived.possible,
  };
}

/** To the resolution, or to the end of an escalation that was given up. */
function lateSpans({ acknowledgedAt, clocks, ended }: EscalationState): EscalationView['late'] {
  const { breachedAt, metAt = ended?.at } = clocks.resolution ?? {};
  if (acknowledgedAt === undefined || breachedAt === undefined) return undefined;
  const to = metAt === undefined ? {} : { to: metAt };
  return { fromAcknowledgement: { from: acknowledgedAt, ...to }, fromDue: { from: breachedAt, ...to } };
}
