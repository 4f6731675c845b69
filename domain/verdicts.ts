/** What a request knows of its escalations, and what they are told of it. */
import { type Draft, endPauses, isOpen, orderVerdict, type Source, startPause } from './draft.ts';
import type { EscalationStatus } from './escalation/state.ts';
import type { Proposal, RequestEscalation } from './state.ts';

/** Clocks whose terms say so stand still exactly while the status is `escalated`. */
export function followEscalated(draft: Draft, at: number): void {
  if (draft.state.escalations === undefined) return;
  if (draft.state.status === 'escalated') startPause(draft, 'escalated', at);
  else endPauses(draft, ['escalated'], at);
}

/** Changes what is known of one escalation. */
export function changeEscalation(draft: Draft, n: number, change: Partial<RequestEscalation>): void {
  rewrite(draft, n, (one) => ({ ...one, ...change }));
}

/** What was delivered is with the customer now. */
export function forgetDelivered(draft: Draft, n: number): void {
  rewrite(draft, n, ({ delivered: _, ...rest }) => rest);
}

/** Ends one escalation: what it delivered and nobody has seen yet falls away. */
export function endEscalation(draft: Draft, n: number, status: EscalationStatus, at: number): void {
  rewrite(draft, n, ({ delivered: _, ...rest }) => ({ ...rest, status, endedAt: at }));
}

function rewrite(draft: Draft, n: number, change: (one: RequestEscalation) => RequestEscalation): void {
  const { escalations = [] } = draft.state;
  draft.state.escalations = escalations.map((one) => (one.n === n ? change(one) : one));
}

/** The open escalation that a proposal came from. */
function originOf(draft: Draft, proposal: Proposal): RequestEscalation | undefined {
  return draft.state.escalations?.find((one) => one.n === proposal.escalation && isOpen(one));
}

/** Tells the publisher that what it delivered works. With `ends` the escalation is over, else it works on. */
export function tellAccepted(draft: Draft, proposal: Proposal, ends: boolean, at: number, source: Source): void {
  const origin = originOf(draft, proposal);
  if (!origin) return;
  const { kind } = proposal;
  orderVerdict(draft, origin.n, { what: 'accepted', at, who: spokesman(source), kind, ends });
  if (ends) endEscalation(draft, origin.n, 'closed', at);
  else goesOn(draft, origin);
}

/** Tells the publisher that what it delivered does not do: its clock goes on. What the customer wrote stays here. */
export function tellRejected(draft: Draft, proposal: Proposal, at: number, source: Source, text?: string): void {
  const origin = originOf(draft, proposal);
  if (!origin) return;
  const remark = source.who.startsWith('staff:') && text !== undefined ? { text } : {};
  orderVerdict(draft, origin.n, { what: 'rejected', at, who: spokesman(source), kind: proposal.kind, ...remark });
  goesOn(draft, origin);
}

/** What was delivered after it, and is still to be proposed, remains delivered. */
function goesOn(draft: Draft, { n, delivered }: RequestEscalation): void {
  if (!delivered) changeEscalation(draft, n, { status: 'inProgress' });
}

/** The request has ended: no publisher works on it any more. */
export function withdrawEscalations(draft: Draft, at: number, source: Source): void {
  for (const { n } of draft.state.escalations?.filter(isOpen) ?? []) {
    orderVerdict(draft, n, { what: 'withdrawn', at, who: spokesman(source) });
    endEscalation(draft, n, 'withdrawn', at);
  }
}

/** The publisher deals with the distributor: who of the customer's people said it is not its matter. */
function spokesman({ who, enteredBy }: Source): Source['who'] {
  if (who.startsWith('staff:')) return who;
  return enteredBy?.startsWith('staff:') ? enteredBy : 'system';
}
