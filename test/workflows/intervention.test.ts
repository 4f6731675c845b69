import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { goWithoutWorker } from '../../scripts/faults/skippedTime.ts';
import {
  creditAdded,
  interventionHoursChanged,
  whatCancellingCosts,
  whatLoggingCosts,
} from '../../workflows/interventionMessages.ts';
import { CreditBook } from '../support/creditBook.ts';
import { createInterventionWorld, type InterventionWorld } from '../support/interventionWorld.ts';
import { none } from '../support/none.ts';
import { refusalOf, workflowBundle } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';
import { until } from '../support/until.ts';

let world: InterventionWorld;
let year = 2029;

beforeAll(async () => {
  world = await createInterventionWorld(await createTimeSkippingEnvironment(), { maxCachedWorkflows: 0 });
});
afterAll(() => world?.close());
// Each test has a January of its own: the server's clock only goes forward.
beforeEach(() => {
  year += 1;
});

/** The n-th Monday of the year's January at nine in Paris, moved by days and minutes; ISO. */
function monday(week: number, days = 0, minutes = 0): string {
  const first = new Date(Date.UTC(year, 0, 8));
  const day = 8 + ((8 - first.getUTCDay()) % 7) + 7 * (week - 1) + days;
  return new Date(Date.UTC(year, 0, day, 8, minutes)).toISOString();
}
const at = (iso: string) => Date.parse(iso);
const idOf = (n: number): InterventionId => `intervention:DA-${year}-000001:${n}`;

/** Opened, studied and estimated at so many tickets, on the first Monday. */
async function estimated(id: InterventionId, units: number): Promise<void> {
  await world.goTo(monday(1));
  await world.open(id);
  await world.command(id, 'study', { feasible: true, text: 't2' });
  await world.command(id, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units });
}

/** Approved as well, with a date on the fourth Monday. */
async function planned(id: InterventionId, units: number): Promise<void> {
  await estimated(id, units);
  await world.command(id, 'approve', { estimate: 'e1' });
  await reaches(id, 'ready');
  await world.command(id, 'schedule', { from: at(monday(4)), to: at(monday(4, 0, 6 * 60)) });
}

async function reaches(id: InterventionId, status: string): Promise<void> {
  await until(async () => (await world.view(id)).status === status);
}

async function replays(id: InterventionId): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await world.handle(id).fetchHistory());
}

/** Tickets of this test alone. */
function bought(units: number): CreditBook {
  const book = new CreditBook().buy('ticket', units);
  Object.assign(world, { book });
  return book;
}

