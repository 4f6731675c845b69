import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  const parties = { customer: 'Customer', provider: 'Provider' };
  const contracts = { C: publisherSupport(parties), B: saasSupport(parties, { yearlyFeeCents: 100 }) };
  for (const [reference, terms] of Object.entries(contracts)) {
    await world.post('supervisor', '/v1/contracts', { reference, effectiveFrom: '2026-01-01', terms });
  }
});
afterAll(() => world.close());

const add = (contract: string, name: string, more: object = {}) =>
  world.post('supervisor', `/v1/contracts/${contract}/contacts`, {
    name,
    email: `${name}@${contract.toLowerCase()}.test`,
    trained: true,
    ...more,
  });
const act = (contract: string, id: string, what: string, body: object = {}) =>
  world.post('supervisor', `/v1/contracts/${contract}/contacts/${id}/${what}`, body);

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly main: boolean;
  readonly referent: boolean;
  readonly active: boolean;
}

describe('contacts of a distributor towards the publisher (C §4.1.2)', () => {
  it('are four at most, of whom exactly one is the referent', async () => {
    for (const name of ['ann', 'bob', 'cid', 'dan']) expect((await add('C', name)).status).toBe(201);
    const fifth = await add('C', 'eve');
    expect([fifth.status, fifth.body.detail]).toEqual([409, expect.stringContaining('4 contacts at most')]);
    const { contacts } = (await world.get('agent', '/v1/contracts/C')).body as { contacts: Shown[] };
    expect(contacts.filter(({ referent }) => referent).map(({ name }) => name)).toEqual(['ann']);
    const [ann, bob] = contacts;
    expect((await act('C', ann?.id ?? '', 'retire')).body.detail).toContain('main contact');
    const { body } = await act('C', bob?.id ?? '', 'makeReferent');
    expect((body.items as Shown[]).filter(({ referent }) => referent).map(({ name }) => name)).toEqual(['bob']);
    expect((await act('C', bob?.id ?? '', 'retire')).body.detail).toContain('referent');
    await act('C', contacts[3]?.id ?? '', 'retire');
    expect((await add('C', 'eve', { trained: false })).status).toBe(201);
    const eve = ((await world.get('agent', '/v1/contracts/C')).body.contacts as Shown[]).find(
      ({ name }) => name === 'eve',
    );
    expect((await act('C', eve?.id ?? '', 'makeReferent')).body.detail).toContain('trained');
  });
});

describe('contacts of a SaaS customer (B §9)', () => {
  it('have a main one, who changes by a recorded signed writing only', async () => {
    await add('B', 'fay');
    const { body } = await add('B', 'gus', { reach: { p1High: [{ by: 'phone', to: '+33 1 00 00 00 00' }] } });
    const [fay, gus] = body.items as Shown[];
    expect([fay?.main, gus?.main]).toEqual([true, false]);
    const bare = await act('B', gus?.id ?? '', 'makeMain');
    expect([bare.status, bare.body.detail]).toEqual([409, expect.stringContaining('signed writing')]);
    const writing = { signedBy: 'An officer', signedOn: '2026-11-02', reference: 'LETTER-7' };
    const { body: changed } = await act('B', gus?.id ?? '', 'makeMain', { writing });
    expect((changed.items as Shown[]).map(({ main }) => main)).toEqual([false, true]);
    const { rows } = await world.pool.query(
      `SELECT contact, previous, signed_by, signed_on::text, writing, entered_by FROM main_contact_changes`,
    );
    expect(rows).toEqual([
      {
        contact: gus?.id,
        previous: fay?.id,
        signed_by: 'An officer',
        signed_on: '2026-11-02',
        writing: 'LETTER-7',
        entered_by: 'staff:s-supervisor',
      },
    ]);
  });

  it('cannot all be retired, and each has an address of its own', async () => {
    const contacts = (await world.get('agent', '/v1/contracts/B')).body.contacts as Shown[];
    const fay = contacts.find(({ name }) => name === 'fay');
    expect((await act('B', fay?.id ?? '', 'retire')).status).toBe(200);
    const gus = contacts.find(({ name }) => name === 'gus');
    expect((await act('B', gus?.id ?? '', 'retire')).body.detail).toContain('needs 1 contact');
    expect((await add('B', 'gus')).body.errors).toMatchObject([{ path: 'email' }]);
    expect((await add('B', 'hal', { reach: { p9: [] } })).body.errors).toMatchObject([{ path: 'reach.p9' }]);
    expect((await act('B', 'nobody', 'retire')).status).toBe(404);
    expect((await world.post('agent', '/v1/contracts/B/contacts', {})).status).toBe(403);
  });
});
