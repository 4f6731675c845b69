/** The request workflow on a time-skipping server, with activities that are recorded instead of carried out. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { type Announced, requestTerms, requestWindows } from '../../contracts/requestTerms.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { parseTerms } from '../../contracts/terms.ts';
import type { CommandName, CommandOf, EventPayloads } from '../../domain/events.ts';
import { type RequestSave, unpackSave } from '../../domain/packing.ts';
import { shortTerms } from '../../domain/shortTerms.ts';
import type { CommandResult, RequestState } from '../../domain/state.ts';
import type { RequestTerms } from '../../domain/terms.ts';
import type { TimelineType } from '../../domain/timeline.ts';
import type { RequestView } from '../../domain/view.ts';
import { createRequestWorker, INTERCEPTORS_PATH, WORKFLOWS_PATH } from '../../worker/worker.ts';
import type { EscalationActivities } from '../../workflows/escalationMessages.ts';
import {
  answerReceived,
  commandUpdate,
  getRequest,
  type MailOutcome,
  openUpdate,
  REQUEST_TASK_QUEUE,
  type ReopenPayload,
  reopenUpdate,
  requestWorkflowId,
  type SendMail,
  type ShortInput,
  type SupportRequestInput,
} from '../../workflows/messages.ts';
import type { RequestOutcome } from '../../workflows/supportRequest.ts';
import { type RunningWorker, run } from './runningWorker.ts';
import { tellMail } from './tellMail.ts';
import { connectTo, goTo } from './timeSkipping.ts';

const parsed = parseTerms(anomalySupport({ customer: 'Customer', provider: 'Provider' }));
if (!('terms' in parsed)) throw new Error('the template of family D is invalid');
// Its calendar admits closures, as those of families A and B do: nothing else of a running request tells them apart.
const calendars = Object.entries(parsed.terms.calendars).map(([name, one]) => [
  name,
  { ...one, closuresAdmitted: true },
]);
const CONTRACT_TERMS = { ...parsed.terms, calendars: Object.fromEntries(calendars) };

/** Family D, as a running request has it. */
export const TERMS = requestTerms('TEST-D', 1, CONTRACT_TERMS);

/** Windows of family D from `from` on, both epoch milliseconds; with the closures that were announced. */
export function windowsFrom(from: number, now = from, announced?: Announced): SupportRequestInput['windows'] {
  return requestWindows(CONTRACT_TERMS, { from, now, ...(announced ? { announced: { support: announced } } : {}) });
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The real workflow bundle, built once per process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    workflowInterceptorModules: [INTERCEPTORS_PATH],
    logger: QUIET,
  });
  return bundle;
}

// Failing activities are part of the stories: only errors are worth a line.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});
const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

export interface RequestWorld {
  readonly env: TestWorkflowEnvironment;
  readonly saves: RequestSave[];
  readonly mails: SendMail[];
  /** What the mail server answers; a test may change it. */
  answerMail: (mail: SendMail, now: number) => MailOutcome | Promise<MailOutcome>;
  /** Called before each save; throw to let it fail and be tried again. */
  beforeSave: (save: RequestSave) => void | Promise<void>;
  now(): Promise<number>;
  /** Moves the server's clock forward to an ISO instant with offset. */
  goTo(instant: string): Promise<void>;
  /** Lets time pass until the request's run is over. */
  finish(number: string): Promise<RequestOutcome>;
  open(number: string, open: Partial<EventPayloads['open']>): Promise<CommandResult>;
  command<T extends Exclude<CommandName, 'reopen'>>(
    number: string,
    name: T,
    payload: EventPayloads[T] & Partial<CommandOf<T>>,
  ): Promise<CommandResult>;
  reopen(number: string, state: RequestState, payload: ReopenPayload): Promise<CommandResult>;
  answer(number: string): Promise<void>;
  view(number: string): Promise<RequestView>;
  handle(number: string): WorkflowHandle;
  /** The state that the last save of a request carried. */
  lastState(number: string): RequestState;
  /** Types of all timeline entries so far, in order of version. */
  timeline(number: string): TimelineType[];
  /** Mails so far, told shortly: `reminder 1`, `breach acknowledgement`, … */
  mailed(number: string): string[];
  /** The worker ends; what comes due waits for the next one. */
  workerLeaves(): Promise<void>;
  /** A new worker, that knows nothing but histories. */
  workerReturns(): Promise<void>;
  close(): Promise<void>;
}

