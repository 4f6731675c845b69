/** Whose address a call has: limits are kept by it, so strangers must neither share it with everybody nor choose it. */
import supertest from 'supertest';
import { expect, it, onTestFinished } from 'vitest';
import type { AppDependencies } from '../../api/app.ts';
import { createApiWorld } from '../support/apiWorld.ts';
import { createPrepaidApiWorld } from '../support/prepaidApiWorld.ts';

const LIMITS = { perCaller: 1_000, unauthorized: 3 };

async function world(over: Partial<AppDependencies>) {
  const created = await createApiWorld({ limits: LIMITS, ...over });
  onTestFinished(() => created.close());
  const call = async (from: string) => (await created.get('agent', '/v1/requests').set('x-forwarded-for', from)).status;
  const guess = async (from: string) =>
    (await supertest(created.app).get('/v1/requests').set('x-forwarded-for', from)).status;
  return { call, guess };
}

it('counts what is wrong by the address that a trusted proxy tells', async () => {
  const { guess, call } = await world({ trustedProxies: ['loopback'] });
  for (let i = 0; i < LIMITS.unauthorized; i++) expect(await guess('203.0.113.1')).toBe(401);
  expect(await guess('203.0.113.1')).toBe(429);
  expect(await call('203.0.113.1')).toBe(429);
  expect(await call('203.0.113.2')).toBe(200);
  // What the caller has put before it counts for nothing.
  expect(await call('203.0.113.9, 203.0.113.1')).toBe(429);
});

it('believes nobody who is not trusted', async () => {
  const { guess, call } = await world({});
  for (let i = 0; i < LIMITS.unauthorized; i++) expect(await guess(`203.0.113.${i}`)).toBe(401);
  expect(await call('203.0.113.200')).toBe(429);
});

it('shuts the page to one address, and not to the others behind the same proxy', async () => {
  const prepaid = await createPrepaidApiWorld({
    limits: LIMITS,
    trustedProxies: ['127.0.0.1/32', '::1', '::ffff:127.0.0.1'],
  });
  onTestFinished(() => prepaid.close());
  const { link } = await prepaid.estimated(1);
  const read = async (path: string, from: string) =>
    (await supertest(prepaid.app).get(path).set('x-forwarded-for', from)).status;
  for (let i = 0; i < LIMITS.unauthorized; i++) {
    expect(await read(`/approvals/${'a'.repeat(24)}`, '203.0.113.1')).toBe(404);
  }
  expect(await read(link, '203.0.113.1')).toBe(404);
  expect(await read(link, '203.0.113.2')).toBe(200);
});
