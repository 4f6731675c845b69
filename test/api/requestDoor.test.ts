import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkTemporal, createTemporalClient } from '../../client/connection.ts';
import { createRequestDoor } from '../../client/requestDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { markOpen, readRequestRow } from '../../db/requests.ts';
import { storeText } from '../../db/texts.ts';
import { readTimeline } from '../../db/timeline.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { byAgent, createDoorWorld, type DoorWorld } from '../support/doorWorld.ts';
import { startForwarding } from '../support/forwarding.ts';
import { refusal } from '../support/refusals.ts';
import { temporalAddress } from '../support/temporal.ts';
import { until } from '../support/until.ts';

let world: DoorWorld;
beforeAll(async () => {
  world = await createDoorWorld();
  await world.startWorker();
});
afterEach(() => {
  world.beforeSave = () => undefined;
});
afterAll(() => world.close());

/** Stores a text of the request and returns its id. */
async function text(number: string): Promise<string> {
  const id = randomUUID();
  await storeText(world.pool, { id, number, body: 'Something.', author: 'staff:s-agent' });
  return id;
}

async function told(number: string): Promise<string[]> {
  return (await readTimeline(world.pool, number, 'staff', { limit: 100 })).map(({ type }) => type);
}

/** Opens a request, closes it, and waits until its workflow has completed. */
async function closed(): Promise<string> {
  const number = await world.open();
  await world.door.command(number, 'close', byAgent({ reason: 'withdrawn' as const }));
  await world.over(number);
  return number;
}

/** Makes a closed request look as if it had been closed long ago. */
async function age(number: string): Promise<void> {
  const longAgo = Date.now() - 90 * 86_400_000;
  await world.pool.query(
    `UPDATE requests SET state = state || jsonb_build_object('lastAt', $2::bigint, 'registeredAt', $2::bigint,
       'closed', jsonb_build_object('at', $2::bigint, 'reason', 'withdrawn')),
       reopen_until = to_timestamp($2::bigint / 1000.0) WHERE number = $1`,
    [number, longAgo],
  );
}

describe('opening', () => {
  it('answers once the first save is there, and does it once', async () => {
    const number = await world.register();
    const result = await world.door.open(number);
    expect(result).toMatchObject({ number, version: 1, status: 'registered' });
    expect(await readRequestRow(world.pool, number)).toMatchObject({ stage: 'open', version: 1 });
    expect(await world.door.open(number)).toEqual(result);
    expect(await told(number)).toEqual(['opened']);
  });

  it('started twice at once is one workflow', async () => {
    const number = await world.register();
    const results = await Promise.all([1, 2, 3].map(() => world.door.open(number)));
    const [first] = results;
    expect(results).toEqual([first, first, first]);
    expect(await told(number)).toEqual(['opened']);
  });

  it('shows the request in the Temporal UI without its payload', async () => {
    const number = await world.open();
    const description = await world.handle(number).describe();
    expect(await description.staticSummary()).toBe(`${number} · ONE · blocking · D`);
    expect(description.searchAttributes).toMatchObject({
      RequestStatus: ['registered'],
      RequestPriority: ['blocking'],
      ContractReference: ['ONE'],
      SlaBreached: [false],
      NextDueAt: [expect.any(Date)],
    });
    // All of it comes with the start: none of it needs an event of its own.
    const { events } = await world.handle(number).fetchHistory();
    const said = events?.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes);
    expect(said).toEqual([]);
  });

  it('of an unknown number, or with a priority that the terms do not know, is refused', async () => {
    expect((await refusal(world.door.open('DA-2000-000001'))).type).toBe('NotFound');
    const number = await world.register({ priority: 'urgent' });
    expect((await refusal(world.door.open(number))).type).toBe('ValidationFailed');
  });

  it('of a request that has been opened and closed meanwhile is answered from its row', async () => {
    const number = await closed();
    await world.pool.query("UPDATE requests SET stage = 'opening' WHERE number = $1", [number]);
    expect((await world.door.open(number)).version).toBe(1);
    expect((await readRequestRow(world.pool, number))?.stage).toBe('open');
  });
});