describe('an intervention', () => {
  it('lives from its study to its report, and debits what was worked', async () => {
    const id = idOf(1);
    const book = bought(10);
    await planned(id, 4);
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([6, 4]);
    const { searchAttributes } = await world.handle(id).describe();
    expect(searchAttributes).toMatchObject({ InterventionStatus: ['scheduled'], PlannedAt: [new Date(monday(4))] });
    // The business day before a Monday is the Friday.
    await world.goTo(monday(3, 4, -61));
    expect(world.mailed(id)).not.toContain('dayBefore');
    await world.goTo(monday(3, 4, -59));
    await until(() => world.mailed(id).includes('dayBefore'));
    await world.goTo(monday(4));
    await world.command(id, 'startWork', {});
    await world.goTo(monday(4, 0, 130));
    await world.command(id, 'stopWork', {});
    await world.command(id, 'complete', { text: 't3' });
    expect(await world.finish(id)).toMatchObject({ status: 'done' });
    expect(world.timeline(id)).toEqual([
      ...['opened', 'studied', 'estimateSent', 'approved', 'unitsReserved', 'scheduled', 'remindedDayBefore'],
      ...['workStarted', 'workStopped', 'completed', 'unitsPosted'],
    ]);
    expect(world.mailed(id)).toEqual(['estimate', 'task agreeDate', 'scheduled', 'dayBefore', 'report']);
    expect([book.posted, book.available('ticket'), book.pending('ticket')]).toEqual([{ ticket: 3 }, 7, 0]);
    await replays(id);
  });

  it('is reminded of before a holiday when that is the business day before', async () => {
    const id = idOf(1);
    bought(4);
    await estimated(id, 4);
    await world.command(id, 'approve', { estimate: 'e1' });
    await reaches(id, 'ready');
    // The 1st of May is a holiday, whatever day it is: the day before is another one.
    const may2 = new Date(Date.UTC(year, 4, 2, 7));
    while ([0, 6].includes(may2.getUTCDay())) may2.setUTCDate(may2.getUTCDate() + 1);
    await world.command(id, 'schedule', { from: may2.getTime(), to: may2.getTime() + 3_600_000 });
    const before = new Date(may2);
    do before.setUTCDate(before.getUTCDate() - 1);
    while ([0, 6].includes(before.getUTCDay()) || (before.getUTCMonth() === 4 && before.getUTCDate() === 1));
    const opening = before.setUTCHours(6, 0, 0, 0);
    expect((await world.view(id)).plan?.remindAt).toBe(opening);
    await world.goTo(new Date(opening + 1_000).toISOString());
    await until(() => world.mailed(id).includes('dayBefore'));
    await world.command(id, 'withdraw', { text: 't' });
    await world.finish(id);
  });

  it('whose estimate nobody approves is reminded of three times and expires', async () => {
    const id = idOf(1);
    const book = bought(4);
    await estimated(id, 4);
    await world.goTo(monday(2, 6));
    expect(world.mailed(id)).toEqual(['estimate', ...[1, 2, 3].map((step) => `reminder ${step} of approval`)]);
    await world.goTo(monday(3, 1));
    expect(await world.finish(id)).toMatchObject({ status: 'expired' });
    expect(world.mailed(id).slice(-2).sort()).toEqual(['estimateExpired', 'news expired']);
    expect(book.available('ticket')).toBe(4);
    await replays(id);
  });

  it('without enough credit waits for an order', async () => {
    const id = idOf(1);
    const book = bought(3);
    await estimated(id, 4);
    await world.command(id, 'approve', { estimate: 'e1' });
    await reaches(id, 'awaitingOrder');
    expect(await world.view(id)).toMatchObject({ missing: { ticket: 1 }, waiting: { for: 'order' } });
    await world.goTo(monday(1, 1, 1));
    await until(() => world.mailed(id).includes('reminder 1 of order'));
    await world.handle(id).signal(creditAdded);
    await until(() => world.timeline(id).filter((type) => type === 'creditLacking').length === 2);
    book.buy('ticket', 4);
    await world.handle(id).signal(creditAdded);
    await reaches(id, 'ready');
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([3, 4]);
    await world.command(id, 'cancel', {});
    await world.finish(id);
    expect(book.available('ticket')).toBe(7);
    await replays(id);
  });
});

describe('cancelling', () => {
  it('is free on one side of the limit and shown to cost on the other', async () => {
    const ids = [idOf(1), idOf(2)] as const;
    const book = bought(8);
    await planned(ids[0], 4);
    await world.open(ids[1]);
    await world.command(ids[1], 'study', { feasible: true, text: 't2' });
    await world.command(ids[1], 'sendEstimate', { estimate: 'e2', unit: 'ticket', units: 4 });
    await world.command(ids[1], 'approve', { estimate: 'e2' });
    await reaches(ids[1], 'ready');
    await world.command(ids[1], 'schedule', { from: at(monday(4)), to: at(monday(4, 0, 60)) });
    // To the end of the Monday before, which is 23:00 in UTC.
    await world.goTo(monday(3, 0, 14 * 60 + 59));
    expect(await world.handle(ids[0]).query(whatCancellingCosts, {})).toMatchObject({ free: true, lost: none });
    const limit = at(monday(3, 0, 15 * 60));
    expect(await world.handle(ids[0]).query(whatCancellingCosts, { at: limit })).toMatchObject({ lost: { ticket: 4 } });
    await world.command(ids[0], 'cancel', {});
    await world.finish(ids[0]);
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([4, 4]);
    await world.goTo(monday(3, 0, 15 * 60 + 1));
    expect(await refusalOf(world.command(ids[1], 'cancel', {}))).toMatchObject({ type: 'Conflict' });
    await world.command(ids[1], 'cancel', { lost: { ticket: 4 } });
    expect(await world.finish(ids[1])).toMatchObject({ status: 'cancelled' });
    expect([book.available('ticket'), book.forfeited]).toEqual([4, { ticket: 4 }]);
    await replays(ids[1]);
  });
});

