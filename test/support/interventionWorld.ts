/** Interventions, and calls of the hotline, with activities that are recorded and a ledger in memory. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { interventionTerms, interventionWindows } from '../../contracts/interventionTerms.ts';
import type { Announced } from '../../contracts/requestTerms.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { type ContractTerms, type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import {
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
  type InterventionPayloads,
} from '../../domain/intervention/events.ts';
import type { InterventionId, InterventionResult, InterventionState } from '../../domain/intervention/state.ts';
import type { InterventionEntryType } from '../../domain/intervention/timeline.ts';
import type { InterventionView } from '../../domain/intervention/view.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import type { CallOutcome, HotlineCallId, HotlineCallInput } from '../../workflows/hotlineMessages.ts';
import type { InterventionOutcome } from '../../workflows/intervention.ts';
import {
  getIntervention,
  type InterventionInput,
  interventionOpenUpdate,
  interventionUpdate,
  type SaveIntervention,
  type SendInterventionMail,
} from '../../workflows/interventionMessages.ts';
import { type MailOutcome, REQUEST_TASK_QUEUE } from '../../workflows/messages.ts';
import { CreditBook } from './creditBook.ts';
import { DAY_AND_NIGHT, NOON_ZONE } from './dayAndNight.ts';
import { tellOrder } from './interventionLife.ts';
import { workflowBundle } from './requestWorld.ts';
import { type RunningWorker, run } from './runningWorker.ts';
import { connectTo, goTo } from './timeSkipping.ts';

const PARTIES = { customer: 'Customer', provider: 'Provider' };

function termsOf(input: ContractTermsInput): ContractTerms {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

/** Terms that interventions of a world may have: of families A and E, and of A on a calendar that never closes. */
export const WORLD_TERMS = {
  tickets: termsOf(prepaidTickets(PARTIES)),
  dayAndNight: termsOf({
    ...prepaidTickets(PARTIES),
    zone: NOON_ZONE,
    calendars: { support: { ...DAY_AND_NIGHT, zone: NOON_ZONE, closuresAdmitted: true } },
  }),
  hosting: termsOf(
    managedHosting(PARTIES, {
      activeModules: ['subscription', 'plannedMaintenance', 'hotline', 'hosting'],
      monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
    }),
  ),
} as const;

export interface InterventionWorld {
  readonly env: TestWorkflowEnvironment;
  readonly book: CreditBook;
  readonly saves: SaveIntervention[];
  readonly mails: SendInterventionMail[];
  /** Called before the ledger answers; throw to let it be asked again. */
  beforeLedger: () => void | Promise<void>;
  /** What the mail server makes of a mail. */
  answerMail: (mail: SendInterventionMail) => MailOutcome['result'];
  /** What calls did, told shortly: `alert freeMinutesEnd`, `ended 240`, `debit done`. */
  readonly calls: { readonly id: HotlineCallId; readonly did: string }[];
  /** Whether what calls cost can be debited. */
  isCreditThere: boolean;
  now(): Promise<number>;
  /** Moves the server's clock forward to an ISO instant with offset. */
  goTo(instant: string): Promise<void>;
  /** Lets time pass until it is over. */
  finish(id: InterventionId): Promise<InterventionOutcome>;
  /** `module`: a planned visit of it. */
  open(id: InterventionId, module?: string): Promise<InterventionResult>;
  /** Begins a call that alerts its agent after so many seconds. */
  call(id: HotlineCallId, alertAfter: number, over?: Partial<HotlineCallInput>): Promise<WorkflowHandle>;
  /** What the call did so far. */
  callDid(id: HotlineCallId): string[];
  /** Starts a run from a stored state. */
  resume(state: InterventionState): Promise<void>;
  command<T extends InterventionCommandName>(
    id: InterventionId,
    name: T,
    payload: InterventionPayloads[T] & Partial<InterventionCommandOf<T>>,
  ): Promise<InterventionResult>;
  view(id: InterventionId): Promise<InterventionView>;
  handle(id: InterventionId | HotlineCallId): WorkflowHandle;
  /** Types of all timeline entries so far, in order of version. */
  timeline(id: InterventionId): InterventionEntryType[];
  /** Mails so far, told shortly. */
  mailed(id: InterventionId): string[];
  /** Windows with closures, as the relay tells them; from then on what further windows know. */
  windows(announced: Announced): Promise<InterventionInput['windows']>;
  workerLeaves(): Promise<void>;
  /** A new worker, that knows nothing but histories. */
  workerReturns(): Promise<void>;
  close(): Promise<void>;
}

