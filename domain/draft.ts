/**
 * One transition being written: the state it will leave, what it asks of the world, what it records. `advance` makes
 * one, the rules fill it, and nothing outside sees it half done.
 */
import type { Effect, EffectKey, MailKind, MailOrder } from './effects.ts';
import type { EscalationVerdict } from './escalation/messages.ts';
import type { Happening } from './events.ts';
import type { Rules } from './rules.ts';
import type { Clocked, PauseCause, RequestEscalation, RequestPause, RequestState, StaffTask, Status } from './state.ts';
import type { TimelineEntry } from './timeline.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A transition of any state being written; nobody else holds it. `E`: its effects, `L`: the lines of its timeline. */
export interface DraftOf<S, E, L, R = Rules> {
  /** What its effects' keys begin with: the workflow's id. */
  readonly id: string;
  readonly state: Mutable<S>;
  readonly rules: R;
  readonly effects: E[];
  readonly entries: L[];
  /** Version that this transition makes, and part of its effects' keys. */
  readonly seq: number;
}

/** A transition of a request. */
export type Draft = DraftOf<RequestState, Effect, TimelineEntry>;

/** A transition of anything that has clocks. */
export interface ClockedDraft {
  readonly state: Mutable<Clocked> & { lastAt: number };
  readonly rules: Rules;
}

/** A transition of anything that has effects. */
interface Issuing<E> {
  readonly id: string;
  readonly seq: number;
  readonly state: { pending: readonly E[] };
  readonly effects: E[];
}

/** A transition of anything that pauses. */
interface Pausing {
  readonly state: { pauses: readonly RequestPause[] };
}

type WindowEffect = Extract<Effect, { kind: 'extendWindow' }>;
type SaveEffect<L> = Omit<Extract<Effect, { kind: 'save' }>, 'entries'> & { readonly entries: readonly L[] };

/** What `record` adds to a line. */
type Written = 'at' | 'who' | 'channel' | 'enteredBy' | 'enteredAt';

/** Who did it and by which way, for the entries that an event writes. */
export type Source = Pick<Happening, 'who' | 'channel' | 'enteredBy' | 'enteredAt'>;

/** What the passing of time and the results of effects write is the system's. */
export const SYSTEM: Source = { who: 'system', channel: 'system' };

/** A draft that leaves `state` itself alone. */
export function startDraft(state: RequestState, rules: Rules): Draft {
  return draftOf(`request:${state.number}`, state, rules);
}

/** A draft of any state, which it leaves alone; `id` is the workflow's. */
export function draftOf<S extends { readonly seq: number }, E, L, R>(
  id: string,
  state: S,
  rules: R,
): DraftOf<S, E, L, R> {
  return { id, state: { ...state }, rules, effects: [], entries: [], seq: state.seq + 1 };
}

/** Writes a line of the timeline, at `at`. */
export function record<L extends Pick<TimelineEntry, Written>>(
  draft: { readonly entries: L[] },
  at: number,
  source: Source,
  entry: Omit<L, Written>,
): void {
  const { who, channel, enteredBy, enteredAt } = source;
  draft.entries.push({
    at,
    who,
    channel,
    ...(enteredBy === undefined ? {} : { enteredBy }),
    ...(enteredAt === undefined ? {} : { enteredAt }),
    ...entry,
  } as L);
}

/** `<workflow id>:<effect>:<seq>`. */
export function effectKey({ id, seq }: { readonly id: string; readonly seq: number }, effect: string): EffectKey {
  return `${id}:${effect}:${seq}`;
}

/** Name of a mail's step within its key: what may happen twice in one transition has names of its own. */
function mailStep(order: MailOrder): string {
  switch (order.kind) {
    case 'reminder':
      return `reminder${order.step}`;
    case 'warning':
    case 'breach':
      return `${order.kind}.${order.clock}`;
    case 'task':
      return `task.${order.task}${order.mail ? `.${order.mail}` : ''}`;
    case 'receipt':
    case 'acknowledgement':
    case 'requalified':
    case 'recovery':
    case 'question':
    case 'workaround':
    case 'fix':
    case 'production':
    case 'closing':
    case 'refusal':
    case 'reopened':
      return order.kind satisfies MailKind;
    case 'escalated':
    case 'escalationAcknowledged':
    case 'lateReport':
      return `${order.kind}.${order.escalation}`;
  }
}