describe('a command', () => {
  it('answers once its save is there; repeated with its id it is not done again', async () => {
    const number = await world.open();
    const command = byAgent({});
    const first = await world.door.command(number, 'acknowledge', command);
    expect((await world.state(number)).seq).toBe(first.version);
    expect(await world.door.command(number, 'acknowledge', command)).toEqual(first);
    expect(await told(number)).toEqual(['opened', 'acknowledged']);
  });

  it('that the core refuses brings its refusal', async () => {
    const number = await world.open();
    const refused = await refusal(world.door.command(number, 'defer', byAgent({ text: await text(number) })));
    expect(refused.type).toBe('InvalidTransition');
    expect(refused.details).toMatchObject({ tried: 'defer', status: 'registered' });
    expect(refused.details.possible).toContain('acknowledge');
  });

  it('on an unknown number is refused', async () => {
    expect((await refusal(world.door.command('DA-2000-000001', 'acknowledge', byAgent({})))).type).toBe('NotFound');
  });

  it('opens a row that is still to be opened', async () => {
    const number = await world.register();
    const result = await world.door.command(number, 'acknowledge', byAgent({}));
    expect(result.status).toBe('inProgress');
  });

  it('amends with terms and opening hours made of the stored version', async () => {
    const number = await world.open();
    await world.door.amendTerms(number, byAgent({ version: 1 }));
    expect(await told(number)).toEqual(['opened', 'termsAmended']);
    expect((await refusal(world.door.amendTerms(number, byAgent({ version: 7 })))).type).toBe('NotFound');
  });
});

describe('once a request is closed', () => {
  it('commands are refused with what is possible; what had been done keeps its result', async () => {
    const number = await world.open();
    const close = byAgent({ reason: 'withdrawn' as const });
    const result = await world.door.command(number, 'close', close);
    await world.over(number);
    expect(await world.door.command(number, 'close', close)).toEqual(result);
    const refused = await refusal(world.door.command(number, 'acknowledge', byAgent({})));
    expect(refused.details).toMatchObject({ tried: 'acknowledge', status: 'closed', possible: ['answer', 'reopen'] });
  });

  it('it is reopened by command from its stored state, and closed again', async () => {
    const number = await closed();
    const payload = { by: 'command' as const, ...byAgent({ text: await text(number) }) };
    const result = await world.door.reopen(number, payload);
    expect(result.status).toBe('inProgress');
    expect(await world.door.reopen(number, payload)).toEqual(result);
    expect((await world.door.read(number)).status).toBe('inProgress');
    await world.door.command(number, 'close', byAgent({ reason: 'withdrawn' as const }));
    expect(await told(number)).toEqual(['opened', 'closed', 'reopened', 'closed']);
  });

  it('it is reopened by an answer: by mail, and by command', async () => {
    const byMail = await closed();
    const id = randomUUID();
    const answer = { who: 'contact:c-one' as const, channel: 'mail' as const, mail: id, commandId: `mail:${id}` };
    expect(await world.door.answer(byMail, answer)).toBe('reopened');
    expect(await world.door.answer(byMail, answer)).toBe('delivered');
    expect(await told(byMail)).toEqual(['opened', 'closed', 'answered', 'reopened']);
    const byCommand = await closed();
    const result = await world.door.command(byCommand, 'answer', byAgent({ text: await text(byCommand) }));
    expect(result.status).toBe('inProgress');
  });

  it('for too long, an answer is for a new request', async () => {
    const number = await closed();
    await age(number);
    const id = randomUUID();
    const answer = { who: 'contact:c-one' as const, channel: 'mail' as const, mail: id, commandId: `mail:${id}` };
    expect(await world.door.answer(number, answer)).toBe('expired');
    const payload = { by: 'command' as const, ...byAgent({ text: await text(number) }) };
    expect((await refusal(world.door.reopen(number, payload))).details.possible).toEqual([]);
    expect((await world.handle(number).describe()).status.name).toBe('COMPLETED');
  });

  it('for too long, with its closing mail still on its way, an answer is for a new request too', async () => {
    const number = await world.open();
    world.beforeMail = ({ order }) => {
      if (order.kind === 'closing') throw new Error('the mail server is away');
    };
    await world.door.command(number, 'close', byAgent({ reason: 'withdrawn' as const }));
    await age(number);
    const id = randomUUID();
    const answer = { who: 'contact:c-one' as const, channel: 'mail' as const, mail: id, commandId: `mail:${id}` };
    expect(await world.door.answer(number, answer)).toBe('expired');
    expect((await world.handle(number).describe()).status.name).toBe('RUNNING');
    world.beforeMail = () => undefined;
    await world.over(number);
  });

  it('facts find nobody; on an open one they are taken', async () => {
    const fact = { mail: randomUUID(), receivedAt: Date.now() };
    expect(await world.door.holdMessage(await closed(), fact)).toBe('gone');
    const number = await world.open();
    expect(await world.door.holdMessage(number, fact)).toBe('delivered');
    await until(async () => (await world.state(number)).tasks.length === 1);
    expect(await world.door.dismissMessage(number, { ...fact, who: 'staff:s-agent' })).toBe('delivered');
    await until(async () => (await world.state(number)).tasks.length === 0);
  });
});

