/**
 * The core of an escalation: `advanceEscalation(state, event)` decides everything that happens to it, over plain JSON, as
 * domain/request.ts does for a request.
 */
import { bringsNewHours, movedDues } from '../changedHours.ts';
import { endPauses, finishDraft, record, SYSTEM, settle } from '../draft.ts';
import { Refusal } from '../failures.ts';
import { windowCame } from '../passing.ts';
import { remembering, resultOf } from '../recentCommands.ts';
import { requirePriority } from '../transitions.ts';
import { decideChaser } from './chasers.ts';
import {
  closeMessage,
  closeTasks,
  type EscalationDraft,
  type EscalationRules,
  openTask,
  orderMail,
  report,
  startDraft,
} from './draft.ts';
import type { EscalationEffect } from './effects.ts';
import { refuse, withdraw } from './ending.ts';
import {
  ESCALATION_COMMANDS,
  type EscalationCommandName,
  type EscalationEvent,
  type EscalationEventOf,
} from './events.ts';
import { correctAddress, mailAccepted, mailBounced, mailRefused } from './mails.ts';
import { decideClocks, decideWindow, needsWindow } from './passing.ts';
import { agreePriority, confirmPriority, contestPriority, proposePriority } from './priority.ts';
import { acknowledge, ask, deliver, startWork } from './publisherCommands.ts';
import type { EscalationResult, EscalationState } from './state.ts';
import { isOver, requirePossible } from './transitions.ts';
import { hear } from './verdicts.ts';

/** What an event leads to. */
export interface EscalationAdvance {
  readonly state: EscalationState;
  /** To be carried out now; they wait in `state.pending` too, until their results come back as events. */
  readonly effects: readonly EscalationEffect[];
}

/**
 * The state after an event, and what it asks of the world. Warnings and breaches due before the event come first, at
 * their due instants; then the event. Chasers and the windows are decided by `time` events only. The same state comes back
 * when nothing changed.
 *
 * `rules` are those in force at the event; `before` those that held until then.
 *
 * @throws Refusal when the event is not possible now or names what the terms do not know; nothing has changed.
 */
export function advanceEscalation(
  state: EscalationState,
  event: EscalationEvent,
  rules: EscalationRules,
  before: EscalationRules = rules,
): EscalationAdvance {
  const commandId = idOf(event);
  if (commandId !== undefined && resultOf(state, commandId)) return { state, effects: [] };
  const at = Math.max(event.at, state.lastAt);
  const draft = startDraft(state, rules);
  decideClocks(draft, at);
  apply(draft, { ...event, at }, before);
  const isSilent = draft.entries.length === 0 && draft.effects.length === 0;
  if (isSilent && !changesQuietly(event)) return { state, effects: [] };
  // What only settles an effect happened to nobody.
  if (!isSilent) draft.state.lastAt = at;
  if (commandId !== undefined) remember(draft, commandId, at);
  return finishDraft(draft);
}

/** What an escalation is made of when it is sent. */
export type EscalationIdentity = Pick<EscalationState, 'id' | 'request' | 'n' | 'publisher'>;

/** The first state, as `send` makes it. @throws Refusal `ValidationFailed`: the publisher's terms have no such priority. */
export function openEscalation(
  identity: EscalationIdentity,
  event: EscalationEventOf<'send'>,
  rules: EscalationRules,
): EscalationAdvance {
  requirePriority(rules, event.priority);
  const { at, who, priority, sentBy } = event;
  const { id, request, n, publisher } = identity;
  const draft = startDraft(
    {
      id,
      request,
      n,
      contract: rules.terms.contract,
      termsVersion: rules.terms.version,
      publisher,
      seq: 0,
      lastAt: at,
      status: 'sent',
      priority,
      priorities: { proposed: { priority, at, who } },
      registeredAt: at,
      sentBy,
      chased: [],
      clocks: {},
      pauses: [],
      tasks: [],
      commands: [],
      pending: [],
    },
    rules,
  );
  record(draft, at, event, { type: 'sent', facts: { priority } });
  orderMail(draft, { kind: 'escalated', priority });
  if (event.commandId !== undefined) remember(draft, event.commandId, at);
  return finishDraft(draft);
}

/** What a command yielded; when that is not remembered, where the escalation stands now. */
export function resultNow(state: EscalationState, commandId: string): EscalationResult {
  const { id, seq, lastAt, status } = state;
  return resultOf(state, commandId) ?? { id, version: seq, at: lastAt, status };
}

/** A verdict counts once by its own id. */
function idOf(event: EscalationEvent): string | undefined {
  return event.type === 'told' ? event.verdict.id : event.commandId;
}

function remember(draft: EscalationDraft, id: string, at: number): void {
  const result: EscalationResult = { id: draft.state.id, version: draft.seq, at, status: draft.state.status };
  draft.state.commands = remembering(draft.state.commands, { id, result });
}

/** These change what waits in the state without being worth a version. */
function changesQuietly(event: EscalationEvent): boolean {
  switch (event.type) {
    case 'saved':
    case 'reported':
    case 'mailAccepted':
    case 'mailSuperseded':
    case 'windowExtended':
      return true;
    default:
      return false;
  }
}

type CommandEvent = { [T in EscalationCommandName]: EscalationEventOf<T> }[EscalationCommandName];

function isCommand(event: EscalationEvent): event is CommandEvent {
  return (ESCALATION_COMMANDS as readonly string[]).includes(event.type);
}