/** Orders a mail and returns its key. */
export function orderMail(draft: Draft, order: MailOrder): EffectKey {
  const key = effectKey(draft, mailStep(order));
  issue(draft, { kind: 'mail', key, order });
  return key;
}

/** Has an escalation begin. */
export function orderEscalation(draft: Draft, n: number): void {
  issue(draft, { kind: 'startEscalation', key: effectKey(draft, `startEscalation.${n}`), n });
}

/** Tells an escalation what became of it, or of what it delivered. */
export function orderVerdict(draft: Draft, n: number, verdict: Unnamed<EscalationVerdict>): void {
  const key = effectKey(draft, `tellEscalation.${n}.${verdict.what}`);
  issue(draft, { kind: 'tellEscalation', key, n, verdict: { ...verdict, id: key } });
}

type Unnamed<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Asks for opening windows that reach further. */
export function orderWindow<E>(draft: Issuing<E | WindowEffect> & { readonly state: { extending?: boolean } }): void {
  issue(draft, { kind: 'extendWindow', key: effectKey(draft, 'window') });
  draft.state.extending = true;
}

/** Asks for an effect. */
export function issue<E>(draft: Issuing<E>, effect: E): void {
  draft.effects.push(effect);
  draft.state.pending = [...draft.state.pending, effect];
}

/** Takes a done effect out of the state; undefined when it is not (or no more) pending. */
export function settle<E extends { readonly key: EffectKey }>(
  draft: Pick<Issuing<E>, 'state'>,
  key: EffectKey,
): E | undefined {
  const effect = draft.state.pending.find((pending) => pending.key === key);
  if (effect) draft.state.pending = draft.state.pending.filter((pending) => pending !== effect);
  return effect;
}

/** Starts a pause of this cause, unless one is open. */
export function startPause(draft: Pausing, cause: PauseCause, at: number): void {
  if (draft.state.pauses.some((pause) => pause.cause === cause && pause.to === undefined)) return;
  draft.state.pauses = [...draft.state.pauses, { cause, from: at }];
}

/** Ends the open pauses of these causes; one without length leaves no trace. */
export function endPauses(draft: Pausing, causes: readonly PauseCause[], at: number): void {
  draft.state.pauses = draft.state.pauses.flatMap((pause) => {
    if (pause.to !== undefined || !causes.includes(pause.cause)) return [pause];
    return pause.from === at ? [] : [{ ...pause, to: at }];
  });
}

/** Opens a task for staff and tells them; one that is already open is not opened twice. */
export function openTask(draft: Draft, task: StaffTask): void {
  const known = draft.state.tasks.some(
    (open) => open.kind === task.kind && open.mail === task.mail && open.effect === task.effect,
  );
  if (known) return;
  draft.state.tasks = [...draft.state.tasks, task];
  orderMail(draft, { kind: 'task', task: task.kind, ...(task.mail ? { mail: task.mail } : {}) });
}

/** Closes the draft: with something recorded it becomes a new version with its save. */
export function finishDraft<S extends { readonly seq: number }, E, L>(
  draft: Issuing<E | SaveEffect<L>> & { readonly state: S; readonly entries: L[] },
): { state: S; effects: (E | SaveEffect<L>)[] } {
  if (draft.entries.length === 0) return { state: draft.state, effects: draft.effects };
  const save: SaveEffect<L> = { kind: 'save', key: effectKey(draft, 'save'), seq: draft.seq, entries: draft.entries };
  draft.state.pending = [...draft.state.pending, save];
  return { state: { ...draft.state, seq: draft.seq }, effects: [save, ...draft.effects] };
}

/** Where a request goes when it no longer waits. */
export function backStatus(draft: Draft): Status {
  if (draft.state.acknowledgedAt === undefined) return 'registered';
  return draft.state.escalations?.some(isOpen) ? 'escalated' : 'inProgress';
}

/** Whether the publisher still has it. */
export function isOpen(escalation: RequestEscalation): boolean {
  return escalation.endedAt === undefined;
}

/** The text of an event, where it has one. */
export function withText(text: string | undefined): { text?: string } {
  return text === undefined ? {} : { text };
}
