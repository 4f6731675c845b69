/** What each command of staff and customers does to a request. `requirePossible` has been passed. */

import { meet, unmeet } from './clockChanges.ts';
import { dueMoments, isMetBy } from './clocks.ts';
import { close, closeByHand, refuse, reopen } from './closing.ts';
import { backStatus, type Draft, endPauses, orderMail, record, type Source, startPause, withText } from './draft.ts';
import type { ProposalKind, WaitingFor } from './effects.ts';
import type { CommandName, EventOf } from './events.ts';
import { Refusal } from './failures.ts';
import { amendTerms, requalify, resume } from './qualification.ts';
import { nextReminderMoment } from './reminders.ts';
import { CLOCK_NAMES } from './terms.ts';
import { correctAddress } from './undelivered.ts';

/** A command of staff or customers. */
export type CommandEvent = { [T in CommandName]: EventOf<T> }[CommandName];

/** Carries out a command that the status allows. @throws Refusal `ValidationFailed`, `NotCovered`. */
export function applyCommand(draft: Draft, event: CommandEvent): void {
  switch (event.type) {
    case 'acknowledge':
      return acknowledge(draft, event.at, event);
    case 'startWork':
      return startWork(draft, event);
    case 'notifyRecovery':
      return notifyRecovery(draft, event);
    case 'ask':
      return ask(draft, event);
    case 'proposeWorkaround':
      return propose(draft, 'workaround', event);
    case 'proposeFix':
      return propose(draft, 'fix', event);
    case 'answer':
      return answer(draft, event);
    case 'confirm':
      return confirm(draft, event);
    case 'putInProduction':
      return putInProduction(draft, event);
    case 'reject':
      return reject(draft, event);
    case 'escalate':
      draft.state.status = 'escalated';
      return record(draft, event.at, event, { type: 'noted' });
    case 'defer':
      draft.state.status = 'deferred';
      startPause(draft, 'deferred', event.at);
      return record(draft, event.at, event, { type: 'deferred', text: event.text });
    case 'resume':
      return resume(draft, event.at, event, event.text);
    case 'assign':
      draft.state.assignee = event.assignee;
      return record(draft, event.at, event, { type: 'assigned', facts: { assignee: event.assignee } });
    case 'note':
      return record(draft, event.at, event, { type: 'noted', text: event.text });
    case 'logWork':
      return logWork(draft, event);
    case 'requalify':
      return requalify(draft, event);
    case 'amendTerms':
      return amendTerms(draft, event);
    case 'refuse':
      return refuse(draft, event);
    case 'close':
      return closeByHand(draft, event);
    case 'reopen':
      return reopen(draft, event.at, event, event.text);
    case 'correctAddress':
      return correctAddress(draft, event.at, event);
  }
}

function acknowledge(draft: Draft, at: number, source: Source): void {
  draft.state.acknowledgedAt = at;
  meet(draft, 'acknowledgement', at);
  if (draft.state.status === 'registered') draft.state.status = 'inProgress';
  record(draft, at, source, { type: 'acknowledged' });
  orderMail(draft, {
    kind: 'acknowledgement',
    priority: draft.state.priority,
    due: dueMoments(draft.state, draft.rules),
  });
}

/** Whoever works on it has taken it up. */
function startWork(draft: Draft, event: EventOf<'startWork'>): void {
  if (draft.state.acknowledgedAt === undefined) acknowledge(draft, event.at, event);
  draft.state.workStartedAt = event.at;
  meet(draft, 'workStarted', event.at);
  record(draft, event.at, event, { type: 'workStarted', ...withText(event.text) });
}

/** The status stays: that the service is back does not say that its cause is gone. */
function notifyRecovery(draft: Draft, event: EventOf<'notifyRecovery'>): void {
  draft.state.recoveredAt = event.at;
  meet(draft, 'recovery', event.at);
  record(draft, event.at, event, { type: 'recoveryNotified', text: event.text });
  orderMail(draft, { kind: 'recovery', text: event.text });
}