/** A worker on a time-skipping server, whose clock begins near the host's now. Closing the world ends the server too. */
export async function createRequestWorld(
  env: TestWorkflowEnvironment,
  {
    maxCachedWorkflows = 100,
    terms = TERMS,
    escalations = {},
  }: {
    readonly maxCachedWorkflows?: number;
    /** Of the requests that are opened; family D's without it. */
    readonly terms?: RequestTerms;
    readonly escalations?: Partial<EscalationActivities>;
  } = {},
): Promise<RequestWorld> {
  const client = await connectTo(env);
  const saves: RequestSave[] = [];
  const mails: SendMail[] = [];
  const world: RequestWorld = {
    env,
    saves,
    mails,
    answerMail: (_mail, at) => ({ result: 'accepted', at }),
    beforeSave: () => {},
    now: () => env.currentTimeMs(),
    goTo: (instant) => goTo(env, instant),
    async finish(number) {
      for (let quarterDays = 0; quarterDays < 200; quarterDays++) {
        const { status } = await world.handle(number).describe();
        if (status.name === 'COMPLETED') return (await world.handle(number).result()) as RequestOutcome;
        if (status.name !== 'RUNNING') throw new Error(`${number} is ${status.name}`);
        await env.sleep('6 hours');
      }
      throw new Error(`${number} did not end within fifty days`);
    },
    async open(number, open) {
      const now = await env.currentTimeMs();
      const commandId = randomUUID();
      const input: ShortInput = {
        number,
        terms: shortTerms(terms),
        windows: windowsFrom(now),
        open: {
          contact: 'c1',
          priority: 'major',
          text: 't1',
          who: 'contact:c1',
          channel: 'portal',
          commandId,
          ...open,
        },
      };
      return await updateWithStart(number, input, (start) =>
        client.workflow.executeUpdateWithStart(openUpdate, { args: [{ commandId }], startWorkflowOperation: start }),
      );
    },
    async command(number, name, payload) {
      const command = { who: 'staff:a1', channel: 'api', commandId: randomUUID(), ...payload } as CommandOf<
        typeof name
      >;
      return await world
        .handle(number)
        .executeUpdate(commandUpdate(name), { args: [command], updateId: command.commandId });
    },
    async reopen(number, state, payload) {
      const now = await env.currentTimeMs();
      const windows = windowsFrom(state.registeredAt, now);
      const input: ShortInput = { number, terms: shortTerms(terms), windows, state };
      return await updateWithStart(number, input, (start) =>
        client.workflow.executeUpdateWithStart(reopenUpdate, { args: [payload], startWorkflowOperation: start }),
      );
    },
    async answer(number) {
      const id = randomUUID();
      await world
        .handle(number)
        .signal(answerReceived, { who: 'contact:c1', channel: 'mail', mail: id, commandId: `mail:${id}` });
    },
    view: (number) => world.handle(number).query(getRequest),
    handle: (number) => client.workflow.getHandle(requestWorkflowId(number)),
    lastState(number) {
      const states = saves.flatMap(({ state }) => (state.number === number ? [state] : []));
      const [last] = states.sort((a, b) => b.seq - a.seq);
      if (!last) throw new Error(`${number} was never saved`);
      return last;
    },
    timeline(number) {
      const mine = saves.filter((save) => save.state.number === number);
      const bySeq = new Map(mine.map((save) => [save.seq, save.entries.map((entry) => entry.type)]));
      return [...bySeq].sort(([a], [b]) => a - b).flatMap(([, types]) => types);
    },
    mailed: (number) => mails.filter((mail) => mail.number === number).map(({ order }) => tellMail(order)),
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

  function updateWithStart<T>(
    number: string,
    input: ShortInput,
    update: (start: WithStartWorkflowOperation<(input: ShortInput) => Promise<unknown>>) => Promise<T>,
  ): Promise<T> {
    return update(
      new WithStartWorkflowOperation('supportRequest', {
        workflowId: requestWorkflowId(number),
        taskQueue: REQUEST_TASK_QUEUE,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    );
  }

  async function startWorker(): Promise<RunningWorker> {
    const worker = await createRequestWorker({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      maxCachedWorkflows,
      workflowBundle: await workflowBundle(),
      activities: {
        async saveRequest(packed) {
          const save = unpackSave(packed);
          await world.beforeSave(save);
          saves.push(save);
        },
        async sendMail(mail) {
          const outcome = await world.answerMail(mail, await env.currentTimeMs());
          mails.push(mail);
          return outcome;
        },
        extendWindows: async ({ from }) => windowsFrom(from, await env.currentTimeMs()),
        ...escalations,
      },
    });
    return run(worker);
  }

  let present: RunningWorker | undefined = await startWorker();
  return world;
}

/** The type and details of the refusal with which an update was answered. */
export async function refusalOf(update: Promise<unknown>): Promise<{ type: string; details: unknown }> {
  try {
    await update;
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
    if (cause instanceof ApplicationFailure) return { type: cause.type ?? '', details: cause.details?.[0] };
    throw error;
  }
  throw new Error('the update was accepted');
}
