/**
 * The core: `advance(state, event)` decides everything that happens to a support request, over plain JSON. It knows no
 * clock but the event's `at`, no calendar but the opening windows in its rules, and touches nothing outside.
 */
import { bringsNewHours, recordChangedHours } from './changedHours.ts';
import { dueMoments } from './clocks.ts';
import { applyCommand, ask, type CommandEvent } from './commands.ts';
import { type Draft, finishDraft, openTask, orderMail, record, SYSTEM, settle, startDraft } from './draft.ts';
import { type Effect, STAFF_MAILS } from './effects.ts';
import { proposeDelivered, reported } from './escalationReports.ts';
import { COMMANDS, type CommandName, type EventOf, type RequestEvent } from './events.ts';
import { Refusal } from './failures.ts';
import { decideClocks, decideSilence, decideWindow, needsWindow, windowCame } from './passing.ts';
import { remembering, resultOf } from './recentCommands.ts';
import type { Rules } from './rules.ts';
import type { CommandResult, RequestState } from './state.ts';
import { priorityOf, requirePossible, requirePriority } from './transitions.ts';
import { followEscalated } from './verdicts.ts';

/** What an event leads to. */
export interface Advance {
  readonly state: RequestState;
  /** To be carried out now; they wait in `state.pending` too, until their results come back as events. */
  readonly effects: readonly Effect[];
}

/**
 * The state after an event, and what it asks of the world. Warnings and breaches due before the event come first, at
 * their due instants; then the event. Reminders, closing and the window are decided by `time` events only, so that a
 * message that arrives in the same instant goes before them. The same state comes back when nothing changed.
 *
 * `rules` are those in force at the event: for `amendTerms`, `openingHoursChanged` and `windowExtended` the new ones.
 * `before` are those that held until then: what an amendment finds already due was due under the old terms.
 *
 * @throws Refusal when the event is not possible now or names what the terms do not know; nothing has changed.
 */
export function advance(state: RequestState, event: RequestEvent, rules: Rules, before: Rules = rules): Advance {
  if (event.commandId !== undefined && resultOf(state, event.commandId)) return { state, effects: [] };
  const at = Math.max(event.at, state.lastAt);
  const draft = startDraft(state, rules);
  // Opening hours that changed count from their announcement, which may lie before the event: for them the new ones hold.
  decideClocks(event.type === 'amendTerms' ? { ...draft, rules: before } : draft, at);
  apply(draft, { ...event, at }, before);
  proposeDelivered(draft, at);
  followEscalated(draft, at);
  if (draft.entries.length === 0 && draft.effects.length === 0 && !changesQuietly(event)) return { state, effects: [] };
  // What only settles an effect happened to nobody: an answer that was received before it keeps its own instant.
  if (draft.entries.length > 0 || draft.effects.length > 0) draft.state.lastAt = at;
  if (event.commandId !== undefined) remember(draft, event.commandId, at);
  return finishDraft(draft);
}

/** The first state of a request, as its `open` event makes it. @throws Refusal `ValidationFailed`: unknown priority. */
export function openRequest(number: string, event: EventOf<'open'>, rules: Rules): Advance {
  const { terms } = rules;
  requirePriority(rules, event.priority);
  const { at, contact, priority, urgency, impact, previous } = event;
  if (urgency !== undefined || impact !== undefined) priorityOf(rules, event);
  const draft = startDraft(
    {
      number,
      contract: terms.contract,
      termsVersion: terms.version,
      contact,
      ...(previous === undefined ? {} : { previous }),
      seq: 0,
      lastAt: at,
      status: 'registered',
      priority,
      registeredAt: at,
      clocks: {},
      pauses: [],
      tasks: [],
      commands: [],
      pending: [],
    },
    rules,
  );
  record(draft, at, event, {
    type: 'opened',
    text: event.text,
    ...(event.mail === undefined ? {} : { mail: event.mail }),
    facts: {
      priority,
      ...(urgency === undefined || impact === undefined ? {} : { urgency, impact }),
      ...(previous === undefined ? {} : { previous }),
    },
  });
  orderMail(draft, {
    ...{ kind: 'receipt', priority, text: event.text, due: dueMoments(draft.state, rules) },
    ...(event.who === 'system' ? { unasked: true } : {}),
  });
  if (event.missing !== undefined) ask(draft, { at, ...SYSTEM, text: event.missing, automatic: true });
  if (event.commandId !== undefined) remember(draft, event.commandId, at);
  return finishDraft(draft);
}

/** What a command yielded; when that is not remembered, where the request stands now. */
export function resultNow(state: RequestState, commandId: string): CommandResult {
  const { number, seq, lastAt, status } = state;
  return resultOf(state, commandId) ?? { number, version: seq, at: lastAt, status };
}

function remember(draft: Draft, id: string, at: number): void {
  const { number, status } = draft.state;
  const result: CommandResult = { number, version: draft.seq, at, status };
  draft.state.commands = remembering(draft.state.commands, { id, result });
}

/** These change what waits in the state without being worth a version. */
function changesQuietly(event: RequestEvent): boolean {
  switch (event.type) {
    case 'saved':
    case 'escalationTold':
    case 'mailAccepted':
    case 'mailSuperseded':
    case 'windowExtended':
      return true;
    default:
      return false;
  }
}

function isCommand(event: RequestEvent): event is CommandEvent {
  return (COMMANDS as readonly string[]).includes(event.type);
}

