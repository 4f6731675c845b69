import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRequestWorld, type RequestWorld } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

const DAY_MS = 86_400_000;

let world: RequestWorld;
beforeAll(async () => {
  world = await createRequestWorld(await createTimeSkippingEnvironment());
  await world.goTo('2030-01-14T10:00:00+01:00');
});
afterAll(() => world?.close());

it('is reminded once, however many days the mail server was away', async () => {
  const number = 'DA-2030-000001';
  await world.open(number, { priority: 'blocking' });
  await world.command(number, 'ask', { text: 't2' });
  const back = (await world.now()) + 6 * DAY_MS;
  world.answerMail = (mail, at) => {
    if (mail.order.kind !== 'reminder' || at >= back) return { result: 'accepted', at };
    throw ApplicationFailure.create({ message: '451 try again later', nextRetryDelay: '23 hours' });
  };
  await world.finish(number);
  world.answerMail = (_mail, at) => ({ result: 'accepted', at });

  const { events } = await world.handle(number).fetchHistory();
  const ended = (events ?? []).filter((event) => event.activityTaskFailedEventAttributes);
  expect(ended.length).toBeGreaterThan(0);
  const customers = world.mailed(number).filter((mail) => !/^(warning|breach)/.test(mail));
  expect(customers.slice(2)).toEqual(['reminder 1', 'reminder 2', 'reminder 3', 'closing noAnswer']);
  const first = world.mails.find((mail) => mail.number === number && mail.order.kind === 'reminder');
  expect(first?.key).toBe(`request:${number}:reminder1:3`);
});
