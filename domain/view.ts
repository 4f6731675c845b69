/** What the outside sees of a request: the read model and the query are made of this. */
import { clockPosition, pausesOf, promisedClocks, type RequestClock } from './clocks.ts';
import type { ClosingReason, ProposalKind, ReminderStep, TaskKind, WaitingFor } from './effects.ts';
import type { CommandName, InboundMailId } from './events.ts';
import { openedBetween } from './openingHours.ts';
import { nextReminderMoment } from './reminders.ts';
import type { Rules } from './rules.ts';
import type { RequestState, Status, Waiting } from './state.ts';
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

/** The view of a state under its rules. */
export function viewOf(state: RequestState, rules: Rules): RequestView {
  const { terms } = rules;
  const clocks = promisedClocks(state, terms).map((clock) => clockView(clock, state, rules));
  const due = clocks.flatMap((clock) => (clock.dueAt === undefined ? [] : [clock.dueAt]));
  const until = reopenUntil(state, rules);
  const { number, contract, termsVersion, status, priority, contact, registeredAt, proposal } = state;
  return {
    number,
    contract,
    family: terms.family,
    termsVersion,
    version: state.seq,
    status,
    priority,
    contact,
    ...defined({ assignee: state.assignee, previous: state.previous, acknowledgedAt: state.acknowledgedAt }),
    registeredAt,
    ...(state.waiting ? { waiting: waitingView(state.waiting, state, rules) } : {}),
    ...(proposal ? { proposal: { kind: proposal.kind, at: proposal.at } } : {}),
    ...(state.closed ? { closed: { ...state.closed, ...defined({ reopenUntil: until }) } } : {}),
    clocks,
    breached: Object.values(state.clocks).some((clock) => clock.breachedAt !== undefined),
    tasks: state.tasks.map(({ kind, since, mail }) => ({ kind, since, ...defined({ mail }) })),
    ...(due.length > 0 ? { nextDueAt: Math.min(...due) } : {}),
    possible: possibleCommands(state, rules),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined: a missing field, not a null one. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function waitingView(waiting: Waiting, state: RequestState, rules: Rules): RequestView['waiting'] & object {
  const moment = nextReminderMoment(state, rules);
  const at = moment && 'at' in moment.due ? moment.due.at : undefined;
  return {
    for: waiting.for,
    since: waiting.since,
    remindersSent: waiting.sent.length as 0 | ReminderStep,
    ...(moment?.what === 'reminder' && at !== undefined ? { nextReminder: { step: moment.step, at } } : {}),
    ...(moment?.what === 'closing' && at !== undefined ? { closesAt: at } : {}),
  };
}

function clockView(clock: RequestClock, state: RequestState, rules: Rules): ClockView {
  const position = clockPosition(clock, state.pauses, rules);
  const { warnedAt, breachedAt } = clock.state;
  const dueAt = position.kind === 'running' && 'at' in position.due ? position.due.at : undefined;
  const shown = { name: clock.name, commitment: clock.terms.commitment, status: position.kind, startedAt: clock.start };
  const rest = defined({ dueAt, warnedAt, breachedAt });
  if (position.kind !== 'met') return { ...shown, ...rest };
  const took = timeTaken(clock, state, position.at, rules);
  return { ...shown, ...rest, metAt: position.at, ...(took ? { took } : {}) };
}

/** Opened time from start to `at` on the clock's calendar (plain time for calendar hours), without and with pauses. */
function timeTaken(clock: RequestClock, state: RequestState, at: number, rules: Rules): ClockView['took'] {
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
