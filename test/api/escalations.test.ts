import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_PARTS } from '../../domain/escalation/package.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { addPublisherContract, COMPLETE } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
});
afterAll(() => world.close());

/** A request that was taken up, on the product that has a publisher. */
async function taken(fields: object = {}): Promise<string> {
  const number = await world.open({ product: 'viewer', ...fields });
  await world.give(number, ['acknowledge']);
  return number;
}

const draftsOf = (number: string) => `/v1/requests/${number}/escalations`;
const errorsOf = (response: { body: { errors?: { path: string; message: string }[] } }) => response.body.errors ?? [];

describe('a draft', () => {
  it('takes publisher, contract, priority and referent from the terms, and says what is missing', async () => {
    const number = await taken();
    const response = await world.post('agent', draftsOf(number), { parts: { problem: { given: 'It stays empty.' } } });
    expect(response.status).toBe(201);
    expect(response.headers.location).toBe(`/v1/escalations/${number}/1`);
    expect(response.body).toMatchObject({
      id: `escalation:${number}:1`,
      stage: 'draft',
      publisher: 'pub-publisher',
      contract: 'EDITOR',
      priority: 'p2',
      referent: 'c-referent',
      draftedBy: 'staff:s-agent',
      package: { problem: { given: 'It stays empty.' } },
      missing: PACKAGE_PARTS.filter((part) => part !== 'problem'),
      possible: [],
    });
    expect((await world.get('agent', response.headers.location ?? '')).body).toEqual(response.body);
    const list = await world.get('agent', draftsOf(number));
    expect(list.body.items).toEqual([response.body]);
  });

  it('is one, whatever becomes of the answer: the same key finds it again', async () => {
    const number = await taken();
    const key = randomUUID();
    const first = await world.post('agent', draftsOf(number), {}, key);
    // As if its process had died before it answered.
    await world.pool.query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE key = $1', [key]);
    const again = await world.post('agent', draftsOf(number), {}, key);
    expect(again.body).toEqual(first.body);
    expect((await world.get('agent', draftsOf(number))).body.items).toHaveLength(1);
  });

  it('has a number of its own, however many are drafted at once', async () => {
    const number = await taken();
    const drafted = await Promise.all(Array.from({ length: 8 }, () => world.post('agent', draftsOf(number), {})));
    expect(drafted.map(({ body }) => body.n).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is completed part by part; what is not said stays', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), { parts: { problem: COMPLETE.problem, tried: COMPLETE.tried } });
    const { body } = await world.post('agent', `${draftsOf(number)}/1`, {
      parts: { tried: { notApplicable: 'Nothing could be tried.' }, steps: COMPLETE.steps },
      priority: 'p1',
    });
    expect(body.package).toEqual({
      problem: COMPLETE.problem,
      tried: { notApplicable: 'Nothing could be tried.' },
      steps: COMPLETE.steps,
    });
    expect(body.priority).toBe('p1');
  });

  it.each([
    [
      'product',
      { product: 'ours' },
      'The terms name no contract with the publisher of this product; they do for: viewer, cabinet.',
    ],
    ['product', { product: 'nothing' }, 'The terms know no such product; with a publisher are: viewer, cabinet.'],
    [
      'product',
      { product: 'cabinet' },
      'There is no contract NOWHERE with a publisher (family C) in force: store it first.',
    ],
    ['priority', { priority: 'p9' }, 'The publisher’s contract has no such priority; it knows: p1, p2, p3, p4.'],
    ['referent', { referent: 'c-customer' }, 'The publisher’s contract has no such active contact.'],
    ['referent', { referent: 'c-novice' }, 'This contact is not trained, so cannot send an escalation.'],
    [
      'referent',
      { referent: 'c-second' },
      'Only the referent sends escalations: leave this out, or make this contact it first.',
    ],
    [
      'parts.tried',
      { parts: { tried: {} } },
      'Give the part, or say why it is not applicable: one of given and notApplicable.',
    ],
    ['parts.problem.given', { parts: { problem: { notApplicable: 'x' } } }, 'This is required.'],
    [
      'parts.exampleFile.files',
      { parts: { exampleFile: { files: [randomUUID()] } } },
      'Some of these files were not uploaded for this escalation.',
    ],
  ])('with a wrong %s is refused: %j', async (path, body, message) => {
    const response = await world.post('agent', draftsOf(await taken()), body);
    expect(response.status).toBe(422);
    expect(errorsOf(response)).toContainEqual({ path, message });
  });

  it('names every wrong field at once, and wants a priority where the terms map none', async () => {
    const number = await taken({ priority: 'major' });
    const response = await world.post('agent', draftsOf(number), { referent: 'c-novice' });
    expect(errorsOf(response).map(({ path }) => path)).toEqual(['priority', 'referent']);
    expect(errorsOf(response)[0]?.message).toContain('maps the request’s priority'.replace('maps', 'map'));
  });

  it('of a request whose terms know no publisher says so', async () => {
    const number = await world.open();
    await world.pool.query(
      `UPDATE requests SET terms_version = 1, state = jsonb_set(state, '{termsVersion}', '1') WHERE number = $1`,
      [number],
    );
    const response = await world.post('agent', draftsOf(number), {});
    expect(errorsOf(response)).toEqual([
      { path: 'product', message: 'The terms name no contract with a publisher for any product: amend them first.' },
    ]);
  });
});

describe('escalating', () => {
  const escalate = (number: string, n = 1, key?: string) =>
    world.post('agent', `/v1/requests/${number}/escalate`, { escalation: n }, key);

  it('lists every part that is missing, with a sentence each', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), {});
    const response = await escalate(number);
    expect(response.status).toBe(422);
    expect(errorsOf(response).map(({ path }) => path)).toEqual(PACKAGE_PARTS.map((part) => `parts.${part}`));
    const [problem, tried] = errorsOf(response);
    expect(problem?.message).toBe('Say what the problem is and which feature it affects.');
    expect(tried?.message).toBe('Say what was tried. Or say why it is not applicable.');
    expect((await world.get('agent', `/v1/escalations/${number}/1`)).body.stage).toBe('draft');
  });

  it('tells the request, with the ids only, and is done once for a key', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    const before = world.door.calls.length;
    const key = randomUUID();
    const response = await escalate(number, 1, key);
    expect(response.body).toMatchObject({ number, status: 'escalated' });
    expect((await escalate(number, 1, key)).body).toEqual(response.body);
    expect(world.door.calls.slice(before)).toEqual(['escalate']);
    const other = await escalate(number);
    expect([other.status, other.body.type]).toEqual([409, 'urn:relance:problem:conflict']);
    expect((await world.get('agent', `/v1/escalations/${number}/1`)).body.stage).toBe('sending');
  });

  it('goes on after an outage under the same key', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    const key = randomUUID();
    world.door.away = 'before';
    const away = await escalate(number, 1, key);
    world.door.away = undefined;
    expect([away.status, (await escalate(number, 1, key)).body.status]).toEqual([503, 'escalated']);
  });

  it('that a call which died has left on its way is taken up by another one after a minute', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    world.door.away = 'before';
    await escalate(number);
    world.door.away = undefined;
    expect((await escalate(number)).status).toBe(409);
    await world.pool.query("UPDATE escalations SET updated_at = now() - interval '2 minutes' WHERE request = $1", [
      number,
    ]);
    expect((await escalate(number)).body.status).toBe('escalated');
  });

  it('leaves a draft when the request refuses, which can be sent later', async () => {
    const number = await world.open({ product: 'viewer' });
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    const refused = await escalate(number);
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:relance:problem:invalid-transition']);
    expect((await world.get('agent', `/v1/escalations/${number}/1`)).body.stage).toBe('draft');
    await world.give(number, ['acknowledge']);
    expect((await escalate(number)).status).toBe(200);
  });

  it('wants a referent, and says how to make one', async () => {
    const number = await taken();
    await world.pool.query("UPDATE contacts SET referent = false WHERE id = 'c-referent'");
    const drafted = await world.post('agent', draftsOf(number), { parts: COMPLETE });
    const response = await escalate(number);
    await world.pool.query("UPDATE contacts SET referent = true WHERE id = 'c-referent'");
    expect(drafted.body.referent).toBeUndefined();
    expect(errorsOf(response)).toEqual([
      {
        path: 'referent',
        message:
          'The contract EDITOR has no active, trained referent: make one by POST /v1/contracts/EDITOR/contacts/{contact}/makeReferent.',
      },
    ]);
    expect((await escalate(number)).status).toBe(200);
  });

  it('of what is not there is 404; a sent one cannot be completed', async () => {
    const number = await taken();
    expect((await escalate(number, 7)).status).toBe(404);
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    await escalate(number);
    const late = await world.post('agent', `${draftsOf(number)}/1`, { priority: 'p1' });
    expect(late.status).toBe(409);
    expect(late.body.detail).toContain('/note');
  });
});

