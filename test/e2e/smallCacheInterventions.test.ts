/** Interventions and calls with room for three in the worker's memory: all go on from their histories. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { endCall, type HotlineCallId } from '../../workflows/hotlineMessages.ts';
import { createInterventionWorld, type InterventionWorld, WORLD_TERMS } from '../support/interventionWorld.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const LIVES = 12;
const HOUR = 3_600_000;

let world: InterventionWorld;

beforeAll(async () => {
  const env = await TestWorkflowEnvironment.createFromExistingServer(await createTestNamespace());
  world = await createInterventionWorld(env, { maxCachedWorkflows: 3, terms: WORLD_TERMS.dayAndNight });
});
afterAll(() => world?.close());

async function failedTasks(id: InterventionId | HotlineCallId): Promise<number> {
  const { events } = await world.handle(id).fetchHistory();
  return events?.filter((event) => event.workflowTaskFailedEventAttributes).length ?? 0;
}

it(`${LIVES} interventions and as many calls at once go on from their histories`, async () => {
  const numbers = Array.from({ length: LIVES }, (_, index) => `DA-2030-${String(index + 1).padStart(6, '0')}`);
  const ids = numbers.map((number): InterventionId => `intervention:${number}:1`);
  const calls = numbers.map((number): HotlineCallId => `hotline:${number}:1`);
  const each = (step: (id: InterventionId) => Promise<unknown>) => Promise.all(ids.map(step));
  world.book.buy('ticket', 3 * LIVES);
  const from = Date.now() + HOUR;

  await Promise.all(calls.map((id) => world.call(id, 25 * 60)));
  await each((id) => world.open(id));
  await each((id) => world.command(id, 'study', { feasible: true, text: 't2' }));
  await each((id) => world.command(id, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 3 }));
  await each((id) => world.command(id, 'approve', { estimate: 'e1' }));
  await each((id) => until(async () => (await world.view(id)).status === 'ready', { timeoutMs: 60_000 }));
  await each((id) => world.command(id, 'schedule', { from, to: from + HOUR }));
  await Promise.all(calls.map((id) => world.handle(id).executeUpdate(endCall, { args: [{}] })));
  await each((id) => world.command(id, 'startWork', {}));
  await each((id) => world.command(id, 'stopWork', {}));
  await each((id) => world.command(id, 'logWork', { minutes: 61 }));
  await each((id) => world.command(id, 'complete', { text: 't3' }));
  await Promise.all([...ids, ...calls].map((id) => world.handle(id).result()));

  for (const id of ids) {
    expect(world.mailed(id)).toEqual(['estimate', 'task agreeDate', 'scheduled', 'report']);
    expect(await failedTasks(id)).toBe(0);
  }
  for (const id of calls) {
    expect(world.callDid(id).map((did) => did.split(' ')[0])).toEqual(['ended', 'debit']);
    expect(await failedTasks(id)).toBe(0);
  }
  expect(world.book.posted).toEqual({ ticket: 2 * LIVES });
  expect([world.book.available('ticket'), world.book.pending('ticket')]).toEqual([LIVES, 0]);
});
