/** What each command of staff and customers does to a request. `requirePossible` has been passed. */

import { meet } from './clockChanges.ts';
import { dueMoments } from './clocks.ts';
import { closeByHand, refuse, reopen } from './closing.ts';
import { backStatus, type Draft, orderMail, record, type Source, startPause, withText } from './draft.ts';
import { escalate } from './escalating.ts';
import type { CommandName, EventOf } from './events.ts';
import { Refusal } from './failures.ts';
import { confirm, propose, putInProduction, reject, stopWaiting, wait } from './proposals.ts';
import { amendTerms, requalify, resume } from './qualification.ts';
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
      return propose(draft, { kind: 'workaround', text: event.text }, event.at, event);
    case 'proposeFix':
      return propose(draft, { kind: 'fix', text: event.text }, event.at, event);
    case 'answer':
      return answer(draft, event);
    case 'confirm':
      return confirm(draft, event);
    case 'putInProduction':
      return putInProduction(draft, event);
    case 'reject':
      return reject(draft, event);
    case 'escalate':
      return escalate(draft, event);
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

function logWork(draft: Draft, event: EventOf<'logWork'>): void {
  if (!Number.isInteger(event.seconds) || event.seconds < 1) {
    throw new Refusal('ValidationFailed', 'Work is logged in whole seconds, at least one.', {
      fields: [{ path: 'seconds', message: 'Give whole seconds, at least 1.' }],
    });
  }
  record(draft, event.at, event, { type: 'workLogged', ...withText(event.text), facts: { seconds: event.seconds } });
}
