/** Closures told to running requests: by signal, by a window that is extended, repeated, and for other terms. */
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closure } from '../../contracts/calendar.ts';
import { openingHoursChanged } from '../../workflows/messages.ts';
import { createRequestWorld, type RequestWorld, windowsFrom, workflowBundle } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: RequestWorld;

beforeAll(async () => {
  world = await createRequestWorld(await createTimeSkippingEnvironment());
});
afterAll(() => world.close());

const HOUR = 3_600_000;

/** On a Monday of its own at ten in Paris, the request is open. */
async function openOn(number: string, monday: string): Promise<number> {
  await world.goTo(`${monday}T10:00:00+01:00`);
  await world.open(number, { priority: 'major' });
  return await world.now();
}

/** Tells a version of the calendar with these closures. */
async function tell(number: string, version: number, closures: Closure[], termsVersion = 1): Promise<void> {
  const now = await world.now();
  const windows = windowsFrom(now - HOUR, now, { version, closures });
  await world.handle(number).signal(openingHoursChanged, { windows, termsVersion });
}

const due = async (number: string, clock: string) =>
  (await world.view(number)).clocks.find(({ name }) => name === clock)?.dueAt ?? Number.NaN;
const savedVersions = (number: string) =>
  world.saves.filter(({ state }) => state.number === number).at(-1)?.calendarVersions;

async function end(number: string): Promise<void> {
  await world.command(number, 'close', { reason: 'withdrawn' });
  await world.finish(number);
}

describe('a closure', () => {
  it('moves what is due, once for each version, and moves it back when it is taken back', async () => {
    const number = 'DA-2030-000001';
    const at = await openOn(number, '2030-01-14');
    const before = await due(number, 'acknowledgement');
    expect(before).toBeGreaterThanOrEqual(at + 3 * HOUR - 60_000);
    const closure = { announcedAt: await world.now(), from: before - 2 * HOUR, to: before - HOUR };

    await tell(number, 2, [closure]);
    await tell(number, 2, [closure]);
    expect(await due(number, 'acknowledgement')).toBe(before + HOUR);
    await world.command(number, 'note', { text: 't2' });
    expect(world.timeline(number)).toEqual(['opened', 'openingHoursChanged', 'openingHoursChanged', 'noted']);
    const facts = world.saves
      .filter(({ state }) => state.number === number)
      .flatMap(({ entries }) => entries)
      .filter(({ type }) => type === 'openingHoursChanged')
      .map((entry) => entry.facts);
    expect(facts).toMatchObject([
      { clock: 'acknowledgement', dueWas: before, dueAt: before + HOUR },
      { clock: 'workaround' },
    ]);
    expect(savedVersions(number)).toEqual({ support: 2 });
    const description = await world.handle(number).describe();
    expect(description.searchAttributes.NextDueAt).toEqual([new Date(before + HOUR)]);

    await tell(number, 3, [{ ...closure, takenBackAt: await world.now() }]);
    expect(await due(number, 'acknowledgement')).toBe(before);
    // Older hours that arrive late change nothing.
    await tell(number, 2, [closure]);
    expect(await due(number, 'acknowledgement')).toBe(before);
    await end(number);
    const history = await world.handle(number).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
  });

  it('of other terms than those of the request is none of its own', async () => {
    const number = 'DA-2030-000002';
    const at = await openOn(number, '2030-02-11');
    const before = await due(number, 'acknowledgement');
    await tell(number, 2, [{ announcedAt: at, from: before - 2 * HOUR, to: before - HOUR }], 7);
    expect(await due(number, 'acknowledgement')).toBe(before);
    await end(number);
  });

  it('announced after a recorded breach does not undo it', async () => {
    const number = 'DA-2030-000003';
    const at = await openOn(number, '2030-03-11');
    await world.goTo('2030-03-11T15:00:00+01:00');
    const breached = (await world.view(number)).clocks[0]?.breachedAt;
    expect(breached).toBeGreaterThan(at);
    await tell(number, 2, [{ announcedAt: at, day: '2030-03-11' }]);
    await world.command(number, 'note', { text: 't2' });
    const view = await world.view(number);
    expect(view.clocks[0]?.breachedAt).toBe(breached);
    expect(view.breached).toBe(true);
    await end(number);
  });

  it('told to a closed request is ignored', async () => {
    const number = 'DA-2030-000004';
    await openOn(number, '2030-04-08');
    await world.command(number, 'close', { reason: 'withdrawn' });
    await tell(number, 2, [{ announcedAt: await world.now(), day: '2030-04-10' }]).catch(() => undefined);
    await world.finish(number);
    expect(world.timeline(number)).toEqual(['opened', 'closed']);
  });
});
