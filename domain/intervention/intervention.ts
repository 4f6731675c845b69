/**
 * The core of interventions: `advanceIntervention(state, event)` decides everything that happens to one, over plain JSON. It
 * knows no clock but the event's `at`, no calendar but the opening windows in its rules, and touches nothing outside.
 */
import { finishDraft, record, SYSTEM, settle } from '../draft.ts';
import { Refusal, wrongField } from '../failures.ts';
import { windowCame } from '../passing.ts';
import { remembering, resultOf } from '../recentCommands.ts';
import { NONE } from './amounts.ts';
import {
  allowanceTaken,
  becomeReady,
  creditAdded,
  hasEnded,
  reserveWanted,
  settleReservations,
  takeAllowance,
  unitsLacking,
  unitsReserved,
  unitsSettled,
} from './credit.ts';
import { closeTasks, type InterventionDraft, openTask, orderMail, startDraft } from './draft.ts';
import { INTERVENTION_STAFF_MAILS, type InterventionEffect } from './effects.ts';
import { cancelledByCustomer, complete, withdraw } from './ending.ts';
import { approve, decline, sendEstimate, study } from './estimating.ts';
import {
  INTERVENTION_COMMANDS,
  type InterventionCommandName,
  type InterventionEvent,
  type InterventionEventOf,
} from './events.ts';
import { decidePassing, needsWindow } from './passing.ts';
import { hoursChanged, hoursVersions } from './planHours.ts';
import { changeDate, postpone, schedule } from './planning.ts';
import { isAsFirstReleased } from './release.ts';
import type { InterventionRules } from './rules.ts';
import type { InterventionId, InterventionResult, InterventionState } from './state.ts';
import { requireCustomer, requirePossible } from './transitions.ts';
import { notReminded, reminded, stopWaiting } from './waiting.ts';
import {
  addExpense,
  agreeMore,
  askMore,
  decideWork,
  declineMore,
  logTrip,
  logWork,
  startWork,
  stopWork,
} from './work.ts';

/** What an event leads to. */
export interface InterventionAdvance {
  readonly state: InterventionState;
  /** To be carried out now; they wait in `state.pending` too, until their results come back as events. */
  readonly effects: readonly InterventionEffect[];
}

/** The first state, as its `open` event makes it. A planned visit of a module asks for its time at once. */
export function openIntervention(
  { id, request, n }: { readonly id: InterventionId; readonly request: string; readonly n: number },
  event: InterventionEventOf<'open'>,
  rules: InterventionRules,
): InterventionAdvance {
  const { terms } = rules;
  const { at, contact, module, text } = event;
  if (module !== undefined && !Object.hasOwn(terms.allowances, module)) {
    const message = 'The contract has no such module, or no visits come with it.';
    throw wrongField('module', message);
  }
  const draft = startDraft(
    {
      ...{ id, request, n, contract: terms.contract, termsVersion: terms.version, contact },
      ...(module === undefined ? {} : { module }),
      ...{ seq: 0, lastAt: at, openedAt: at, status: module === undefined ? 'studied' : 'reserving' },
      ...{ agreed: NONE, wanted: NONE, missing: NONE, reservations: [], logs: [], trips: 0, expenses: [] },
      ...{ overrun: {}, tasks: [], commands: [], pending: [], hours: hoursVersions(rules) },
    },
    rules,
  );
  record(draft, at, event, { type: 'opened', text, ...(module === undefined ? {} : { facts: { module } }) });
  takeAllowance(draft, at, event, event.period);
  if (event.commandId !== undefined) remember(draft, event.commandId, at);
  return finishDraft(draft);
}

/**
 * The state after an event, and what it asks of the world. What a running clock of work has met before the event comes
 * first, at its own instants; then the event. Expiry and reminders are decided by `time` events only, so that a message of
 * the same instant goes before them. The same state comes back when nothing changed.
 *
 * `rules` are those in force at the event: for `openingHoursChanged` and `windowExtended` the new ones.
 *
 * @throws Refusal when the event is not possible now or does not fit the terms; nothing has changed.
 */
