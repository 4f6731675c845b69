/** Temporal for tests: the run's server with a namespace for each file, and servers that skip time. */
import { randomBytes } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { createNamespace } from '../../client/namespace.ts';
import { startTimeSkipping } from './timeSkipping.ts';

/** host:port of the run's Temporal server. */
export function temporalAddress(): string {
  return inject('temporal');
}

/**
 * A namespace of its own for a test file, with the product's search attributes: workers of other files, on the same task
 * queues, take nothing from it.
 */
export async function createTestNamespace(): Promise<{ readonly address: string; readonly namespace: string }> {
  const address = temporalAddress();
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await createNamespace(address, namespace);
  return { address, namespace };
}

/**
 * A server that skips time, for one test file: its clock is global, and already cancelled timers still pull it. Ask it for
 * the time, never the host. Tear it down when the file's tests are over.
 */
export async function createTimeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  return await startTimeSkipping(inject('testServer'));
}
