/** Interventions and calls with room for three in the worker's memory: all go on from their histories. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { endCall, type HotlineCallId } from '../../workflows/hotlineMessages.ts';
import { createInterventionWorld, type InterventionWorld } from '../support/interventionWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const LIVES = 20;

let world: InterventionWorld;

beforeAll(async () => {
  world = await createInterventionWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 3 });
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
  await world.goTo('2030-01-14T10:00:00+01:00');
  const from = Date.parse('2030-02-04T09:00:00+01:00');

  await Promise.all(calls.map((id) => world.call(id, 25 * 60)));
  await each((id) => world.open(id));
  await each((id) => world.command(id, 'study', { feasible: true, text: 't2' }));
  await each((id) => world.command(id, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 3 }));
  await each((id) => world.command(id, 'approve', { estimate: 'e1' }));
  await each((id) => until(async () => (await world.view(id)).status === 'ready', { timeoutMs: 60_000 }));
  await each((id) => world.command(id, 'schedule', { from, to: from + 3_600_000 }));
  await Promise.all(calls.map((id) => world.handle(id).executeUpdate(endCall, { args: [{}] })));
  await world.goTo(new Date(from).toISOString());
  await each((id) => world.command(id, 'startWork', {}));
  await each((id) => world.command(id, 'stopWork', {}));
  await each((id) => world.command(id, 'logWork', { minutes: 61 }));
  await each((id) => world.command(id, 'complete', { text: 't3' }));
  await each((id) => world.finish(id));

  for (const id of ids) {
    expect(world.mailed(id)).toEqual(['estimate', 'task agreeDate', 'scheduled', 'dayBefore', 'report']);
    expect(await failedTasks(id)).toBe(0);
  }
  for (const id of calls) {
    expect(world.callDid(id).map((did) => did.split(' ')[0])).toEqual(['ended', 'debit']);
    expect(await failedTasks(id)).toBe(0);
  }
  expect(world.book.posted).toEqual({ ticket: 2 * LIVES });
  expect([world.book.available('ticket'), world.book.pending('ticket')]).toEqual([LIVES, 0]);
});
