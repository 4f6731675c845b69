/** How a request ends, and how it is taken up again. */
import { meet, unmeet } from './clockChanges.ts';
import { backStatus, type Draft, endPauses, orderMail, record, type Source, startPause, withText } from './draft.ts';
import type { ClosingReason, WaitingFor } from './effects.ts';
import type { EventOf } from './events.ts';
import { Refusal } from './failures.ts';
import { reopenUntil } from './transitions.ts';
import { tellAccepted, withdrawEscalations } from './verdicts.ts';

/** Closes what the terms exclude. @throws Refusal `ValidationFailed`: no such exclusion. */
export function refuse(draft: Draft, event: EventOf<'refuse'>): void {
  if (!draft.rules.terms.exclusions.includes(event.exclusion)) {
    const known = draft.rules.terms.exclusions.join(', ');
    throw new Refusal('ValidationFailed', `The terms have no such exclusion; they know ${known}.`, {
      fields: [{ path: 'exclusion', message: `This must be one of: ${known}.` }],
    });
  }
  record(draft, event.at, event, { type: 'refused', ...withText(event.text), facts: { exclusion: event.exclusion } });
  end(draft, 'refused', event.at, event);
  orderMail(draft, { kind: 'refusal', exclusion: event.exclusion, ...withText(event.text) });
}

/** @throws Refusal `ValidationFailed`: a duplicate of nothing, or something else with one. */
export function closeByHand(draft: Draft, event: EventOf<'close'>): void {
  if ((event.reason === 'duplicate') !== (event.duplicateOf !== undefined)) {
    throw new Refusal('ValidationFailed', 'A duplicate, and nothing else, names the request that it repeats.', {
      fields: [{ path: 'duplicateOf', message: 'Give it with the reason duplicate, and only then.' }],
    });
  }
  const proposal = draft.state.proposal;
  if (event.reason === 'confirmed' && proposal) {
    meet(draft, proposal.kind, proposal.at);
    tellAccepted(draft, proposal, true, event.at, event);
  }
  close(draft, event.reason, event.at, event, {
    ...withText(event.text),
    ...(event.duplicateOf === undefined ? {} : { duplicateOf: event.duplicateOf }),
  });
}

/** Ends the request and tells the customer. Used by silence too. */
export function close(
  draft: Draft,
  reason: ClosingReason,
  at: number,
  source: Source,
  more: { text?: string; duplicateOf?: string; waitingSince?: number; waitingFor?: WaitingFor } = {},
): void {
  const { text, duplicateOf } = more;
  const facts = { reason, ...(duplicateOf === undefined ? {} : { duplicateOf }) };
  record(draft, at, source, { type: 'closed', ...withText(text), facts });
  end(draft, reason, at, source);
  const until = reopenUntil(draft.state, draft.rules);
  const { text: _, ...rest } = more;
  orderMail(draft, {
    kind: 'closing',
    reason,
    ...rest,
    ...remark(source, text),
    ...(until === undefined ? {} : { reopenUntil: until }),
  });
}

/** What staff write goes out as their remark; customers know what they wrote themselves. */
function remark({ who }: Source, text: string | undefined): { text?: string } {
  return who.startsWith('staff:') ? withText(text) : {};
}

/**
 * Clocks that are not met stand still from here. A proposal that nobody judged is kept: an answer may still judge it.
 * Publishers that still have the request are told in the same transition.
 */
function end(draft: Draft, reason: ClosingReason, at: number, source: Source): void {
  withdrawEscalations(draft, at, source);
  draft.state.status = 'closed';
  draft.state.closed = { at, reason };
  draft.state.tasks = [];
  delete draft.state.waiting;
  if (reason === 'confirmed') delete draft.state.proposal;
  endPauses(draft, ['waiting', 'deferred'], at);
  startPause(draft, 'closed', at);
}

/**
 * Resolution and recovery are no longer met, and the time closed is a pause. An agent who reopens takes the request up; a customer's
 * answer on one that nobody ever took up leaves its acknowledgement to be given.
 */
export function reopen(draft: Draft, at: number, source: Source, text?: string): void {
  delete draft.state.closed;
  unmeet(draft, 'resolution');
  // What is down again has not recovered.
  unmeet(draft, 'recovery');
  delete draft.state.recoveredAt;
  // A fix that was confirmed has had its verdict: what it met beside the resolution stays met.
  if (draft.state.proposal?.confirmedAt !== undefined) delete draft.state.proposal;
  endPauses(draft, ['closed', 'workaroundProposed', 'fixProposed'], at);
  const byStaff = source.who.startsWith('staff:') && source.channel !== 'mail';
  if (draft.state.acknowledgedAt === undefined && byStaff) {
    draft.state.acknowledgedAt = at;
    meet(draft, 'acknowledgement', at);
  }
  draft.state.status = backStatus(draft);
  record(draft, at, source, { type: 'reopened', ...withText(text) });
  orderMail(draft, { kind: 'reopened', ...remark(source, text) });
}