/** Sets the request waiting: a new cycle of reminders begins. */
function wait(draft: Draft, waitingFor: WaitingFor, at: number): { firstReminderAt?: number } {
  draft.state.status = 'waiting';
  draft.state.waiting = { for: waitingFor, since: at, sent: [] };
  startPause(draft, 'waiting', at);
  const moment = nextReminderMoment(draft.state, draft.rules);
  return moment && 'at' in moment.due ? { firstReminderAt: moment.due.at } : {};
}

/** Ends the waiting, whatever it was for; clocks that a proposal stopped run again, unless it is a fix that was confirmed. */
function stopWaiting(draft: Draft, at: number): void {
  delete draft.state.waiting;
  endPauses(draft, ['waiting', 'workaroundProposed'], at);
  if (draft.state.proposal?.confirmedAt === undefined) endPauses(draft, ['fixProposed'], at);
}

/** Asking shows that somebody took the request up; an automatic question does not. */
export function ask(draft: Draft, event: Omit<EventOf<'ask'>, 'type'>): void {
  const automatic = event.automatic ?? false;
  if (draft.state.status === 'registered' && !automatic) {
    draft.state.acknowledgedAt = event.at;
    meet(draft, 'acknowledgement', event.at);
    record(draft, event.at, event, { type: 'acknowledged' });
  }
  const reminder = wait(draft, 'information', event.at);
  record(draft, event.at, event, { type: 'asked', text: event.text, facts: { waitingFor: 'information' } });
  orderMail(draft, { kind: 'question', text: event.text, automatic, ...reminder });
}

function propose(draft: Draft, kind: ProposalKind, event: EventOf<'proposeWorkaround' | 'proposeFix'>): void {
  // A confirmed fix that did not hold in production is replaced: what it met runs again.
  if (draft.state.proposal?.confirmedAt !== undefined) unmeetProposal(draft);
  endPauses(draft, ['deferred', 'fixProposed'], event.at);
  draft.state.proposal = { kind, at: event.at, text: event.text };
  startPause(draft, kind === 'workaround' ? 'workaroundProposed' : 'fixProposed', event.at);
  const reminder = wait(draft, 'confirmation', event.at);
  record(draft, event.at, event, {
    type: kind === 'workaround' ? 'workaroundProposed' : 'fixProposed',
    text: event.text,
    facts: { waitingFor: 'confirmation' },
  });
  orderMail(draft, { kind, text: event.text, ...reminder });
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

function answer(draft: Draft, event: EventOf<'answer'>): void {
  if (event.mail !== undefined) draft.state.tasks = draft.state.tasks.filter((task) => task.mail !== event.mail);
  record(draft, event.at, event, {
    type: 'answered',
    ...withText(event.text),
    ...(event.mail === undefined ? {} : { mail: event.mail }),
  });
  if (draft.state.status === 'closed') return reopen(draft, event.at, event);
  if (draft.state.status !== 'waiting') return;
  stopWaiting(draft, event.at);
  draft.state.status = backStatus(draft);
}

function confirm(draft: Draft, event: EventOf<'confirm'>): void {
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

function putInProduction(draft: Draft, event: EventOf<'putInProduction'>): void {
  if (draft.state.proposal) meet(draft, 'fix', draft.state.proposal.at);
  record(draft, event.at, event, { type: 'putInProduction', ...withText(event.text) });
  close(draft, 'confirmed', event.at, event);
}

/** Clocks that the proposal stopped, or met, run again: they resume, never restart. */
function reject(draft: Draft, event: EventOf<'reject'>): void {
  unmeetProposal(draft);
  delete draft.state.proposal;
  stopWaiting(draft, event.at);
  draft.state.status = backStatus(draft);
  record(draft, event.at, event, { type: 'rejected', text: event.text });
}

function logWork(draft: Draft, event: EventOf<'logWork'>): void {
  if (!Number.isInteger(event.seconds) || event.seconds < 1) {
    throw new Refusal('ValidationFailed', 'Work is logged in whole seconds, at least one.', {
      fields: [{ path: 'seconds', message: 'Give whole seconds, at least 1.' }],
    });
  }
  record(draft, event.at, event, { type: 'workLogged', ...withText(event.text), facts: { seconds: event.seconds } });
}
