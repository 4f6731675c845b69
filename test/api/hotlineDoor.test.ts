/** The door to calls of the hotline, before a real Temporal server and a real ledger, with a worker that may be away. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { createHotlineDoor } from '../../client/hotlineDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { beginHotlineCall, type HotlineCallRow, readHotlineCall } from '../../db/hotlineCalls.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import type { HotlineCallId } from '../../workflows/hotlineMessages.ts';
import { startForwarding } from '../support/forwarding.ts';
import { balanceOf, buy } from '../support/ledgerWorld.ts';
import { type PrepaidContract, storePrepaidContract } from '../support/prepaidContract.ts';
import { createPrepaidWorld, type PrepaidWorld } from '../support/prepaidWorld.ts';
import { refusal } from '../support/refusals.ts';
import { temporalAddress } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const MINUTE = 60_000;

let world: PrepaidWorld;
beforeAll(async () => {
  world = await createPrepaidWorld();
});
afterAll(() => world?.close());

/** A request of a contract of its own, with 16 time units unless none were bought. */
async function incident(units = 16): Promise<PrepaidContract> {
  const contract = await world.contract('E');
  if (units > 0) await buy(world.pool, contract.reference, { unit: 'timeUnit', units }, contract.under, world.today);
  return contract;
}

/** The row of a call that began so many minutes ago. */
async function row({ request }: PrepaidContract, minutesAgo: number): Promise<HotlineCallId> {
  const beganAt = new Date(Date.now() - minutesAgo * MINUTE);
  const call = { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt } as const;
  const id = await beginHotlineCall(world.pool, call);
  if (!id) throw new Error('no call');
  return id;
}

async function begun(on: PrepaidContract, minutesAgo: number): Promise<HotlineCallId> {
  const id = await row(on, minutesAgo);
  await world.calls.begin(id);
  return id;
}

const ended = (id: HotlineCallId, commandId: string = randomUUID()) => world.calls.end(id, { commandId });
const stored = async (id: HotlineCallId) => (await readHotlineCall(world.pool, id)) as HotlineCallRow;
const hasCompleted = async (id: HotlineCallId) =>
  (await world.client.workflow.getHandle(id).describe()).status.name === 'COMPLETED';
const over = (id: HotlineCallId) => until(() => hasCompleted(id), { timeoutMs: 30_000 });
const alertsOf = (id: HotlineCallId) => world.alerts.filter((alert) => alert.startsWith(`${id} `));

describe('a call', () => {
  it('begun several times at once is one workflow, which shows whose it is', async () => {
    const on = await incident();
    const id = await row(on, 1);
    await Promise.all([1, 2, 3].map(() => world.calls.begin(id)));
    const description = await world.client.workflow.getHandle(id).describe();
    expect(await description.staticSummary()).toBe(`${id} · ${on.reference}`);
    expect(description.searchAttributes).toMatchObject({ ContractReference: [on.reference] });
    expect(await ended(id)).toMatchObject({ id, freeSeconds: expect.any(Number), units: 0 });
    await over(id);
    // Begun again after its end, as by a repeated call of the API, it stays what it was.
    await world.calls.begin(id);
    expect((await world.client.workflow.getHandle(id).describe()).runId).toBe(description.runId);
  });

  it('alerts its agent at 25 minutes, once', async () => {
    const id = await begun(await incident(), 25 - 1 / 60);
    await until(() => alertsOf(id).length > 0, { timeoutMs: 30_000 });
    await ended(id);
    await over(id);
    expect(alertsOf(id)).toEqual([`${id} freeMinutesEnd`]);
  });

  it('alerts so much earlier as earlier calls on the incident have used', async () => {
    const on = await incident();
    const first = await begun(on, 20);
    await ended(first);
    const early = await begun(on, 4);
    await ended(early);
    await over(early);
    expect(alertsOf(early)).toEqual([]);
    const late = await begun(on, 2);
    await until(() => alertsOf(late).length === 1, { timeoutMs: 30_000 });
    await ended(late);
  });

  it('costs what goes beyond the free minutes; ended again, by whomever, the first end counts', async () => {
    const on = await incident();
    const id = await begun(on, 46);
    const commandId = randomUUID();
    const outcome = await ended(id, commandId);
    expect(outcome).toMatchObject({ id, freeSeconds: 1_800, unit: 'timeUnit', units: 2 });
    expect(await ended(id, commandId)).toEqual(outcome);
    await over(id);
    expect(await ended(id, commandId)).toEqual(outcome);
    expect(await ended(id)).toEqual(outcome);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 14, pending: 0 });
  });

  it('ended by two at once has one end, and is debited once', async () => {
    const on = await incident();
    const id = await begun(on, 31);
    const [one, ...others] = await Promise.all([1, 2, 3, 4].map(() => ended(id)));
    expect(others).toEqual([one, one, one]);
    await over(id);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });

  it('may have ended before it is told so, not before it began', async () => {
    const id = await begun(await incident(), 60);
    const at = (minutesAgo: number) => ({ at: Date.now() - minutesAgo * MINUTE, commandId: randomUUID() });
    expect((await refusal(world.calls.end(id, at(61)))).type).toBe('ValidationFailed');
    const { seconds, units } = await world.calls.end(id, at(50));
    expect([Math.round(seconds / 60), units]).toEqual([10, 0]);
  });

  it('is the only one on its incident until it is over', async () => {
    const on = await incident();
    const begins = await Promise.allSettled([1, 2, 3].map(() => row(on, 1)));
    const ids = begins.flatMap((begin) => (begin.status === 'fulfilled' ? [begin.value] : []));
    expect(ids).toHaveLength(1);
    const [id] = ids;
    if (!id) return;
    await world.calls.begin(id);
    expect((await refusal(row(on, 1))).type).toBe('Conflict');
    await ended(id);
    expect(await ended(await begun(on, 1))).toMatchObject({ id: id.replace(/1$/, '2') });
  });

  it('of nobody, or of a contract without a hotline, is refused', async () => {
    const none: HotlineCallId = 'hotline:DA-2000-000001:1';
    // Each is listened to before the next begins: a refusal that nobody awaits yet would fail the whole run.
    const { begin, creditAdded } = world.calls;
    for (const call of [() => begin(none), () => ended(none), () => creditAdded(none)]) {
      expect((await refusal(call())).type).toBe('NotFound');
    }
    const terms = saasSupport({ customer: 'Customer', provider: 'Provider' }, { yearlyFeeCents: 1_000_000 });
    const id = await row(await storePrepaidContract(world.pool, terms), 1);
    expect((await refusal(world.calls.begin(id))).type).toBe('NotCovered');
  });
});

