/** Interventions, calls and a contract's credit over several runs, on a server that asks early to continue as new. */
import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { createNamespace } from '../../client/namespace.ts';
import { isLost } from '../../client/temporalErrors.ts';
import { localDate } from '../../contracts/zone.ts';
import type { InterventionCommandName, InterventionPayloads } from '../../domain/intervention/events.ts';
import type { InterventionId, InterventionResult } from '../../domain/intervention/state.ts';
import type { WatchedCredit } from '../../domain/ledger/watch.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { endCall, type HotlineCallId, hotlineCreditAdded } from '../../workflows/hotlineMessages.ts';
import { interventionHoursChanged } from '../../workflows/interventionMessages.ts';
import { contractWorkflowId, creditChanged, REQUEST_TASK_QUEUE } from '../../workflows/messages.ts';
import { CreditBook } from '../support/creditBook.ts';
import { NOON_ZONE } from '../support/dayAndNight.ts';
import { createInterventionWorld, type InterventionWorld, WORLD_TERMS } from '../support/interventionWorld.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { type ShortRunsServer, startShortRuns } from '../support/shortRuns.ts';
import { until } from '../support/until.ts';

/** Commands after which a run has long been asked to end. */
const MOST_NOTES = 60;
const HOUR = 3_600_000;
const patience = { timeoutMs: 60_000 };

let server: ShortRunsServer;
let world: InterventionWorld;
let count = 0;
let id: InterventionId;
let book: CreditBook;

beforeAll(async () => {
  server = await startShortRuns(80);
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  world = await createInterventionWorld(env, { terms: WORLD_TERMS.dayAndNight });
});
afterAll(async () => {
  await world?.close();
  await server?.stop();
});
beforeEach(() => {
  id = `intervention:DA-2030-${String(++count).padStart(6, '0')}:1`;
  book = new CreditBook().buy('ticket', 10);
  Object.assign(world, { book });
});

