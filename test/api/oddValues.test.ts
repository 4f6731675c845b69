/** Values that nobody sends by mistake: each is refused in words, and none is taken for a defect of ours. */
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrepaidApiWorld, type Estimated, type PrepaidApiWorld } from '../support/prepaidApiWorld.ts';

let world: PrepaidApiWorld;
let one: Estimated;
beforeAll(async () => {
  world = await createPrepaidApiWorld();
  one = await world.estimated(2);
  expect((await world.press(one.link, { decision: 'approve' })).status).toBe(200);
});
afterAll(async () => {
  expect(world.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
  await world.close();
});

const CONTRACT = '/v1/contracts/PREPAID';
const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');

describe('reading', () => {
  it.each([
    [`${CONTRACT}/statement?from=0000-01-01`, 'from'],
    [`${CONTRACT}/statement?to=0000-01-01`, 'to'],
    [`/v1/interventions?cursor=${cursor(9e15, 'x')}`, 'cursor'],
    [`/v1/interventions?cursor=${cursor(-8e15, 'x')}`, 'cursor'],
    [`/v1/interventions?cursor=${cursor(1, 'x\u0000')}`, 'cursor'],
    [`/v1/escalations?cursor=${cursor('DA-2026-000001', 9e15)}`, 'cursor'],
  ])('%s', async (path, field) => {
    const { status, body } = await world.get('agent', path);
    expect([status, body.errors]).toMatchObject([422, [{ path: field }]]);
  });

  it('knows no place in a timeline that none has', async () => {
    const { status } = await world.get('agent', `${one.path}/timeline?cursor=${cursor(9e15, 1)}`);
    expect(status).toBe(422);
  });

  it.each(['/v1/contracts/%00/balance', '/v1/calendars/%00', '/v1/interventions/%00/1', '/v1/requests/%00'])(
    '%s is not there',
    async (path) => {
      expect((await world.get('agent', path)).status).toBe(404);
    },
  );
});

it('a body that does not unpack is the caller’s to send again', async () => {
  const sent = supertest(world.app)
    .post(one.link)
    .set('content-encoding', 'gzip')
    .type('form')
    .send('decision=approve');
  expect((await sent).status).toBe(400);
});

describe('writing', () => {
  it('says what an instant lacks that names no offset', async () => {
    const date = { from: '2027-02-03T09:00:00', to: '2027-02-03T10:00:00+01:00' };
    const { status, body } = await world.post('agent', `${one.path}/schedule`, date);
    const message = expect.stringContaining('with its offset');
    expect([status, body.errors]).toMatchObject([422, [{ path: 'from', message }]]);
  });

  it.each(['[]', '42', '"x"', 'null'])('says of %s that it is no object', async (body) => {
    const { status, body: problem } = await supertest(world.app)
      .post(`${one.path}/note`)
      .set({
        authorization: `Bearer ${world.tokens.agent}`,
        'idempotency-key': body,
        'content-type': 'application/json',
      })
      .send(body);
    expect([status, problem.errors]).toEqual([422, [{ path: '', message: 'This must be an object.' }]]);
  });

  it.each(['dryrun=true', 'dry_run=true', 'dryRun=false&units=1'])(
    'is not carried out with ?%s, which nobody knows',
    async (query) => {
      const note = { text: 'Only to see what it would do.' };
      const { status, body } = await world.post('agent', `${one.path}/note?${query}`, note);
      expect([status, body.errors.length, body.errors[0].message]).toEqual([
        422,
        1,
        'There is no such parameter here.',
      ]);
      const { body: timeline } = await world.get('agent', `${one.path}/timeline`);
      expect(timeline.items.map(({ text }: { text?: string }) => text)).not.toContain(note.text);
    },
  );

  it('knows nothing under names that every object has', async () => {
    const service = { service: 'constructor', units: 1 };
    const drafted = await world.post('agent', `${one.path}/sendEstimate?dryRun=true`, service);
    expect([drafted.status, drafted.body.errors]).toMatchObject([422, [{ path: 'service' }]]);
    const debit = { unit: 'constructor', returnTrips: 1, units: 1, on: '2026-11-01', why: 'x' };
    const spent = await world.post('billing', `${CONTRACT}/debits`, debit);
    expect([spent.status, spent.body.errors]).toMatchObject([422, [{ path: 'unit' }]]);
  });

  it('takes no date before the first year, and no path without a name', async () => {
    const end = await world.post('supervisor', `${CONTRACT}/end`, { lastDay: '0000-01-01', reason: 'x' });
    expect([end.status, end.body.errors]).toMatchObject([422, [{ path: 'lastDay' }]]);
    const opened = await world.post('agent', '/v1/requests/%00/interventions', { text: 'x' });
    expect(opened.status).toBe(404);
  });

  it('keeps no units that no contract has in the state of a workflow', async () => {
    const units = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`unit${i}`, 0]));
    const date = { from: '2027-02-03T09:00:00Z', to: '2027-02-03T10:00:00Z' };
    for (const [name, body] of [
      ['schedule', { ...date, units }],
      ['askMore', { units }],
    ] as const) {
      const { status, body: answer } = await world.post('agent', `${one.path}/${name}`, body);
      expect([status, answer.errors]).toMatchObject([422, [{ path: 'units' }]]);
    }
    const cancelled = await world.asCustomer(`${one.path}/cancel`, { lost: units });
    expect([cancelled.status, cancelled.body.errors]).toMatchObject([422, [{ path: 'lost' }]]);
  });
});
