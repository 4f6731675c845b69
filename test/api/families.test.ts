/** Requests under contracts of the families, as the API judges them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { type ApiWorld, createApiWorld, termsOf } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ portal: 'https://portal.example' });
  const parties = { customer: 'Customer', provider: 'Provider' };
  const products = {
    app: { name: 'Application', environment: 'production' as const },
    test: { name: 'Test instance', environment: 'nonProduction' as const },
  };
  const contracts = {
    TICKETS: prepaidTickets(parties),
    SAAS: saasSupport(parties, { yearlyFeeCents: 1_200_000, products }),
    HOSTING: managedHosting(parties, {
      activeModules: ['subscription', 'hosting', 'recoveryGuarantee'],
      monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
    }),
  };
  for (const [reference, input] of Object.entries(contracts)) {
    const terms = termsOf(input);
    await storeContract(world.pool, { reference, terms });
    await storeTerms(world.pool, reference, 1, '2026-01-01', terms);
    const contact = { contract: reference, email: `x@${reference.toLowerCase()}.test`, language: 'en' as const };
    await storeContact(world.pool, { id: `c-${reference}`, name: 'Designated', trained: true, ...contact });
  }
});
afterAll(() => world.close());

const ASKING = { subject: 'A question', description: 'In one sentence.' };
const SAAS = {
  ...ASKING,
  contract: 'SAAS',
  contact: 'c-SAAS',
  kind: 'problem',
  observedBehaviour: 'It stops.',
  expectedBehaviour: 'It goes on.',
  stepsToReproduce: 'Press the button.',
};

describe('SaaS support', () => {
  it('takes the priority that urgency and impact yield, and keeps what was said', async () => {
    const { status, body } = await world.post('agent', '/v1/requests', {
      ...SAAS,
      product: 'app',
      urgency: 'critical',
      impact: 'medium',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      priority: 'p1High',
      details: {
        kind: 'problem',
        product: 'app',
        urgency: 'critical',
        impact: 'medium',
        observedBehaviour: 'It stops.',
      },
    });
    const { body: timeline } = await world.get('agent', `/v1/requests/${body.number}/timeline`);
    expect(timeline.items[0].facts).toMatchObject({ priority: 'p1High', urgency: 'critical', impact: 'medium' });
  });

  it('names every field that a problem lacks, and asks less of a question', async () => {
    const problem = await world.post('agent', '/v1/requests', { ...ASKING, contract: 'SAAS', contact: 'c-SAAS' });
    expect(problem.status).toBe(422);
    expect(problem.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'observedBehaviour',
      'expectedBehaviour',
      'stepsToReproduce',
    ]);
    const question = {
      ...ASKING,
      contract: 'SAAS',
      contact: 'c-SAAS',
      kind: 'question',
      observedBehaviour: 'Nothing.',
    };
    expect((await world.post('agent', '/v1/requests', question)).status).toBe(201);
  });

  it.each<[object, string]>([
    [{ priority: 'p1High' }, 'urgency'],
    [{ urgency: 'critical' }, 'impact'],
    [{ urgency: 'critical', impact: 'low', priority: 'p1High' }, 'priority'],
    [{ kind: 'miracle' }, 'kind'],
    [{ product: 'other' }, 'product'],
  ])('refuses %j', async (fields, path) => {
    const { status, body } = await world.post('agent', '/v1/requests', { ...SAAS, ...fields });
    expect([status, body.errors?.[0]?.path]).toEqual([422, path]);
  });

  it('sends whoever calls to the portal, with its address', async () => {
    const { status, body } = await world.post('agent', '/v1/requests', { ...SAAS, channel: 'phone' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        path: 'channel',
        message: 'The contract takes no requests by phone; it takes them by portal (https://portal.example).',
      },
    ]);
  });

  it('does not cover another environment than production, and says by which clause', async () => {
    const { status, body } = await world.post('agent', '/v1/requests', { ...SAAS, product: 'test' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ exclusion: 'nonProduction', clause: 'B §7' });
  });

  it('re-qualifies by urgency and impact only, and tells the customer why', async () => {
    const opened = await world.post('agent', '/v1/requests', { ...SAAS, urgency: 'normal', impact: 'low' });
    const path = `/v1/requests/${opened.body.number}/requalify`;
    const refused = await world.post('agent', path, { priority: 'p1High', text: 'Louder' });
    expect(refused.body.errors).toMatchObject([{ path: 'urgency' }]);
    const { body } = await world.post('agent', path, { urgency: 'major', impact: 'high', text: 'All are stopped' });
    expect(body.priority).toBe('p1High');
  });
});

describe('prepaid tickets', () => {
  const tickets = { ...ASKING, contract: 'TICKETS', contact: 'c-TICKETS' };

  it.each([
    ['softwareError', 'otherContract', ['maintenance', 'applicationMaintenance']],
    ['training', 'training', ['training']],
  ])('%s belongs elsewhere: %s', async (kind, decision, coveredBy) => {
    const { status, body } = await world.post('agent', '/v1/requests', { ...tickets, kind });
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: expect.stringContaining('not-covered'), decision, coveredBy });
  });

  it('promise nothing in time', async () => {
    const { status, body } = await world.post('agent', '/v1/requests', tickets);
    expect([status, body.priority, body.clocks]).toEqual([201, 'standard', []]);
  });
});

describe('hosting', () => {
  it('starts work, which takes the request up, and tells when the service is back', async () => {
    const receivedAt = new Date(Date.now() - 600_000).toISOString();
    const opened = await world.post('agent', '/v1/requests', {
      ...ASKING,
      contract: 'HOSTING',
      contact: 'c-HOSTING',
      kind: 'interruption',
      priority: 'interruption',
      channel: 'phone',
      receivedAt,
    });
    expect(
      opened.body.clocks.map(({ name, startedAt }: { name: string; startedAt: string }) => [name, startedAt]),
    ).toEqual([
      ['intervention', receivedAt],
      ['recovery', receivedAt],
    ]);
    expect(opened.body.possible).toContain('startWork');
    const path = `/v1/requests/${opened.body.number}`;
    const working = await world.post('agent', `${path}/startWork`);
    expect(working.body).toMatchObject({ status: 'inProgress', acknowledgedAt: expect.any(String) });
    const recovered = await world.post('agent', `${path}/notifyRecovery`, { text: 'The line is back.' });
    expect(recovered.body.clocks).toMatchObject([
      { name: 'intervention', status: 'met' },
      { name: 'recovery', status: 'met' },
    ]);
  });

  it('knows no such commands where nothing waits for them', async () => {
    const number = await world.open();
    const { status, body } = await world.post('agent', `/v1/requests/${number}/startWork`);
    expect([status, body.tried]).toEqual([409, 'startWork']);
  });
});

describe('the portal', () => {
  it('is marked as down and up again; marking it twice changes nothing', async () => {
    expect((await world.get('customer', '/v1/portal')).body).toEqual({ isDown: false });
    const down = await world.post('agent', '/v1/portal/markDown');
    expect(down.body).toEqual({ isDown: true, since: expect.any(String) });
    expect((await world.post('supervisor', '/v1/portal/markDown')).body).toEqual(down.body);
    expect((await world.post('agent', '/v1/portal/markUp')).body).toEqual({ isDown: false });
    expect((await world.post('agent', '/v1/portal/markUp')).body).toEqual({ isDown: false });
    expect((await world.post('customer', '/v1/portal/markDown')).status).toBe(403);
  });
});
