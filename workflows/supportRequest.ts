/** A support request, from its opening to its closing. The core decides, this waits, activities act. */
import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import { newsIn } from '../domain/changedHours.ts';
import type { EscalationReport } from '../domain/escalation/messages.ts';
import { COMMANDS, type CommandName, type CommandOf, type RequestEvent } from '../domain/events.ts';
import { resultNow } from '../domain/request.ts';
import { shortTerms, wholeTerms } from '../domain/shortTerms.ts';
import type { CommandResult } from '../domain/state.ts';
import { joinView } from '../domain/view.ts';
import { escalationReported } from './escalationMessages.ts';
import { decideWhatIsDue, fact, mayContinueAsNew, nextTurn, note, saved } from './loop.ts';
import {
  answerReceived,
  commandUpdate,
  getRequest,
  mailBounced,
  messageDismissed,
  messageHeld,
  openingHoursChanged,
  openUpdate,
  type ReopenPayload,
  reopenUpdate,
  type ShortInput,
  type SupportRequestInput,
} from './messages.ts';
import { refusing } from './refusals.ts';
import { createShell, type RequestShell } from './requestShell.ts';
import { createVisibility, timerSummary } from './requestVisibility.ts';
import { happenedAt } from './shell.ts';
import { outsideOfTraces } from './traces.ts';

/** How a run ended. */
export interface RequestOutcome {
  readonly number: string;
  readonly reason: string;
  readonly version: number;
}

/** How long a run that starts closed waits for the message that is to reopen it; milliseconds. */
const REOPENING_PATIENCE = 10_000;

/** One support request. Its id is `request:<number>`. */
export async function supportRequest(input: ShortInput): Promise<RequestOutcome> {
  const request = setup({ ...input, terms: wholeTerms(input.terms) });
  // What time decides, days later, is no part of the call that opened the request.
  return await outsideOfTraces(() => run(request));
}

/** Registers every handler before anything is awaited. */
function setup(input: SupportRequestInput): RequestShell {
  const shell = refusing(() => createShell(input, Date.now(), createVisibility()));

  setHandler(openUpdate, async ({ commandId }) => resultOnceSaved(shell, commandId));
  for (const name of COMMANDS) if (name !== 'reopen') handleCommand(shell, name);
  setHandler(
    reopenUpdate,
    async (payload) => {
      refusing(() => shell.apply(reopenEvent(payload)));
      return resultOnceSaved(shell, payload.commandId);
    },
    { validator: (payload) => refusing(() => shell.check(reopenEvent(payload))) },
  );

  setHandler(answerReceived, (answer) => note(shell, eventOf('answer', answer)));
  setHandler(messageHeld, ({ mail, receivedAt }) => note(shell, fact({ type: 'holdMessage', mail }, receivedAt)));
  setHandler(messageDismissed, ({ mail, who, receivedAt }) =>
    note(shell, { ...fact({ type: 'dismissMessage', mail }, receivedAt), who, channel: 'api' }),
  );
  setHandler(mailBounced, ({ key, order, receivedAt }) =>
    note(shell, fact({ type: 'mailBounced', key, order }, receivedAt)),
  );
  setHandler(openingHoursChanged, ({ windows, termsVersion = shell.state.termsVersion }) => {
    const news = termsVersion === shell.state.termsVersion ? newsIn(windows, shell.windows) : {};
    if (Object.keys(news).length === 0) return;
    note(shell, fact({ type: 'openingHoursChanged', windows: news }, Date.now()));
  });
  setHandler(escalationReported, (report) => note(shell, reportEvent(report)));
  setHandler(getRequest, () => joinView(shell.state, shell.derived));
  return shell;
}

/** Waits and wakes until the request is closed and nothing is left to do. */
async function run(shell: RequestShell): Promise<RequestOutcome> {
  if (isOver(shell)) await condition(() => !isOver(shell), REOPENING_PATIENCE);
  for (;;) {
    decideWhatIsDue(shell, shell.state.number);
    if (isOver(shell)) break;
    if (mayContinueAsNew()) {
      const { terms, windows, state } = shell;
      const { number } = state;
      await continueAsNew<typeof supportRequest>({ number, terms: shortTerms(terms), windows, state });
    }
    await nextTurn(
      shell,
      () => isOver(shell),
      (moment) => timerSummary(moment, shell),
    );
  }
  const { number, closed, seq } = shell.state;
  return { number, reason: closed?.reason ?? 'confirmed', version: seq };
}

/** Until then an answer reopens the request inside the same run. */
function isOver(shell: RequestShell): boolean {
  return shell.state.status === 'closed' && shell.state.pending.length === 0 && allHandlersFinished();
}

function handleCommand<T extends Exclude<CommandName, 'reopen'>>(shell: RequestShell, name: T): void {
  setHandler(
    commandUpdate(name),
    async (command) => {
      refusing(() => shell.apply(eventOf(name, command)));
      return await resultOnceSaved(shell, command.commandId);
    },
    { validator: (command) => refusing(() => shell.check(eventOf(name, command))) },
  );
}

/** A command as the event that it is, at the workflow's now or when it reached us. */
function eventOf<T extends CommandName>(name: T, command: CommandOf<T>): RequestEvent {
  const { receivedAt, ...rest } = command;
  return { ...rest, type: name, ...happenedAt(Date.now(), receivedAt) } as unknown as RequestEvent;
}

function reopenEvent(payload: ReopenPayload): RequestEvent {
  if (payload.by === 'report') return reportEvent(payload.report);
  const { by, ...command } = payload;
  return by === 'answer'
    ? eventOf('answer', command as CommandOf<'answer'>)
    : eventOf('reopen', command as CommandOf<'reopen'>);
}

/** What happened at the publisher's counts from then; its id makes it count once. */
function reportEvent(report: EscalationReport): RequestEvent {
  const { id, at, who } = report;
  return { type: 'escalationReported', report, commandId: id, at: Math.min(at, Date.now()), who, channel: 'system' };
}

/** What a command yields, once the save of its version is committed: a read after it shows it. */
async function resultOnceSaved(shell: RequestShell, commandId: string): Promise<CommandResult> {
  const result = resultNow(shell.state, commandId);
  await saved(shell, result.version);
  return result;
}
