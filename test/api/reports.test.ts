import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestDoor } from '../../client/requestDoor.ts';
import { readRequestRow } from '../../db/requests.ts';
import { readTimeline } from '../../db/timeline.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import { startReports } from '../../relay/reports.ts';
import { byAgent, createDoorWorld, type DoorWorld } from '../support/doorWorld.ts';
import { until } from '../support/until.ts';

let world: DoorWorld;
const mailed: string[] = [];
beforeAll(async () => {
  world = await createDoorWorld();
  world.beforeMail = ({ number, order }) => void mailed.push(`${number} ${order.kind}`);
  await world.startWorker();
});
afterAll(() => world.close());

const SILENT = { warn: () => undefined, error: () => undefined };

/** A report of the first escalation of a request. */
function report(number: string, seq: number): EscalationReport {
  const id = `escalation:${number}:1:report.refused:${seq}`;
  return { id, n: 1, at: Date.now(), who: 'publisher:p1', what: 'refused', exclusion: 'training' };
}

async function toBeFiled(number: string, one: EscalationReport): Promise<void> {
  await world.pool.query('INSERT INTO escalation_reports (id, request, report) VALUES ($1, $2, $3)', [
    one.id,
    number,
    JSON.stringify(one),
  ]);
}

async function unfiled(number: string): Promise<{ id: string; attempts: number; last_error: string | null }[]> {
  const { rows } = await world.pool.query(
    'SELECT id, attempts, last_error FROM escalation_reports WHERE request = $1 AND filed_at IS NULL ORDER BY created_at',
    [number],
  );
  return rows;
}

async function told(number: string): Promise<string[]> {
  return (await readTimeline(world.pool, number, 'staff', { limit: 100 })).map(({ type }) => type);
}

async function closed(): Promise<string> {
  const number = await world.open();
  await world.door.command(number, 'close', byAgent({ reason: 'withdrawn' as const }));
  await world.over(number);
  return number;
}

describe('a report of an escalation', () => {
  it('on a closed request is filed, once, and staff are told; the request stays closed', async () => {
    const number = await closed();
    expect(await world.door.report(number, report(number, 1))).toBe('filed');
    await world.over(number);
    expect(await world.door.report(number, report(number, 1))).toBe('filed');
    await world.over(number);
    expect((await told(number)).filter((type) => type === 'reportFiled')).toHaveLength(1);
    expect(mailed.filter((mail) => mail === `${number} lateReport`)).toHaveLength(1);
    expect((await readRequestRow(world.pool, number))?.state?.status).toBe('closed');
  });

  it('on a running request is signalled', async () => {
    const number = await world.open();
    expect(await world.door.report(number, report(number, 1))).toBe('delivered');
    await until(async () => (await told(number)).includes('reportFiled'));
  });

  it('is filed by the relay until that succeeds, those of one request in their order', async () => {
    const number = await closed();
    await toBeFiled(number, report(number, 1));
    await toBeFiled(number, report(number, 2));
    const tried: string[] = [];
    let failures = 1;
    const door: Pick<RequestDoor, 'report'> = {
      async report(request, one) {
        tried.push(one.id);
        if (failures-- > 0) throw new TypeError('something broke');
        return await world.door.report(request, one);
      },
    };
    const relay = startReports({ pool: world.pool, door, log: SILENT, pauseMs: 50 });
    try {
      await until(async () => (await unfiled(number))[0]?.last_error !== null);
      expect(await unfiled(number)).toMatchObject([{ last_error: 'TypeError' }, { attempts: 0 }]);
      await world.pool.query('UPDATE escalation_reports SET next_attempt_at = now() WHERE request = $1', [number]);
      await until(async () => (await unfiled(number)).length === 0);
    } finally {
      await relay.close();
    }
    expect(tried).toStrictEqual([report(number, 1).id, report(number, 1).id, report(number, 2).id]);
    expect((await told(number)).filter((type) => type === 'reportFiled')).toHaveLength(2);
  });
});