export function advanceIntervention(
  state: InterventionState,
  event: InterventionEvent,
  rules: InterventionRules,
): InterventionAdvance {
  if (event.commandId !== undefined && resultOf(state, event.commandId)) return { state, effects: [] };
  const at = Math.max(event.at, state.lastAt);
  const draft = startDraft(state, rules);
  decideWork(draft, at);
  apply(draft, { ...event, at });
  const isQuiet = draft.entries.length === 0 && draft.effects.length === 0;
  // The news that an effect is done changes what waits, though it be worth no version.
  const isNews = draft.state.pending !== state.pending || event.type === 'windowExtended';
  if (isQuiet && !isNews) return { state, effects: [] };
  if (!isQuiet) draft.state.lastAt = at;
  if (event.commandId !== undefined) remember(draft, event.commandId, at);
  return finishDraft(draft);
}

/** What a command yielded; when that is not remembered, where the intervention stands now. */
export function resultNow(state: InterventionState, commandId: string): InterventionResult {
  const { id, seq, lastAt, status } = state;
  return resultOf(state, commandId) ?? { id, version: seq, at: lastAt, status };
}

function remember(draft: InterventionDraft, id: string, at: number): void {
  const { id: intervention, status } = draft.state;
  const result: InterventionResult = { id: intervention, version: draft.seq, at, status };
  draft.state.commands = remembering(draft.state.commands, { id, result });
}

type CommandEvent = { [T in InterventionCommandName]: InterventionEventOf<T> }[InterventionCommandName];

function isCommand(event: InterventionEvent): event is CommandEvent {
  return (INTERVENTION_COMMANDS as readonly string[]).includes(event.type);
}

function apply(draft: InterventionDraft, event: InterventionEvent): void {
  if (isCommand(event)) {
    requirePossible(draft.state, event.type, draft.rules, event.at);
    requireCustomer(event.type, event);
    return applyCommand(draft, event);
  }
  switch (event.type) {
    case 'open':
      throw new Refusal('InvalidTransition', 'open was refused: the intervention exists.', { tried: 'open' });
    case 'creditAdded':
      return creditAdded(draft, event.at);
    case 'openingHoursChanged':
      return hoursChanged(draft, event.at);
    case 'windowExtended':
      return windowExtended(draft, event);
    case 'unitsReserved':
      return unitsReserved(draft, event);
    case 'unitsLacking':
      return unitsLacking(draft, event);
    case 'unitsSettled':
      return unitsSettled(draft, event);
    case 'allowanceTaken':
      return allowanceTaken(draft, event);
    case 'mailAccepted':
      return mailAccepted(draft, event);
    case 'mailRefused': {
      const effect = settle(draft, event.key);
      return effect?.kind === 'mail' ? undelivered(draft, event.at, effect) : undefined;
    }
    case 'mailBounced': {
      if (draft.state.tasks.some((task) => task.effect === event.key)) return;
      return undelivered(draft, event.at, { kind: 'mail', key: event.key, order: event.order });
    }
    case 'saved':
    case 'allowanceReturned':
      settle(draft, event.key);
      return;
    case 'effectConflict':
      return effectConflict(draft, event);
    case 'time':
      return decidePassing(draft, event.at);
  }
}

function applyCommand(draft: InterventionDraft, event: CommandEvent): void {
  switch (event.type) {
    case 'study':
      return study(draft, event);
    case 'sendEstimate':
      return sendEstimate(draft, event);
    case 'confirmOrder':
      return confirmOrder(draft, event);
    case 'schedule':
      return schedule(draft, event);
    case 'postpone':
      return postpone(draft, event);
    case 'startWork':
      return startWork(draft, event);
    case 'stopWork':
      return stopWork(draft, event);
    case 'logWork':
      return logWork(draft, event);
    case 'logTrip':
      return logTrip(draft, event);
    case 'addExpense':
      return addExpense(draft, event);
    case 'askMore':
      return askMore(draft, event);
    case 'complete':
      return complete(draft, event);
    case 'withdraw':
      return withdraw(draft, event);
    case 'assign':
      draft.state.assignee = event.assignee;
      return record(draft, event.at, event, { type: 'assigned', facts: { assignee: event.assignee } });
    case 'note':
      return record(draft, event.at, event, { type: 'noted', text: event.text });
    case 'settleTask':
      closeTasks(draft, event.task);
      return record(draft, event.at, event, { type: 'taskDone', facts: { task: event.task } });
    case 'correctAddress':
      return correctAddress(draft, event);
    case 'approve':
      return approve(draft, event);
    case 'decline':
      return decline(draft, event);
    case 'agreeMore':
      return agreeMore(draft, event);
    case 'declineMore':
      return declineMore(draft, event);
    case 'cancel':
      return cancelledByCustomer(draft, event);
    case 'changeDate':
      return changeDate(draft, event);
  }
}

