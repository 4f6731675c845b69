import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { type ApiWorld, createApiWorld, termsOf } from '../support/apiWorld.ts';
import { DAY_AND_NIGHT, NOON_ZONE } from '../support/dayAndNight.ts';

let world: ApiWorld;
let token: string;

beforeAll(async () => {
  world = await createApiWorld();
  const calendars = { support: { ...DAY_AND_NIGHT, zone: NOON_ZONE, closuresAdmitted: true } };
  const parties = { customer: 'Customer', provider: 'Support' };
  const terms = termsOf({ ...prepaidTickets(parties), zone: NOON_ZONE, calendars });
  await storeContract(world.pool, { reference: 'PREPAID', terms });
  await storeTerms(world.pool, 'PREPAID', 1, '2026-01-01', terms);
  const person = { id: 'c-payer', contract: 'PREPAID', name: 'Payer', email: 'payer@customer.test' };
  await storeContact(world.pool, { ...person, language: 'en', trained: true });
  token = await issueToken(world.pool, { contact: 'c-payer', expiresAt: new Date(Date.now() + 3_600_000) });
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: NOON_ZONE }).format(Date.now());
  const order = { pack: 10, signedOn: today, orderForm: 'BC-1' };
  expect((await world.post('billing', '/v1/contracts/PREPAID/orders', order)).status).toBe(201);
});
afterAll(() => world.close());

async function staff(path: string, body: object): Promise<{ readonly [field: string]: unknown }> {
  const { status, text, body: answer } = await world.post('agent', path, body);
  if (status >= 300) throw new Error(text);
  return answer;
}

const asCustomer = (path: string, body: object) =>
  supertest(world.app)
    .post(path)
    .set('authorization', `Bearer ${token}`)
    .set('idempotency-key', randomUUID())
    .send(body);

/** An intervention with a date, so many days ahead. */
async function scheduled(days = 0): Promise<string> {
  const request = await asCustomer('/v1/requests', {
    ...{ contract: 'PREPAID', contact: 'c-payer', subject: 'A server', description: 'Please.', kind: 'installation' },
  });
  const opened = await staff(`/v1/requests/${request.body.number}/interventions`, { text: 'Install it.' });
  const path = `/v1/interventions/${request.body.number}/${String(opened.n)}`;
  await staff(`${path}/study`, { feasible: true, text: 'It can be done.' });
  const { estimate } = await staff(`${path}/sendEstimate`, { scope: 'All of it.', units: 3 });
  const { id } = estimate as { id: string };
  expect((await asCustomer(`${path}/approve`, { estimate: id })).status).toBe(200);
  const from = Date.now() + days * 86_400_000 + 3_600_000;
  const date = { from: new Date(from).toISOString(), to: new Date(from + 3_600_000).toISOString() };
  await staff(`${path}/schedule`, date);
  return path;
}

/** As if the work had begun, and the command first been given, so long before. */
async function backdate(path: string, key: string, began: number, given: number): Promise<void> {
  const [, , , request, n] = path.split('/');
  await world.pool.query(
    `UPDATE interventions SET state = jsonb_set(jsonb_set(state, '{running,since}', to_jsonb((state #>> '{running,since}')::bigint - $2)),
       '{lastAt}', to_jsonb((state ->> 'lastAt')::bigint - $2)) WHERE id = $1`,
    [`intervention:${request}:${n}`, began * 60_000],
  );
  await world.pool.query(
    `UPDATE idempotency_keys SET created_at = created_at - $2 * interval '1 minute' WHERE key = $1`,
    [...[key, given]],
  );
}

it.each([
  ['stopWork', {}],
  ['complete', { text: 'It runs.' }],
] as const)('work that is timed ends when %s is first given, however long Temporal is away', async (name, body) => {
  const path = await scheduled();
  await staff(`${path}/startWork`, {});
  const key = randomUUID();
  world.interventionDoor.away = 'before';
  expect((await world.post('agent', `${path}/${name}`, body, key)).status).toBe(503);
  world.interventionDoor.away = undefined;
  await backdate(path, key, 130, 80);
  const { status, body: after } = await world.post('agent', `${path}/${name}`, body, key);
  expect(status).toBe(200);
  // Fifty minutes, and not 130.
  expect(after.work).toMatchObject({ used: { ticket: 1 } });
  expect(Math.floor(after.work.seconds / 60)).toBe(50);
});

it.each(['cancel', 'changeDate'] as const)('%s counts from when the customer first asked for it', async (name) => {
  const path = await scheduled(30);
  const { plan } = (await world.get('agent', path)).body;
  const date = name === 'changeDate' ? { from: plan.from, to: plan.to } : {};
  const [, , , request, n] = path.split('/');
  const key = randomUUID();
  const ask = () =>
    supertest(world.app)
      .post(`${path}/${name}`)
      .set('authorization', `Bearer ${token}`)
      .set('idempotency-key', key)
      .send(date);
  world.interventionDoor.away = 'before';
  expect((await ask()).status).toBe(503);
  world.interventionDoor.away = undefined;
  // As if the limit had passed five minutes ago, and the customer had asked ten minutes ago.
  const ago = (minutes: number) => Date.now() - minutes * 60_000;
  await world.pool.query(
    `UPDATE interventions SET state = jsonb_set(jsonb_set(state, '{plan,freeBefore}', to_jsonb($2::bigint)),
       '{lastAt}', to_jsonb($3::bigint)) WHERE id = $1`,
    [`intervention:${request}:${n}`, ago(5), ago(15)],
  );
  await world.pool.query(`UPDATE idempotency_keys SET created_at = now() - interval '10 minutes' WHERE key = $1`, [
    key,
  ]);
  const { status, body } = await ask();
  if (name === 'changeDate') return expect([status, body.status]).toEqual([200, 'scheduled']);
  expect([status, body.status]).toEqual([200, 'cancelled']);
  expect([body.ended.lost, body.ended.returned]).toEqual([{}, { ticket: 3 }]);
});

it('only staff say that the customer told them earlier: a customer backdates no cancellation', async () => {
  const path = await scheduled();
  const receivedAt = new Date(Date.now() - 60_000).toISOString();
  for (const [name, body] of [
    ['cancel', { lost: {} }],
    ['decline', { estimate: randomUUID() }],
    ['declineMore', {}],
  ] as const) {
    const { status, body: problem } = await asCustomer(`${path}/${name}`, { ...body, receivedAt });
    expect([status, problem.errors?.[0]?.path]).toEqual([422, 'receivedAt']);
  }
  expect((await world.get('agent', path)).body.status).toBe('scheduled');
});
