/**
 * Which command is possible from which status: the table of an escalation's life. What is not here is refused with
 * `InvalidTransition`.
 */
import { Refusal } from '../failures.ts';
import { ESCALATION_COMMANDS, type EscalationCommandName } from './events.ts';
import type { EscalationState, EscalationStatus } from './state.ts';

const OPEN = [
  'sent',
  'acknowledged',
  'inProgress',
  'waiting',
  'workaroundDelivered',
  'resolved',
] as const satisfies readonly EscalationStatus[];

/** The statuses each command is possible from; `CONDITIONS` narrows some. */
const FROM: { readonly [name in EscalationCommandName]: readonly EscalationStatus[] } = {
  acknowledge: ['sent'],
  startWork: ['acknowledged'],
  ask: ['acknowledged', 'inProgress'],
  deliverWorkaround: ['acknowledged', 'inProgress'],
  // A fix improves on a workaround that is being tried.
  deliverFix: ['acknowledged', 'inProgress', 'workaroundDelivered'],
  refuse: ['sent', 'acknowledged', 'inProgress', 'waiting'],
  confirmPriority: OPEN,
  contestPriority: OPEN,
  note: OPEN,
  provide: ['waiting'],
  proposePriority: OPEN,
  agreePriority: OPEN,
  withdraw: OPEN,
  // What was refused is still to be quoted.
  settleTask: [...OPEN, 'refused'],
  correctAddress: OPEN,
};

const SETTLED_BY_HAND = ['publisherSilent', 'quote', 'effectConflict'];

/** What a command needs beyond the status; each yields the sentence that says why it is refused, or nothing. */
const CONDITIONS: { readonly [name in EscalationCommandName]?: (state: EscalationState) => string | undefined } = {
  confirmPriority: notAgreed,
  contestPriority: notAgreed,
  agreePriority: ({ priorities }) => {
    if (priorities.agreed) return 'The priority is agreed already.';
    return priorities.contested ? undefined : 'The publisher has named no other priority.';
  },
  settleTask: (state) =>
    state.tasks.some((task) => SETTLED_BY_HAND.includes(task.kind)) ? undefined : 'No task waits to be settled.',
  correctAddress: (state) =>
    state.tasks.some((task) => task.kind === 'correctAddress')
      ? undefined
      : 'No mail of this escalation was undeliverable.',
};

function notAgreed({ priorities }: EscalationState): string | undefined {
  return priorities.agreed ? 'The priority is agreed: only the distributor may propose another.' : undefined;
}

function whyImpossible(state: EscalationState, name: EscalationCommandName): string | undefined {
  if (!FROM[name].includes(state.status)) {
    const first = state.status === 'sent' ? ': the publisher acknowledges first' : '';
    return `Not possible while the escalation is ${state.status}${first}.`;
  }
  return CONDITIONS[name]?.(state);
}

/** Whether it has come to one of its ends. */
export function isOver({ status }: Pick<EscalationState, 'status'>): boolean {
  return !(OPEN as readonly EscalationStatus[]).includes(status);
}

/** Whether its run may end, once nothing is under way: work that was refused stays until a person has had it quoted. */
export function isDone(state: Pick<EscalationState, 'status' | 'tasks'>): boolean {
  return isOver(state) && !state.tasks.some((task) => task.kind === 'quote');
}

/** The commands that would be accepted now, of either side, in the order of `ESCALATION_COMMANDS`. */
export function possibleCommands(state: EscalationState): EscalationCommandName[] {
  return ESCALATION_COMMANDS.filter((name) => whyImpossible(state, name) === undefined);
}

/** @throws Refusal `InvalidTransition`: what was tried, from where, what is possible now. */
export function requirePossible(state: EscalationState, name: EscalationCommandName): void {
  const why = whyImpossible(state, name);
  if (why === undefined) return;
  throw new Refusal('InvalidTransition', `${name} was refused: ${why}`, {
    tried: name,
    status: state.status,
    possible: possibleCommands(state),
  });
}
