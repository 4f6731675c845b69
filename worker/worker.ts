/** The worker of requests and escalations: their workflows and their activities, on one task queue. */
import { fileURLToPath } from 'node:url';
import {
  type ActivityInboundCallsInterceptor,
  type InjectedSinks,
  type NativeConnection,
  Worker,
  type WorkerDeploymentOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { EscalationActivities } from '../workflows/escalationMessages.ts';
import type { HotlineActivities } from '../workflows/hotlineMessages.ts';
import type { InterventionActivities } from '../workflows/interventionMessages.ts';
import {
  type ContractActivities,
  type FinishedSpan,
  REQUEST_TASK_QUEUE,
  type RequestActivities,
  type VisitActivities,
} from '../workflows/messages.ts';
import type { TraceSinks } from '../workflows/traces.ts';
import { escalationServices } from './nexusServices.ts';

/** What a worker carries out; without the later parts it has no requests that are escalated, no credit and no interventions. */
export type WorkerActivities = RequestActivities &
  Partial<EscalationActivities> &
  Partial<ContractActivities> &
  Partial<InterventionActivities> &
  Partial<HotlineActivities> &
  Partial<VisitActivities>;

/** What a worker of requests needs. */
export interface RequestWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: WorkerActivities;
  /** Around every activity, the first outermost. */
  readonly aroundActivities?: readonly ActivityInboundCallsInterceptor[];
  /** Takes the spans of workflows; without it they are forgotten. */
  readonly recordSpan?: (span: FinishedSpan) => void;
  /** Idle workflows kept in memory, at most. */
  readonly maxCachedWorkflows: number;
  /** How long running activities may go on after a shutdown was asked for; 30 seconds without it. */
  readonly shutdownGraceSeconds?: number;
  /** Built beforehand; without it the bundle is built now. */
  readonly workflowBundle?: WorkflowBundleOption;
  /** Shown with every task, and by which a deployment is recognised; without it the SDK makes one of the bundle. */
  readonly buildId?: string;
  /** Whether it answers what other namespaces ask by Nexus about escalations. */
  readonly answersNexus?: boolean;
  /** Whether Temporal sends tasks by version only: then a current version must be set, or nothing runs. */
  readonly useWorkerVersioning?: boolean;
}

/** Where the workflow functions are, for bundling. */
export const WORKFLOWS_PATH = workflowFile('index');

/** Where that is which traces them, bundled with them: it does nothing for messages that no trace is about. */
export const INTERCEPTORS_PATH = workflowFile('traces');

/** Name of the worker deployment whose versions are build ids. */
export const DEPLOYMENT_NAME = 'relance';

/**
 * Workflow tasks at once. One thread does them all: what it has not come to is better left with Temporal, where the ten seconds of a
 * task do not run and other workers may have it.
 */
const WORKFLOW_TASKS = 10;

/** Creates, and does not yet run, a worker. */
export async function createRequestWorker(options: RequestWorkerOptions): Promise<Worker> {
  const {
    connection,
    namespace,
    activities,
    aroundActivities = [],
    recordSpan = () => undefined,
    maxCachedWorkflows,
    shutdownGraceSeconds = 30,
    workflowBundle,
    buildId,
    answersNexus = false,
    useWorkerVersioning = false,
  } = options;
  const sinks: InjectedSinks<TraceSinks> = { traces: { record: { fn: (_info, span) => recordSpan(span) } } };
  const activity = aroundActivities.map((inbound) => () => ({ inbound }));
  return await Worker.create({
    connection,
    namespace,
    taskQueue: REQUEST_TASK_QUEUE,
    activities,
    maxCachedWorkflows,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    shutdownGraceTime: shutdownGraceSeconds * 1000,
    sinks,
    ...(answersNexus ? { nexusServices: escalationServices() } : {}),
    interceptors: { activity, ...(!workflowBundle && { workflowModules: [INTERCEPTORS_PATH] }) },
    ...(workflowBundle ? { workflowBundle } : { workflowsPath: WORKFLOWS_PATH }),
    ...(buildId ? { workerDeploymentOptions: deployment(buildId, useWorkerVersioning) } : {}),
  });
}

/** Open requests go on with the newest version: their code is changed by `patched`, and replay proves it. */
function deployment(buildId: string, useWorkerVersioning: boolean): WorkerDeploymentOptions {
  const version = { deploymentName: DEPLOYMENT_NAME, buildId };
  return useWorkerVersioning
    ? { version, useWorkerVersioning, defaultVersioningBehavior: 'AUTO_UPGRADE' }
    : { version, useWorkerVersioning };
}

/** A file of the workflows, as source or compiled. */
function workflowFile(name: string): string {
  return fileURLToPath(
    new URL(`../workflows/${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );
}
