import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRequestWorld, type RequestWorld } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

const LIVES = 30;

let world: RequestWorld;

beforeAll(async () => {
  world = await createRequestWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 3 });
});

afterAll(async () => {
  await world.close();
});

it(`${LIVES} lives at once go on from their histories, with room for three in memory`, async () => {
  const numbers = Array.from({ length: LIVES }, (_, index) => `DA-2030-${String(index + 1).padStart(6, '0')}`);
  const each = (step: (number: string) => Promise<unknown>) => Promise.all(numbers.map(step));

  await each((number) => world.open(number, { priority: 'blocking' }));
  await each((number) => world.command(number, 'acknowledge', {}));
  await each((number) => world.command(number, 'ask', { text: 't2' }));
  await each((number) => world.answer(number));
  await each((number) => world.command(number, 'proposeFix', { text: 't3' }));
  await each((number) => world.command(number, 'confirm', {}));
  const results = await each((number) => world.command(number, 'putInProduction', {}));

  expect(results).toEqual(numbers.map((number) => expect.objectContaining({ number, status: 'closed' })));
  await each((number) => world.finish(number));
  for (const number of numbers) {
    expect(world.mailed(number)).toEqual([
      'receipt',
      'acknowledgement',
      'question',
      'fix',
      'production',
      'closing confirmed',
    ]);
    const history = await world.handle(number).fetchHistory();
    const failed = history.events?.filter((event) => event.workflowTaskFailedEventAttributes);
    expect(failed).toEqual([]);
  }
});
