import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestList } from '../../api/schemas.ts';
import { type ApiWorld, createApiWorld, OPENING } from '../support/apiWorld.ts';

let world: ApiWorld;
let numbers: string[];
beforeAll(async () => {
  world = await createApiWorld();
  numbers = [];
  for (const priority of ['blocking', 'major', 'minor', 'blocking', 'major'])
    numbers.push(await world.open({ priority }));
  const [first = '', second = ''] = numbers;
  await world.give(first, ['assign', { assignee: 'staff:s-agent' }], ['ask', { text: 'Which version?' }]);
  await world.give(second, ['close', { reason: 'withdrawn' }]);
  await world.pool.query('UPDATE requests SET breached = true WHERE number = $1', [numbers[2]]);
});
afterAll(() => world.close());

const listed = async (query: string) => {
  const response = await world.get('agent', `/v1/requests${query}`);
  expect(response.status).toBe(200);
  return RequestList.parse(response.body).items.map(({ number }) => numbers.indexOf(number));
};

describe('the list of requests', () => {
  it('has the newest first', async () => {
    expect(await listed('')).toEqual([4, 3, 2, 1, 0]);
  });

  it.each([
    ['?status=waiting', [0]],
    ['?status=closed', [1]],
    ['?priority=blocking', [3, 0]],
    ['?priority=blocking&status=registered', [3]],
    ['?assignee=staff:s-agent', [0]],
    ['?breached=true', [2]],
    ['?breached=false&priority=minor', []],
    ['?contract=TWO', []],
    ['?contract=ONE&limit=2', [4, 3]],
    ['?dueBefore=2000-01-01T00:00:00Z', []],
    ['?dueBefore=2999-01-01T00:00:00%2B01:00', [4, 3, 2]],
    // Clocks of what waits for the customer stand still.
  ])('narrows by %s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('goes on from its cursor, without gaps or repeats while requests are added', async () => {
    const seen: number[] = [];
    let query = '?limit=2';
    for (let page = 0; page < 10; page++) {
      const { body } = await world.get('agent', `/v1/requests${query}`);
      seen.push(...body.items.map(({ number }: { number: string }) => numbers.indexOf(number)));
      if (page === 0) await world.open();
      if (body.next === undefined) break;
      query = `?limit=2&cursor=${body.next}`;
    }
    expect(seen).toEqual([4, 3, 2, 1, 0]);
  });

  it.each(['?cursor=nonsense', '?cursor=W10', '?limit=0', '?limit=1000', '?status=lost', '?unknown=1'])(
    'refuses %s and names it',
    async (query) => {
      const response = await world.get('agent', `/v1/requests${query}`);
      expect(response.status).toBe(422);
      expect(response.body.errors).toMatchObject([{ path: query.slice(1).split('=')[0] }]);
    },
  );

  it('has no request that is still being opened; reading that one says to come back', async () => {
    world.door.away = 'before';
    await world.post('agent', '/v1/requests', OPENING);
    world.door.away = undefined;
    const { rows } = await world.pool.query("SELECT number FROM requests WHERE stage = 'opening'");
    expect(rows).toHaveLength(1);
    const { body } = await world.get('agent', '/v1/requests?limit=200');
    expect(body.items.map(({ number }: { number: string }) => number)).not.toContain(rows[0].number);
    const response = await world.get('agent', `/v1/requests/${rows[0].number}`);
    expect(response.status).toBe(503);
  });
});

describe('a timeline', () => {
  it('goes on from its cursor', async () => {
    const number = await world.open();
    await world.give(number, ['note', { text: '1' }], ['note', { text: '2' }], ['note', { text: '3' }]);
    const path = `/v1/requests/${number}/timeline`;
    const first = await world.get('agent', `${path}?limit=3`);
    const second = await world.get('agent', `${path}?limit=3&cursor=${first.body.next}`);
    const texts = [...first.body.items, ...second.body.items].slice(1).map(({ text }) => text);
    expect(texts).toEqual(['1', '2', '3']);
    expect(second.body.next).toBeUndefined();
  });
});

describe('a contract', () => {
  it('is read with its terms, in the order in which they are written; its contacts are for staff', async () => {
    const mine = await world.get('customer', '/v1/contracts/ONE');
    expect(Object.keys(mine.body.terms.priorities)).toEqual(['blocking', 'major', 'minor']);
    expect(mine.body.contacts).toBeUndefined();
    const { body } = await world.get('agent', '/v1/contracts/ONE');
    expect(body.contacts.map(({ id }: { id: string }) => id)).toEqual(['c-colleague', 'c-customer', 'c-untrained']);
  });
});
