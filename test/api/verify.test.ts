import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { createContractDoor } from '../../client/contractDoor.ts';
import { createEscalationDoor } from '../../client/escalationDoor.ts';
import { createHotlineDoor } from '../../client/hotlineDoor.ts';
import { createInterventionDoor } from '../../client/interventionDoor.ts';
import { createRequestDoor } from '../../client/requestDoor.ts';
import { createVisitDoor } from '../../client/visitDoor.ts';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { readRequestRow } from '../../db/requests.ts';
import { type Finding, findAll, repairAll, type VerifyDependencies } from '../../operations/findings.ts';
import { byAgent, createDoorWorld, type DoorWorld } from '../support/doorWorld.ts';
import { buy, LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { temporalAddress } from '../support/temporal.ts';

let world: DoorWorld;
let deps: VerifyDependencies;
let client: ReturnType<typeof createTemporalClient>;
beforeAll(async () => {
  world = await createDoorWorld();
  await world.startWorker();
  client = createTemporalClient({ address: temporalAddress(), namespace: world.namespace });
  const { pool } = world;
  const doors = {
    door: createRequestDoor({ client, pool }),
    escalations: createEscalationDoor({ client, pool }),
    interventions: createInterventionDoor({ client, pool }),
    calls: createHotlineDoor({ client, pool }),
    contracts: createContractDoor({ client }),
    visits: createVisitDoor({ client }),
  };
  deps = { pool, ...doors, settleSeconds: 0, mailSeconds: 0 };
});
afterAll(async () => {
  await client?.connection.close();
  await world?.close();
});

const find = () => findAll(deps);
const kinds = (findings: readonly Finding[]) => findings.map(({ kind, subject }) => [kind, subject]);

/** Each test leaves everything as it should be. */
beforeEach(async () => {
  expect(kinds(await find())).toEqual([]);
});

describe('verify', () => {
  it('finds a balance that is not the sum of its entries, and leaves it to people', async () => {
    const under = await storeCreditContract(world.pool, 'HOSTED', LEDGER_TERMS.E);
    await buy(world.pool, 'HOSTED', { unit: 'timeUnit', units: 40 }, under);
    const tamper = (by: number) =>
      world.pool.query(
        `BEGIN; ALTER TABLE lot_balances DISABLE TRIGGER only_by_entries;
         UPDATE lot_balances SET available = available + ${by};
         ALTER TABLE lot_balances ENABLE ALWAYS TRIGGER only_by_entries; COMMIT`,
      );
    await tamper(1);
    const findings = await find();
    expect(kinds(findings)).toEqual([['ledger', 'HOSTED']]);
    expect(await repairAll(deps, findings)).toEqual(findings);
    await tamper(-1);
  });

  it('finds nothing of requests that are well, open or closed', async () => {
    const number = await world.open();
    await world.door.command(number, 'close', byAgent({ reason: 'withdrawn' as const }));
    await world.over(number);
    await world.open();
    expect(await find()).toEqual([]);
  });

  it('finds and starts what was left opening', async () => {
    const number = await world.register();
    const findings = await find();
    expect(kinds(findings)).toEqual([['unopened', number]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    expect((await readRequestRow(world.pool, number))?.stage).toBe('open');
  });

  it('finds a lost execution and makes it again from the stored state', async () => {
    const number = await world.open();
    await world.door.command(number, 'acknowledge', byAgent({}));
    await world.handle(number).terminate('lost');
    const findings = await find();
    expect(kinds(findings)).toEqual([['lost', number]]);
    await repairAll(deps, findings);
    expect(await world.door.read(number)).toMatchObject({ status: 'inProgress', version: 2 });
  });

  it('finds states that differ, and leaves them to people', async () => {
    const number = await world.open();
    await world.pool.query('UPDATE requests SET version = 2 WHERE number = $1', [number]);
    const findings = await find();
    expect(kinds(findings)).toEqual([
      ['differs', number],
      ['timelineGap', number],
    ]);
    expect(findings[0]?.detail).toBe('Postgres has version 2 (registered), Temporal 1 (registered)');
    expect(await repairAll(deps, findings)).toEqual(findings);
    await world.pool.query('UPDATE requests SET version = 1 WHERE number = $1', [number]);
  });

  it('finds versions without a line, and conflicts', async () => {
    const number = await world.open();
    await world.door.command(number, 'acknowledge', byAgent({}));
    await world.pool.query('UPDATE timeline SET seq = 9 WHERE number = $1 AND seq = 1', [number]);
    const task = JSON.stringify([{ kind: 'effectConflict', since: 0, effect: 'request:x:save:1' }]);
    const putTasks = (tasks: string) =>
      world.pool.query("UPDATE requests SET state = jsonb_set(state, '{tasks}', $2) WHERE number = $1", [
        number,
        tasks,
      ]);
    await putTasks(task);
    expect(await find()).toMatchObject([
      { kind: 'effectConflict', subject: number, since: '1970-01-01T00:00:00.000Z', detail: 'request:x:save:1' },
      { kind: 'timelineGap', subject: number, detail: 'no line of version 1' },
    ]);
    await putTasks('[]');
    await world.pool.query('UPDATE timeline SET seq = 1 WHERE number = $1 AND seq = 9', [number]);
  });

  it('finds mails that wait, and lets those that came be tried now', async () => {
    const id = await insertInboundMail(world.pool, {
      envelopeFrom: 'one@customer.test',
      envelopeTo: ['sr@support.example'],
      remoteIp: '127.0.0.1',
      helo: 'customer.test',
      raw: Buffer.from('Subject: Waits\r\n\r\n'),
      contentHash: Buffer.from('waits'),
    });
    await world.pool.query("UPDATE inbound_mails SET next_attempt_at = now() + interval '1 hour'");
    const findings = await find();
    expect(kinds(findings)).toEqual([['inboundOld', id]]);
    expect(await repairAll(deps, findings)).toMatchObject([{ repair: 'done' }]);
    const { rowCount } = await world.pool.query('SELECT FROM inbound_mails WHERE next_attempt_at <= now()');
    expect(rowCount).toBe(1);
    await world.pool.query('DELETE FROM inbound_mails');
  });
});