/** As the door does: what a run that ended has lost is sent again under the same id. */
async function command<T extends InterventionCommandName>(
  name: T,
  payload: InterventionPayloads[T],
  commandId: string = randomUUID(),
): Promise<InterventionResult> {
  for (;;) {
    try {
      return await world.command(id, name, { ...payload, commandId } as never);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
  }
}

const runOf = async () => (await world.handle(id).describe()).runId;

/** Notes until another run has taken over; how many it took. */
async function nextRun(): Promise<number> {
  const before = await runOf();
  for (let notes = 1; notes <= MOST_NOTES; notes++) {
    await command('note', { text: `t${notes}` });
    if ((await runOf()) !== before) return notes;
  }
  throw new Error('no other run took over');
}

async function reaches(status: string): Promise<void> {
  await until(async () => (await world.view(id)).status === status, patience);
}

async function estimated(units: number): Promise<void> {
  await world.open(id);
  await command('study', { feasible: true, text: 't' });
  await command('sendEstimate', { estimate: 'e1', unit: 'ticket', units });
}

async function scheduled(units: number): Promise<void> {
  await estimated(units);
  await command('approve', { estimate: 'e1' });
  await reaches('ready');
  const from = Date.now() + HOUR;
  await command('schedule', { from, to: from + HOUR });
  await reaches('scheduled');
}

/** Each run of a workflow, on the code of today. */
async function replays(workflow: InterventionId | HotlineCallId): Promise<number> {
  let runs = 0;
  await until(async () => {
    runs = 0;
    for await (const { runId } of world.env.client.workflow.list({ query: `WorkflowId = "${workflow}"` })) {
      const history = await world.env.client.workflow.getHandle(workflow, runId).fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
      runs++;
    }
    return runs > 1;
  }, patience);
  return runs;
}

describe('an intervention', () => {
  it('goes on from run to run: every command is done once, and known again by its id', async () => {
    const approval = randomUUID();
    await estimated(4);
    const approved = await command('approve', { estimate: 'e1' }, approval);
    await reaches('ready');
    const from = Date.now() + HOUR;
    const date = randomUUID();
    const agreed = await command('schedule', { from, to: from + HOUR }, date);
    await reaches('scheduled');
    const first = await runOf();
    for (let batch = 0; batch < 6; batch++) {
      await Promise.all(Array.from({ length: 5 }, (_, n) => command('note', { text: `t${batch}.${n}` })));
    }
    expect(await runOf()).not.toBe(first);
    expect(await command('approve', { estimate: 'e1' }, approval)).toEqual(approved);
    expect(await command('schedule', { from, to: from + HOUR }, date)).toEqual(agreed);
    expect(world.timeline(id).filter((type) => type === 'noted')).toHaveLength(30);
    expect(await world.view(id)).toMatchObject({ status: 'scheduled', plan: { from }, reserved: { ticket: 4 } });
    const { searchAttributes } = await world.handle(id).describe();
    expect(searchAttributes).toMatchObject({ InterventionStatus: ['scheduled'], PlannedAt: [new Date(from)] });
    await command('logWork', { minutes: 61 });
    await command('complete', { text: 't' });
    expect(await world.handle(id).result()).toMatchObject({ status: 'done' });
    expect([book.posted, book.available('ticket'), book.pending('ticket')]).toEqual([{ ticket: 2 }, 8, 0]);
    // What was ordered is ordered once, but for what a run left under way.
    const mails = new Map(
      world.mails.filter((mail) => mail.intervention === id).map(({ key, order }) => [key, order.kind]),
    );
    expect([...mails.values()]).toEqual(['estimate', 'interventionTask', 'scheduled', 'report']);
    expect(await replays(id)).toBeGreaterThan(1);
  });

  it('issues what was under way again, under the same keys', async () => {
    let isAway = true;
    const tried = new Set<string>();
    const { reserve, settle } = book;
    book.reserve = (operation) => {
      tried.add(operation.key);
      if (isAway) throw new Error('the ledger is away');
      return reserve.call(book, operation);
    };
    book.settle = (operation) => {
      tried.add(operation.key);
      if (isAway) throw new Error('the ledger is away');
      settle.call(book, operation);
    };
    world.answerMail = ({ key }) => {
      tried.add(key);
      if (isAway) throw new Error('the mail server is away');
      return 'accepted';
    };
    await estimated(4);
    await command('approve', { estimate: 'e1' });
    await until(() => tried.size === 2);
    await nextRun();
    await nextRun();
    // One mail and one reservation, however many runs have tried.
    expect(tried.size).toBe(2);
    expect(await world.view(id)).toMatchObject({ status: 'reserving' });
    isAway = false;
    await reaches('ready');
    expect([book.available('ticket'), book.pending('ticket')]).toEqual([6, 4]);
    await until(() => world.mailed(id).includes('task agreeDate'), patience);

    isAway = true;
    const from = Date.now() + HOUR;
    await command('schedule', { from, to: from + HOUR });
    await nextRun();
    await command('cancel', { lost: { ticket: 4 } });
    isAway = false;
    await world.handle(id).result();
    expect([book.forfeited, book.available('ticket'), book.pending('ticket')]).toEqual([{ ticket: 4 }, 6, 0]);
    const mailed = new Map(
      world.mails.filter((mail) => mail.intervention === id).map(({ key, order }) => [key, order.kind]),
    );
    const kinds = ['cancelled', 'estimate', 'interventionNews', 'interventionTask', 'scheduled'];
    expect([...mailed.values()].sort()).toEqual(kinds);
    // Two of the ledger, five mails: no key but theirs.
    expect(tried.size).toBe(7);
    world.answerMail = () => 'accepted';
    expect(await replays(id)).toBeGreaterThan(2);
  });

  it('has its clock of work go on, and stop where the reserved time ends', async () => {
    await scheduled(1);
    await command('logWork', { minutes: 59, seconds: 35 });
    await until(() => world.mailed(id).includes('more asked: share'));
    await command('startWork', {});
    const { runningSince } = (await world.view(id)).work;
    await nextRun();
    const { work } = await world.view(id);
    // A machine that took all of 25 seconds to get here has seen it stop.
    if (work.runningSince !== undefined) expect(work.runningSince).toBe(runningSince);
    await until(() => world.mailed(id).includes('more asked: usedUp'), patience);
    expect((await world.view(id)).work).toMatchObject({ seconds: 3_600, secondsLeft: 0, used: { ticket: 1 } });
    const stopped = world.saves.flatMap(({ state, entries }) =>
      state.id === id ? entries.filter(({ type }) => type === 'workStopped') : [],
    );
    expect(new Set(stopped.map(({ at }) => at))).toEqual(new Set([(runningSince ?? 0) + 25_000]));
    await nextRun();
    await command('agreeMore', { units: { ticket: 1 } });
    await until(async () => (await world.view(id)).reserved.ticket === 2, patience);
    await command('logWork', { minutes: 5 });
    await command('complete', { text: 't' });
    await world.handle(id).result();
    expect(book.posted).toEqual({ ticket: 2 });
    await replays(id);
  });

  it('keeps the opening hours that it was told', async () => {
    await scheduled(1);
    const { plan } = await world.view(id);
    const closure = { day: localDate(NOON_ZONE, plan?.from ?? 0), announcedAt: Date.now() };
    const windows = await world.windows({ version: 2, closures: [closure] });
    await world.handle(id).signal(interventionHoursChanged, { windows, termsVersion: 1 });
    await until(() => world.mailed(id).includes('task agreeOtherDate'), patience);
    await nextRun();
    await world.handle(id).signal(interventionHoursChanged, { windows, termsVersion: 1 });
    await command('withdraw', { text: 't' });
    await world.handle(id).result();
    expect(world.timeline(id).filter((type) => type === 'openingHoursChanged')).toHaveLength(1);
    await replays(id);
  });
});

describe('a call that is owed', () => {
  it('goes on from run to run: its agent is told once, its end stays what it was', async () => {
    const call: HotlineCallId = 'hotline:DA-2030-000099:1';
    world.isCreditThere = false;
    const handle = await world.call(call, 0);
    const outcome = await handle.executeUpdate(endCall, { args: [{}] });
    const { runId: first } = await handle.describe();
    const tries = () => world.callDid(call).filter((did) => did === 'debit insufficient').length;
    await until(() => tries() > 0, patience);
    for (let told = 0; (await handle.describe()).runId === first; told++) {
      if (told > MOST_NOTES) throw new Error('no other run took over');
      const before = tries();
      await handle.signal(hotlineCreditAdded);
      await until(() => tries() > before, patience);
    }
    expect(await handle.executeUpdate(endCall, { args: [{}] })).toEqual(outcome);
    world.isCreditThere = true;
    await handle.signal(hotlineCreditAdded);
    expect(await handle.result()).toEqual(outcome);
    expect(world.callDid(call).filter((did) => did === 'alert creditLacking')).toHaveLength(1);
    expect(world.callDid(call).filter((did) => did === 'debit done')).toHaveLength(1);
    await replays(call);
  });
});

describe('the credit of a contract', () => {
  it('is looked after from run to run: nothing is announced or expired twice', async () => {
    const namespace = 'contracts';
    const { address } = server;
    await createNamespace(address, namespace);
    const client = createTemporalClient({ address, namespace });
    const connection = await NativeConnection.connect({ address });
    /** A lot that ends some time, with an announcement and an alert that are due. */
    let endsAt = Date.now() + HOUR;
    const did: string[] = [];
    let looks = 0;
    const read = (): WatchedCredit => {
      const isAnnounced = did.includes('expiring:1:7');
      const announce = isAnnounced ? [] : [{ days: 7, at: Date.now() - 1_000 }];
      const lot = { lot: 1, available: 4, pending: 0, since: Date.now() - HOUR, endsAt, announce };
      const alert = { kind: 'creditLow', key: 'low:1', lot: 1 } as const;
      return { lots: did.includes('expire 1') ? [] : [lot], alerts: did.includes(alert.key) ? [] : [alert] };
    };
    const never = (): never => {
      throw new Error('this world has contracts only');
    };
    const worker = await createRequestWorker({
      ...{ connection, namespace, maxCachedWorkflows: 10, workflowBundle: await workflowBundle() },
      activities: {
        ...{ saveRequest: never, sendMail: never, extendWindows: never },
        async readCredit() {
          looks++;
          return read();
        },
        async expireCredit({ lot }) {
          did.push(`expire ${lot}`);
        },
        async tellCredit({ key }) {
          did.push(key);
        },
      },
    });
    const running = worker.run();
    const { workflowId } = await client.workflow.start('contract', {
      ...{ workflowId: contractWorkflowId('CAN'), taskQueue: REQUEST_TASK_QUEUE, args: [{ contract: 'CAN' }] },
    });
    const latest = client.workflow.getHandle(workflowId);
    const { runId: first } = await latest.describe();
    await until(() => did.length === 2, patience);
    for (let told = 0; (await latest.describe()).runId === first; told++) {
      if (told > MOST_NOTES) throw new Error('no other run took over');
      const before = looks;
      await latest.signal(creditChanged);
      await until(() => looks > before, patience);
    }
    endsAt = Date.now() + 1_000;
    await latest.signal(creditChanged);
    await until(async () => (await latest.describe()).status.name === 'COMPLETED', patience);
    expect(did).toEqual(['expiring:1:7', 'low:1', 'expire 1']);
    worker.shutdown();
    await running;
    await connection.close();
    await client.connection.close();
  });
});