describe('work', () => {
  it('stops at the estimate; with the customer’s agreement it goes on', async () => {
    const id = idOf(1);
    const book = bought(10);
    await planned(id, 2);
    await world.goTo(monday(4, 0, 4 * 60));
    await world.command(id, 'startWork', {});
    await world.goTo(monday(4, 0, 4 * 60 + 97));
    await until(() => world.mailed(id).includes('more asked: share'));
    await world.goTo(monday(4, 0, 4 * 60 + 125));
    await until(() => world.mailed(id).includes('more asked: usedUp'));
    expect((await world.view(id)).work).toMatchObject({ seconds: 7_200, secondsLeft: 0, used: { ticket: 2 } });
    expect(await world.handle(id).query(whatLoggingCosts, { seconds: 60 })).toMatchObject({ possible: false });
    expect(await refusalOf(world.command(id, 'logWork', { minutes: 1 }))).toMatchObject({ type: 'Conflict' });
    await world.command(id, 'agreeMore', { units: { ticket: 1 } });
    await until(async () => (await world.view(id)).reserved.ticket === 3);
    await world.command(id, 'logWork', { minutes: 30 });
    await world.command(id, 'complete', { text: 't' });
    await world.finish(id);
    expect([book.posted, book.available('ticket')]).toEqual([{ ticket: 3 }, 7]);
    await replays(id);
  });

  it('stays at the estimate when nobody answers', async () => {
    const id = idOf(1);
    const book = bought(10);
    await planned(id, 1);
    await world.goTo(monday(4));
    await world.command(id, 'logWork', { minutes: 60, from: (await world.now()) - 3_600_000 });
    await world.goTo(monday(5, 1));
    const asked = world.mailed(id).filter((mail) => mail.includes('more') || mail.includes('More'));
    expect(asked).toEqual([
      ...['more asked: usedUp', 'reminder 1 of more', 'reminder 2 of more', 'reminder 3 of more'],
      'task moreUnanswered',
    ]);
    await world.command(id, 'complete', { text: 't' });
    await world.finish(id);
    expect([book.posted, book.available('ticket')]).toEqual([{ ticket: 1 }, 9]);
  });
});

describe('a worker that is gone', () => {
  it('is replaced by one that goes on, and stops the clock of the work where it had to stop', async () => {
    const id = idOf(1);
    const book = bought(10);
    await planned(id, 2);
    await world.workerLeaves();
    await goWithoutWorker(world, at(monday(3, 4)));
    await world.workerReturns();
    await until(() => world.mailed(id).includes('dayBefore'));
    await world.goTo(monday(4, 0, 4 * 60));
    await world.command(id, 'startWork', {});
    await world.workerLeaves();
    await goWithoutWorker(world, at(monday(4, 1)));
    await world.workerReturns();
    await until(() => world.mailed(id).includes('more asked: usedUp'));
    expect((await world.view(id)).work).toMatchObject({ seconds: 7_200, used: { ticket: 2 } });
    expect(world.mailed(id)).not.toContain('more asked: share');
    await world.command(id, 'complete', { text: 't' });
    await world.finish(id);
    expect(book.posted).toEqual({ ticket: 2 });
    await replays(id);
  });

  it('leaves a ledger that fails asked until it answers, once', async () => {
    const id = idOf(1);
    const book = bought(4);
    let failures = 1;
    world.beforeLedger = () => {
      if (failures-- > 0) throw new Error('no connection');
    };
    await estimated(id, 4);
    await world.command(id, 'approve', { estimate: 'e1' });
    await reaches(id, 'ready');
    expect(failures).toBe(-1);
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([0, 4]);
    world.beforeLedger = () => {};
    await world.command(id, 'withdraw', { text: 't' });
    await world.finish(id);
  });
});

