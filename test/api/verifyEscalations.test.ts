/** What `verify` finds of escalations, and repairs; what the relay takes up by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContractDoor } from '../../client/contractDoor.ts';
import { createHotlineDoor } from '../../client/hotlineDoor.ts';
import { createInterventionDoor } from '../../client/interventionDoor.ts';
import { createVisitDoor } from '../../client/visitDoor.ts';
import { readEscalationRow } from '../../db/escalations.ts';
import { fileEscalationReport } from '../../db/saveEscalation.ts';
import { type Finding, findAll, repairAll, type VerifyDependencies } from '../../operations/findings.ts';
import { startSendings } from '../../relay/sendings.ts';
import { go, STEPS, setOnItsWay } from '../support/durableLife.ts';
import { createDurableWorld, type Drafted, type DurableWorld } from '../support/durableWorld.ts';
import { until } from '../support/until.ts';

let world: DurableWorld;
let deps: VerifyDependencies;
beforeAll(async () => {
  world = await createDurableWorld();
  const { pool, client, door, escalations } = world;
  const interventions = createInterventionDoor({ client, pool });
  const calls = createHotlineDoor({ client, pool });
  const others = { contracts: createContractDoor({ client }), visits: createVisitDoor({ client }) };
  deps = { pool, door, escalations, interventions, calls, ...others, settleSeconds: 0, sendingSeconds: 0 };
});
afterAll(() => world?.close());

const find = () => findAll(deps);
const kinds = (findings: readonly Finding[]) => findings.map(({ kind, subject }) => [kind, subject]);
const row = ({ id }: Drafted) => readEscalationRow(world.pool, id);
/** A life of so many steps. */
async function lived(steps: number): Promise<Drafted> {
  const life = await world.drafted();
  await go(world, life, { to: steps });
  return life;
}

/** Each test leaves everything as it should be. */
beforeEach(async () => {
  await until(async () => (await find()).length === 0);
});

describe('verify', () => {
  it('finds nothing of escalations that are well, open, drafted or over', async () => {
    await world.drafted();
    await lived(2);
    await lived(STEPS.length);
    await until(async () => (await find()).length === 0);
  });

  it('finds a run that was lost, and makes it again from the stored state', async () => {
    const life = await lived(3);
    await world.escalation(life.id).terminate('lost');
    const findings = await find();
    expect(kinds(findings)).toEqual([['lost', life.id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    expect(await world.escalations.read(life.id)).toMatchObject({ status: 'waiting', version: 3 });
  });

  it('finds states that differ, and leaves them to people', async () => {
    const life = await lived(1);
    await world.pool.query('UPDATE escalations SET version = 2 WHERE id = $1', [life.id]);
    const findings = await find();
    expect(kinds(findings)).toEqual([
      ['differs', life.id],
      ['timelineGap', life.id],
    ]);
    expect(findings[0]?.detail).toBe('Postgres has version 2 (sent), Temporal 1 (sent)');
    expect(await repairAll(deps, findings)).toEqual(findings);
    await world.pool.query('UPDATE escalations SET version = 1 WHERE id = $1', [life.id]);
  });

  it('finds what was left on its way, and sends it', async () => {
    const life = await world.drafted();
    await setOnItsWay(world, life);
    const findings = await find();
    expect(kinds(findings)).toEqual([['unsent', life.id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    await until(async () => (await row(life))?.stage === 'sent');
  });

  it('finds a report that waits, and lets it be filed now', async () => {
    const { number } = await world.drafted();
    const id = `escalation:${number}:1:report.asked:9`;
    await fileEscalationReport(world.pool, number, { id, n: 1, at: 1, who: 'publisher:p', what: 'asked', text: 't' });
    await world.pool.query("UPDATE escalation_reports SET next_attempt_at = now() + interval '1 hour'");
    const findings = await find();
    expect(kinds(findings)).toEqual([['reportOld', id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    const { rowCount } = await world.pool.query('SELECT FROM escalation_reports WHERE next_attempt_at <= now()');
    expect(rowCount).toBe(1);
    await world.pool.query('DELETE FROM escalation_reports');
  });

  it('finds a request that has not heard of the end; when no run was lost, that is for people', async () => {
    const life = await lived(2);
    await world.request(life.number).terminate('lost');
    const commandId = 'withdrawn by staff';
    await world.escalations.command(life.id, 'withdraw', { who: 'staff:s-agent', channel: 'api', commandId });
    await until(async () => (await world.escalation(life.id).describe()).status.name === 'COMPLETED');
    await world.pool.query('DELETE FROM escalation_reports');
    await world.door.revive(life.number);
    const findings = await find();
    expect(kinds(findings)).toEqual([['unheard', life.id]]);
    expect(findings[0]?.detail).toBe('is withdrawn, but acknowledged for its request');
    // Its run has ended by itself: what became of its report is for a person to find out.
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'failed' }]);
    await world.door.command(life.number, 'close', {
      reason: 'withdrawn',
      who: 'staff:s-agent',
      channel: 'api',
      commandId,
    });
  });
});

describe('the relay', () => {
  const log = { warn: () => undefined, error: () => undefined };

  async function takingUp(work: () => Promise<unknown>): Promise<void> {
    const relay = startSendings({ ...deps, log, afterSeconds: 0, pauseMs: 50 });
    await work().finally(() => relay.close());
  }

  it('sends what was left on its way, once', async () => {
    const life = await world.drafted();
    await setOnItsWay(world, life);
    await takingUp(() => until(async () => (await row(life))?.stage === 'sent'));
    expect((await world.told(life)).request.filter((type) => type === 'escalated')).toHaveLength(1);
    expect((await world.told(life)).escalation).toEqual(['sent']);
  });

  it('makes a draft again of what its request does not take', async () => {
    const life = await world.drafted();
    await setOnItsWay(world, life);
    const command = { reason: 'withdrawn', who: 'staff:s-agent', channel: 'api', commandId: 'closed' } as const;
    await world.door.command(life.number, 'close', command);
    await takingUp(() => until(async () => (await row(life))?.stage === 'draft'));
  });
});
