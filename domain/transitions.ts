/**
 * Which event is possible from which status: the table of the request's life, and the conditions that it names. What is
 * not here is refused with `InvalidTransition`.
 */

import { dueAfter } from './delays.ts';
import { COMMANDS, type CommandName } from './events.ts';
import { Refusal } from './failures.ts';
import type { Rules } from './rules.ts';
import type { RequestState, Status } from './state.ts';
import type { MetBy } from './terms.ts';

const OPEN = ['registered', 'inProgress', 'waiting', 'escalated', 'deferred'] as const satisfies readonly Status[];

/** The statuses each command is possible from; `CONDITIONS` narrows some. */
const FROM: { readonly [name in CommandName]: readonly Status[] } = {
  acknowledge: ['registered', 'waiting'],
  startWork: ['registered', 'inProgress', 'waiting'],
  notifyRecovery: ['inProgress', 'escalated', 'waiting'],
  ask: ['registered', 'inProgress', 'escalated'],
  proposeWorkaround: ['inProgress', 'escalated'],
  proposeFix: ['inProgress', 'escalated', 'deferred'],
  answer: [...OPEN, 'closed'],
  confirm: ['waiting', 'inProgress', 'escalated'],
  putInProduction: ['waiting'],
  reject: ['waiting', 'inProgress', 'escalated'],
  escalate: ['inProgress', 'escalated'],
  defer: ['inProgress'],
  resume: ['deferred'],
  assign: OPEN,
  note: OPEN,
  logWork: OPEN,
  requalify: OPEN,
  amendTerms: OPEN,
  refuse: OPEN,
  close: OPEN,
  reopen: ['closed'],
  correctAddress: OPEN,
};

/** What a command needs beyond the status; each yields the sentence that says why it is refused, or nothing. */
const CONDITIONS: { readonly [name in CommandName]?: (state: RequestState, rules: Rules) => string | undefined } = {
  acknowledge: (state) => (state.acknowledgedAt === undefined ? undefined : 'It is acknowledged already.'),
  startWork: (state, rules) => {
    if (!isAwaited('workStarted', rules)) return 'Its terms promise no intervention.';
    return state.workStartedAt === undefined ? undefined : 'Work on it has started already.';
  },
  notifyRecovery: (state, rules) => {
    if (!isAwaited('recovery', rules)) return 'Its terms promise no recovery.';
    return state.recoveredAt === undefined ? undefined : 'Its recovery was notified already.';
  },
  confirm: proposalToJudge,
  reject: proposalToJudge,
  putInProduction: (state) => {
    if (state.waiting?.for === 'production') return undefined;
    if (state.waiting?.for === 'confirmation' && state.proposal?.kind === 'fix') return undefined;
    return 'No fix waits to be confirmed or put in production.';
  },
  defer: (state, rules) =>
    rules.terms.priorities[state.priority]?.deferrable
      ? undefined
      : 'Its priority promises a resolution, so it cannot be left to a future minor version.',
  escalate: (_, rules) => (rules.terms.publisherContracts ? undefined : 'Its terms name no contract with a publisher.'),
  correctAddress: (state) =>
    state.tasks.some((task) => task.kind === 'correctAddress')
      ? undefined
      : 'No mail of this request was undeliverable.',
  reopen: notTooLate,
  answer: notTooLate,
};

/** Whether any clock of the terms is met by this. */
function isAwaited(by: MetBy, { terms }: Rules): boolean {
  return Object.values(terms.priorities).some(({ clocks }) =>
    Object.values(clocks).some((clock) => clock.metBy.includes(by)),
  );
}

/** A proposal is judged while its confirmation is waited for, or from the status that an answer led to. */
function proposalToJudge(state: RequestState): string | undefined {
  const none = 'No workaround or fix waits for a verdict.';
  if (!state.proposal) return none;
  return state.status === 'waiting' && state.waiting?.for !== 'confirmation' ? none : undefined;
}

/**
 * Last instant at which a closed request may be reopened, epoch milliseconds; undefined when it is not closed, or when
 * that instant lies beyond the opening window (then it is surely not past).
 */
