/** Schedules of planned visits on a real server, and the runs that they start, with an activity that is recorded. */
import { writeFileSync } from 'node:fs';
import { ScheduleNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { createVisitDoor, type VisitDoor } from '../../client/visitDoor.ts';
import { visitOpensAt, visitPeriod } from '../../contracts/visits.ts';
import { type ModuleVisits, visitScheduleId } from '../../domain/visits.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import type { OpenVisit } from '../../workflows/messages.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { type RunningWorker, run } from '../support/runningWorker.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const RECORDED = new URL('../replay/contractHistories/VISIT.json', import.meta.url);
const ZONE = 'Europe/Paris';
const patience = { timeoutMs: 20_000 };
const asked: OpenVisit[] = [];
let native: NativeConnection;
let client: ReturnType<typeof createTemporalClient>;
let door: VisitDoor;
let present: RunningWorker | undefined;
let failures = 0;

beforeAll(async () => {
  const temporal = await createTestNamespace();
  native = await NativeConnection.connect({ address: temporal.address });
  client = createTemporalClient(temporal);
  door = createVisitDoor({ client });
});
afterAll(async () => {
  await present?.stop();
  await client?.connection.close();
  await native?.close();
});

async function startWorker(): Promise<void> {
  const never = (): never => {
    throw new Error('this world has visits only');
  };
  const worker = await createRequestWorker({
    ...{ connection: native, namespace: client.options.namespace, maxCachedWorkflows: 0 },
    workflowBundle: await workflowBundle(),
    activities: {
      ...{ saveRequest: never, sendMail: never, extendWindows: never },
      async openVisit(visit) {
        if (failures-- > 0) throw new Error('Postgres is away');
        asked.push(visit);
        const period = visitPeriod('month', ZONE, visit.at);
        return { result: 'opened', period, request: 'DA-2027-000001', intervention: 'intervention:DA-2027-000001:1' };
      },
    },
  });
  present = run(worker);
}

function visitsOf(contract: string, every: 'month' | 'year' = 'month'): ModuleVisits {
  return { contract, module: 'plannedMaintenance', every, zone: ZONE };
}
const askedOf = (contract: string) => asked.filter((visit) => visit.contract === contract).map(({ at }) => at);
const handleOf = (visits: ModuleVisits) => client.schedule.getHandle(visitScheduleId(visits));

describe('a schedule of visits', () => {
  it('loses none while nobody works: each is that of its own period, and tried until it is opened', async () => {
    const visits = visitsOf('AWAY');
    const before = Date.now();
    expect(await door.keep(visits, false)).toBe('created');
    const periods = ['2027-02', '2027-03', '2027-04'].map((period) => visitOpensAt(period, ZONE));
    const [first = 0, , last = 0] = periods;
    // As Temporal does for the times at which it was away itself.
    await handleOf(visits).backfill({ start: new Date(first - 1), end: new Date(last + 1), overlap: 'ALLOW_ALL' });
    failures = 2;
    await startWorker();
    await until(() => askedOf('AWAY').length === 4, patience);
    const [now = 0, ...late] = askedOf('AWAY').sort((a, b) => a - b);
    expect(late).toEqual(periods);
    expect(now).toBeGreaterThan(before - 60_000);

    const recent = async () => (await handleOf(visits).describe()).info.recentActions;
    await until(async () => (await recent()).length === 4, patience);
    const [run] = await recent();
    if (run?.action.type !== 'startWorkflow') return expect.unreachable();
    const { workflowId, firstExecutionRunId } = run.action.workflow;
    const history = await client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
    if (process.env.RECORD_HISTORIES) writeFileSync(RECORDED, `${historyToJSON(history)}\n`);
  });

  it('comes at eight on the clocks of its zone, in either season', async () => {
    for (const every of ['month', 'year'] as const) {
      const visits = visitsOf(`EVERY-${every}`, every);
      await door.keep(visits, false);
      const { info, policies } = await handleOf(visits).describe();
      expect(info.nextActionTimes.length).toBeGreaterThan(6);
      for (const time of info.nextActionTimes) {
        expect(time.getTime()).toBe(visitOpensAt(visitPeriod(every, ZONE, time.getTime()), ZONE));
      }
      expect(policies).toMatchObject({ overlap: 'ALLOW_ALL', catchupWindow: 365 * 86_400_000 });
    }
  });

  it('is made once, whoever asks at the same time; asked again it opens what is missing, unless it is paused', async () => {
    const visits = visitsOf('TWICE');
    const kept = await Promise.all([door.keep(visits, false), door.keep(visits, false)]);
    expect(kept.sort()).toEqual(['created', 'kept']);
    await until(() => askedOf('TWICE').length === 1, patience);
    // Within the same second Temporal starts it once.
    await until(async () => (await door.keep(visits, true)) === 'kept' && askedOf('TWICE').length > 1, patience);
    await handleOf(visits).pause('until spring');
    expect(await door.keep({ ...visits, zone: 'Indian/Reunion' }, true)).toBe('paused');
    const { spec, state } = await handleOf(visits).describe();
    expect(spec.timezone).toBe('Indian/Reunion');
    expect(state).toMatchObject({ paused: true, note: 'until spring' });
  });

  it('goes, once or twice, and comes back', async () => {
    const visits = visitsOf('GONE');
    await door.keep(visits, false);
    // Deleted before it has acted, it would open nothing.
    await until(() => askedOf('GONE').length === 1, patience);
    await door.remove(visits);
    await door.remove(visits);
    await expect(handleOf(visits).describe()).rejects.toThrow(ScheduleNotFoundError);
    expect(await door.keep(visits, true)).toBe('created');
    // Within the same second Temporal starts it once.
    await until(async () => (await door.keep(visits, true)) === 'kept' && askedOf('GONE').length > 1, patience);
  });
});