describe('what cannot be debited', () => {
  it('is owed until credit was added; then nobody waits for it any more', async () => {
    const on = await incident(0);
    const id = await begun(on, 31);
    expect(await ended(id)).toMatchObject({ units: 1 });
    await until(() => alertsOf(id).includes(`${id} creditLacking`));
    expect(await world.calls.creditAdded(id)).toBe('delivered');
    expect((await stored(id)).debitedAt).toBeNull();
    await buy(world.pool, on.reference, { unit: 'timeUnit', units: 16 }, on.under, world.today);
    expect(await world.calls.creditAdded(id)).toBe('delivered');
    await over(id);
    expect(await world.calls.creditAdded(id)).toBe('gone');
    expect(alertsOf(id).filter((alert) => alert.endsWith('creditLacking'))).toHaveLength(1);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });
});

describe('after a disaster', () => {
  it('a run that was lost is made again by the end of its call', async () => {
    const on = await incident();
    const id = await begun(on, 31);
    await world.client.workflow.getHandle(id).terminate('lost');
    expect(await ended(id)).toMatchObject({ units: 1 });
    await over(id);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });

  it('one whose workflow was never started is started by its end', async () => {
    const id = await row(await incident(), 31);
    expect(await ended(id)).toMatchObject({ units: 1 });
    await over(id);
  });

  it('a call that is owed and whose run was lost is debited once credit was added', async () => {
    const on = await incident(0);
    const id = await begun(on, 31);
    const outcome = await ended(id);
    await until(() => alertsOf(id).includes(`${id} creditLacking`));
    await world.client.workflow.getHandle(id).terminate('lost');
    await buy(world.pool, on.reference, { unit: 'timeUnit', units: 16 }, on.under, world.today);
    expect(await world.calls.creditAdded(id)).toBe('delivered');
    await over(id);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
    expect(await ended(id)).toEqual(outcome);
  });
});

describe('while something is away', () => {
  it('Postgres for the worker: unavailable after the wait, and the same end later has its result', async () => {
    const id = await begun(await incident(), 31);
    world.beforeCallEnds = () => {
      throw new Error('Postgres is away');
    };
    const commandId = randomUUID();
    const hasty = createHotlineDoor({ client: world.client, pool: world.pool, patienceMs: 500 });
    await expect(hasty.end(id, { commandId })).rejects.toThrow(Unavailable);
    world.beforeCallEnds = () => undefined;
    expect(await until(() => ended(id, commandId), { timeoutMs: 30_000 })).toMatchObject({ units: 1 });
    await over(id);
  });

  it('the worker: unavailable after the wait, and the same end goes on once it is back', async () => {
    const on = await incident();
    const id = await begun(on, 31);
    await world.stopWorker();
    const hasty = createHotlineDoor({ client: world.client, pool: world.pool, patienceMs: 500 });
    const commandId = randomUUID();
    await expect(hasty.end(id, { commandId })).rejects.toThrow(Unavailable);
    await world.startWorker();
    expect(await ended(id, commandId)).toMatchObject({ units: 1 });
    await over(id);
    expect(await balanceOf(world.pool, on.reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });

  it('Temporal: unavailable after the wait; once it is back the same door serves', async () => {
    const [port = 0] = await freePorts(1);
    const away = createTemporalClient({ address: `127.0.0.1:${port}`, namespace: world.namespace });
    const waiting = createHotlineDoor({ client: away, pool: world.pool, patienceMs: 500 });
    const id = await row(await incident(), 1);
    const commandId = randomUUID();
    await expect(waiting.begin(id)).rejects.toThrow(Unavailable);
    await expect(waiting.end(id, { commandId })).rejects.toThrow(Unavailable);
    await expect(waiting.creditAdded(id)).rejects.toThrow(Unavailable);
    expect(await stored(id)).toMatchObject({ endedAt: null, seconds: null });

    const back = startForwarding(port, temporalAddress());
    await until(async () => (await waiting.begin(id)) ?? true, { timeoutMs: 20_000 });
    expect(await until(() => waiting.end(id, { commandId }), { timeoutMs: 20_000 })).toMatchObject({ id, units: 0 });
    // The connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
    back.stop();
  });
});
