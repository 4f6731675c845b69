/** Which command from which status: the table of an intervention's life. What is not here is refused. */
import type { Happening } from '../events.ts';
import { Refusal, wrongField } from '../failures.ts';
import { isNone } from './amounts.ts';
import { reserving } from './credit.ts';
import { INTERVENTION_COMMANDS, INTERVENTION_CUSTOMER_COMMANDS, type InterventionCommandName } from './events.ts';
import type { InterventionRules } from './rules.ts';
import { ENDED, INTERVENTION_STATUSES, type InterventionState, type InterventionStatus } from './state.ts';
import { expiresAt } from './waiting.ts';

const OPEN = INTERVENTION_STATUSES.filter((status) => !(ENDED as readonly string[]).includes(status));
const PAID = ['ready', 'scheduled', 'inProgress'] as const satisfies readonly InterventionStatus[];

const FROM: { readonly [name in InterventionCommandName]: readonly InterventionStatus[] } = {
  study: ['studied'],
  sendEstimate: ['studied', 'estimated'],
  confirmOrder: ['awaitingOrder', ...PAID],
  schedule: PAID,
  postpone: ['scheduled', 'inProgress'],
  startWork: ['scheduled', 'inProgress'],
  stopWork: ['inProgress'],
  logWork: ['scheduled', 'inProgress'],
  logTrip: ['scheduled', 'inProgress'],
  addExpense: PAID,
  askMore: PAID,
  complete: ['inProgress'],
  withdraw: OPEN,
  assign: OPEN,
  note: OPEN,
  settleTask: INTERVENTION_STATUSES,
  correctAddress: INTERVENTION_STATUSES,
  approve: ['estimated'],
  decline: ['estimated'],
  agreeMore: PAID,
  declineMore: PAID,
  cancel: OPEN,
  changeDate: ['scheduled'],
};

type Condition = (state: InterventionState, rules: InterventionRules, at: number) => string | undefined;

/** What a command needs beyond the status; each yields the sentence that says why it is refused, or nothing. */
const CONDITIONS: { readonly [name in InterventionCommandName]?: Condition } = {
  sendEstimate: ({ module, study }, { terms }) => {
    if (module !== undefined) return 'It is a planned visit of a module: nothing is to be estimated.';
    if (!terms.beforeWork.includes('feasibilityStudyByCall') || study?.feasible) return undefined;
    return 'Its feasibility has to be studied first, by a call.';
  },
  approve: notExpired,
  confirmOrder: ({ waiting, missing }) =>
    waiting?.for === 'order' || !isNone(missing) ? undefined : 'No order is awaited.',
  postpone: ({ plan, running }) => {
    if (running) return 'Work is being timed: stop it first.';
    return plan ? undefined : 'No date is agreed.';
  },
  schedule: notRunning,
  startWork: notRunning,
  logWork: notRunning,
  stopWork: ({ running }) => (running ? undefined : 'No work is being timed.'),
  complete: ({ logs, trips, running }) => (logs.length > 0 || trips > 0 || running ? undefined : 'No work was logged.'),
  askMore: (state) => (state.estimate?.onCall ? 'On-call work is billed apart: no units pay for it.' : undefined),
  agreeMore: (state) => (state.overrun.asked ? undefined : 'Nothing more was asked for.'),
  declineMore: (state) => (state.overrun.asked ? undefined : 'Nothing more was asked for.'),
  correctAddress: ({ tasks }) =>
    tasks.some(({ kind }) => kind === 'correctAddress') ? undefined : 'No mail of it was undeliverable.',
  settleTask: ({ tasks }) => (tasks.length > 0 ? undefined : 'It has no task.'),
};

function notRunning({ running }: InterventionState): string | undefined {
  return running ? 'Work is being timed: stop it first.' : undefined;
}

/** To the end of the last local day. */
function notExpired(state: InterventionState, rules: InterventionRules, at: number): string | undefined {
  const end = expiresAt(state, rules);
  return end !== undefined && at >= end
    ? 'It could be approved until an earlier day: ask for a new estimate.'
    : undefined;
}

function whyImpossible(
  state: InterventionState,
  name: InterventionCommandName,
  rules: InterventionRules,
  at: number,
): string | undefined {
  if (!FROM[name].includes(state.status)) return `Not possible while the intervention is ${state.status}.`;
  if (name === 'complete' && reserving(state)) return 'More units are being reserved: try again in a moment.';
  return CONDITIONS[name]?.(state, rules, at);
}

/** The commands that would be accepted at `at`, in the order of `INTERVENTION_COMMANDS`. */
export function possibleCommands(
  state: InterventionState,
  rules: InterventionRules,
  at: number = state.lastAt,
): InterventionCommandName[] {
  return INTERVENTION_COMMANDS.filter((name) => whyImpossible(state, name, rules, at) === undefined);
}

/** @throws Refusal `InvalidTransition`: what was tried, from where, what is possible now. */
export function requirePossible(
  state: InterventionState,
  name: InterventionCommandName,
  rules: InterventionRules,
  at: number,
): void {
  const why = whyImpossible(state, name, rules, at);
  if (why === undefined) return;
  throw new Refusal('InvalidTransition', `${name} was refused: ${why}`, {
    tried: name,
    status: state.status,
    possible: possibleCommands(state, rules, at),
  });
}

/** Effects that may wait, and lines of work or expenses, of one intervention: its state goes with every save, and has an end. */
const MOST_WAITING = 200;
const MOST_LINES = 1_000;
/** What is done once, and ends it or the work, is never in the way. */
const ALWAYS: readonly InterventionCommandName[] = ['stopWork', 'complete', 'withdraw', 'cancel', 'decline'];

/**
 * What is said over and over would fill the state until no execution can hold it. Asked before a command is taken, not again
 * when it is carried out. @throws Refusal `Conflict`
 */
export function requireRoom({ pending, logs, expenses }: InterventionState, name: InterventionCommandName): void {
  if (pending.length >= MOST_WAITING && !ALWAYS.includes(name)) {
    throw new Refusal('Conflict', 'Much of what was said before is still under way: try again in a few minutes.');
  }
  const isFull = (name === 'logWork' || name === 'startWork') && logs.length >= MOST_LINES;
  if (isFull || (name === 'addExpense' && expenses.length >= MOST_LINES)) {
    throw new Refusal('Conflict', `It has ${MOST_LINES} lines of this already: finish it, and open another.`);
  }
}

/** What spends is never entered by somebody else. */
const SPENDING: readonly InterventionCommandName[] = ['approve', 'agreeMore'];

/**
 * What the customer decides is decided by a contact, and never by a mere mail. An agent may write down that the customer
 * declines, cancels or changes the date, by phone; never that money is spent. @throws Refusal `ValidationFailed`
 */
export function requireCustomer(name: InterventionCommandName, { who, channel, enteredBy }: Happening): void {
  if (!(INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(name)) return;
  if (!who.startsWith('contact:')) throw wrongField('who', 'Only a contact of the customer decides this.');
  if (channel === 'mail')
    throw wrongField('channel', 'A mail decides nothing: the link in it leads to a page that does.');
  if (SPENDING.includes(name) && (enteredBy !== undefined || channel === 'phone')) {
    throw wrongField('enteredBy', 'What spends units is agreed to by the customer alone.');
  }
}
