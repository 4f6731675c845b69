/** The door to the workflows of interventions: it opens them, gives commands of both sides, and tells them facts from outside. */
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { type SignalDefinition, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Pool } from 'pg';
import { type InterventionRow, readInterventionRow } from '../db/interventions.ts';
import { Refusal } from '../domain/failures.ts';
import { hasEnded } from '../domain/intervention/credit.ts';
import type { InterventionCommandName, InterventionCommandOf } from '../domain/intervention/events.ts';
import { openIntervention, resultNow } from '../domain/intervention/intervention.ts';
import type { InterventionId, InterventionResult, InterventionState } from '../domain/intervention/state.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import { resultOf } from '../domain/recentCommands.ts';
import { rulesOf } from '../domain/rules.ts';
import {
  creditAdded,
  getIntervention,
  type InterventionInput,
  interventionHoursChanged,
  interventionMailBounced,
  interventionOpenUpdate,
  interventionUpdate,
} from '../workflows/interventionMessages.ts';
import type { ChangedHours } from '../workflows/messages.ts';
import { interventionInput, interventionStartOptions } from './interventionInput.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { isRunning } from './runs.ts';

/** A mail that came back. */
export type InterventionBounce = typeof interventionMailBounced extends SignalDefinition<[infer Fact]> ? Fact : never;

/**
 * Every method throws `Refusal` for what the core, or the row, refuses, and `Unavailable` when Temporal or its worker does not
 * answer in time: the same call, with the same command id, then goes on where it was.
 */
export interface InterventionDoor {
  /** Starts the workflow of a row in stage `opening`; answers once its first save is committed. */
  open(id: InterventionId): Promise<InterventionResult>;
  /** Answers once the command's save is committed. */
  command<T extends InterventionCommandName>(
    id: InterventionId,
    name: T,
    command: InterventionCommandOf<T>,
  ): Promise<InterventionResult>;
  /** `gone`: the intervention is over, nothing waits for the fact. */
  mailBounced(id: InterventionId, bounce: InterventionBounce): Promise<'delivered' | 'gone'>;
  /** Opening hours of the contract's calendars changed. */
  openingHoursChanged(id: InterventionId, hours: ChangedHours): Promise<'delivered' | 'gone'>;
  /** An order was signed, or units came back. */
  creditAdded(id: InterventionId): Promise<'delivered' | 'gone'>;
}

/** The door as `verify` has it. */
export interface RepairingInterventionDoor extends InterventionDoor {
  /** Makes a run again that was lost although the intervention is not over, or has something left to do. */
  revive(id: InterventionId): Promise<'running' | 'over'>;
  /** Whether Temporal has a run of it that goes on. */
  isRunning(id: InterventionId): Promise<boolean>;
  /** What the workflow itself says; lists and pages read Postgres. */
  read(id: InterventionId): Promise<InterventionView>;
}

/** What the door holds. */
export interface InterventionDoorDependencies {
  readonly client: Client;
  readonly pool: Pool;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

type Start = (input: InterventionInput) => Promise<unknown>;

const WORKFLOW = 'intervention';

/** Opens the door. It holds nothing but its dependencies. */
export function createInterventionDoor({
  client,
  pool,
  patienceMs = PATIENCE_MS,
}: InterventionDoorDependencies): RepairingInterventionDoor {
  const handle = (id: InterventionId) => client.workflow.getHandle(id);
  const { patiently, persistently, deliver } = createPatience(client, patienceMs);

  async function requireRow(id: InterventionId): Promise<InterventionRow> {
    const row = await readInterventionRow(pool, id);
    if (!row) throw new Refusal('NotFound', 'There is no such intervention.');
    return row;
  }

  async function open(id: InterventionId): Promise<InterventionResult> {
    const row = await requireRow(id);
    const { commandId } = row.opening;
    if (row.state) return resultNow(row.state, commandId);
    const input = await interventionInput(pool, row, Date.now());
    requireOpenable(input);
    return await persistently(
      () => {
        // An operation serves one call only.
        const startWorkflowOperation = new WithStartWorkflowOperation<Start>(WORKFLOW, {
          ...interventionStartOptions(input),
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        });
        return client.workflow.executeUpdateWithStart(interventionOpenUpdate, {
          args: [{ commandId }],
          updateId: commandId,
          startWorkflowOperation,
        });
      },
      async () => undefined,
    ).catch(async (error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // It has lived and ended meanwhile: its row knows.
      const { state } = await requireRow(id);
      if (!state) throw error;
      return resultNow(state, commandId);
    });
  }

  /** Sees to it that a run is there; the state when the intervention is over and none should be. */
  async function revive(id: InterventionId): Promise<InterventionState | undefined> {
    const row = await requireRow(id);
    if (!row.state) {
      await open(id);
      return undefined;
    }
    if (isOver(row.state)) return row.state;
    await client.workflow.start<Start>(WORKFLOW, {
      ...interventionStartOptions(await interventionInput(pool, row, Date.now())),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    return undefined;
  }

  /** What a command yields that finds no run: its first result, or a refusal because it is over. */
  async function resultWhenGone(
    id: InterventionId,
    name: InterventionCommandName,
    commandId: string,
  ): Promise<InterventionResult | undefined> {
    const state = await revive(id);
    if (!state) return undefined;
    const known = resultOf(state, commandId);
    if (known) return known;
    const message = `${name} was refused: Not possible while the intervention is ${state.status}.`;
    throw new Refusal('InvalidTransition', message, { tried: name, status: state.status, possible: [] });
  }

  async function tell(id: InterventionId, send: () => Promise<void>): Promise<'delivered' | 'gone'> {
    return await deliver(send, async () => (await revive(id)) !== undefined);
  }

  return {
    open: (id) => patiently(() => open(id)),
    command: (id, name, command) =>
      patiently(() =>
        persistently(
          () => handle(id).executeUpdate(interventionUpdate(name), { args: [command], updateId: command.commandId }),
          () => resultWhenGone(id, name, command.commandId),
        ),
      ),
    mailBounced: (id, bounce) => patiently(() => tell(id, () => handle(id).signal(interventionMailBounced, bounce))),
    openingHoursChanged: (id, hours) =>
      patiently(() => tell(id, () => handle(id).signal(interventionHoursChanged, hours))),
    creditAdded: (id) => patiently(() => tell(id, () => handle(id).signal(creditAdded))),
    revive: (id) => patiently(async () => ((await revive(id)) ? 'over' : 'running')),
    isRunning: (id) => patiently(() => isRunning(client, id)),
    read: (id) => patiently(() => handle(id).query(getIntervention)),
  };
}

/** Before anything is started: a run that fails would hold the id of the next one. @throws Refusal as the core does */
function requireOpenable(input: InterventionInput): void {
  if (input.open) openIntervention(input, { ...input.open, type: 'open', at: Date.now() }, rulesOf(input));
}

/** Whether its run has ended: what is still pending is done by a run. */
function isOver(state: InterventionState): boolean {
  return hasEnded(state) && state.pending.length === 0;
}
