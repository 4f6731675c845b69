import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goWithoutWorker } from '../../scripts/faults/skippedTime.ts';
import { createRequestWorld, type RequestWorld, workflowBundle } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: RequestWorld;

beforeAll(async () => {
  world = await createRequestWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await world?.close();
});

let monday = Date.UTC(2030, 0, 14, 9);

/** What may come due in the same activation as an answer, counted from a Monday at ten, and what is told of both. */
const RIVALS = [
  {
    rival: 'reminder 3',
    isAsked: true,
    dueAfterDays: 3,
    told: ['opened', 'acknowledged', 'asked', 'reminderSent', 'reminderSent', 'answered'],
  },
  {
    rival: 'the closing',
    isAsked: true,
    dueAfterDays: 4,
    told: ['opened', 'acknowledged', 'asked', 'reminderSent', 'reminderSent', 'reminderSent', 'answered'],
  },
  {
    rival: 'a breach',
    isAsked: false,
    dueAfterDays: 3 / 24,
    told: ['opened', 'clockWarned', 'clockBreached', 'answered'],
  },
];

describe('an answer in one activation', () => {
  it.each(RIVALS)('with $rival counts, and a breach keeps its due instant, whichever came first', async (row) => {
    const start = monday;
    monday += 28 * 86_400_000;
    const due = start + row.dueAfterDays * 86_400_000;
    await world.goTo(new Date(start).toISOString());
    const numbers = ['1', '2'].map((order) => `DA-${new Date(start).toISOString().slice(0, 10)}-${order}`);
    const [answerFirst = '', timerFirst = ''] = numbers;
    for (const number of numbers) {
      await world.open(number, { priority: 'blocking' });
      if (row.isAsked) await world.command(number, 'ask', { text: 't2' });
    }
    await world.goTo(new Date(due - 60_000).toISOString());
    await world.workerLeaves();
    await world.answer(answerFirst);
    await goWithoutWorker(world, due + 60_000);
    await world.answer(timerFirst);
    await world.workerReturns();
    await world.env.sleep('1 hour');

    for (const number of numbers) {
      expect(world.timeline(number), number).toEqual(row.told);
      expect(world.mailed(number).filter((mail) => mail === 'reminder 3' || mail.startsWith('closing'))).toEqual(
        row.rival === 'the closing' ? ['reminder 3'] : [],
      );
      await world.command(number, 'close', { reason: 'withdrawn' });
      await world.finish(number);
      const history = await world.handle(number).fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
    }
  });
});