export function reopenUntil(state: RequestState, rules: Rules): number | undefined {
  if (!state.closed) return undefined;
  const reach = dueAfter(rules.terms.reopenWithin, state.closed.at, rules.openings, []);
  return 'at' in reach ? reach.at : undefined;
}

/** Reasons that depend on the instant are asked with it; without one, the instant of the last event counts. */
function notTooLate(state: RequestState, rules: Rules, at: number = state.lastAt): string | undefined {
  const until = reopenUntil(state, rules);
  return until !== undefined && at > until
    ? 'It was closed too long ago to be reopened: open a new request that goes on from it.'
    : undefined;
}

function whyImpossible(state: RequestState, name: CommandName, rules: Rules, at: number): string | undefined {
  if (!FROM[name].includes(state.status)) return `Not possible while the request is ${state.status}.`;
  if (name === 'reopen' || name === 'answer') return notTooLate(state, rules, at);
  return CONDITIONS[name]?.(state, rules);
}

/** The commands that would be accepted at `at` (epoch milliseconds), in the order of `COMMANDS`. */
export function possibleCommands(state: RequestState, rules: Rules, at: number = state.lastAt): CommandName[] {
  return COMMANDS.filter((name) => whyImpossible(state, name, rules, at) === undefined);
}

/** @throws Refusal `InvalidTransition`: what was tried, from where, what is possible now. */
export function requirePossible(state: RequestState, name: CommandName, rules: Rules, at: number): void {
  const why = whyImpossible(state, name, rules, at);
  if (why === undefined) return;
  const possible = possibleCommands(state, rules, at);
  throw new Refusal('InvalidTransition', `${name} was refused: ${why}`, {
    tried: name,
    status: state.status,
    possible,
  });
}

/** How a request is qualified: by its priority, or where the terms have a matrix by urgency and impact. */
export interface Qualification {
  readonly priority?: string;
  readonly urgency?: string;
  readonly impact?: string;
}

/**
 * The priority that a qualification means. Where the terms have a matrix it is what urgency and impact yield, and nothing
 * else (B §7).
 *
 * @throws Refusal `ValidationFailed`: no such priority, urgency or impact, one of them missing, or a contradiction.
 */
export function priorityOf(rules: Pick<Rules, 'terms'>, { priority, urgency, impact }: Qualification): string {
  const { matrix, priorities } = rules.terms;
  if (!matrix) {
    const given = [...(urgency === undefined ? [] : ['urgency']), ...(impact === undefined ? [] : ['impact'])];
    const message = 'The terms have no matrix of urgency and impact: leave this out.';
    if (given.length > 0) throw invalid(message, ...given.map((path) => ({ path, message })));
    if (priority === undefined) throw oneOf('priority', Object.keys(priorities));
    requirePriority(rules, priority);
    return priority;
  }
  const row = urgency !== undefined && Object.hasOwn(matrix, urgency) ? matrix[urgency] : undefined;
  if (!row) throw oneOf('urgency', Object.keys(matrix));
  const yielded = impact !== undefined && Object.hasOwn(row, impact) ? row[impact] : undefined;
  if (yielded === undefined) throw oneOf('impact', Object.keys(row));
  if (priority === undefined || priority === yielded) return yielded;
  const message = `This urgency and this impact yield ${yielded}.`;
  throw invalid(message, { path: 'priority', message });
}

function oneOf(path: string, known: readonly string[]): Refusal {
  const message = `This must be one of: ${known.join(', ')}.`;
  return invalid(`The request is not qualified: ${path} is needed.`, { path, message });
}

function invalid(message: string, ...fields: { path: string; message: string }[]): Refusal {
  return new Refusal('ValidationFailed', message, { fields });
}

/** @throws Refusal `ValidationFailed`: the terms have no such priority, though every object may have such a property. */
export function requirePriority({ terms }: Pick<Rules, 'terms'>, priority: string): void {
  if (Object.hasOwn(terms.priorities, priority)) return;
  const known = Object.keys(terms.priorities).join(', ');
  throw new Refusal('ValidationFailed', `The terms have no such priority; they know ${known}.`, {
    fields: [{ path: 'priority', message: `This must be one of: ${known}.` }],
  });
}
