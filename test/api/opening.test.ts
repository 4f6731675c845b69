import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestOut } from '../../api/schemas.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { storeTerms } from '../../db/contracts.ts';
import { type ApiWorld, createApiWorld, OPENING, termsOf } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

/** How much there is of everything that an opening writes. */
async function stored(): Promise<object> {
  const { rows } = await world.pool.query(
    `SELECT (SELECT count(*)::int FROM requests) AS requests, (SELECT count(*)::int FROM texts) AS texts,
            (SELECT count(*)::int FROM timeline) AS lines`,
  );
  return rows[0];
}

describe('opening a request', () => {
  it('answers with the registered request, its number, its clocks and what is possible', async () => {
    const response = await world.post('agent', '/v1/requests', { ...OPENING, channel: 'phone' });
    expect(response.status).toBe(201);
    const request = RequestOut.parse(response.body);
    expect(request.number).toMatch(/^DA-\d{4}-\d{6}$/);
    expect(response.headers.location).toBe(`/v1/requests/${request.number}`);
    expect(response.headers.etag).toBe('"1"');
    expect(request).toMatchObject({ contract: 'ONE', status: 'registered', subject: OPENING.subject, version: 1 });
    expect(request.clocks.map(({ name, status }) => [name, status])).toEqual([
      ['acknowledgement', 'running'],
      ['workaround', 'running'],
      ['resolution', 'running'],
    ]);
    expect(request.possible).toContain('acknowledge');
    expect(request.possible).not.toContain('amendTerms');
  });

  it('writes a phone call down as the contact’s word, entered by the agent, when it came', async () => {
    const receivedAt = new Date(Date.now() - 60_000).toISOString();
    const number = await world.open({ receivedAt });
    const { body } = await world.get('agent', `/v1/requests/${number}/timeline`);
    expect(body.items[0]).toMatchObject({
      type: 'opened',
      at: receivedAt,
      who: 'contact:c-customer',
      enteredBy: 'staff:s-agent',
      channel: 'phone',
      text: OPENING.description,
    });
    expect((await world.get('agent', `/v1/requests/${number}`)).body.registeredAt).toBe(receivedAt);
  });

  it('lets a customer ask in their own name, with nothing to say about contract and contact', async () => {
    const { contract: _, contact: __, ...body } = OPENING;
    const response = await world.post('customer', '/v1/requests', body);
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ contract: 'ONE', contact: 'c-customer' });
    expect(response.body.possible).toEqual(['answer', 'close']);
  });

  it('takes requests only by the ways that the terms admit', async () => {
    const input = anomalySupport({ customer: 'Customer One', provider: 'Support Example' });
    await storeTerms(
      world.pool,
      'ONE',
      2,
      '2026-01-02',
      termsOf({ ...input, channels: { mail: { opens: 'always' } } }),
    );
    try {
      const before = await stored();
      const { contract: _, contact: __, ...body } = OPENING;
      const refused = [
        await world.post('customer', '/v1/requests', body),
        await world.post('agent', '/v1/requests', { ...OPENING, channel: 'phone' }),
      ];
      for (const [index, way] of ['portal', 'phone'].entries()) {
        expect(refused[index]?.status).toBe(422);
        expect(refused[index]?.body.errors).toEqual([
          { path: 'channel', message: `The contract takes no requests by ${way}; it takes them by mail.` },
        ]);
      }
      expect(await stored()).toEqual(before);
      expect((await world.post('agent', '/v1/requests', OPENING)).status).toBe(201);
    } finally {
      await world.pool.query("UPDATE contract_terms SET effective_from = '2999-01-01' WHERE version = 2");
    }
  });

  it('goes on from a closed request of the same contract only', async () => {
    const previous = await world.open();
    const whileOpen = await world.post('agent', '/v1/requests', { ...OPENING, previous });
    expect(whileOpen.body.errors).toMatchObject([{ path: 'previous' }]);
    await world.give(previous, ['close', { reason: 'withdrawn' }]);
    const response = await world.post('agent', '/v1/requests', { ...OPENING, previous });
    expect(response.body).toMatchObject({ previous });
    const foreign = await world.post('stranger', '/v1/requests', {
      ...OPENING,
      contract: 'TWO',
      contact: 'c-stranger',
      previous,
    });
    expect(foreign.status).toBe(422);
    expect(foreign.body.errors).toMatchObject([{ path: 'previous' }]);
  });

  const future = () => new Date(Date.now() + 60_000).toISOString();
  const wrong: [string, object, string][] = [
    ['an unknown severity', { priority: 'urgent' }, 'priority'],
    ['a severity that every object has', { priority: 'constructor' }, 'priority'],
    ['an empty subject', { subject: '' }, 'subject'],
    ['a blank subject', { subject: '  \t ' }, 'subject'],
    ['a subject that injects a header', { subject: 'Hello\r\nBcc: all@example.test' }, 'subject'],
    ['a subject with a bare line feed', { subject: 'Hello\nX: y' }, 'subject'],
    ['a subject with a control character', { subject: 'Hello\u0000' }, 'subject'],
    ['a subject with a line separator', { subject: 'Hello\u2028there' }, 'subject'],
    ['a text with U+0000', { description: 'a\u0000b' }, 'description'],
    ['a blank text', { description: ' \n ' }, 'description'],
    ['a contact of another contract', { contact: 'c-stranger' }, 'contact'],
    ['an unknown contact', { contact: 'nobody' }, 'contact'],
    ['an unknown contract', { contract: 'THREE' }, 'contract'],
    ['a phone call in the future', { receivedAt: future() }, 'receivedAt'],
    ['no instant', { receivedAt: 'yesterday' }, 'receivedAt'],
    ['an undeclared reproduction', { reproducible: undefined }, 'reproducible'],
    ['a declaration that is no yes or no', { attributableToProduct: 'yes' }, 'attributableToProduct'],
    ['an unknown field', { urgency: 1 }, 'urgency'],
    ['an unknown previous request', { previous: 'DA-2020-000001' }, 'previous'],
  ];
  it.each(wrong)('refuses %s, and stores nothing', async (_what, fields, path) => {
    const before = await stored();
    const response = await world.post('agent', '/v1/requests', { ...OPENING, ...fields });
    expect(response.status).toBe(422);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.body).toMatchObject({ type: 'urn:relance:problem:validation-failed', status: 422 });
    expect(response.body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    expect(await stored()).toEqual(before);
  });

  it('names the known severities', async () => {
    const response = await world.post('agent', '/v1/requests', { ...OPENING, priority: 'urgent' });
    expect(response.body.errors[0].message).toBe('This must be one of: blocking, major, minor.');
  });

  it('names every wrong field, not the first', async () => {
    const shape = await world.post('agent', '/v1/requests', { ...OPENING, subject: '', description: 7, extra: 1 });
    expect(shape.body.errors.map((error: { path: string }) => error.path).sort()).toEqual([
      'description',
      'extra',
      'subject',
    ]);
    const matter = await world.post('agent', '/v1/requests', {
      ...OPENING,
      priority: 'urgent',
      contact: 'nobody',
      reproducible: undefined,
    });
    expect(matter.body.errors.map((error: { path: string }) => error.path).sort()).toEqual([
      'contact',
      'priority',
      'reproducible',
    ]);
    const both = await world.post('agent', '/v1/requests', { ...OPENING, subject: 'a\nb', priority: 'urgent' });
    expect(both.body.errors.map((error: { path: string }) => error.path).sort()).toEqual(['priority', 'subject']);
  });

  const excluded: [string, object, string][] = [
    ['not reproducible', { reproducible: false }, 'notReproducible'],
    ['not the product’s', { attributableToProduct: false }, 'notTheProduct'],
    ['asked by somebody without training', { contact: 'c-untrained' }, 'notTrained'],
  ];
  it.each(excluded)('refuses an anomaly that is %s with its code, and stores nothing', async (_what, fields, code) => {
    const before = await stored();
    const response = await world.post('agent', '/v1/requests', { ...OPENING, ...fields });
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ type: 'urn:relance:problem:not-covered', exclusion: code });
    expect(response.body.clause).toMatch(/^D §1\.[13]$/);
    expect(await stored()).toEqual(before);
  });

  it('does not let a customer ask for somebody else, on another contract, or write down calls', async () => {
    const asked = async (fields: object) =>
      (await world.post('customer', '/v1/requests', { ...OPENING, ...fields })).body.errors.map(
        ({ path }: { path: string }) => path,
      );
    expect(await asked({ contact: 'c-colleague' })).toEqual(['contact']);
    expect(await asked({ contract: 'TWO' })).toContain('contract');
    expect(await asked({ channel: 'phone' })).toEqual(['channel']);
    expect(await asked({ receivedAt: new Date().toISOString() })).toEqual(['receivedAt']);
  });
});
