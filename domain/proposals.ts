/** Workarounds and fixes that the customer is to try, and the waiting for an answer: theirs, or the publisher's by way of us. */
import { meet, unmeet } from './clockChanges.ts';
import { isMetBy } from './clocks.ts';
import { close } from './closing.ts';
import { backStatus, type Draft, endPauses, orderMail, record, type Source, startPause, withText } from './draft.ts';
import type { ProposalKind, WaitingFor } from './effects.ts';
import type { EventOf, TextId } from './events.ts';
import { Refusal } from './failures.ts';
import { nextReminderMoment } from './reminders.ts';
import { CLOCK_NAMES } from './terms.ts';
import { tellAccepted, tellRejected } from './verdicts.ts';

/** Sets the request waiting: a new cycle of reminders begins. */
export function wait(draft: Draft, waitingFor: WaitingFor, at: number): { firstReminderAt?: number } {
  draft.state.status = 'waiting';
  draft.state.waiting = { for: waitingFor, since: at, sent: [] };
  startPause(draft, 'waiting', at);
  const moment = nextReminderMoment(draft.state, draft.rules);
  return moment && 'at' in moment.due ? { firstReminderAt: moment.due.at } : {};
}

/** Ends the waiting, whatever it was for; clocks that a proposal stopped run again, unless it is a fix that was confirmed. */
export function stopWaiting(draft: Draft, at: number): void {
  delete draft.state.waiting;
  endPauses(draft, ['waiting', 'workaroundProposed'], at);
  if (draft.state.proposal?.confirmedAt === undefined) endPauses(draft, ['fixProposed'], at);
}

/** What is proposed: by the distributor, or delivered by the publisher of an escalation. */
export interface Proposed {
  readonly kind: ProposalKind;
  readonly text: TextId;
  readonly escalation?: number;
}

/** Asks the customer to try it. */
export function propose(draft: Draft, proposed: Proposed, at: number, source: Source): void {
  const { kind, text } = proposed;
  overtake(draft, at, source);
  endPauses(draft, ['deferred'], at);
  const from = proposed.escalation === undefined ? {} : { escalation: proposed.escalation };
  draft.state.proposal = { kind, at, text, ...from };
  startPause(draft, kind === 'workaround' ? 'workaroundProposed' : 'fixProposed', at);
  const reminder = wait(draft, 'confirmation', at);
  record(draft, at, source, {
    type: kind === 'workaround' ? 'workaroundProposed' : 'fixProposed',
    text,
    facts: { waitingFor: 'confirmation', ...from },
  });
  orderMail(draft, { kind, text, ...reminder, ...from });
}

/** Leaves what was proposed and not judged; a confirmed fix that did not hold in production no longer meets what it met. */
export function overtake(draft: Draft, at: number, source: Source): void {
  const { proposal } = draft.state;
  if (!proposal) return;
  if (proposal.confirmedAt === undefined) tellRejected(draft, proposal, at, source);
  else unmeetProposal(draft);
  endPauses(draft, ['fixProposed'], at);
  delete draft.state.proposal;
}

/** What a fix met when it was confirmed, it no longer meets. */
function unmeetProposal(draft: Draft): void {
  const { state, rules } = draft;
  const { proposal } = state;
  if (proposal?.confirmedAt === undefined) return;
  for (const name of CLOCK_NAMES) {
    const isItsOwn = state.clocks[name]?.metAt === proposal.at && isMetBy(state, name, proposal.kind, rules.terms);
    if (isItsOwn) unmeet(draft, name);
  }
}

/** The proposal works. @throws Refusal `ValidationFailed`: a permanent fix. */
export function confirm(draft: Draft, event: EventOf<'confirm'>): void {
  const proposal = draft.state.proposal;
  if (!proposal) return;
  if (event.permanent && proposal.kind === 'fix') {
    throw new Refusal('ValidationFailed', 'Only a workaround is permanent or provisional.', {
      fields: [{ path: 'permanent', message: 'A fix is not permanent or provisional: leave this out.' }],
    });
  }
  if (proposal.kind === 'fix') {
    // Should it fail in production, the time until then is a pause.
    draft.state.proposal = { ...proposal, confirmedAt: event.at };
    startPause(draft, 'fixProposed', event.at);
  }
  stopWaiting(draft, event.at);
  const permanent = proposal.kind === 'workaround' ? { facts: { permanent: event.permanent ?? false } } : {};
  record(draft, event.at, event, { type: 'confirmed', ...withText(event.text), ...permanent });
  meet(draft, proposal.kind, proposal.at);
  const isProvisional = proposal.kind === 'workaround' && !event.permanent;
  tellAccepted(draft, proposal, !isProvisional, event.at, event);
  if (proposal.kind === 'workaround') {
    if (!event.permanent) {
      delete draft.state.proposal;
      draft.state.status = backStatus(draft);
      return;
    }
    meet(draft, 'permanentWorkaround', proposal.at);
    return close(draft, 'confirmed', event.at, event);
  }
  if (!draft.rules.terms.productionFollowsFix) return close(draft, 'confirmed', event.at, event);
  orderMail(draft, { kind: 'production', ...wait(draft, 'production', event.at) });
}

/** The fix is where it belongs, confirmed before or by this. */
export function putInProduction(draft: Draft, event: EventOf<'putInProduction'>): void {
  const { proposal } = draft.state;
  if (proposal) {
    meet(draft, 'fix', proposal.at);
    tellAccepted(draft, proposal, true, event.at, event);
  }
  record(draft, event.at, event, { type: 'putInProduction', ...withText(event.text) });
  close(draft, 'confirmed', event.at, event);
}

/** Clocks that the proposal stopped, or met, run again: they resume, never restart. */
export function reject(draft: Draft, event: EventOf<'reject'>): void {
  const { proposal } = draft.state;
  unmeetProposal(draft);
  delete draft.state.proposal;
  stopWaiting(draft, event.at);
  if (proposal) tellRejected(draft, proposal, event.at, event, event.text);
  draft.state.status = backStatus(draft);
  record(draft, event.at, event, { type: 'rejected', text: event.text });
}