describe('asking the customer for what is missing', () => {
  const ask = (number: string, body: object = {}) => world.post('agent', `${draftsOf(number)}/1/askForMissing`, body);
  const asked = async (number: string) =>
    (await world.get('customer', `/v1/requests/${number}/timeline`)).body.items.find(
      ({ type }: { type: string }) => type === 'asked',
    ).text;

  it('says it in words meant for them, in their language', async () => {
    const number = await taken();
    const { exampleFile: _, remoteAccess: __, ...parts } = COMPLETE;
    await world.post('agent', draftsOf(number), { parts });
    const response = await ask(number);
    expect(response.body).toMatchObject({ status: 'waiting', waiting: { for: 'information' } });
    const french = await asked(number);
    expect(french.split('\n').filter((line: string) => line.startsWith('- '))).toEqual([
      '- un fichier d’exemple qui montre le problème ;',
      '- comment accéder à distance à votre poste (l’outil et la personne à appeler, jamais un mot de passe) ;',
    ]);
    await world.pool.query("UPDATE contacts SET language = 'en' WHERE id = 'c-customer'");
    const other = await taken();
    await world.post('agent', draftsOf(other), { parts });
    await ask(other);
    await world.pool.query("UPDATE contacts SET language = 'fr' WHERE id = 'c-customer'");
    expect(await asked(other)).toContain('- an example file that shows the problem;');
  });

  it('or in the words given; when nothing is missing there is nothing to ask', async () => {
    const number = await taken();
    await world.post('agent', draftsOf(number), { parts: COMPLETE });
    const nothing = await ask(number);
    expect(nothing.body.detail).toBe('Nothing is missing: escalate, or give the text that the customer is asked.');
    await ask(number, { text: 'Is it the same since Monday?' });
    expect(await asked(number)).toBe('Is it the same since Monday?');
  });
});
