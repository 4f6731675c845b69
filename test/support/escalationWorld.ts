/** The escalation workflow on a time-skipping server, with recorded activities and a request that only listens. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { requestWindows } from '../../contracts/requestTerms.ts';
import type { EscalationCommandName, EscalationCommandOf, EscalationPayloads } from '../../domain/escalation/events.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import type { EscalationId, EscalationResult } from '../../domain/escalation/state.ts';
import type { EscalationView } from '../../domain/escalation/view.ts';
import { shortTerms } from '../../domain/shortTerms.ts';
import { createRequestWorker, INTERCEPTORS_PATH } from '../../worker/worker.ts';
import {
  type EscalationActivities,
  type EscalationInput,
  escalationUpdate,
  escalationWorkflowId,
  getEscalation,
  type SaveEscalation,
  type SendEscalationMail,
} from '../../workflows/escalationMessages.ts';
import { type MailOutcome, REQUEST_TASK_QUEUE, requestWorkflowId } from '../../workflows/messages.ts';
import { ESCALATION_FIELDS, PUBLISHER_CONTRACT, PUBLISHER_TERMS, tellOrder, type Verdict } from './escalationLife.ts';
import { type RunningWorker, run } from './runningWorker.ts';
import { heard, type Leaving, leave, type standInRequest, tell } from './standInRequest.ts';
import { connectTo, goTo } from './timeSkipping.ts';

const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Escalations and the stand-in, built once per process. */
export function escalationBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./standInRequest.ts', import.meta.url)),
    workflowInterceptorModules: [INTERCEPTORS_PATH],
    logger: QUIET,
  });
  return bundle;
}

/** What a new escalation of this request runs on, at `now`; epoch milliseconds. */
export function escalationInput(request: string, priority: string, now: number): EscalationInput {
  return {
    id: escalationWorkflowId(request, 1),
    request,
    n: 1,
    publisher: 'pub1',
    terms: { ...PUBLISHER_TERMS, ...shortTerms(PUBLISHER_TERMS) },
    windows: requestWindows(PUBLISHER_CONTRACT, { from: now, now }),
    send: { priority, sentBy: 'contact:ref1', who: 'staff:a1', channel: 'api', commandId: `send:${request}` },
  };
}

/** What activities were given. */
export interface Recorded {
  readonly saves: SaveEscalation[];
  readonly mails: SendEscalationMail[];
  readonly filed: { readonly request: string; readonly report: EscalationReport }[];
}

/** Activities that record; `outcome` is what the mail server says. */
export function recordingActivities(
  { saves, mails, filed }: Recorded,
  now: () => Promise<number>,
  outcome: (mail: SendEscalationMail, at: number) => MailOutcome = (_mail, at) => ({ result: 'accepted', at }),
): Omit<EscalationActivities, 'prepareEscalation'> {
  return {
    storedEscalation: async () => undefined,
    async saveEscalation(save) {
      saves.push(save);
    },
    async sendEscalationMail(mail) {
      mails.push(mail);
      return outcome(mail, await now());
    },
    async extendPublisherWindows({ from }) {
      return requestWindows(PUBLISHER_CONTRACT, { from, now: await now() });
    },
    async fileReport(filing) {
      filed.push(filing);
    },
  };
}

/** Activities of requests that these tests do not have. */
export const NO_REQUESTS = {
  saveRequest: () => Promise.reject(new Error('no request here')),
  sendMail: () => Promise.reject(new Error('no request here')),
  extendWindows: () => Promise.reject(new Error('no request here')),
};

export interface EscalationWorld extends Recorded {
  readonly env: TestWorkflowEnvironment;
  now(): Promise<number>;
  /** Moves the server's clock forward to an ISO instant with offset. */
  goTo(instant: string): Promise<void>;
  /** A stand-in for this request starts its escalation, which has saved once. */
  send(request: string, priority: string): Promise<EscalationId>;
  command<T extends EscalationCommandName>(
    request: string,
    name: T,
    payload?: Partial<EscalationPayloads[T] & EscalationCommandOf<T>>,
  ): Promise<EscalationResult>;
  /** The stand-in tells a verdict. */
  tell(request: string, verdict: Verdict, id?: string): Promise<void>;
  /** The stand-in's run ends, or continues as new. */
  leave(request: string, how: Leaving): Promise<void>;
  heard(request: string): Promise<string[]>;
  view(request: string): Promise<EscalationView>;
  escalation(request: string): WorkflowHandle;
  parent(request: string): WorkflowHandle<typeof standInRequest>;
  /** Types of all lines so far, in order of version. */
  timeline(request: string): string[];
  /** Mails so far, told shortly. */
  mailed(request: string): string[];
  workerLeaves(): Promise<void>;
  workerReturns(): Promise<void>;
  close(): Promise<void>;
}

/** Closing the world ends the server too. */
export async function createEscalationWorld(
  env: TestWorkflowEnvironment,
  { maxCachedWorkflows = 100 }: { readonly maxCachedWorkflows?: number } = {},
): Promise<EscalationWorld> {
  const namespace = env.namespace ?? 'default';
  const client = await connectTo(env);
  const recorded: Recorded = { saves: [], mails: [], filed: [] };
  const now = () => env.currentTimeMs();

  const world: EscalationWorld = {
    ...recorded,
    env,
    now,
    goTo: (instant) => goTo(env, instant),
    async send(request, priority) {
      const escalation = escalationInput(request, priority, await now());
      await client.workflow.start<typeof standInRequest>('standInRequest', {
        workflowId: requestWorkflowId(request),
        taskQueue: REQUEST_TASK_QUEUE,
        args: [{ escalation }],
      });
      await env.sleep('1 minute');
      return escalation.id;
    },
    async command(request, name, payload = {}) {
      const commandId = randomUUID();
      const defaults = { who: 'publisher:p1', channel: 'api', commandId, ...ESCALATION_FIELDS[name] };
      const command = { ...defaults, ...payload } as EscalationCommandOf<typeof name>;
      // The same update id twice would stop this server's clock: repeated commands come as updates of their own.
      return await world.escalation(request).executeUpdate(escalationUpdate(name), { args: [command] });
    },
    async tell(request, verdict, id = randomUUID()) {
      await world.parent(request).signal(tell, { id, at: await now(), who: 'contact:c1', ...verdict });
      await env.sleep('1 second');
    },
    async leave(request, how) {
      await world.parent(request).signal(leave, how);
      await env.sleep('1 second');
    },
    async heard(request) {
      const reports = await world.parent(request).query(heard);
      return reports.map(({ what }) => what);
    },
    view: (request) => world.escalation(request).query(getEscalation),
    escalation: (request) => client.workflow.getHandle(escalationWorkflowId(request, 1)),
    parent: (request) => client.workflow.getHandle<typeof standInRequest>(requestWorkflowId(request)),
    timeline(request) {
      const mine = recorded.saves.filter(({ state }) => state.request === request);
      const bySeq = new Map(mine.map((save) => [save.seq, save.entries.map(({ type }) => type)]));
      return [...bySeq].sort(([a], [b]) => a - b).flatMap(([, types]) => types);
    },
    mailed: (request) =>
      recorded.mails
        .filter(({ escalation }) => escalation === escalationWorkflowId(request, 1))
        .map(({ order }) => tellOrder(order)),
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
    const worker = await createRequestWorker({
      connection: env.nativeConnection,
      namespace,
      maxCachedWorkflows,
      workflowBundle: await escalationBundle(),
      activities: { ...NO_REQUESTS, ...recordingActivities(recorded, now) },
    });
    return run(worker);
  }

  let present: RunningWorker | undefined = await startWorker();
  return world;
}
