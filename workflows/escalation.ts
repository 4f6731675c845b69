/** An escalation to a publisher, from its sending to its end. The core decides, this waits, activities act. */
import { allHandlersFinished, continueAsNew, setHandler } from '@temporalio/workflow';
import { resultNow } from '../domain/escalation/escalation.ts';
import {
  ESCALATION_COMMANDS,
  type EscalationCommandName,
  type EscalationCommandOf,
  type EscalationEvent,
} from '../domain/escalation/events.ts';
import type { EscalationId, EscalationResult, EscalationStatus } from '../domain/escalation/state.ts';
import { isDone } from '../domain/escalation/transitions.ts';
import { joinView } from '../domain/escalation/view.ts';
import { shortTerms } from '../domain/shortTerms.ts';
import {
  type EscalationInput,
  escalationMailBounced,
  escalationUpdate,
  getEscalation,
  publisherMessageDismissed,
  publisherMessageHeld,
  verdictGiven,
} from './escalationMessages.ts';
import { createShell, type EscalationShell } from './escalationShell.ts';
import { createVisibility, timerSummary } from './escalationVisibility.ts';
import { decideWhatIsDue, fact, mayContinueAsNew, nextTurn, note, saved } from './loop.ts';
import { refusing } from './refusals.ts';
import { happenedAt } from './shell.ts';
import { outsideOfTraces } from './traces.ts';

/** How a run ended. */
export interface EscalationOutcome {
  readonly id: EscalationId;
  readonly status: EscalationStatus;
  readonly version: number;
}

/** One escalation. Its id is `escalation:<request>:<n>`. */
export async function escalation(input: EscalationInput): Promise<EscalationOutcome> {
  const shell = setup(input);
  return await outsideOfTraces(() => run(shell, input.reportsTo));
}

/** Registers every handler before anything is awaited. */
function setup(input: EscalationInput): EscalationShell {
  const shell = refusing(() => createShell(input, Date.now(), createVisibility()));

  for (const name of ESCALATION_COMMANDS) handleCommand(shell, name);
  setHandler(verdictGiven, (verdict) => {
    const { who } = verdict;
    note(shell, { type: 'told', verdict, at: Math.min(verdict.at, Date.now()), who, channel: 'system' });
  });
  setHandler(publisherMessageHeld, ({ mail, receivedAt }) =>
    note(shell, fact({ type: 'holdMessage', mail }, receivedAt)),
  );
  setHandler(publisherMessageDismissed, ({ mail, who, receivedAt }) =>
    note(shell, { ...fact({ type: 'dismissMessage', mail }, receivedAt), who, channel: 'api' }),
  );
  setHandler(escalationMailBounced, ({ key, order, receivedAt }) =>
    note(shell, fact({ type: 'mailBounced', key, order }, receivedAt)),
  );
  setHandler(getEscalation, () => joinView(shell.state, shell.derived));
  return shell;
}

/** Waits and wakes until the escalation is over and nothing is left to do. */
async function run(shell: EscalationShell, reportsTo: string | undefined): Promise<EscalationOutcome> {
  for (;;) {
    decideWhatIsDue(shell, shell.state.id);
    if (mayEnd(shell)) break;
    if (mayContinueAsNew()) await continueAsNew<typeof escalation>(inputOf(shell, reportsTo));
    await nextTurn(
      shell,
      () => mayEnd(shell),
      (moment) => timerSummary(moment, shell),
    );
  }
  const { id, status, seq } = shell.state;
  return { id, status, version: seq };
}

function mayEnd({ state }: EscalationShell): boolean {
  return isDone(state) && state.pending.length === 0 && allHandlersFinished();
}

function inputOf({ state, terms, windows }: EscalationShell, reportsTo: string | undefined): EscalationInput {
  const { id, request, n, publisher } = state;
  return {
    id,
    request,
    n,
    publisher,
    terms: { ...terms, ...shortTerms(terms) },
    windows,
    ...(reportsTo === undefined ? {} : { reportsTo }),
    state,
  };
}

function handleCommand<T extends EscalationCommandName>(shell: EscalationShell, name: T): void {
  setHandler(
    escalationUpdate(name),
    async (command) => {
      refusing(() => shell.apply(eventOf(name, command)));
      return await resultOnceSaved(shell, command.commandId);
    },
    { validator: (command) => refusing(() => shell.check(eventOf(name, command))) },
  );
}

/** A command as the event that it is, at the workflow's now or when it reached us. */
function eventOf<T extends EscalationCommandName>(name: T, command: EscalationCommandOf<T>): EscalationEvent {
  const { receivedAt, ...rest } = command;
  return { ...rest, type: name, ...happenedAt(Date.now(), receivedAt) } as unknown as EscalationEvent;
}

/** What a command yields, once the save of its version is committed: a read after it shows it. */
async function resultOnceSaved(shell: EscalationShell, commandId: string): Promise<EscalationResult> {
  const result = resultNow(shell.state, commandId);
  await saved(shell, result.version);
  return result;
}
