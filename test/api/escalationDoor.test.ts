/** The door to escalations, over a client whose runs are there or gone. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEscalationDoor } from '../../client/escalationDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { addPublisherContract, COMPLETE } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
let id: `escalation:${string}:${number}`;

beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
  const number = await world.open({ product: 'viewer' });
  await world.give(number, ['acknowledge']);
  await world.post('agent', `/v1/requests/${number}/escalations`, { parts: COMPLETE });
  id = `escalation:${number}:1`;
});
afterAll(() => world.close());

const meta = { who: 'staff:s-agent', channel: 'api' } as const;

/** A client that finds no run. */
function withoutRuns(): Client {
  const gone = async () => {
    throw new WorkflowNotFoundError('gone', id, undefined);
  };
  return {
    withDeadline: async (_deadline: number, work: () => Promise<unknown>) => await work(),
    workflow: { getHandle: () => ({ executeUpdate: gone, signal: gone }) },
  } as unknown as Client;
}

const door = (patienceMs = 500) => createEscalationDoor({ client: withoutRuns(), pool: world.pool, patienceMs });

describe('a run that is not there', () => {
  it('is waited for while the request has yet to start it', async () => {
    await expect(door().command(id, 'withdraw', { ...meta, commandId: 'w' })).rejects.toThrow(Unavailable);
  });

  it('has ended: the first result of a known command, else what is not possible any more', async () => {
    await world.escalationDoor.sent(id);
    const withdrawn = await world.escalationDoor.command(id, 'withdraw', { ...meta, commandId: 'w' });
    expect(await door().command(id, 'withdraw', { ...meta, commandId: 'w' })).toEqual(withdrawn);
    await expect(door().command(id, 'note', { ...meta, commandId: 'n' })).rejects.toMatchObject({
      type: 'InvalidTransition',
      details: { tried: 'note', status: 'withdrawn', possible: [] },
    });
    expect(await door().holdMessage(id, { mail: 'm', receivedAt: 1 })).toBe('gone');
  });

  it('never was: there is no such escalation', async () => {
    await expect(door().command('escalation:DA-1:1', 'withdraw', { ...meta, commandId: 'w' })).rejects.toMatchObject({
      type: 'NotFound',
    });
  });
});
