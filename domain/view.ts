/** What the outside sees of a request: the read model and the query are made of this. */
import { clockPosition, pausesOf, promisedClocks, type RequestClock } from './clocks.ts';
import type { ClosingReason, ProposalKind, ReminderStep, TaskKind, WaitingFor } from './effects.ts';
import type { CommandName, InboundMailId } from './events.ts';
import { openedBetween } from './openingHours.ts';
import { nextReminderMoment } from './reminders.ts';
import type { Rules } from './rules.ts';
import type { Clocked, RequestState, Status, Waiting } from './state.ts';
import type { ClockName, Family } from './terms.ts';
import { possibleCommands, reopenUntil } from './transitions.ts';

/** Instants are epoch milliseconds; durations milliseconds of the clock's own kind of time. */
export interface ClockView {
  readonly name: ClockName;
  readonly commitment: 'firm' | 'bestEffort';
  /** `stopped`: the request is deferred or closed without the promise being met. `delivered`: proposed, not confirmed. */
  readonly status: 'running' | 'paused' | 'delivered' | 'met' | 'stopped';
  readonly startedAt: number;
  /** Missing while paused, and while it lies beyond the opening window. */
  readonly dueAt?: number;
  readonly warnedAt?: number;
  readonly breachedAt?: number;
  readonly metAt?: number;
  /** Time used until it was met: pauses left out, and counted in. */
  readonly took?: { readonly withoutPauses: number; readonly withPauses: number };
}

/** A request as the outside sees it; instants in epoch milliseconds. */
export interface RequestView {
  readonly number: string;
  readonly contract: string;
  readonly family: Family;
  readonly termsVersion: number;
  readonly version: number;
  readonly status: Status;
  readonly priority: string;
  readonly contact: string;
  readonly assignee?: string;
  readonly previous?: string;
  readonly registeredAt: number;
  readonly acknowledgedAt?: number;
  readonly waiting?: {
    readonly for: WaitingFor;
    readonly since: number;
    readonly remindersSent: 0 | ReminderStep;
    readonly nextReminder?: { readonly step: ReminderStep; readonly at: number };
    readonly closesAt?: number;
  };
  readonly proposal?: { readonly kind: ProposalKind; readonly at: number };
  readonly closed?: { readonly at: number; readonly reason: ClosingReason; readonly reopenUntil?: number };
  readonly clocks: readonly ClockView[];
  readonly breached: boolean;
  readonly tasks: readonly { readonly kind: TaskKind; readonly since: number; readonly mail?: InboundMailId }[];
  /** Earliest due moment of a running clock. */
  readonly nextDueAt?: number;
  /** Commands that would be accepted now. */
  readonly possible: readonly CommandName[];
}

/** The part of a view that a state alone does not tell: what follows from the terms and the opening hours. */
export interface DerivedView {
  readonly family: Family;
  readonly clocks: readonly Pick<ClockView, 'name' | 'commitment' | 'status' | 'startedAt' | 'dueAt' | 'took'>[];
  /** When the next reminder goes out; after the third, when silence closes the request. */
  readonly silenceAt?: number;
  readonly reopenUntil?: number;
  readonly possible: readonly CommandName[];
}

/** The view of a state under its rules. */
export function viewOf(state: RequestState, rules: Rules): RequestView {
  return joinView(state, deriveView(state, rules));
}

/** What the rules make of a state. */
export function deriveView(state: RequestState, rules: Rules): DerivedView {
  const silence = nextReminderMoment(state, rules)?.due;
  return {
    family: rules.terms.family,
    clocks: deriveClocks(state, rules),
    ...(silence && 'at' in silence ? { silenceAt: silence.at } : {}),
    ...defined({ reopenUntil: reopenUntil(state, rules) }),
    possible: possibleCommands(state, rules),
  };
}

/** A view of the state that it was derived from, and of that only. */
export function joinView(state: RequestState, derived: DerivedView): RequestView {
  const { number, contract, termsVersion, status, priority, contact, registeredAt, proposal } = state;
  const due = derived.clocks.flatMap((clock) => (clock.dueAt === undefined ? [] : [clock.dueAt]));
  return {
    number,
    contract,
    family: derived.family,
    termsVersion,
    version: state.seq,
    status,
    priority,
    contact,
    ...defined({ assignee: state.assignee, previous: state.previous, acknowledgedAt: state.acknowledgedAt }),
    registeredAt,
    ...(state.waiting ? { waiting: waitingView(state.waiting, derived.silenceAt) } : {}),
    ...(proposal ? { proposal: { kind: proposal.kind, at: proposal.at } } : {}),
    ...(state.closed ? { closed: { ...state.closed, ...defined({ reopenUntil: derived.reopenUntil }) } } : {}),
    clocks: derived.clocks.map((clock) => clockView(clock, state)),
    breached: Object.values(state.clocks).some((clock) => clock.breachedAt !== undefined),
    tasks: state.tasks.map(({ kind, since, mail }) => ({ kind, since, ...defined({ mail }) })),
    ...(due.length > 0 ? { nextDueAt: Math.min(...due) } : {}),
    possible: derived.possible,
  };
}

/** Where the promised clocks of anything stand. */
export function deriveClocks(state: Clocked, rules: Rules): DerivedView['clocks'] {
  return promisedClocks(state, rules.terms).map((clock) => derivedClock(clock, state, rules));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined: a missing field, not a null one. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function waitingView({ for: on, since, sent }: Waiting, at: number | undefined): RequestView['waiting'] & object {
  const remindersSent = sent.length as 0 | ReminderStep;
  const shown = { for: on, since, remindersSent };
  if (at === undefined) return shown;
  return remindersSent === 3
    ? { ...shown, closesAt: at }
    : { ...shown, nextReminder: { step: (remindersSent + 1) as ReminderStep, at } };
}

/** A derived clock with what happened to it. */
export function clockView({ dueAt, took, ...shown }: DerivedView['clocks'][number], state: Clocked): ClockView {
  const { warnedAt, breachedAt, metAt } = state.clocks[shown.name] ?? {};
  return { ...shown, ...defined({ dueAt, warnedAt, breachedAt, metAt, took }) };
}

function derivedClock(clock: RequestClock, state: Clocked, rules: Rules): DerivedView['clocks'][number] {
  const position = clockPosition(clock, state.pauses, rules);
  const shown = { name: clock.name, commitment: clock.terms.commitment, status: position.kind, startedAt: clock.start };
  if (position.kind === 'running') return 'at' in position.due ? { ...shown, dueAt: position.due.at } : shown;
  if (position.kind !== 'met') return shown;
  const took = timeTaken(clock, state, position.at, rules);
  return took ? { ...shown, took } : shown;
}

/** Opened time from start to `at` on the clock's calendar (plain time for calendar hours), without and with pauses. */
function timeTaken(clock: RequestClock, state: Clocked, at: number, rules: Rules): ClockView['took'] {
  const { delay } = clock.terms;
  const startedAt = clock.start;
  const pauses = pausesOf(clock.terms, state.pauses, at);
  if ('calendarHours' in delay) {
    const paused = pauses.reduce((sum, pause) => sum + Math.max(0, pause.to - Math.max(pause.from, startedAt)), 0);
    return { withPauses: at - startedAt, withoutPauses: at - startedAt - paused };
  }
  const openings = rules.openings(delay.calendar);
  const withPauses = openedBetween(openings, startedAt, at, []);
  const withoutPauses = openedBetween(openings, startedAt, at, pauses);
  if ('beyond' in withPauses || 'beyond' in withoutPauses) return undefined;
  return { withPauses: withPauses.ms, withoutPauses: withoutPauses.ms };
}
