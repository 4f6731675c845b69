/** Which version of the worker Temporal gives tasks to, where it chooses by version. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { REQUEST_TASK_QUEUE } from '../workflows/messages.ts';

/** One version: what its workers reported. */
export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** What became current, and of what. */
export interface Deployed {
  /** Build id of the version before; empty when tasks went to workers without a version. */
  readonly before: string;
  /** Until it was current everywhere, milliseconds. */
  readonly tookMs: number;
}

/** Workflow and activity tasks: `temporal.api.enums.v1.TaskQueueType`. */
const KINDS_OF_TASKS = [1, 2];
/** `temporal.api.enums.v1.RoutingConfigUpdateState`. */
const IN_PROGRESS = 1;
// gRPC status codes.
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

const ASK_EVERY_MS = 200;

/**
 * Makes a version current: waits until workers of it ask for tasks, tells Temporal, and waits until every task queue knows. New
 * requests then begin on it, and open ones go on with it at their next task. Nothing changes when it is current already.
 * @throws Error when no worker of it asks, or Temporal is not done, within `waitMs`
 */
export async function makeCurrent(client: Client, version: WorkerVersion, waitMs: number): Promise<Deployed> {
  const deadline = Date.now() + waitMs;
  await untilOrThrow(deadline, () => hasWorkers(client, version), `no worker of ${version.buildId} asks for tasks`);
  const started = Date.now();
  const before = await currentBuildId(client, version.deploymentName);
  await untilOrThrow(deadline, () => setCurrent(client, version), `Temporal does not take ${version.buildId}`);
  const isDone = async () => {
    const { routingConfig, routingConfigUpdateState } = await describe(client, version.deploymentName);
    const isCurrent = routingConfig?.currentDeploymentVersion?.buildId === version.buildId;
    return isCurrent && routingConfigUpdateState !== IN_PROGRESS;
  };
  await untilOrThrow(deadline, isDone, `${version.buildId} is set, and not yet everywhere`);
  return { before, tookMs: Date.now() - started };
}

async function hasWorkers(client: Client, deploymentVersion: WorkerVersion): Promise<boolean> {
  const { namespace } = client.options;
  try {
    const { versionTaskQueues } = await client.workflowService.describeWorkerDeploymentVersion({
      namespace,
      deploymentVersion,
    });
    const kinds = versionTaskQueues.filter(({ name }) => name === REQUEST_TASK_QUEUE).map(({ type }) => Number(type));
    return KINDS_OF_TASKS.every((kind) => kinds.includes(kind));
  } catch (error) {
    // Temporal knows a version from its first worker on.
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return false;
    throw error;
  }
}

async function setCurrent(client: Client, { deploymentName, buildId }: WorkerVersion): Promise<boolean> {
  const { namespace, identity } = client.options;
  try {
    await client.workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, identity });
    return true;
  } catch (error) {
    // Not all of its workers have asked yet.
    if (isGrpcServiceError(error) && error.code === FAILED_PRECONDITION) return false;
    throw error;
  }
}

async function currentBuildId(client: Client, deploymentName: string): Promise<string> {
  const { routingConfig } = await describe(client, deploymentName);
  return routingConfig?.currentDeploymentVersion?.buildId ?? '';
}

async function describe(client: Client, deploymentName: string) {
  const { namespace } = client.options;
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({ namespace, deploymentName });
  return workerDeploymentInfo ?? {};
}

async function untilOrThrow(deadline: number, isMet: () => Promise<boolean>, otherwise: string): Promise<void> {
  while (!(await isMet())) {
    if (Date.now() > deadline) throw new Error(`${otherwise}.`);
    await sleep(ASK_EVERY_MS);
  }
}