function apply(draft: EscalationDraft, event: EscalationEvent, before: EscalationRules): void {
  if (isCommand(event)) {
    requirePossible(draft.state, event.type);
    return applyCommand(draft, event);
  }
  switch (event.type) {
    case 'send':
      throw new Refusal('InvalidTransition', 'send was refused: the escalation exists.', {
        tried: 'send',
        status: draft.state.status,
      });
    case 'told':
      return hear(draft, event);
    case 'holdMessage':
      return holdMessage(draft, event);
    case 'dismissMessage':
      if (!draft.state.tasks.some((task) => task.mail === event.mail)) return;
      closeMessage(draft, event.mail);
      return record(draft, event.at, event, { type: 'messageDismissed', mail: event.mail });
    case 'windowExtended':
      return windowExtended(draft, event, before);
    case 'mailAccepted':
      return mailAccepted(draft, event);
    case 'mailRefused':
      return mailRefused(draft, event);
    case 'mailBounced':
      return mailBounced(draft, event);
    case 'mailSuperseded':
    case 'saved':
    case 'reported':
      settle(draft, event.key);
      return;
    case 'effectConflict':
      return effectConflict(draft, event);
    case 'time':
      decideChaser(draft, event.at);
      return decideWindow(draft, event.at);
  }
}

function applyCommand(draft: EscalationDraft, event: CommandEvent): void {
  switch (event.type) {
    case 'acknowledge':
      return acknowledge(draft, event);
    case 'startWork':
      return startWork(draft, event);
    case 'ask':
      return ask(draft, event);
    case 'deliverWorkaround':
      return deliver(draft, 'workaround', event);
    case 'deliverFix':
      return deliver(draft, 'fix', event);
    case 'refuse':
      return refuse(draft, event);
    case 'confirmPriority':
      return confirmPriority(draft, event);
    case 'contestPriority':
      return contestPriority(draft, event);
    case 'proposePriority':
      return proposePriority(draft, event);
    case 'agreePriority':
      return agreePriority(draft, event);
    case 'note':
      return note(draft, event);
    case 'provide':
      return provide(draft, event);
    case 'withdraw':
      withdraw(draft, event.at, event, event.text);
      return report(draft, event.at, event.who, { what: 'withdrawn' });
    case 'settleTask':
      return settleTask(draft, event);
    case 'correctAddress':
      return correctAddress(draft, event.at, event);
  }
}

/** Adds something, restarts nothing. A message that somebody files so need not be looked at any more. */
function note(draft: EscalationDraft, event: EscalationEventOf<'note'>): void {
  const { text, mail } = event;
  if (mail !== undefined) closeMessage(draft, mail);
  record(draft, event.at, event, {
    type: 'noted',
    ...(text === undefined ? {} : { text }),
    ...(mail === undefined ? {} : { mail }),
  });
}

/** The publisher has what it asked for: its clocks go on. */
function provide(draft: EscalationDraft, event: EscalationEventOf<'provide'>): void {
  const { at, who, text } = event;
  draft.state.status = 'inProgress';
  endPauses(draft, ['waiting'], at);
  closeTasks(draft, 'answerPublisher');
  record(draft, at, event, { type: 'provided', text });
  orderMail(draft, { kind: 'provided', text });
  report(draft, at, who, { what: 'provided' });
}

/** @throws Refusal `ValidationFailed`: no such task is open. */
function settleTask(draft: EscalationDraft, event: EscalationEventOf<'settleTask'>): void {
  if (!draft.state.tasks.some((task) => task.kind === event.task)) {
    throw new Refusal('ValidationFailed', 'No such task is open.', {
      fields: [{ path: 'task', message: 'This must be the kind of an open task.' }],
    });
  }
  closeTasks(draft, event.task);
  record(draft, event.at, event, { type: 'taskDone', facts: { task: event.task } });
}

/** One that is over is not held open by it: the message stays in the list of mails to look at. */
function holdMessage(draft: EscalationDraft, event: EscalationEventOf<'holdMessage'>): void {
  if (isOver(draft.state) || draft.state.tasks.some((task) => task.mail === event.mail)) return;
  record(draft, event.at, event, { type: 'messageHeld', mail: event.mail });
  openTask(draft, { kind: 'lookAtMessage', since: event.at, mail: event.mail });
}

function recordChangedHours(draft: EscalationDraft, at: number, before: EscalationRules): void {
  const moved = movedDues(draft.state, draft.rules, before);
  for (const facts of moved.length === 0 ? [{}] : moved) {
    record(draft, at, SYSTEM, { type: 'openingHoursChanged', facts });
  }
}

function windowExtended(
  draft: EscalationDraft,
  event: EscalationEventOf<'windowExtended'>,
  before: EscalationRules,
): void {
  settle(draft, event.key);
  if (!isOver(draft.state) && bringsNewHours(event.windows, before)) recordChangedHours(draft, event.at, before);
  windowCame(draft, event.at, needsWindow(draft.state, draft.rules, event.at));
}

function effectConflict(draft: EscalationDraft, event: EscalationEventOf<'effectConflict'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind === 'extendWindow') windowCame(draft, event.at, true);
  record(draft, event.at, SYSTEM, { type: 'effectConflict', facts: { effect: event.key } });
  if (isOver(draft.state)) orderMail(draft, { kind: 'publisherTask', task: 'effectConflict' });
  else openTask(draft, { kind: 'effectConflict', since: event.at, effect: event.key });
}
