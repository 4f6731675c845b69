/** One transition of an intervention being written: the state it will leave, what it asks of the world, what it records. */
import type { Source } from '../draft.ts';
import type { EffectKey } from '../effects.ts';
import { amountOf } from './amounts.ts';
import type { InterventionEffect, InterventionMailOrder, InterventionTaskKind } from './effects.ts';
import type { InterventionRules } from './rules.ts';
import type { InterventionState, InterventionTask } from './state.ts';
import type { InterventionEntry } from './timeline.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A transition being written; nobody else holds it. */
export interface InterventionDraft {
  readonly state: Mutable<InterventionState>;
  readonly rules: InterventionRules;
  readonly effects: InterventionEffect[];
  readonly entries: InterventionEntry[];
  /** Version that this transition makes, and part of its effects' keys. */
  readonly seq: number;
}

/** A draft that leaves `state` itself alone. */
export function startDraft(state: InterventionState, rules: InterventionRules): InterventionDraft {
  return { state: { ...state }, rules, effects: [], entries: [], seq: state.seq + 1 };
}

/** Writes a line of the timeline, at `at`. */
export function record(
  draft: InterventionDraft,
  at: number,
  { who, channel, enteredBy, enteredAt }: Source,
  entry: Omit<InterventionEntry, 'at' | 'who' | 'channel' | 'enteredBy' | 'enteredAt'>,
): void {
  const entered = {
    ...(enteredBy === undefined ? {} : { enteredBy }),
    ...(enteredAt === undefined ? {} : { enteredAt }),
  };
  draft.entries.push({ at, who, channel, ...entered, ...entry });
}

/** `intervention:<number>:<n>:<effect>:<seq>`. */
export function effectKey(draft: InterventionDraft, effect: string): EffectKey {
  return `${draft.state.id}:${effect}:${draft.seq}`;
}

/** Asks something of the world; it waits in the state until it is done. */
export function issue(draft: InterventionDraft, effect: InterventionEffect): void {
  draft.effects.push(effect);
  draft.state.pending = [...draft.state.pending, effect];
}

/** Name of a mail's step within its key: what may happen twice in one transition has names of its own. */
function mailStep(order: InterventionMailOrder): string {
  switch (order.kind) {
    case 'waitingReminder':
      return `${order.kind}.${order.waitingFor}${order.step}`;
    case 'moreAsked':
      return `${order.kind}.${order.because}`;
    case 'interventionTask':
      return `${order.kind}.${order.task}`;
    default:
      return order.kind;
  }
}

/** Orders a mail and returns its key. */
export function orderMail(draft: InterventionDraft, order: InterventionMailOrder): EffectKey {
  const key = effectKey(draft, mailStep(order));
  issue(draft, { kind: 'mail', key, order });
  return key;
}

/** Takes a done effect out of the state; undefined when it is not (or no more) pending. */
export function settleEffect(draft: InterventionDraft, key: EffectKey): InterventionEffect | undefined {
  const effect = draft.state.pending.find((pending) => pending.key === key);
  if (effect) draft.state.pending = draft.state.pending.filter((pending) => pending !== effect);
  return effect;
}

/** Opens a task for staff and tells them; one that is already open is not opened twice. */
export function openTask(draft: InterventionDraft, at: number, task: Omit<InterventionTask, 'since'>): void {
  const known = draft.state.tasks.some((open) => open.kind === task.kind && open.effect === task.effect);
  if (known) return;
  draft.state.tasks = [...draft.state.tasks, { ...task, since: at }];
  orderMail(draft, { kind: 'interventionTask', task: task.kind });
}

/** What staff had to do is done, or needs no doing any more. */
export function closeTasks(draft: InterventionDraft, ...kinds: readonly InterventionTaskKind[]): void {
  if (!draft.state.tasks.some(({ kind }) => kinds.includes(kind))) return;
  draft.state.tasks = draft.state.tasks.filter(({ kind }) => !kinds.includes(kind));
}

/** Closes the draft: with something recorded it becomes a new version with its save. */
export function finishDraft(draft: InterventionDraft): {
  state: InterventionState;
  effects: InterventionEffect[];
} {
  if (draft.entries.length === 0) return { state: draft.state, effects: draft.effects };
  const key = effectKey(draft, 'save');
  const save: InterventionEffect = { kind: 'save', key, seq: draft.seq, entries: draft.entries };
  draft.state.pending = [...draft.state.pending, save];
  return { state: { ...draft.state, seq: draft.seq }, effects: [save, ...draft.effects] };
}

/** The text of an event, where it has one. */
export function withText(text: string | undefined): { text?: string } {
  return text === undefined ? {} : { text };
}

/** Units of an estimate. */
export function estimated({ estimate }: Pick<InterventionState, 'estimate'>): ReturnType<typeof amountOf> {
  return estimate?.unit === undefined ? {} : amountOf(estimate.unit, estimate.units ?? 0);
}
