/** The door to calls of the hotline: it begins them and ends them. */
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { Pool } from 'pg';
import { hotlineOf } from '../contracts/hotline.ts';
import { readTerms } from '../db/contracts.ts';
import { type HotlineCallRow, markHotlineCallFollowed, readEarlierCalls, readHotlineCall } from '../db/hotlineCalls.ts';
import { Refusal } from '../domain/failures.ts';
import { secondsToAlert } from '../domain/hotline.ts';
import {
  type CallOutcome,
  endCall,
  type HotlineCallId,
  type HotlineCallInput,
  hotlineCreditAdded,
} from '../workflows/hotlineMessages.ts';
import { REQUEST_TASK_QUEUE } from '../workflows/messages.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { isRunning } from './runs.ts';

/** Every method throws `Refusal` for what is refused, and `Unavailable` when Temporal does not answer in time. */
export interface HotlineDoor {
  /** Starts the workflow of a call whose row is there; done twice it is started once. */
  begin(id: HotlineCallId): Promise<void>;
  /** Ends the call, now or at an earlier instant (epoch milliseconds); what it costs. Ended twice, the first end counts. */
  end(id: HotlineCallId, end: { readonly at?: number; readonly commandId: string }): Promise<CallOutcome>;
  /** What could not be debited is tried again. */
  creditAdded(id: HotlineCallId): Promise<'delivered' | 'gone'>;
}

/** The door as `verify` has it. */
export interface RepairingHotlineDoor extends HotlineDoor {
  /** Whether Temporal has a run of it that goes on. */
  isRunning(id: HotlineCallId): Promise<boolean>;
}

/** What the door holds. */
export interface HotlineDoorDependencies {
  readonly client: Client;
  readonly pool: Pool;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

type Start = (input: HotlineCallInput) => Promise<unknown>;

const WORKFLOW = 'hotlineCall';
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);

/** Opens the door. It holds nothing but its dependencies. */
export function createHotlineDoor({
  client,
  pool,
  patienceMs = PATIENCE_MS,
}: HotlineDoorDependencies): RepairingHotlineDoor {
  const handle = (id: HotlineCallId) => client.workflow.getHandle(id);
  const { patiently, persistently, deliver } = createPatience(client, patienceMs);

  async function requireRow(id: HotlineCallId): Promise<HotlineCallRow> {
    const row = await readHotlineCall(pool, id);
    if (!row) throw new Refusal('NotFound', 'There is no such call.');
    return row;
  }

  async function start(row: HotlineCallRow): Promise<void> {
    await client.workflow.start<Start>(WORKFLOW, {
      workflowId: row.id,
      taskQueue: REQUEST_TASK_QUEUE,
      args: [await inputOf(pool, row)],
      staticSummary: `${row.id} · ${row.contract}`,
      typedSearchAttributes: new TypedSearchAttributes([{ key: CONTRACT, value: row.contract }]),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    await markHotlineCallFollowed(pool, row.id);
  }

  /** A run that was lost is started again; nothing to do for a call that is debited. */
  async function revive(id: HotlineCallId): Promise<HotlineCallRow | undefined> {
    const row = await requireRow(id);
    if (row.endedAt && row.debitedAt) return row;
    await start(row);
    return undefined;
  }

  return {
    begin: (id) => patiently(async () => void (await revive(id))),
    end: (id, { at, commandId }) =>
      patiently(() =>
        persistently(
          () => handle(id).executeUpdate(endCall, { args: [at === undefined ? {} : { at }], updateId: commandId }),
          async () => {
            const row = await revive(id);
            return row && outcomeOf(row);
          },
        ),
      ),
    isRunning: (id) => patiently(() => isRunning(client, id)),
    creditAdded: (id) =>
      patiently(() =>
        deliver(
          () => handle(id).signal(hotlineCreditAdded),
          async () => (await revive(id)) !== undefined,
        ),
      ),
  };
}

/** @throws Refusal `NotCovered`: the contract has no hotline that is paid by time */
async function inputOf(pool: Pool, row: HotlineCallRow): Promise<HotlineCallInput> {
  const { id, contract, request, termsVersion, agent, beganAt, endedAt, kind } = row;
  const terms = await readTerms(pool, contract, termsVersion);
  const hotline = terms && hotlineOf(terms);
  if (!hotline) throw new Refusal('NotCovered', 'The contract has no hotline that is paid by time.');
  const alertAfter = secondsToAlert(hotline, await readEarlierCalls(pool, request, id), kind);
  const end = endedAt ? { endedAt: endedAt.getTime() } : {};
  return { id, contract, request, agent, beganAt: beganAt.getTime(), alertAfter, ...end };
}

function outcomeOf({ id, seconds, freeSeconds, unit, units }: HotlineCallRow): CallOutcome | undefined {
  if (seconds === null || freeSeconds === null || unit === null || units === null) return undefined;
  return { id, seconds, freeSeconds, unit, units };
}
