import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEscalatedWorld, type EscalatedWorld } from '../support/escalatedWorld.ts';
import type { RequestWorld } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';
import { until } from '../support/until.ts';

let world: EscalatedWorld;
let requests: RequestWorld;

beforeAll(async () => {
  world = await createEscalatedWorld(await createTimeSkippingEnvironment());
  ({ requests } = world);
});
afterAll(() => requests?.close());

/** Waits until the request has this status. */
async function reaches(number: string, status: string): Promise<void> {
  await until(async () => (await requests.view(number)).status === status);
}

describe('an escalated request', () => {
  it('goes from the publisher to the customer and back, each side told once', async () => {
    const number = await world.escalated();
    await world.begun(number);
    await world.says(number, 'acknowledge', { sr: `SR-${number}`, srIssuedBy: 'distributor' });
    await until(async () => requests.timeline(number).includes('publisherAcknowledged'));
    await world.says(number, 'ask', { text: 't-question' });
    await until(async () => requests.timeline(number).includes('publisherAsked'));

    // What the customer says meanwhile stays here: the publisher still waits.
    await requests.answer(number);
    await until(async () => requests.timeline(number).includes('answered'));
    expect(await requests.view(number)).toMatchObject({ status: 'escalated' });
    expect(await world.seen(number)).toMatchObject({ status: 'waiting' });
    const { version } = await world.seen(number);

    await world.says(number, 'provide', { text: 't-answer' });
    await until(async () => requests.timeline(number).includes('publisherProvided'));
    expect((await world.seen(number)).version).toBe(version + 1);
    await world.says(number, 'deliverFix', { text: 't-fix' });
    await reaches(number, 'waiting');
    await requests.command(number, 'reject', { text: 't-no' });
    await until(async () => (await world.seen(number)).status === 'inProgress');
    expect(await requests.view(number)).toMatchObject({ status: 'escalated' });
    await world.says(number, 'deliverFix', { text: 't-fix' });
    await reaches(number, 'waiting');
    await requests.command(number, 'confirm', {});
    await until(async () => (await world.child(number).describe()).status.name === 'COMPLETED');
    await requests.command(number, 'putInProduction', {});
    await requests.finish(number);

    expect(world.prepared).toHaveLength(1);
    expect(world.filed).toEqual([]);
    expect(requests.mailed(number)).toEqual([
      'receipt',
      'acknowledgement',
      'escalated',
      'escalationAcknowledged',
      'fix',
      'fix',
      'production',
      'closing confirmed',
    ]);
    expect(requests.lastState(number)).toMatchObject({ escalations: [{ n: 1, status: 'closed', sr: `SR-${number}` }] });
    await world.replays(number);
  });

  it('that is closed withdraws what has begun, and waits until the publisher is told', async () => {
    const number = await world.escalated();
    await world.begun(number);
    await requests.command(number, 'close', { reason: 'withdrawn' });
    await requests.finish(number);
    await until(async () => (await world.child(number).describe()).status.name === 'COMPLETED');
    expect(world.lastStatus(number)).toBe('withdrawn');
    await world.replays(number);
  });
});
