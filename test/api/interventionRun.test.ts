import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginHotlineCall, listUnfollowedCalls } from '../../db/hotlineCalls.ts';
import { discardIntervention, readInterventionRow, registerIntervention } from '../../db/interventions.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { startCredits } from '../../relay/credits.ts';
import type { Loop } from '../../relay/loop.ts';
import { balanceOf, buy } from '../support/ledgerWorld.ts';
import { createPrepaidWorld, type PrepaidWorld } from '../support/prepaidWorld.ts';
import { until } from '../support/until.ts';

let world: PrepaidWorld;
let relay: Loop;
beforeAll(async () => {
  world = await createPrepaidWorld();
  const { pool, interventions, calls } = world;
  const waiting = { interventions, calls };
  const log = { warn: () => undefined };
  relay = startCredits({ pool, door: { creditChanged: async () => undefined }, waiting, log, pauseMs: 50 });
});
afterAll(async () => {
  await relay?.close();
  await world?.close();
});

async function reaches(id: InterventionId, status: string): Promise<void> {
  await until(async () => (await readInterventionRow(world.pool, id))?.view?.status === status, { timeoutMs: 30_000 });
}

describe('on a real server', () => {
  it('what its terms refuse is started never, and leaves its number to the next', async () => {
    const { pool, interventions, calls } = world;
    const { reference, request } = await world.contract('E');
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
    const wanted = { request, termsVersion: 1, contact: `c-${reference}`, text: rows[0]?.id ?? '' };
    const by = { who: 'staff:s-agent', channel: 'api' } as const;
    const refused = await registerIntervention(pool, { ...wanted, ...by, module: 'noSuchModule' });
    if (!refused) throw new Error('not registered');
    for (const _ of [1, 2])
      await expect(interventions.open(refused)).rejects.toMatchObject({ type: 'ValidationFailed' });
    await discardIntervention(pool, refused);
    const next = await registerIntervention(pool, { ...wanted, ...by });
    expect(next).toBe(refused);
    expect(await interventions.open(refused)).toMatchObject({ status: 'studied', version: 1 });
    const call = await beginHotlineCall(pool, {
      ...{ request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt: new Date() },
    });
    if (!call) throw new Error('no call');
    await calls.begin(call);
    expect(await listUnfollowedCalls(pool, 0, 100)).not.toContain(call);
    expect(await calls.end(call, { commandId: 'end' })).toMatchObject({ units: 0 });
  });

  it('credit is lacking, an order arrives, a worker ends and another goes on: what was worked is debited', async () => {
    const { pool, client, today } = world;
    const contract = await world.contract('A');
    const { reference, under } = contract;
    const { id, text } = await world.open(contract);
    await world.command(contract, id, 'study', { feasible: true, text });
    await world.command(contract, id, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units: 4 });
    await world.command(contract, id, 'approve', { estimate: 'e1' });
    await reaches(id, 'awaitingOrder');
    await buy(pool, reference, { unit: 'ticket', units: 4 }, under, today);
    await reaches(id, 'ready');
    await world.stopWorker();
    const from = Date.now() + 60_000;
    const scheduled = world.command(contract, id, 'schedule', { from, to: from + 3_600_000 });
    await world.startWorker();
    expect(await scheduled).toMatchObject({ status: 'scheduled' });
    await world.command(contract, id, 'logWork', { minutes: 61 });
    await world.command(contract, id, 'complete', { text });
    expect(await client.workflow.getHandle(id).result()).toMatchObject({ status: 'done' });
    expect(await balanceOf(pool, reference, 'ticket')).toEqual({ available: 2, pending: 0 });
    expect(await readInterventionRow(pool, id)).toMatchObject({
      view: { status: 'done', ended: { used: { ticket: 2 }, returned: { ticket: 2 } } },
    });
    expect(world.mails).toEqual(expect.arrayContaining(['estimate', 'orderNeeded', 'scheduled', 'report']));
  });

  it('a call beyond the free minutes is owed until it can be debited', async () => {
    const { pool, client, today } = world;
    const { reference, request, under } = await world.contract('E');
    const beganAt = new Date(Date.now() - 40 * 60_000);
    const id = await beginHotlineCall(pool, {
      request,
      termsVersion: 1,
      kind: 'call',
      agent: 'staff:s-agent',
      beganAt,
    });
    if (!id) throw new Error('no call');
    await world.calls.begin(id);
    const outcome = await world.calls.end(id, { commandId: 'end' });
    expect(outcome).toMatchObject({ freeSeconds: 1_800, unit: 'timeUnit', units: 1 });
    await until(() => world.alerts.some((alert) => alert.endsWith('creditLacking')));
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under, today);
    await client.workflow.getHandle(id).result();
    expect(await balanceOf(pool, reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });
});
