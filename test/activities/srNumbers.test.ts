/** Drafts and numbers of service requests when many are made at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftEscalation } from '../../db/escalations.ts';
import { allocateSr, releaseOwnSr } from '../../db/srNumbers.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { addPublisherContract } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
});
afterAll(() => world.close());

const NOON = Date.parse('2026-11-20T12:00:00Z');

async function escalations(count: number): Promise<string[]> {
  const request = await world.open({ product: 'viewer' });
  const draft = {
    request,
    product: 'viewer',
    contract: 'EDITOR',
    termsVersion: 1,
    publisher: 'pub-publisher',
    parts: {},
    priority: 'p2',
    referent: 'c-referent',
    draftedBy: 'staff:s-agent',
  };
  return await Promise.all(Array.from({ length: count }, () => draftEscalation(world.pool, draft)));
}

const allocate = (id: string, own?: string) => allocateSr(world.pool, id, NOON, own);

describe('numbers of ours', () => {
  it('are one for each escalation, however often and at once they are asked for', async () => {
    const ids = await escalations(5);
    const numbers = await Promise.all([...ids, ...ids, ...ids].map((id) => allocate(id)));
    const distinct = new Set(numbers.map(({ sr }) => sr));
    expect(distinct.size).toBe(5);
    for (const [index, id] of ids.entries()) {
      expect((await allocate(id)).sr).toBe(numbers[index]?.sr);
      expect(numbers[index]?.sr).toMatch(/^SR-2026-\d{6}$/);
    }
  });

  it('bear the year that it is in the zone of the publisher’s contract', async () => {
    const [id = ''] = await escalations(1);
    // Half past midnight in Paris.
    expect((await allocateSr(world.pool, id, Date.parse('2026-12-31T23:30:00Z'))).sr).toBe('SR-2027-000001');
  });
});

describe('the publisher’s own numbers', () => {
  it('belong to one escalation of the publisher, even when two take it at once', async () => {
    const ids = await escalations(2);
    const own = `INC-${randomUUID().slice(0, 8)}`;
    const results = await Promise.allSettled(ids.map((id) => allocate(id, own)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ type: 'Conflict' });
  });

  it('are not taken by an escalation that has another, and are free again only unused', async () => {
    const [id = '', other = ''] = await escalations(2);
    const { sr } = await allocate(id);
    await expect(allocate(id, 'INC-1')).rejects.toMatchObject({ type: 'Conflict' });
    await releaseOwnSr(world.pool, id, sr);
    expect((await allocate(id)).sr).toBe(sr);
    await allocate(other, 'INC-2');
    await releaseOwnSr(world.pool, other, 'INC-2');
    expect(await allocate(other, 'INC-3')).toEqual({ sr: 'INC-3', srIssuedBy: 'publisher' });
    await world.pool.query(`UPDATE escalations SET state = '{"sr": {"number": "INC-3"}}' WHERE id = $1`, [other]);
    await releaseOwnSr(world.pool, other, 'INC-3');
    expect((await allocate(other)).sr).toBe('INC-3');
  });
});
