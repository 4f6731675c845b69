/** What `verify` finds of planned visits, modules' time and contracts' credit, and repairs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVisitActivities } from '../../activities/visits.ts';
import { createContractDoor } from '../../client/contractDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { createVisitDoor } from '../../client/visitDoor.ts';
import { takeModuleTime } from '../../db/moduleAllowances.ts';
import { readPlannedVisit } from '../../db/plannedVisits.ts';
import { visitScheduleId } from '../../domain/visits.ts';
import { type Finding, findAll, repairAll, type VerifyDependencies } from '../../operations/findings.ts';
import { contractWorkflowId } from '../../workflows/messages.ts';
import { buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { createPrepaidWorld, type PrepaidWorld } from '../support/prepaidWorld.ts';
import { until } from '../support/until.ts';
import { storeVisited, visitedHosting } from '../support/visitWorld.ts';

let world: PrepaidWorld;
let deps: VerifyDependencies;
const started: string[] = [];
beforeAll(async () => {
  world = await createPrepaidWorld();
  // What is started here is not carried out.
  await world.stopWorker();
  const { client, pool } = world;
  const open = async (id: string) => {
    started.push(id);
    return { status: 'new', version: 1, at: 0, number: id, id } as never;
  };
  // Requests and interventions do not run here: only that they are started is looked at.
  const none = { isRunning: async () => true, revive: open, read: open, command: open };
  deps = {
    ...{ pool, settleSeconds: 0, door: { ...none, open }, escalations: none, interventions: { ...none, open } },
    ...{ calls: world.calls, contracts: createContractDoor({ client }), visits: createVisitDoor({ client }) },
  };
});
afterAll(() => world?.close());

/** Requests of visits stay unopened. */
const find = async () =>
  (await findAll(deps)).filter(({ subject }) => /^(visit|contract):|^[A-Z]+-[0-9a-f]{8}$/.test(subject));
const kinds = (findings: readonly Finding[]) => findings.map(({ kind, subject }) => [kind, subject]);

/** Each test leaves everything as it should be. */
beforeEach(async () => {
  expect(kinds(await find())).toEqual([]);
});

describe('verify', () => {
  const module = 'plannedMaintenance';

  it('finds visits of which Temporal was not told, or has no schedule any more, and makes it', async () => {
    const contract = await storeVisited(world.pool, ['fr'], visitedHosting([module, 'hosting']));
    const id = visitScheduleId({ contract, module });
    const untold = await find();
    expect(untold).toEqual([{ kind: 'unscheduled', subject: id, detail: 'Temporal was not told' }]);
    expect(await repairAll(deps, untold)).toMatchObject([{ repair: 'done' }]);
    const schedule = world.client.schedule.getHandle(id);
    expect((await schedule.describe()).scheduleId).toBe(id);
    expect(await find()).toEqual([]);

    await schedule.delete();
    await until(async () => (await find()).length === 1);
    const gone = await find();
    expect(gone).toEqual([{ kind: 'unscheduled', subject: id, detail: 'Temporal has no such schedule' }]);
    expect(await repairAll(deps, gone)).toMatchObject([{ repair: 'done' }]);
    expect((await schedule.describe()).scheduleId).toBe(id);
    await schedule.pause('until spring');
    expect(await find()).toEqual([]);
  });

  it('takes no schedule for gone that is only just being made, and none where nobody answers', async () => {
    const contract = await storeVisited(world.pool, ['fr'], visitedHosting([module, 'hosting']));
    await repairAll(deps, await find());
    const subject = visitScheduleId({ contract, module });
    const answering = async (isThere: VerifyDependencies['visits']['isThere']) =>
      (await findAll({ ...deps, visits: { ...deps.visits, isThere } })).filter((one) => one.subject === subject);
    let looked = 0;
    expect(await answering(async (visits) => visits.contract !== contract || ++looked > 1)).toEqual([]);
    expect(looked).toBe(2);
    const away = await answering(async (visits) => {
      if (visits.contract === contract) throw new Unavailable('Temporal');
      return true;
    });
    expect(away).toEqual([{ kind: 'unanswered', subject, detail: 'Temporal is away' }]);
  });

  it('finds a visit that was opened and not started, and starts its request and its intervention', async () => {
    const contract = await storeVisited(world.pool, ['fr'], visitedHosting([module, 'hosting']));
    await repairAll(deps, await find());
    const { openVisit } = createVisitActivities({ pool: world.pool });
    await openVisit({ contract, module, at: Date.parse('2027-03-01T09:00:00Z') });
    const opened = await readPlannedVisit(world.pool, { contract, module, period: '2027-03' });
    const left = await find();
    expect(kinds(left)).toEqual([['unopened', `visit:${contract}:${module}:2027-03`]]);
    expect(await repairAll(deps, left)).toMatchObject([{ repair: 'done' }]);
    expect(started).toEqual([opened?.request, opened?.intervention]);
  });

  it('finds time of a module that is not the sum of its moves, and leaves it to people', async () => {
    const contract = await storeVisited(world.pool, ['fr'], visitedHosting([module, 'hosting']));
    await repairAll(deps, await find());
    const { openVisit } = createVisitActivities({ pool: world.pool });
    await openVisit({ contract, module, at: Date.parse('2027-03-01T09:00:00Z') });
    await repairAll(deps, await find());
    const { request, intervention } =
      (await readPlannedVisit(world.pool, { contract, module, period: '2027-03' })) ?? expect.unreachable();
    const move = { key: 'taken', contract, module, period: '2027-03', seconds: 600, request, intervention };
    await takeModuleTime(world.pool, { ...move, who: 'system' }, 3_600);
    expect(await find()).toEqual([]);
    await world.pool.query('UPDATE module_allowances SET used = used + 60');
    const findings = await find();
    expect(kinds(findings)).toEqual([['ledger', contract]]);
    expect(findings[0]?.detail).toBe(`${module} 2027-03: 660 seconds used, moves 600`);
    expect(await repairAll(deps, findings)).toEqual(findings);
    await world.pool.query('UPDATE module_allowances SET used = used - 60');
  });

  it('finds a contract with units that will end and no execution, and starts it', async () => {
    const reference = 'TICKETS-0000000a';
    const under = await storeCreditContract(world.pool, reference, LEDGER_TERMS.A, world.today);
    expect(await find()).toEqual([]);
    await buy(world.pool, reference, { unit: 'ticket', units: 4 }, under, world.today);
    const id = contractWorkflowId(reference);
    const lost = await find();
    expect(lost).toEqual([{ kind: 'lost', subject: id, detail: 'no execution of units that will end' }]);
    expect(await repairAll(deps, lost)).toMatchObject([{ repair: 'done' }]);
    expect(await find()).toEqual([]);
    await world.client.workflow.getHandle(id).terminate('lost');
    expect(kinds(await find())).toEqual([['lost', id]]);
    expect(await findAll({ ...deps, settleSeconds: 60 })).not.toContainEqual(expect.objectContaining({ subject: id }));
    await repairAll(deps, await find());
  });
});
