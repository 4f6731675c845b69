/** An intervention, from its feasibility study to its report. The core decides, this waits, activities act. */
import { allHandlersFinished, continueAsNew, patched, setHandler } from '@temporalio/workflow';
import { newsIn } from '../domain/changedHours.ts';
import { whatCancellingCosts as costOf } from '../domain/intervention/cancellation.ts';
import { hasEnded } from '../domain/intervention/credit.ts';
import {
  INTERVENTION_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
  type InterventionEvent,
} from '../domain/intervention/events.ts';
import { resultNow } from '../domain/intervention/intervention.ts';
import type { InterventionId, InterventionResult, InterventionStatus } from '../domain/intervention/state.ts';
import { requireRoom } from '../domain/intervention/transitions.ts';
import { whatLoggingCosts as loggingCostOf } from '../domain/intervention/usage.ts';
import { resultOf } from '../domain/recentCommands.ts';
import {
  creditAdded,
  getIntervention,
  type InterventionInput,
  interventionHoursChanged,
  interventionMailBounced,
  interventionOpenUpdate,
  interventionUpdate,
  whatCancellingCosts,
  whatLoggingCosts,
} from './interventionMessages.ts';
import { createShell, type InterventionShell } from './interventionShell.ts';
import { createVisibility, timerSummary } from './interventionVisibility.ts';
import { decideWhatIsDue, fact, mayContinueAsNew, nextTurn, note, saved } from './loop.ts';
import { refusing } from './refusals.ts';
import { happenedAt } from './shell.ts';
import { outsideOfTraces } from './traces.ts';

/** How a run ended. */
export interface InterventionOutcome {
  readonly id: InterventionId;
  readonly status: InterventionStatus;
  readonly version: number;
}

/** What differs is in `domain/intervention/release.ts`. */
const SECOND_RELEASE = 'interventions: second release';

/** One intervention. Its id is `intervention:<request>:<n>`. */
export async function intervention(input: InterventionInput): Promise<InterventionOutcome> {
  const shell = setup(input, !patched(SECOND_RELEASE));
  return await outsideOfTraces(() => run(shell));
}

/** Registers every handler before anything is awaited. */
function setup(input: InterventionInput, isFirst: boolean): InterventionShell {
  const shell = refusing(() => createShell(input, { now: Date.now(), isFirst }, createVisibility()));

  setHandler(interventionOpenUpdate, async ({ commandId }) => resultOnceSaved(shell, commandId));
  for (const name of INTERVENTION_COMMANDS) handleCommand(shell, name);
  setHandler(creditAdded, () => note(shell, { ...fact({ type: 'creditAdded' }, Date.now()), channel: 'system' }));
  setHandler(interventionMailBounced, ({ key, order, receivedAt }) =>
    note(shell, fact({ type: 'mailBounced', key, order }, receivedAt)),
  );
  setHandler(interventionHoursChanged, ({ windows, termsVersion = shell.state.termsVersion }) => {
    const news = termsVersion === shell.state.termsVersion ? newsIn(windows, shell.windows) : {};
    if (Object.keys(news).length === 0) return;
    note(shell, fact({ type: 'openingHoursChanged', windows: news }, Date.now()));
  });
  setHandler(getIntervention, () => shell.derived);
  setHandler(whatCancellingCosts, ({ at = Date.now() }) => costOf(shell.state, shell.rules, at));
  setHandler(whatLoggingCosts, ({ seconds }) => loggingCostOf(shell.state, shell.terms, seconds));
  return shell;
}

/** Waits and wakes until the intervention is over and nothing is left to do. */
async function run(shell: InterventionShell): Promise<InterventionOutcome> {
  for (;;) {
    decideWhatIsDue(shell, shell.state.id);
    if (isDone(shell)) break;
    if (mayContinueAsNew()) await continueAsNew<typeof intervention>(inputOf(shell));
    await nextTurn(
      shell,
      () => isDone(shell),
      (moment) => timerSummary(moment, shell),
    );
  }
  const { id, status, seq } = shell.state;
  return { id, status, version: seq };
}

/** Every unit has to be debited, lost or returned before it is over. */
function isDone({ state }: InterventionShell): boolean {
  return hasEnded(state) && state.pending.length === 0 && allHandlersFinished();
}

function inputOf({ state, terms, windows }: InterventionShell): InterventionInput {
  const { id, request, n } = state;
  return { id, request, n, terms, windows, state };
}

function handleCommand<T extends InterventionCommandName>(shell: InterventionShell, name: T): void {
  setHandler(
    interventionUpdate(name),
    async (command) => {
      refusing(() => shell.apply(eventOf(name, command)));
      return await resultOnceSaved(shell, command.commandId);
    },
    { validator: (command) => refusing(() => check(shell, name, command)) },
  );
}

/** @throws Refusal: what it is refused with. What was taken before is taken again, and does nothing. */
function check<T extends InterventionCommandName>(
  shell: InterventionShell,
  name: T,
  command: InterventionCommandOf<T>,
): void {
  if (!resultOf(shell.state, command.commandId)) requireRoom(shell.state, name);
  shell.check(eventOf(name, command));
}

/** A command as the event that it is, at the workflow's now or when it reached us. */
function eventOf<T extends InterventionCommandName>(name: T, command: InterventionCommandOf<T>): InterventionEvent {
  const { receivedAt, ...rest } = command;
  return { ...rest, type: name, ...happenedAt(Date.now(), receivedAt) } as unknown as InterventionEvent;
}

/** What a command yields, once the save of its version is committed: a read after it shows it. */
async function resultOnceSaved(shell: InterventionShell, commandId: string): Promise<InterventionResult> {
  const result = resultNow(shell.state, commandId);
  await saved(shell, result.version);
  return result;
}