function apply(draft: Draft, event: RequestEvent, before: Rules): void {
  if (isCommand(event)) {
    requirePossible(draft.state, event.type satisfies CommandName, draft.rules, event.at);
    return applyCommand(draft, event);
  }
  switch (event.type) {
    case 'open':
      throw new Refusal('InvalidTransition', 'open was refused: the request exists.', {
        tried: 'open',
        status: draft.state.status,
      });
    case 'holdMessage':
      return holdMessage(draft, event);
    case 'dismissMessage':
      return dismissMessage(draft, event);
    case 'openingHoursChanged':
      if (draft.state.status !== 'closed') recordChangedHours(draft, event.at, before);
      return;
    case 'windowExtended':
      return windowExtended(draft, event, before);
    case 'mailAccepted':
      return mailAccepted(draft, event);
    case 'mailRefused':
      return mailRefused(draft, event);
    case 'mailBounced':
      return mailBounced(draft, event);
    case 'mailSuperseded':
      // A reminder stays "on its way": the answer that overtook it is about to arrive and ends the waiting.
      settle(draft, event.key);
      return;
    case 'saved':
    case 'escalationTold':
      settle(draft, event.key);
      return;
    case 'escalationReported':
      return reported(draft, event);
    case 'effectConflict':
      return effectConflict(draft, event);
    case 'time':
      decideSilence(draft, event.at);
      return decideWindow(draft, event.at);
  }
}

/** Windows that come may bring a closure before it was told. */
function windowExtended(draft: Draft, event: EventOf<'windowExtended'>, before: Rules): void {
  settle(draft, event.key);
  if (draft.state.status !== 'closed' && bringsNewHours(event.windows, before)) {
    recordChangedHours(draft, event.at, before);
  }
  windowCame(draft, event.at, needsWindow(draft.state, draft.rules, event.at));
}

function effectConflict(draft: Draft, event: EventOf<'effectConflict'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind === 'extendWindow') windowCame(draft, event.at, true);
  record(draft, event.at, SYSTEM, { type: 'effectConflict', facts: { effect: event.key } });
  openTask(draft, { kind: 'effectConflict', since: event.at, effect: event.key });
}

/** A closed request is not held open by it: the message stays in the list of mails to look at. */
function holdMessage(draft: Draft, event: EventOf<'holdMessage'>): void {
  if (draft.state.status === 'closed') return;
  if (draft.state.tasks.some((task) => task.mail === event.mail)) return;
  record(draft, event.at, event, { type: 'messageHeld', mail: event.mail });
  openTask(draft, { kind: 'lookAtMessage', since: event.at, mail: event.mail });
}

function dismissMessage(draft: Draft, event: EventOf<'dismissMessage'>): void {
  if (!draft.state.tasks.some((task) => task.mail === event.mail)) return;
  draft.state.tasks = draft.state.tasks.filter((task) => task.mail !== event.mail);
  record(draft, event.at, event, { type: 'messageDismissed', mail: event.mail });
}

function stopSending(draft: Draft, key: string): void {
  const waiting = draft.state.waiting;
  if (waiting?.sending !== key) return;
  const { sending: _, ...quiet } = waiting;
  draft.state.waiting = quiet;
}

/** A reminder counts from here: spacing and closing are measured from the instant of acceptance. */
function mailAccepted(draft: Draft, event: EventOf<'mailAccepted'>): void {
  const effect = settle(draft, event.key);
  const waiting = draft.state.waiting;
  if (effect?.kind !== 'mail' || effect.order.kind !== 'reminder') return;
  record(draft, event.at, SYSTEM, { type: 'reminderSent', facts: { step: effect.order.step } });
  if (waiting?.sending !== event.key) return;
  stopSending(draft, event.key);
  draft.state.waiting = {
    ...(draft.state.waiting ?? waiting),
    sent: [...waiting.sent, { key: event.key, at: event.at }],
  };
}

/** The customer cannot be reached: the cycle stops until a person has corrected the address. */
function undeliverable(draft: Draft, at: number, effect: Extract<Effect, { kind: 'mail' }>): void {
  record(draft, at, SYSTEM, { type: 'mailUndeliverable', facts: { effect: effect.key } });
  const toStaff = STAFF_MAILS.some((kind) => kind === effect.order.kind);
  // An alert about an alert would go the same lost way.
  if (toStaff) return;
  if (draft.state.status === 'closed') {
    orderMail(draft, { kind: 'task', task: 'correctAddress' });
    return;
  }
  openTask(draft, { kind: 'correctAddress', since: at, effect: effect.key, order: effect.order });
}

function mailRefused(draft: Draft, event: EventOf<'mailRefused'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind !== 'mail') return;
  stopSending(draft, event.key);
  undeliverable(draft, event.at, effect);
}

/** A bounced reminder did not reach anybody: it, and what followed it or is on its way after it, does not count. */
function mailBounced(draft: Draft, event: EventOf<'mailBounced'>): void {
  if (draft.state.tasks.some((task) => task.effect === event.key)) return;
  const waiting = draft.state.waiting;
  const index = waiting?.sent.findIndex((sent) => sent.key === event.key) ?? -1;
  if (waiting && index >= 0) {
    const { sending: _, ...quiet } = waiting;
    draft.state.waiting = { ...quiet, sent: waiting.sent.slice(0, index) };
  }
  // The bounce may be here before the news that the server had accepted the mail.
  stopSending(draft, event.key);
  undeliverable(draft, event.at, { kind: 'mail', key: event.key, order: event.order });
}
