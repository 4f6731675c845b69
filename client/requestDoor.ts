/** The one door to the workflows of requests: it opens, commands, reopens, and rebuilds them from what Postgres holds. */
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { type SignalDefinition, type UpdateDefinition, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Pool } from 'pg';
import { markOpen, type RequestRow, readRequestRow } from '../db/requests.ts';
import type { EscalationReport } from '../domain/escalation/messages.ts';
import type { CommandName, CommandOf } from '../domain/events.ts';
import { Refusal } from '../domain/failures.ts';
import { resultOf } from '../domain/recentCommands.ts';
import { resultNow } from '../domain/request.ts';
import { rulesOf } from '../domain/rules.ts';
import type { CommandResult, RequestState } from '../domain/state.ts';
import { requirePossible } from '../domain/transitions.ts';
import type { RequestView } from '../domain/view.ts';
import { escalationReported } from '../workflows/escalationMessages.ts';
import {
  type AnswerSignal,
  answerReceived,
  type ChangedHours,
  commandUpdate,
  getRequest,
  type MailFact,
  mailBounced,
  messageDismissed,
  messageHeld,
  openingHoursChanged,
  openUpdate,
  type ReopenPayload,
  reopenUpdate,
  requestWorkflowId,
  type ShortInput,
  type SupportRequestInput,
} from '../workflows/messages.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { oldestStart, ongoingInput, openingInput, startOptions, termsAndWindows } from './requestInput.ts';
import { isRunning, lastRun } from './runs.ts';
import { refusalIn } from './temporalErrors.ts';

/** Commands that an Update of their own name carries. */
export type UpdateName = Exclude<CommandName, 'reopen'>;

/** An amendment names a stored version; the door adds terms and opening windows. */
export type Amendment = Omit<CommandOf<'amendTerms'>, 'terms' | 'windows'> & { readonly version: number };

/**
 * Every method throws `Refusal` for what the core, or the row, refuses, and `Unavailable` when Temporal or its worker does not
 * answer in time: the same call, with the same command id, then goes on where it was.
 */
export interface RequestDoor {
  /** Starts the workflow of a row in stage `opening`; answers once its first save is committed. */
  open(number: string): Promise<CommandResult>;
  /** Answers once the command's save is committed. An `answer` on a closed request reopens it. */
  command<T extends UpdateName>(number: string, name: T, command: CommandOf<T>): Promise<CommandResult>;
  amendTerms(number: string, amendment: Amendment): Promise<CommandResult>;
  reopen(number: string, payload: ReopenPayload): Promise<CommandResult>;
  /** A customer's answer by mail. `expired`: closed for too long; it is for a new, linked request. */
  answer(number: string, answer: AnswerSignal): Promise<'delivered' | 'reopened' | 'expired'>;
  /** `gone`: the request is closed, nothing waits for the fact. */
  /** What an escalation tells its request. `filed`: the request had ended; its timeline and staff know of it. */
  report(number: string, report: EscalationReport): Promise<'delivered' | 'filed'>;
  holdMessage(number: string, fact: MailFact): Promise<'delivered' | 'gone'>;
  dismissMessage(number: string, fact: MailFact & { readonly who: `staff:${string}` }): Promise<'delivered' | 'gone'>;
  mailBounced(number: string, bounce: BouncedMail): Promise<'delivered' | 'gone'>;
  openingHoursChanged(number: string, hours: ChangedHours): Promise<'delivered' | 'gone'>;
  /** What the workflow itself says; lists and pages read Postgres. */
  read(number: string): Promise<RequestView>;
}

/** The door, and what puts an execution back. */
export interface RepairingDoor extends RequestDoor {
  /**
   * Sees to it that a run is there, made from the stored state when it was lost; `closed`: none should be. One that is closed is
   * made again only if its last run did not end by itself and has escalations to tell.
   */
  revive(number: string): Promise<'running' | 'closed'>;
  /** Whether its last execution runs; of one that ended Temporal still answers queries. */
  isRunning(number: string): Promise<boolean>;
}

/** What was sent, by its effect key, and when the bounce came (epoch milliseconds). */
export type BouncedMail = typeof mailBounced extends SignalDefinition<[infer Bounce]> ? Bounce : never;

