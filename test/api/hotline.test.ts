import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Unavailable } from '../../client/unavailable.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { storeContact } from '../../db/contracts.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
  await storeCreditContract(world.pool, 'HOSTED', LEDGER_TERMS.E);
  await storeCreditContract(
    world.pool,
    'SAAS',
    saasSupport({ customer: 'Customer', provider: 'Provider' }, { yearlyFeeCents: 1_000_000 }),
  );
  for (const contract of ['HOSTED', 'SAAS']) {
    const person = { id: `c-${contract}`, contract, name: contract, email: `${contract}@customer.test` };
    await storeContact(world.pool, { ...person, language: 'fr', trained: true });
  }
});
afterAll(() => world.close());

/** A request of the contract, whatever its terms require of one. */
async function request(contract: string): Promise<string> {
  const number = await world.open();
  await world.pool.query('UPDATE requests SET contract = $2, contact = $3, terms_version = 1 WHERE number = $1', [
    ...[number, contract, `c-${contract}`],
  ]);
  return number;
}

describe('a call', () => {
  it('is one at a time, ends once, and says what it costs', async () => {
    const number = await request('HOSTED');
    const path = `/v1/requests/${number}/hotlineCalls`;
    const key = randomUUID();
    const begun = await world.post('agent', path, {}, key);
    expect(begun.status).toBe(201);
    expect(begun.body).toMatchObject({ n: 1, kind: 'call', agent: 'staff:s-agent' });
    expect((await world.post('agent', path, {}, key)).body).toEqual(begun.body);
    expect((await world.post('agent', path, {})).status).toBe(409);
    await world.pool.query(`UPDATE hotline_calls SET began_at = now() - interval '31 minutes'`);
    const ended = await world.post('agent', `${path}/1/end`);
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ freeSeconds: 1_800, unit: 'timeUnit', units: 1 });
    const again = await world.post('agent', `${path}/1/end`);
    expect(again.body).toEqual(ended.body);
    expect((await world.get('agent', path)).body.items).toEqual([ended.body]);
    expect((await world.post('agent', `${path}/9/end`)).status).toBe(404);
    expect((await world.get('customer', path)).status).toBe(403);
  });

  it('ends when its agent first says so, however often that is repeated while Temporal is away', async () => {
    const number = await request('HOSTED');
    const path = `/v1/requests/${number}/hotlineCalls`;
    await world.post('agent', path, {});
    await world.pool.query(`UPDATE hotline_calls SET began_at = now() - interval '29 minutes' WHERE request = $1`, [
      number,
    ]);
    const { end } = world.hotlineDoor;
    const away = async () => {
      throw new Unavailable('Temporal');
    };
    Object.assign(world.hotlineDoor, { end: away });
    const key = randomUUID();
    expect((await world.post('agent', `${path}/1/end`, {}, key)).status).toBe(503);
    Object.assign(world.hotlineDoor, { end });
    // As if two minutes had gone by since.
    await world.pool.query(`UPDATE hotline_calls SET began_at = began_at - interval '2 minutes' WHERE request = $1`, [
      number,
    ]);
    await world.pool.query(
      `UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes' WHERE key = $1`,
      [key],
    );
    const ended = await world.post('agent', `${path}/1/end`, {}, key);
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ units: 0 });
  });

  it('is refused where the contract has no hotline', async () => {
    const { status, body } = await world.post('agent', `/v1/requests/${await request('SAAS')}/hotlineCalls`);
    expect([status, body.type]).toEqual([422, 'urn:relance:problem:not-covered']);
  });
});

describe('time on a cause that was not the product', () => {
  it('is proposed by one and decided by another', async () => {
    const path = `/v1/requests/${await request('SAAS')}/billingProposals`;
    const { status, body } = await world.post('agent', path, { seconds: 5_400, text: 'Their network.' });
    expect(status).toBe(201);
    expect(body.decision).toBeUndefined();
    const own = await world.post('supervisor', path, { seconds: 60, text: 'Their proxy.' });
    const decide = (id: string, how = 'confirm') => world.post('supervisor', `/v1/billingProposals/${id}/${how}`);
    expect((await decide(own.body.id)).status).toBe(422);
    const open = await world.get('agent', '/v1/billingProposals');
    expect(open.body.items).toMatchObject([
      { id: body.id, text: 'Their network.' },
      { id: own.body.id, text: 'Their proxy.' },
    ]);
    expect((await world.post('agent', `/v1/billingProposals/${body.id}/confirm`)).status).toBe(403);
    expect((await decide(body.id)).body).toMatchObject({ decision: 'confirmed', decidedBy: 'staff:s-supervisor' });
    expect((await decide(body.id, 'reject')).status).toBe(409);
    const toBill = await world.get('billing', '/v1/billingProposals?decision=confirmed');
    expect(toBill.body.items).toMatchObject([{ id: body.id, seconds: 5_400, contract: 'SAAS' }]);
    expect((await world.get('billing', '/v1/billingProposals?decision=rejected')).body.items).toEqual([]);
    expect((await decide('x')).status).toBe(404);
    expect((await decide(randomUUID())).status).toBe(404);
  });
});
