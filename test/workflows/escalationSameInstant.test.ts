import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goWithoutWorker } from '../../scripts/faults/skippedTime.ts';
import { createEscalationWorld, type EscalationWorld, escalationBundle } from '../support/escalationWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: EscalationWorld;

beforeAll(async () => {
  world = await createEscalationWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await world?.close();
});

/** When the fix came, counted from the due instant in milliseconds, and what is told of it. */
const FIXES = [
  { when: 'at the due instant', after: 0, told: ['fixDelivered', 'accepted'], heard: ['delivered'], breached: false },
  {
    when: 'a millisecond after it',
    after: 1,
    told: ['clockBreached', 'fixDelivered', 'accepted'],
    heard: ['breached', 'delivered'],
    breached: true,
  },
  {
    when: 'later in the same second',
    after: 999,
    told: ['clockBreached', 'fixDelivered', 'accepted'],
    heard: ['breached', 'delivered'],
    breached: true,
  },
];

let lives = 0;

it.each(FIXES)('a fix that comes $when counts once, and a breach before it at its due instant', async (fix) => {
  const request = `DA-2030-${String(++lives).padStart(6, '0')}`;
  const monday = Date.UTC(2030, 0, 14, 9) + lives * 28 * 86_400_000;
  await world.goTo(new Date(monday).toISOString());
  await world.send(request, 'p1');
  await world.command(request, 'acknowledge');
  const { clocks } = await world.view(request);
  const due = clocks.find(({ name }) => name === 'resolution')?.dueAt ?? 0;
  expect(due).toBeGreaterThan(monday);
  // Our server had the mail at that instant; nobody worked, and the publisher's word and the timer come in one activation.
  await world.goTo(new Date(due - 60_000).toISOString());
  await world.workerLeaves();
  const delivered = world.command(request, 'deliverFix', { receivedAt: due + fix.after });
  await goWithoutWorker(world, due + 60_000);
  await world.workerReturns();
  await delivered;
  await world.tell(request, { what: 'accepted', kind: 'fix', ends: true });
  await world.env.sleep('1 minute');

  expect(await world.escalation(request).result()).toMatchObject({ status: 'closed' });
  expect(world.timeline(request)).toEqual(['sent', 'acknowledged', 'clockWarned', ...fix.told]);
  expect(await world.heard(request)).toEqual(['acknowledged', ...fix.heard]);
  const { view, state } = world.saves.filter((save) => save.state.request === request).at(-1) ?? {};
  expect(view?.breached).toBe(fix.breached);
  expect(state?.clocks.resolution).toMatchObject({ metAt: due + fix.after });
  const history = await world.escalation(request).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await escalationBundle() }, history);
});