/** What the door holds. */
export interface RequestDoorDependencies {
  readonly client: Client;
  readonly pool: Pool;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

type Start = (input: ShortInput) => Promise<unknown>;
type Reuse = 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE';

const WORKFLOW = 'supportRequest';

/** Opens the door. It holds nothing but its dependencies. */
export function createRequestDoor({ client, pool, patienceMs = PATIENCE_MS }: RequestDoorDependencies): RepairingDoor {
  const handle = (number: string) => client.workflow.getHandle(requestWorkflowId(number));
  const { patiently, persistently, deliver } = createPatience(client, patienceMs);

  async function updateWithStart<A>(
    input: SupportRequestInput,
    update: UpdateDefinition<CommandResult, [A]>,
    argument: A,
    updateId: string,
    workflowIdReusePolicy: Reuse,
  ): Promise<CommandResult> {
    // An operation serves one call only.
    const startWorkflowOperation = new WithStartWorkflowOperation<Start>(WORKFLOW, {
      ...startOptions(input),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy,
    });
    return await client.workflow.executeUpdateWithStart(update, { args: [argument], updateId, startWorkflowOperation });
  }

  async function requireRow(number: string): Promise<RequestRow> {
    const row = await readRequestRow(pool, number);
    if (!row) throw new Refusal('NotFound', 'There is no such request.');
    return row;
  }

  async function open(number: string): Promise<CommandResult> {
    const row = await requireRow(number);
    const { commandId } = row.opening;
    if (row.stage === 'open' && row.state) return resultNow(row.state, commandId);
    const input = await openingInput(pool, row, Date.now());
    const result = await persistently(
      () => updateWithStart(input, openUpdate, { commandId }, commandId, 'REJECT_DUPLICATE'),
      async () => undefined,
    ).catch(async (error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // It has lived and closed meanwhile: its row knows.
      const { state } = await requireRow(number);
      if (!state) throw error;
      return resultNow(state, commandId);
    });
    await markOpen(pool, number);
    return result;
  }

  /** Sees to it that a run is there; the state when the request is closed and none should be. */
  async function revive(number: string): Promise<RequestState | undefined> {
    const row = await requireRow(number);
    if (!row.state) {
      await open(number);
      return undefined;
    }
    if (row.state.status === 'closed') return row.state;
    await startAgain(row.state);
    return undefined;
  }

  async function startAgain(state: RequestState): Promise<void> {
    await client.workflow.start<Start>(WORKFLOW, {
      ...startOptions(await ongoingInput(pool, state, Date.now())),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  async function repair(number: string): Promise<'running' | 'closed'> {
    const closed = await revive(number);
    if (!closed) return 'running';
    const last = await lastRun(client, requestWorkflowId(number));
    if (last === 'RUNNING') return 'running';
    const isUntold = closed.pending.some(({ kind }) => kind === 'startEscalation' || kind === 'tellEscalation');
    if (!isUntold || last === 'COMPLETED') return 'closed';
    await startAgain(closed);
    return 'running';
  }

  /** What a command yields whose request has ended: its first result, a reopening, or the core's refusal. */
  async function commandWhenGone<T extends UpdateName>(
    number: string,
    name: T,
    command: CommandOf<T>,
  ): Promise<CommandResult | undefined> {
    const state = await revive(number);
    if (!state) return undefined;
    const known = resultOf(state, command.commandId);
    if (known) return known;
    if (name === 'answer') return await reopenFrom(state, { by: 'answer', ...(command as CommandOf<'answer'>) });
    const rules = rulesOf(await ongoingInput(pool, state, Date.now()));
    requirePossible(state, name, rules, Date.now());
    return undefined;
  }

  async function command<T extends UpdateName>(number: string, name: T, payload: CommandOf<T>): Promise<CommandResult> {
    const update = commandUpdate(name);
    return await persistently(
      () => handle(number).executeUpdate(update, { args: [payload], updateId: payload.commandId }),
      () => commandWhenGone(number, name, payload),
    );
  }

  async function amendTerms(number: string, amendment: Amendment): Promise<CommandResult> {
    const { version, ...meta } = amendment;
    const row = await requireRow(number);
    const from = row.state ? oldestStart(row.state) : (row.opening.receivedAt ?? row.createdAt.getTime());
    const terms = await termsAndWindows(pool, row.contract, version, from, Date.now());
    return await command(number, 'amendTerms', { ...meta, ...terms });
  }

  /** From the stored state; refused before a run is started in vain. */
  async function reopenFrom(state: RequestState, payload: ReopenPayload): Promise<CommandResult> {
    const now = Date.now();
    const input = await ongoingInput(pool, state, now);
    if (payload.by !== 'report') {
      const at = Math.max(Math.min(payload.receivedAt ?? now, now), state.lastAt);
      requirePossible(state, payload.by === 'answer' ? 'answer' : 'reopen', rulesOf(input), at);
    }
    return await updateWithStart(input, reopenUpdate, payload, payload.commandId, 'ALLOW_DUPLICATE');
  }

  async function reopen(number: string, payload: ReopenPayload): Promise<CommandResult> {
    return await persistently(
      async () => {
        const { state } = await requireRow(number);
        const known = state && resultOf(state, payload.commandId);
        if (known) return known;
        if (state?.status === 'closed') return await reopenFrom(state, payload);
        return await handle(number).executeUpdate(reopenUpdate, { args: [payload], updateId: payload.commandId });
      },
      async () => {
        await revive(number);
        return undefined;
      },
    );
  }

  async function answer(number: string, payload: AnswerSignal): Promise<'delivered' | 'reopened' | 'expired'> {
    return await persistently<'delivered' | 'reopened' | 'expired'>(
      async () => {
        // A run that is still busy with its closing mail would refuse it too, and a signal gets no answer.
        if (isTooLate(await requireRow(number), payload)) return 'expired';
        await handle(number).signal(answerReceived, payload);
        return 'delivered';
      },
      async () => {
        const state = await revive(number);
        if (!state) return undefined;
        if (resultOf(state, payload.commandId)) return 'delivered';
        try {
          await reopenFrom(state, { by: 'answer', ...payload });
          return 'reopened';
        } catch (error) {
          const refusal = refusalIn(error) ?? error;
          if (refusal instanceof Refusal && refusal.type === 'InvalidTransition') return 'expired';
          throw error;
        }
      },
    );
  }

  async function report(number: string, reported: EscalationReport): Promise<'delivered' | 'filed'> {
    return await persistently<'delivered' | 'filed'>(
      async () => {
        await handle(number).signal(escalationReported, reported);
        return 'delivered';
      },
      async () => {
        const state = await revive(number);
        if (!state) return undefined;
        if (resultOf(state, reported.id)) return 'filed';
        // The run files it and ends again: nothing is reopened.
        await reopenFrom(state, { by: 'report', report: reported, commandId: reported.id });
        return 'filed';
      },
    );
  }

  async function tell<F>(number: string, signal: SignalDefinition<[F]>, fact: F): Promise<'delivered' | 'gone'> {
    return await deliver(
      () => handle(number).signal(signal, fact),
      async () => (await revive(number)) !== undefined,
    );
  }

  return {
    open: (number) => patiently(() => open(number)),
    command: (number, name, payload) => patiently(() => command(number, name, payload)),
    amendTerms: (number, amendment) => patiently(() => amendTerms(number, amendment)),
    reopen: (number, payload) => patiently(() => reopen(number, payload)),
    answer: (number, payload) => patiently(() => answer(number, payload)),
    report: (number, reported) => patiently(() => report(number, reported)),
    holdMessage: (number, fact) => patiently(() => tell(number, messageHeld, fact)),
    dismissMessage: (number, fact) => patiently(() => tell(number, messageDismissed, fact)),
    mailBounced: (number, bounce) => patiently(() => tell(number, mailBounced, bounce)),
    openingHoursChanged: (number, hours) => patiently(() => tell(number, openingHoursChanged, hours)),
    revive: (number) => patiently(() => repair(number)),
    isRunning: (number) => patiently(() => isRunning(client, requestWorkflowId(number))),
    read: (number) => patiently(() => handle(number).query(getRequest)),
  };
}

/** Whether a request was closed too long before this answer, and never had it. */
function isTooLate({ state, reopenUntil }: RequestRow, { receivedAt, commandId }: AnswerSignal): boolean {
  if (state?.status !== 'closed' || !reopenUntil || resultOf(state, commandId)) return false;
  return (receivedAt ?? Date.now()) > reopenUntil.getTime();
}