describe('a stored state', () => {
  it('starts a run that goes on from it, and does nothing twice', async () => {
    const id = idOf(1);
    const book = bought(4);
    await planned(id, 4);
    await until(async () => (await world.view(id)).status === 'scheduled');
    const state = world.saves.filter((save) => save.state.id === id).sort((a, b) => b.seq - a.seq)[0]?.state;
    if (!state) throw new Error('nothing was saved');
    await world.handle(id).terminate('the server is lost');
    await world.resume(state);
    expect(await world.view(id)).toMatchObject({ status: 'scheduled', version: state.seq });
    await world.goTo(monday(3, 4));
    await until(() => world.mailed(id).includes('dayBefore'));
    await world.goTo(monday(4));
    await world.command(id, 'logWork', { minutes: 10, from: (await world.now()) - 600_000 });
    await world.command(id, 'complete', { text: 't' });
    await world.finish(id);
    expect([book.posted, book.available('ticket')]).toEqual([{ ticket: 1 }, 3]);
    await replays(id);
  });
});

describe('a closure on the date', () => {
  it('is told to staff, once for each version', async () => {
    const id = idOf(1);
    bought(4);
    await planned(id, 4);
    const closure = { day: monday(4).slice(0, 10), announcedAt: await world.now() };
    const windows = await world.windows({ version: 2, closures: [closure] });
    await world.handle(id).signal(interventionHoursChanged, { windows, termsVersion: 1 });
    await world.handle(id).signal(interventionHoursChanged, { windows, termsVersion: 1 });
    await until(() => world.mailed(id).includes('task agreeOtherDate'));
    expect(world.timeline(id).filter((type) => type === 'openingHoursChanged')).toHaveLength(1);
    await world.command(id, 'postpone', { text: 't' });
    expect((await world.view(id)).status).toBe('ready');
    await world.command(id, 'withdraw', { text: 't' });
    await world.finish(id);
    await replays(id);
  });

  it('stops work that is being timed when it begins', async () => {
    const id = idOf(2);
    bought(4);
    await planned(id, 4);
    await world.goTo(monday(4));
    await world.command(id, 'startWork', {});
    // After that of the test before.
    const closure = { from: at(monday(4, 0, 30)), to: at(monday(4, 0, 600)), announcedAt: await world.now() };
    const windows = await world.windows({ version: 3, closures: [closure] });
    await world.handle(id).signal(interventionHoursChanged, { windows, termsVersion: 1 });
    await until(() => world.mailed(id).includes('task agreeOtherDate'));
    await world.goTo(monday(4, 0, 60));
    const { work } = await world.view(id);
    // The clock began within the first seconds after nine, and ended at half past.
    expect(work.runningSince).toBeUndefined();
    expect(work.seconds).toBeGreaterThan(1_740);
    expect(work.seconds).toBeLessThanOrEqual(1_800);
    const last = world.saves.filter(({ state }) => state.id === id).at(-1);
    expect(last).toMatchObject({ calendarVersions: { support: 3 } });
    await world.command(id, 'complete', { text: 't' });
    await world.finish(id);
    await replays(id);
  });
});

// The last: the server that skips time does so no more after it.
it('keeps no more lines than its state can hold, and ends all the same', async () => {
  const id = idOf(3);
  bought(4);
  await planned(id, 4);
  const state = world.saves.filter((save) => save.state.id === id).sort((a, b) => b.seq - a.seq)[0]?.state;
  if (!state) throw new Error('nothing was saved');
  await world.handle(id).terminate('made again with many expenses');
  const expense = { kind: 'travel', cents: 1, nonRefundable: false, at: state.lastAt } as const;
  await world.resume({ ...state, expenses: Array.from({ length: 1_000 }, () => expense) });
  expect((await world.view(id)).expenses).toHaveLength(1_000);
  await world.command(id, 'note', { text: 't' });
  const again = world.command(id, 'addExpense', { kind: 'travel', cents: 1, nonRefundable: false });
  expect(await refusalOf(again)).toMatchObject({ type: 'Conflict' });
  await world.command(id, 'withdraw', { text: 't' });
  expect((await world.view(id)).status).toBe('cancelled');
});
