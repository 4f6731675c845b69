import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEscalationWorld, type EscalationWorld, escalationBundle } from '../support/escalationWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: EscalationWorld;

// Nothing is kept in memory: each task is done from the history, as by a worker that was just started.
beforeAll(async () => {
  world = await createEscalationWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await world?.close();
});

it('a worker that ends leaves nothing undone: the next goes on with each step, and sends no mail twice', async () => {
  const request = 'DA-2030-000001';
  await world.goTo('2030-01-14T09:00:00Z');
  await world.send(request, 'p1');
  for (const [hour, name] of [
    ['10', 'acknowledge'],
    ['11', 'startWork'],
    ['12', 'deliverFix'],
  ] as const) {
    await world.goTo(`2030-01-14T${hour}:00:00Z`);
    await world.workerLeaves();
    await world.workerReturns();
    await world.command(request, name);
  }
  await world.workerLeaves();
  await world.workerReturns();
  await world.tell(request, { what: 'accepted', kind: 'fix', ends: true });
  await world.env.sleep('1 minute');
  expect(await world.escalation(request).result()).toMatchObject({ status: 'closed' });
  expect(await world.heard(request)).toEqual(['acknowledged', 'delivered']);
  expect(world.mailed(request)).toEqual(['escalated p1', 'accepted fix']);
  const history = await world.escalation(request).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await escalationBundle() }, history);
});
