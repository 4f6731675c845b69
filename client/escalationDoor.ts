/**
 * The door to the workflows of escalations: commands of both sides, what is told to them from outside, and their rebuilding
 * from what Postgres holds.
 */
import { Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { Pool } from 'pg';
import { type EscalationRow, readEscalationRow } from '../db/escalations.ts';
import { readNamespaceOf } from '../db/publishers.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../domain/escalation/events.ts';
import type { EscalationId, EscalationResult } from '../domain/escalation/state.ts';
import { isDone, requirePossible } from '../domain/escalation/transitions.ts';
import type { EscalationView } from '../domain/escalation/view.ts';
import { Refusal } from '../domain/failures.ts';
import { resultOf } from '../domain/recentCommands.ts';
import {
  escalationMailBounced,
  escalationUpdate,
  getEscalation,
  publisherMessageDismissed,
  publisherMessageHeld,
} from '../workflows/escalationMessages.ts';
import { ESCALATION_WORKFLOW, escalationStart } from '../workflows/escalationStart.ts';
import { REQUEST_TASK_QUEUE } from '../workflows/messages.ts';
import { goingOnInput, sendingInput } from './escalationInput.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { isRunning, lastRun } from './runs.ts';
import { tracedCalls } from './tracedCalls.ts';

type FactOf<S> = S extends SignalDefinition<[infer F]> ? F : never;

/**
 * Every method throws `Refusal` for what the core, or the row, refuses, and `Unavailable` when Temporal or its worker does not
 * answer in time: the same call, with the same command id, then goes on where it was.
 */
export interface EscalationDoor {
  /** Answers once the command's save is committed. */
  command<T extends EscalationCommandName>(
    id: EscalationId,
    name: T,
    command: EscalationCommandOf<T>,
  ): Promise<EscalationResult>;
  /** `gone`: the escalation has ended, nothing waits for the fact. */
  holdMessage(id: EscalationId, fact: FactOf<typeof publisherMessageHeld>): Promise<'delivered' | 'gone'>;
  dismissMessage(id: EscalationId, fact: FactOf<typeof publisherMessageDismissed>): Promise<'delivered' | 'gone'>;
  mailBounced(id: EscalationId, bounce: FactOf<typeof escalationMailBounced>): Promise<'delivered' | 'gone'>;
}

/** The door, and what puts an execution back. */
export interface RepairingEscalationDoor extends EscalationDoor {
  /**
   * Sees to it that a run is there, made again when it was lost: from the stored state or, when it has saved nothing, from its
   * package. One that is over is made again only if its last run did not end by itself: something may be untold.
   */
  revive(id: EscalationId): Promise<'running' | 'over'>;
  /** Whether its last execution runs. */
  isRunning(id: EscalationId): Promise<boolean>;
  /** What the workflow itself says. */
  read(id: EscalationId): Promise<EscalationView>;
}

/** What the door holds. */
export interface EscalationDoorDependencies {
  readonly client: Client;
  readonly pool: Pool;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

/** Opens the door. It holds nothing but its dependencies. */
export function createEscalationDoor({
  client,
  pool,
  patienceMs = PATIENCE_MS,
}: EscalationDoorDependencies): RepairingEscalationDoor {
  const clients = new Map<string, Client>();

  /** Publishers may have namespaces of their own, on the same server. */
  async function clientOf(id: EscalationId): Promise<Client> {
    const elsewhere = await readNamespaceOf(pool, id);
    if (!elsewhere) return client;
    const { namespace } = elsewhere;
    const interceptors = { workflow: [tracedCalls] };
    const theirs = clients.get(namespace) ?? new Client({ connection: client.connection, namespace, interceptors });
    clients.set(namespace, theirs);
    return theirs;
  }

  async function handleOf(id: EscalationId) {
    return (await clientOf(id)).workflow.getHandle(id);
  }

  const { patiently, persistently, deliver } = createPatience(client, patienceMs);

  /** A run that is there stays; else one is made. */
  async function startAgain(row: EscalationRow): Promise<void> {
    const now = Date.now();
    const input = row.state
      ? await goingOnInput(pool, row, row.state, now)
      : await sendingInput(pool, row, `${row.id}:send`, now);
    const { typedSearchAttributes, ...options } = escalationStart(input);
    const theirs = await clientOf(row.id);
    await theirs.workflow.start(ESCALATION_WORKFLOW, {
      ...options,
      typedSearchAttributes: [...typedSearchAttributes],
      taskQueue: REQUEST_TASK_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  /** The row of an escalation that no run answered for; its run is made again when it was lost. */
  async function rowWhenGone(id: EscalationId): Promise<EscalationRow> {
    const row = await requireRow(pool, id);
    // One that has saved nothing is for its request to start, or for the relay.
    if (row.state && !isDone(row.state)) await startAgain(row);
    return row;
  }

  async function revive(id: EscalationId): Promise<'running' | 'over'> {
    const row = await requireRow(pool, id);
    if (row.stage === 'draft') throw new Refusal('InvalidTransition', 'The escalation is a draft.', { possible: [] });
    const last = await lastRun(await clientOf(id), id);
    if (last === 'RUNNING') return 'running';
    if (row.state && isDone(row.state) && (last === 'COMPLETED' || row.state.pending.length === 0)) return 'over';
    await startAgain(row);
    return 'running';
  }

  async function tell<F>(id: EscalationId, signal: SignalDefinition<[F]>, fact: F): Promise<'delivered' | 'gone'> {
    return await deliver(
      async () => (await handleOf(id)).signal(signal, fact),
      async () => {
        const { state } = await rowWhenGone(id);
        return state !== null && isDone(state);
      },
    );
  }

  return {
    command: (id, name, command) =>
      patiently(() =>
        persistently(
          async () =>
            (await handleOf(id)).executeUpdate(escalationUpdate(name), {
              args: [command],
              updateId: command.commandId,
            }),
          async () => resultWhenGone(await rowWhenGone(id), name, command.commandId),
        ),
      ),
    holdMessage: (id, fact) => patiently(() => tell(id, publisherMessageHeld, fact)),
    dismissMessage: (id, fact) => patiently(() => tell(id, publisherMessageDismissed, fact)),
    mailBounced: (id, bounce) => patiently(() => tell(id, escalationMailBounced, bounce)),
    revive: (id) => patiently(() => revive(id)),
    isRunning: (id) => patiently(async () => isRunning(await clientOf(id), id)),
    read: (id) => patiently(async () => (await handleOf(id)).query(getEscalation)),
  };
}

async function requireRow(pool: Pool, id: EscalationId): Promise<EscalationRow> {
  const row = await readEscalationRow(pool, id);
  if (!row) throw new Refusal('NotFound', 'There is no such escalation.');
  return row;
}

/**
 * What a command yields that found no run: its first result, or a refusal because the escalation has ended. Nothing when it
 * is to be given again: the run was made again, or its request has yet to start it.
 */
function resultWhenGone(
  { state }: EscalationRow,
  name: EscalationCommandName,
  commandId: string,
): EscalationResult | undefined {
  const known = state && resultOf(state, commandId);
  if (known) return known;
  if (state && isDone(state)) requirePossible(state, name);
  return undefined;
}