describe('after a disaster', () => {
  it('a run that is lost is made again from the stored state: by a command, by an answer, by a fact', async () => {
    for (const how of ['command', 'answer', 'fact'] as const) {
      const number = await world.open();
      await world.door.command(number, 'assign', byAgent({ assignee: 'staff:s-agent' as const }));
      await world.handle(number).terminate('lost');
      if (how === 'command') await world.door.command(number, 'acknowledge', byAgent({}));
      const id = randomUUID();
      if (how === 'answer') {
        const answer = { who: 'contact:c-one' as const, channel: 'mail' as const, mail: id, commandId: `mail:${id}` };
        expect(await world.door.answer(number, answer)).toBe('delivered');
      }
      if (how === 'fact') {
        expect(await world.door.holdMessage(number, { mail: id, receivedAt: Date.now() })).toBe('delivered');
      }
      const last = { command: 'acknowledged', answer: 'answered', fact: 'messageHeld' }[how];
      await until(async () => (await told(number)).at(-1) === last);
      expect((await world.door.read(number)).assignee).toBe('staff:s-agent');
    }
  });
});

describe('while something is away', () => {
  it('Postgres for the worker: unavailable after the wait, and the same command later has its result', async () => {
    const number = await world.open();
    let isAway = true;
    world.beforeSave = () => {
      if (isAway) throw new Error('Postgres is away');
    };
    const command = byAgent({});
    await expect(world.hasty(500).command(number, 'acknowledge', command)).rejects.toThrow(Unavailable);
    isAway = false;
    const result = await world.door.command(number, 'acknowledge', command);
    expect(result.version).toBe(2);
    expect(await told(number)).toEqual(['opened', 'acknowledged']);
  });

  it('the worker: unavailable after the wait, and the same opening goes on once it is back', async () => {
    await world.stopWorker();
    const number = await world.register();
    await expect(world.hasty(500).open(number)).rejects.toThrow(Unavailable);
    await world.startWorker();
    expect((await world.door.open(number)).version).toBe(1);
    expect(await told(number)).toEqual(['opened']);
    await markOpen(world.pool, number);
  });

  it('Temporal: unavailable after the wait; once it is back the same door serves', async () => {
    const [port = 0] = await freePorts(1);
    const client = createTemporalClient({ address: `127.0.0.1:${port}`, namespace: world.namespace });
    const door = createRequestDoor({ client, pool: world.pool, patienceMs: 500 });
    const number = await world.register();
    const began = performance.now();
    await expect(door.open(number)).rejects.toThrow(Unavailable);
    expect(performance.now() - began).toBeLessThan(1_500);
    await expect(door.command(number, 'acknowledge', byAgent({}))).rejects.toThrow(Unavailable);
    await expect(door.holdMessage(number, { mail: randomUUID(), receivedAt: 1 })).rejects.toThrow(Unavailable);
    await expect(checkTemporal(client, 300)).rejects.toThrow();

    const back = startForwarding(port, temporalAddress());
    const result = await until(() => door.open(number), { timeoutMs: 20_000 });
    expect(result.version).toBe(1);
    expect(await told(number)).toEqual(['opened']);
    // The connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
    back.stop();
  });
});