/** On-call work is ordered; of credit the ledger is asked again, whoever entered the order. */
function confirmOrder(draft: InterventionDraft, event: InterventionEventOf<'confirmOrder'>): void {
  const { at, order } = event;
  draft.state.order = order;
  record(draft, at, event, { type: 'ordered', facts: { order } });
  if (!draft.state.estimate?.onCall) {
    return reserveWanted(draft, at, event);
  }
  stopWaiting(draft, 'order');
  becomeReady(draft, at);
}

function windowExtended(draft: InterventionDraft, { key, at }: InterventionEventOf<'windowExtended'>): void {
  settle(draft, key);
  windowCame(draft, at, !hasEnded(draft.state) && needsWindow(draft.state, draft.rules, at));
}

function mailAccepted(draft: InterventionDraft, { key, at }: InterventionEventOf<'mailAccepted'>): void {
  const effect = settle(draft, key);
  if (effect?.kind !== 'mail') return;
  if (effect.order.kind === 'waitingReminder') return reminded(draft, key, at);
  // Of a date that does not stand any more it was not sent.
  const isOfPlan = draft.state.plan?.reminded === key || isAsFirstReleased(draft.state);
  if (effect.order.kind === 'dayBefore' && isOfPlan) record(draft, at, SYSTEM, { type: 'remindedDayBefore' });
}

/** The customer cannot be reached: reminders stop until a person has corrected the address. */
function undelivered(
  draft: InterventionDraft,
  at: number,
  { key, order }: Extract<InterventionEffect, { kind: 'mail' }>,
) {
  record(draft, at, SYSTEM, { type: 'mailUndeliverable', facts: { effect: key } });
  // An alert about an alert would go the same lost way.
  if ((INTERVENTION_STAFF_MAILS as readonly string[]).includes(order.kind)) return;
  notReminded(draft, key);
  openTask(draft, at, { kind: 'correctAddress', effect: key, order });
}

/** What was lost is sent again, the latest of each kind; reminders are ordered again by time. */
function correctAddress(draft: InterventionDraft, event: InterventionEventOf<'correctAddress'>): void {
  const lost = draft.state.tasks.flatMap(({ kind, order }) => (kind === 'correctAddress' && order ? [order] : []));
  closeTasks(draft, 'correctAddress');
  record(draft, event.at, event, { type: 'addressCorrected' });
  const latest = new Map(lost.map((order) => [order.kind, order] as const));
  for (const order of latest.values()) {
    if (order.kind === 'waitingReminder') continue;
    const isPast = (order.kind === 'dayBefore' || order.kind === 'scheduled') && order.from !== draft.state.plan?.from;
    const isOld = order.kind === 'estimate' && draft.state.status !== 'estimated';
    if (!isPast && !isOld) orderMail(draft, order);
  }
}

function effectConflict(draft: InterventionDraft, { key, at }: InterventionEventOf<'effectConflict'>): void {
  const effect = settle(draft, key);
  if (effect?.kind === 'extendWindow') windowCame(draft, at, true);
  if (effect?.kind === 'reserve' && hasEnded(draft.state)) settleReservations(draft, at, SYSTEM);
  record(draft, at, SYSTEM, { type: 'effectConflict', facts: { effect: key } });
  openTask(draft, at, { kind: 'effectConflict', effect: key });
}
