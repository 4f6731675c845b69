/** What `verify` finds of interventions and calls, and repairs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEscalationDoor } from '../../client/escalationDoor.ts';
import { createRequestDoor } from '../../client/requestDoor.ts';
import { beginHotlineCall } from '../../db/hotlineCalls.ts';
import { readInterventionRow } from '../../db/interventions.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { type Finding, findAll, repairAll, type VerifyDependencies } from '../../operations/findings.ts';
import { buy } from '../support/ledgerWorld.ts';
import type { PrepaidContract } from '../support/prepaidContract.ts';
import { createPrepaidWorld, type PrepaidWorld } from '../support/prepaidWorld.ts';
import { until } from '../support/until.ts';

let world: PrepaidWorld;
let contract: PrepaidContract;
let deps: VerifyDependencies;
beforeAll(async () => {
  world = await createPrepaidWorld();
  const { client, pool, interventions, calls } = world;
  const doors = { door: createRequestDoor({ client, pool }), escalations: createEscalationDoor({ client, pool }) };
  // Neither contracts' workflows nor schedules of visits are there in this world.
  const others = {
    contracts: { isRunning: async () => true, creditChanged: async () => undefined },
    visits: { isThere: async () => true, keep: async () => 'kept' as const },
  };
  deps = { pool, ...doors, ...others, interventions, calls, settleSeconds: 0 };
});
afterAll(() => world?.close());

/** The requests of these contracts never run. */
const find = async () => (await findAll(deps)).filter(({ subject }) => /^(intervention|hotline):/.test(subject));
const kinds = (findings: readonly Finding[]) => findings.map(({ kind, subject }) => [kind, subject]);

/** Each test leaves everything as it should be. */
beforeEach(async () => {
  await until(async () => (await find()).length === 0);
  contract = await world.contract('A');
  await buy(world.pool, contract.reference, { unit: 'ticket', units: 4 }, contract.under, world.today);
});

/** One for which two tickets are reserved. */
async function ready(): Promise<{ id: InterventionId; text: string }> {
  const opened = await world.open(contract);
  await world.command(contract, opened.id, 'study', { feasible: true, text: opened.text });
  await world.command(contract, opened.id, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 2 });
  await world.command(contract, opened.id, 'approve', { estimate: 'e1' });
  await until(async () => (await readInterventionRow(world.pool, opened.id))?.view?.status === 'ready');
  return opened;
}

describe('verify', () => {
  it('finds nothing of interventions and calls that are well, open or over', async () => {
    await ready();
    const { id, text } = await ready();
    await world.command(contract, id, 'withdraw', { text });
    const hosted = await world.contract('E');
    await beginAndEnd(hosted.request);
    await until(async () => (await find()).length === 0);
  });

  it('finds and starts what was left opening', async () => {
    const { id } = await world.register(contract);
    const findings = await find();
    expect(kinds(findings)).toEqual([['unopened', id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    expect(await world.interventions.read(id)).toMatchObject({ status: 'studied', version: 1 });
  });

  it('finds a run that was lost, and makes it again from the stored state', async () => {
    const { id } = await ready();
    await world.client.workflow.getHandle(id).terminate('lost');
    const findings = await find();
    expect(kinds(findings)).toEqual([['lost', id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    expect(await world.interventions.read(id)).toMatchObject({ status: 'ready', reserved: { ticket: 2 } });
  });

  it('finds a call whose run was lost, before its end and while it is owed', async () => {
    const { request } = await world.contract('E');
    const id = await begin(request, 40);
    await world.client.workflow.getHandle(id).terminate('lost');
    const lost = await find();
    expect(lost).toMatchObject([{ kind: 'lost', subject: id, detail: 'no execution of begun' }]);
    expect(await repairAll(deps, lost)).toMatchObject([{ repair: 'done' }]);
    expect(await world.calls.end(id, { commandId: 'end' })).toMatchObject({ units: 1 });
    await world.client.workflow.getHandle(id).terminate('lost');
    expect(await find()).toMatchObject([{ kind: 'lost', subject: id, detail: 'no execution of owed' }]);
    await repairAll(deps, await find());
  });

  it('finds states that differ, and leaves them to people', async () => {
    const { id } = await world.open(contract);
    await world.pool.query('UPDATE interventions SET version = 2 WHERE id = $1', [id]);
    const findings = await find();
    expect(kinds(findings)).toEqual([
      ['differs', id],
      ['timelineGap', id],
    ]);
    expect(findings[0]?.detail).toBe('Postgres has version 2 (studied), Temporal 1 (studied)');
    expect(await repairAll(deps, findings)).toEqual(findings);
    await world.pool.query('UPDATE interventions SET version = 1 WHERE id = $1', [id]);
  });

  it('finds units that are kept for an intervention that does not know of them, and the other way round', async () => {
    const { id } = await ready();
    const forget = `UPDATE interventions SET state = jsonb_set(state, '{reservations}', $2) WHERE id = $1`;
    const { state } = (await readInterventionRow(world.pool, id)) ?? {};
    const [known] = state?.reservations ?? [];
    await world.pool.query(forget, [id, '[]']);
    expect(await find()).toMatchObject([
      { kind: 'ledger', subject: id, detail: `reservation ${known?.key}: 2 held by the ledger, 0 by the intervention` },
    ]);
    const more = [{ ...known, amounts: { ticket: 3 } }];
    await world.pool.query(forget, [id, JSON.stringify(more)]);
    expect(await find()).toMatchObject([{ detail: expect.stringContaining('2 held by the ledger, 3 by the') }]);
    await world.pool.query(forget, [id, JSON.stringify([known])]);
  });
});

async function begin(request: string, minutes: number) {
  const beganAt = new Date(Date.now() - minutes * 60_000);
  const call = { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt } as const;
  const id = await beginHotlineCall(world.pool, call);
  if (!id) throw new Error('no call');
  await world.calls.begin(id);
  return id;
}

async function beginAndEnd(request: string): Promise<void> {
  await world.calls.end(await begin(request, 20), { commandId: 'end' });
}
