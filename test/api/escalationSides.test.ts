/** The two sides of an escalation that was sent: what each sees, what each may do. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../api/app.ts';
import { EscalationList, EscalationOut, EscalationTimeline } from '../../api/escalationSchemas.ts';
import { type ApiWorld, type CallerName, createApiWorld, OPENING } from '../support/apiWorld.ts';
import { addPublisherContract, COMPLETE, sentEscalation } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
});
afterAll(() => world.close());

const sent = () => sentEscalation(world);
const give = (caller: CallerName, path: string, name: string, body: object = {}, key?: string) =>
  world.post(caller, `${path}/${name}`, body, key);
const errorsOf = (response: { body: { errors?: { path: string; message: string }[] } }) => response.body.errors ?? [];

describe('the publisher', () => {
  it('sees the package, its own view and timeline with texts, and nothing of the customer or the staff', async () => {
    const path = await sent();
    await give('publisher', path, 'acknowledge');
    await give('publisher', path, 'ask', { text: 'Which build?' });
    await give('agent', path, 'provide', { text: 'Build 7.' });
    await world.pool.query(
      `INSERT INTO escalation_timeline (escalation, seq, line, at, type, audience, who, channel)
       VALUES ($1, 90, 0, now(), 'chased', 'staff', 'system', 'system')`,
      [`escalation:${path.split('/')[3]}:1`],
    );
    const seen = await world.get('publisher', path);
    expect(EscalationOut.safeParse(seen.body).error).toBeUndefined();
    expect(seen.body).toMatchObject({
      status: 'inProgress',
      reference: seen.body.sr.number,
      package: COMPLETE,
      sr: { issuedBy: 'distributor', sentBy: 'contact:c-referent', receivedBy: 'publisher:p-publisher' },
      priorities: { proposed: { priority: 'p2', who: 'distributor' } },
      possible: ['ask', 'deliverWorkaround', 'deliverFix', 'refuse', 'confirmPriority', 'contestPriority', 'note'],
    });
    expect(seen.headers.etag).toBe(`"${seen.body.version}"`);
    const timeline = await world.get('publisher', `${path}/timeline`);
    expect(EscalationTimeline.safeParse(timeline.body).error).toBeUndefined();
    expect(timeline.body.items.map(({ type, text }: { type: string; text?: string }) => [type, text])).toEqual([
      ['sent', undefined],
      ['acknowledged', undefined],
      ['asked', 'Which build?'],
      ['provided', 'Build 7.'],
    ]);
    const list = await world.get('publisher', '/v1/escalations');
    const text = [seen.text, timeline.text, list.text].join('\n');
    expect(text).not.toMatch(/s-agent|c-customer|Customer One|publisherSilent|"tasks"|"breached"|"draftedBy"|"stage"/);
    expect(text).not.toContain(OPENING.subject);
    const staff = await world.get('agent', path);
    expect(staff.body).toMatchObject({
      stage: 'sent',
      tasks: [{ kind: 'publisherSilent' }],
      draftedBy: 'staff:s-agent',
    });
    expect(staff.body.possible).toEqual(['note', 'proposePriority', 'agreePriority', 'withdraw']);
    expect((await world.get('agent', `${path}/timeline`)).text).toContain('"chased"');
  });

  it('finds nothing of another publisher, and no draft: 404 on everything', async () => {
    const path = await sent();
    const number = path.split('/')[3] ?? '';
    await world.post('agent', `/v1/requests/${number}/escalations`, { parts: COMPLETE });
    const bodies: { readonly [name: string]: object } = {
      refuse: { exclusion: 'training' },
      contestPriority: { priority: 'p3', text: 'Less.' },
      acknowledge: {},
      confirmPriority: {},
    };
    const routes = allRoutes(world).filter(
      (route) => route.path.startsWith('/v1/escalations/') && route.roles.includes('publisher'),
    );
    expect(routes.length).toBe(3 + 9);
    for (const [caller, n] of [
      ['otherPublisher', '1'],
      ['publisher', '2'],
      ['publisher', '3'],
      ['publisher', 'x'],
    ] as const) {
      for (const route of routes) {
        const name = route.path.split('/').at(-1) ?? '';
        const own = route.path.replace('{number}', number).replace('{n}', n).replace('{id}', randomUUID());
        const response =
          route.method === 'get'
            ? await world.get(caller, own)
            : await world.post(caller, own, bodies[name] ?? { text: 'Something.' });
        expect([route.path, response.status]).toEqual([route.path, 404]);
        expect(response.text).not.toContain('pub-publisher');
      }
    }
    expect((await world.get('otherPublisher', '/v1/escalations')).body).toEqual({ items: [] });
  });

  it('is forbidden all that is about requests, and a customer all that is about escalations', async () => {
    const path = await sent();
    const request = `/v1/requests/${path.split('/')[3]}`;
    for (const page of [request, `${request}/timeline`, `${request}/mails`, `${request}/escalations`, '/v1/requests']) {
      expect((await world.get('publisher', page)).status).toBe(403);
    }
    expect((await world.post('publisher', `${request}/note`, { text: 'x' })).status).toBe(403);
    for (const page of [path, `${path}/timeline`, '/v1/escalations', '/v1/publishers']) {
      expect((await world.get('customer', page)).status).toBe(403);
    }
    expect((await give('customer', path, 'acknowledge')).status).toBe(403);
    expect((await give('publisher', path, 'withdraw')).status).toBe(403);
    expect((await give('agent', path, 'acknowledge')).status).toBe(403);
  });

  it('says who it is', async () => {
    const me = await world.get('publisher', '/v1/me');
    expect(me.body).toEqual({ who: 'publisher:p-publisher', role: 'publisher', publisher: 'pub-publisher' });
  });

  it('who was retired opens nothing any more', async () => {
    const entered = await world.post('supervisor', '/v1/publishers/pub-otherPublisher/people', {
      name: 'New',
      email: 'new@otherpublisher.test',
    });
    expect(entered.status).toBe(201);
    await world.post('supervisor', '/v1/publishers/pub-otherPublisher/people/p-otherPublisher/retire');
    expect((await world.get('otherPublisher', '/v1/me')).status).toBe(401);
    await world.pool.query("UPDATE publisher_people SET active = true WHERE id = 'p-otherPublisher'");
  });
});

describe('acknowledging', () => {
  const srOf = async (path: string) => (await world.get('agent', path)).body.sr;

  it('issues one number of ours, however often it is tried', async () => {
    const path = await sent();
    expect((await world.get('publisher', path)).body.reference).toBe(`${path.split('/')[3]}/1`);
    const key = randomUUID();
    world.escalationDoor.away = 'before';
    expect((await give('publisher', path, 'acknowledge', {}, key)).status).toBe(503);
    world.escalationDoor.away = 'after';
    expect((await give('publisher', path, 'acknowledge', {}, key)).status).toBe(503);
    world.escalationDoor.away = undefined;
    const done = await give('publisher', path, 'acknowledge', {}, key);
    expect(done.status).toBe(200);
    expect(done.body.sr.number).toMatch(/^SR-\d{4}-\d{6}$/);
    const again = await give('publisher', path, 'acknowledge');
    expect([again.status, again.body.escalationStatus]).toEqual([409, 'acknowledged']);
    expect(again.body.detail).toContain('Possible now: startWork, ask');
    expect((await srOf(path)).number).toBe(done.body.sr.number);
    const other = await sent();
    await give('publisher', other, 'acknowledge');
    expect((await srOf(other)).number).not.toBe(done.body.sr.number);
  });

  it('takes the publisher’s own number, once', async () => {
    const path = await sent();
    const done = await give('publisher', path, 'acknowledge', { sr: 'INC#4711' });
    expect(done.body.sr).toMatchObject({ number: 'INC#4711', issuedBy: 'publisher' });
    const other = await sent();
    const taken = await give('publisher', other, 'acknowledge', { sr: 'INC#4711' });
    expect([taken.status, taken.body.type]).toEqual([409, 'urn:relance:problem:conflict']);
    expect(taken.body.detail).toContain('Another escalation has this number of yours');
    expect((await give('publisher', other, 'acknowledge', { sr: 'INC#4712' })).status).toBe(200);
  });

  it('refuses what looks like a number of ours, and what is no number', async () => {
    const path = await sent();
    const ours = await give('publisher', path, 'acknowledge', { sr: 'SR-2026-000001' });
    expect(errorsOf(ours)).toMatchObject([{ path: 'sr' }]);
    for (const sr of [
      '<b>',
      'DA-2026-000001',
      'da-2026-000001/1',
      'sr-2026-000001',
      `DA-2026-000001/${'1'.repeat(70)}`,
    ]) {
      expect(errorsOf(await give('publisher', path, 'acknowledge', { sr }))).toMatchObject([{ path: 'sr' }]);
    }
  });

  it('of one that was withdrawn leaves the publisher’s number free', async () => {
    const path = await sent();
    await give('agent', path, 'withdraw');
    const late = await give('publisher', path, 'acknowledge', { sr: 'INC-9' });
    expect([late.status, late.body.detail]).toEqual([
      409,
      'acknowledge was refused: Not possible while the escalation is withdrawn. Nothing of yours is possible now.',
    ]);
    expect((await give('publisher', await sent(), 'acknowledge', { sr: 'INC-9' })).status).toBe(200);
  });
});

describe('commands', () => {
  it('keep no text of what was refused', async () => {
    const path = await sent();
    const before = await texts();
    expect((await give('publisher', path, 'ask', { text: 'Too early' })).status).toBe(409);
    expect(await texts()).toBe(before);
    expect(JSON.stringify(world.escalationDoor.calls)).not.toContain('Too early');
  });

  it('know priorities and exclusions by the publisher’s terms', async () => {
    const path = await sent();
    const priority = await give('publisher', path, 'contestPriority', { priority: 'blocking', text: 'Less.' });
    expect(errorsOf(priority)).toEqual([{ path: 'priority', message: 'This must be one of: p1, p2, p3, p4.' }]);
    const exclusion = await give('publisher', path, 'refuse', { exclusion: 'rain' });
    expect(errorsOf(exclusion)[0]?.message).toMatch(/^This must be one of: .*training/);
    const refused = await give('publisher', path, 'refuse', { exclusion: 'training', text: 'Ask our trainers.' });
    expect(refused.body.status).toBe('refused');
  });

  it('on a draft say how to send it', async () => {
    const number = await world.open({ product: 'viewer' });
    await world.post('agent', `/v1/requests/${number}/escalations`, {});
    const response = await give('agent', `/v1/escalations/${number}/1`, 'withdraw');
    expect([response.status, response.body.detail]).toEqual([
      409,
      `Escalation 1 is a draft: complete it, then send it by POST /v1/requests/${number}/escalate.`,
    ]);
  });

  it('leave the publisher’s address alone, even for a moment, when no mail was undeliverable', async () => {
    const path = await sent();
    const address = async () =>
      (await world.pool.query("SELECT email, xmin FROM publishers WHERE id = 'pub-publisher'")).rows;
    const before = await address();
    expect(before).toMatchObject([{ email: 'desk@publisher.test' }]);
    expect((await give('agent', path, 'correctAddress', { email: 'right@publisher.test' })).status).toBe(409);
    expect(await address()).toEqual(before);
  });

  async function texts(): Promise<number> {
    const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM texts');
    return rows[0].n;
  }
});

describe('lists', () => {
  it('come in pages, the newest requests first, and are narrowed', async () => {
    const paths = [await sent(), await sent(), await sent()];
    await give('publisher', paths[2] ?? '', 'acknowledge');
    const first = await world.get('publisher', '/v1/escalations?limit=2');
    expect(EscalationList.safeParse(first.body).error).toBeUndefined();
    const found = (response: { body: { items: { links: { self: string } }[] } }) =>
      response.body.items.map(({ links }) => links.self);
    expect(found(first)).toEqual([paths[2], paths[1]]);
    const next = await world.get('publisher', `/v1/escalations?limit=1&cursor=${first.body.next}`);
    expect(found(next)).toEqual([paths[0]]);
    const acknowledged = await world.get(
      'agent',
      '/v1/escalations?status=acknowledged&limit=1&publisher=pub-publisher',
    );
    expect(found(acknowledged)).toEqual([paths[2]]);
    expect((await world.get('agent', '/v1/escalations?publisher=pub-otherPublisher')).body.items).toEqual([]);
  });

  it('may not be narrowed by what is for staff', async () => {
    for (const filter of ['publisher=pub-publisher', 'stage=draft', 'breached=true']) {
      expect((await world.get('publisher', `/v1/escalations?${filter}`)).status).toBe(403);
    }
  });
});

describe('publishers', () => {
  it('are entered once, with contracts of family C that are nobody else’s', async () => {
    const body = { id: 'vendor', name: 'Vendor', email: 'desk@vendor.test', contracts: ['ONE', 'EDITOR', 'NONE'] };
    const refused = await world.post('supervisor', '/v1/publishers', body);
    expect(errorsOf(refused)).toEqual([
      { path: 'contracts.0', message: 'There is no contract ONE with a publisher (family C) in force.' },
      { path: 'contracts.1', message: 'The contract EDITOR is with another publisher.' },
      { path: 'contracts.2', message: 'There is no contract NONE with a publisher (family C) in force.' },
    ]);
    const entered = await world.post('supervisor', '/v1/publishers', { ...body, contracts: [] });
    expect(entered.body).toMatchObject({ id: 'vendor', language: 'fr', contracts: [], people: [] });
    const taken = await world.post('supervisor', '/v1/publishers', { ...body, name: 'Another', contracts: [] });
    expect(errorsOf(taken)).toMatchObject([{ path: 'id' }]);
    const list = await world.get('agent', '/v1/publishers');
    expect(list.body.items.map(({ id }: { id: string }) => id)).toContain('vendor');
  });
});