/** A worker on a time-skipping server; closing the world ends the server too. */
export async function createInterventionWorld(
  env: TestWorkflowEnvironment,
  {
    maxCachedWorkflows = 100,
    terms: contractTerms = WORLD_TERMS.tickets,
  }: { readonly maxCachedWorkflows?: number; readonly terms?: ContractTerms } = {},
): Promise<InterventionWorld> {
  const terms = interventionTerms('TEST-A', 1, contractTerms);
  const namespace = env.namespace ?? 'default';
  const client = await connectTo(env);
  let known: Announced = { version: 1, closures: [] };
  const world: InterventionWorld = {
    ...{ env, book: new CreditBook(), saves: [], mails: [], beforeLedger: () => {}, answerMail: () => 'accepted' },
    ...{ calls: [], isCreditThere: true },
    now: () => env.currentTimeMs(),
    goTo: (instant) => goTo(env, instant),
    async finish(id) {
      for (let hours = 0; hours < 200; hours++) {
        const { status } = await world.handle(id).describe();
        if (status.name === 'COMPLETED') return (await world.handle(id).result()) as InterventionOutcome;
        if (status.name !== 'RUNNING') throw new Error(`${id} is ${status.name}`);
        await env.sleep('1 minute');
      }
      throw new Error(`${id} did not end`);
    },
    async open(id, module) {
      const now = await env.currentTimeMs();
      const commandId = randomUUID();
      const [, request = '', n] = id.split(':');
      const input: InterventionInput = {
        ...{ id, request, n: Number(n), terms, windows: await world.windows(known) },
        open: {
          ...{ contact: 'c1', text: 't1', who: 'staff:a1', channel: 'api', commandId, receivedAt: now },
          ...(module === undefined ? {} : { module }),
        },
      };
      const start = new WithStartWorkflowOperation('intervention', {
        workflowId: id,
        taskQueue: REQUEST_TASK_QUEUE,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return await client.workflow.executeUpdateWithStart(interventionOpenUpdate, {
        args: [{ commandId }],
        startWorkflowOperation: start,
      });
    },
    async resume(state) {
      const { id, request, n } = state;
      const windows = await world.windows(known);
      const input: InterventionInput = { id, request, n, terms, windows, state };
      await client.workflow.start('intervention', {
        ...{ workflowId: id, taskQueue: REQUEST_TASK_QUEUE, args: [input] },
      });
    },
    async call(id, alertAfter, over = {}) {
      const beganAt = await env.currentTimeMs();
      const input = { id, contract: 'TEST-E', request: id.split(':')[1] ?? '', agent: 'staff:a1', beganAt, alertAfter };
      await client.workflow.start('hotlineCall', {
        ...{ workflowId: id, taskQueue: REQUEST_TASK_QUEUE, args: [{ ...input, ...over } as HotlineCallInput] },
      });
      return world.handle(id);
    },
    callDid: (id) => world.calls.filter((call) => call.id === id).map(({ did }) => did),
    async command(id, name, payload) {
      const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(name);
      const command = {
        ...{ who: isCustomers ? 'contact:c1' : 'staff:a1', channel: 'api', commandId: randomUUID() },
        ...payload,
      } as InterventionCommandOf<typeof name>;
      return await world
        .handle(id)
        .executeUpdate(interventionUpdate(name), { args: [command], updateId: command.commandId });
    },
    view: (id) => world.handle(id).query(getIntervention),
    handle: (id) => client.workflow.getHandle(id),
    timeline(id) {
      const mine = world.saves.filter(({ state }) => state.id === id);
      const bySeq = new Map(mine.map((save) => [save.seq, save.entries.map(({ type }) => type)]));
      return [...bySeq].sort(([a], [b]) => a - b).flatMap(([, types]) => types);
    },
    mailed: (id) => world.mails.filter((mail) => mail.intervention === id).map(({ order }) => tellOrder(order)),
    async windows(announced) {
      known = announced;
      const now = await env.currentTimeMs();
      return interventionWindows(contractTerms, { from: now, now, announced: { support: announced } });
    },
    async workerLeaves() {
      await present?.stop();
      present = undefined;
    },
    async workerReturns() {
      present ??= await startWorker();
    },
    async close() {
      await world.workerLeaves();
      await env.teardown();
    },
  };

  async function startWorker(): Promise<RunningWorker> {
    const never = (): never => {
      throw new Error('this world has no requests');
    };
    const worker = await createRequestWorker({
      ...{ connection: env.nativeConnection, namespace, maxCachedWorkflows },
      workflowBundle: await workflowBundle(),
      activities: {
        ...{ saveRequest: never, sendMail: never, extendWindows: never },
        async saveIntervention(save) {
          world.saves.push(save);
        },
        async sendInterventionMail(mail) {
          const result = world.answerMail(mail);
          world.mails.push(mail);
          return { result, at: await env.currentTimeMs() };
        },
        extendInterventionWindows: () => world.windows(known),
        async reserveUnits(operation) {
          await world.beforeLedger();
          return world.book.reserve(operation);
        },
        async settleUnits(operation) {
          await world.beforeLedger();
          world.book.settle(operation);
        },
        takeAllowance: async ({ seconds }) => ({ seconds }),
        async returnAllowance() {},
        async alertAgent({ id, because }) {
          world.calls.push({ id, did: `alert ${because}` });
        },
        async endHotlineCall({ id, seconds }): Promise<CallOutcome> {
          world.calls.push({ id, did: `ended ${seconds}` });
          return { id, seconds, freeSeconds: Math.min(seconds, 1_800), unit: 'timeUnit', units: 1 };
        },
        async debitHotlineCall({ id }) {
          const result = world.isCreditThere ? 'done' : 'insufficient';
          world.calls.push({ id, did: `debit ${result}` });
          return { result };
        },
      },
    });
    return run(worker);
  }

  let present: RunningWorker | undefined = await startWorker();
  return world;
}
