/** What each command of staff and customers does to a request. `requirePossible` has been passed. */
import { budgetUsedUp, dueMoments, isMetBy, promisedClocks } from './clocks.ts';
import { type Draft, endPauses, orderMail, record, type Source, startPause } from './draft.ts';
import type { ClosingReason, ProposalKind, WaitingFor } from './effects.ts';
import type { CommandName, EventOf } from './events.ts';
import { Refusal } from './failures.ts';
import { nextReminderMoment } from './reminders.ts';
import type { ClockState, Status } from './state.ts';
import { CLOCK_NAMES, type ClockName, type MetBy } from './terms.ts';
import { reopenUntil, requirePriority } from './transitions.ts';
import { correctAddress } from './undelivered.ts';

/** A command of staff or customers. */
export type CommandEvent = { [T in CommandName]: EventOf<T> }[CommandName];

/** Carries out a command that the status allows. @throws Refusal `ValidationFailed`, `NotCovered`. */
export function applyCommand(draft: Draft, event: CommandEvent): void {
  switch (event.type) {
    case 'acknowledge':
      return acknowledge(draft, event.at, event);
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

function withText(text: string | undefined): { text?: string } {
  return text === undefined ? {} : { text };
}

/** Where a request goes when it no longer waits. (With an open escalation it will be `escalated`.) */
function backStatus(draft: Draft): Status {
  return draft.state.acknowledgedAt === undefined ? 'registered' : 'inProgress';
}

function meet(draft: Draft, by: MetBy, at: number): void {
  for (const name of CLOCK_NAMES) {
    const isMet = draft.state.clocks[name]?.metAt !== undefined;
    if (!isMet && isMetBy(draft.state, name, by, draft.rules.terms)) changeClock(draft, name, { metAt: at });
  }
}

function changeClock(draft: Draft, name: ClockName, change: Partial<ClockState>): void {
  const clock = draft.state.clocks[name];
  if (clock) draft.state.clocks = { ...draft.state.clocks, [name]: { ...clock, ...change } };
}

/** Takes back what meets a clock; its start, its pauses and its breach stay. */
function unmeet(draft: Draft, name: ClockName): void {
  const clock = draft.state.clocks[name];
  if (clock?.metAt === undefined) return;
  const { metAt: _, ...running } = clock;
  draft.state.clocks = { ...draft.state.clocks, [name]: running };
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
function ask(draft: Draft, event: EventOf<'ask'>): void {
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

function resume(draft: Draft, at: number, source: Source, text?: string): void {
  draft.state.status = backStatus(draft);
  endPauses(draft, ['deferred'], at);
  record(draft, at, source, { type: 'resumed', ...withText(text) });
}

function logWork(draft: Draft, event: EventOf<'logWork'>): void {
  if (!Number.isInteger(event.seconds) || event.seconds < 1) {
    throw new Refusal('ValidationFailed', 'Work is logged in whole seconds, at least one.', {
      fields: [{ path: 'seconds', message: 'Give whole seconds, at least 1.' }],
    });
  }
  record(draft, event.at, event, { type: 'workLogged', ...withText(event.text), facts: { seconds: event.seconds } });
}

/** The new budget counts from the old start, with the old pauses. One that is used up already is due now, not before. */
function requalify(draft: Draft, event: EventOf<'requalify'>): void {
  requirePriority(draft.rules, event.priority);
  draft.state.priority = event.priority;
  record(draft, event.at, event, { type: 'requalified', text: event.text, facts: { priority: event.priority } });
  newBudgets(draft, event.at, event);
}

/** `advance` has put the new terms into the draft's rules. */
function amendTerms(draft: Draft, event: EventOf<'amendTerms'>): void {
  requirePriority(draft.rules, draft.state.priority);
  draft.state.termsVersion = event.terms.version;
  record(draft, event.at, event, { type: 'termsAmended', facts: { termsVersion: event.terms.version } });
  newBudgets(draft, event.at, event);
}

function newBudgets(draft: Draft, at: number, source: Source): void {
  for (const clock of promisedClocks(draft.state, draft.rules.terms)) {
    const { notBefore: _, ...plain } = clock.state;
    const usedUp = budgetUsedUp(clock.terms, clock.state, draft.state.pauses, at, draft.rules);
    draft.state.clocks = { ...draft.state.clocks, [clock.name]: usedUp ? { ...plain, notBefore: at } : plain };
  }
  const deferrable = draft.rules.terms.priorities[draft.state.priority]?.deferrable ?? false;
  // What is promised a resolution cannot stay deferred: its clock would stand still for ever.
  if (draft.state.status === 'deferred' && !deferrable) resume(draft, at, source);
}

function refuse(draft: Draft, event: EventOf<'refuse'>): void {
  if (!draft.rules.terms.exclusions.includes(event.exclusion)) {
    const known = draft.rules.terms.exclusions.join(', ');
    throw new Refusal('ValidationFailed', `The terms have no such exclusion; they know ${known}.`, {
      fields: [{ path: 'exclusion', message: `Must be one of ${known}.` }],
    });
  }
  record(draft, event.at, event, { type: 'refused', ...withText(event.text), facts: { exclusion: event.exclusion } });
  end(draft, 'refused', event.at);
  orderMail(draft, { kind: 'refusal', exclusion: event.exclusion, ...withText(event.text) });
}

function closeByHand(draft: Draft, event: EventOf<'close'>): void {
  if ((event.reason === 'duplicate') !== (event.duplicateOf !== undefined)) {
    throw new Refusal('ValidationFailed', 'A duplicate, and nothing else, names the request that it repeats.', {
      fields: [{ path: 'duplicateOf', message: 'Give it with the reason duplicate, and only then.' }],
    });
  }
  const proposal = draft.state.proposal;
  if (event.reason === 'confirmed' && proposal) meet(draft, proposal.kind, proposal.at);
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
  end(draft, reason, at);
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

/** Clocks that are not met stand still from here. A proposal that nobody judged is kept: an answer may still judge it. */
function end(draft: Draft, reason: ClosingReason, at: number): void {
  draft.state.status = 'closed';
  draft.state.closed = { at, reason };
  draft.state.tasks = [];
  delete draft.state.waiting;
  if (reason === 'confirmed') delete draft.state.proposal;
  endPauses(draft, ['waiting', 'deferred'], at);
  startPause(draft, 'closed', at);
}

/**
 * The resolution is no longer met, and the time closed is a pause. An agent who reopens takes the request up; a customer's
 * answer on one that nobody ever took up leaves its acknowledgement to be given.
 */
function reopen(draft: Draft, at: number, source: Source, text?: string): void {
  delete draft.state.closed;
  unmeet(draft, 'resolution');
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
