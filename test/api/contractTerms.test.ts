import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { localDate } from '../../contracts/zone.ts';
import { periodAfter } from '../../domain/localDates.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const PARTIES = { customer: 'Customer', provider: 'Provider' };
const saas = () => saasSupport(PARTIES, { yearlyFeeCents: 1_200_000 });
const today = () => localDate('Europe/Paris', Date.now());
const enter = (reference: string, terms: object, query = '') =>
  world.post('supervisor', `/v1/contracts${query}`, { reference, effectiveFrom: '2026-01-01', terms });
const change = (reference: string, body: object, query = '') =>
  world.post('supervisor', `/v1/contracts/${reference}/terms${query}`, { reason: 'Agreed', ...body });

describe('products that lead to a publisher', () => {
  const priorities = Object.keys(saas().priorities);
  const leading = (publisherContract: string, theirs = 'p4') => ({
    ...saas(),
    products: {
      ...saas().products,
      list: {
        archive: {
          ...{ name: 'Archive', environment: 'production', publisher: 'Publisher', publisherContract },
          publisherPriorities: Object.fromEntries(priorities.map((name) => [name, theirs])),
        },
      },
    },
  });
  const pathsOf = ({ body }: { body: { errors: { path: string }[] } }) => body.errors.map(({ path }) => path);

  it('name a contract with a publisher that is there, and its priorities: when entered, changed, or tried', async () => {
    const path = 'terms.products.list.archive.publisherContract';
    expect(pathsOf(await enter('LEAD', leading('NOWHERE')))).toEqual([path]);
    expect(pathsOf(await enter('LEAD', leading('ONE'), '?dryRun=true'))).toEqual([path]);
    await enter('VENDOR', publisherSupport(PARTIES));
    const orphan = await enter('LEAD', leading('VENDOR'));
    expect(orphan.body.errors).toEqual([
      { path, message: 'No publisher is entered for the contract VENDOR: enter it first, by POST /v1/publishers.' },
    ]);
    await world.post('supervisor', '/v1/publishers', {
      ...{ id: 'vendor', name: 'Vendor', email: 'desk@vendor.test', contracts: ['VENDOR'] },
    });
    const unknown = await enter('LEAD', { ...leading('VENDOR', 'p9'), zone: 'Europe/Lutece' });
    expect(pathsOf(unknown).sort()).toEqual(
      ['terms.zone', ...priorities.map((name) => `terms.products.list.archive.publisherPriorities.${name}`)].sort(),
    );
    expect(unknown.text).toContain('no priority in the contract VENDOR of this name; there are: p1, p2, p3, p4');
    expect((await enter('LEAD', leading('VENDOR'))).status).toBe(201);
    const effectiveFrom = periodAfter(today(), { months: 6 });
    expect(pathsOf(await change('LEAD', { effectiveFrom, terms: leading('NOWHERE') }))).toEqual([path]);
    expect(pathsOf(await change('LEAD', { effectiveFrom, terms: leading('NOWHERE') }, '?dryRun=true'))).toEqual([path]);
  });
});

describe('entering a contract', () => {
  it('puts its terms in force, once', async () => {
    const { status, body } = await enter('NEW-1', saas());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      version: 1,
      effectiveFrom: '2026-01-01',
      storedBy: 'staff:s-supervisor',
      warnings: [],
    });
    expect((await world.get('agent', '/v1/contracts/NEW-1')).body).toMatchObject({ family: 'B', termsVersion: 1 });
    expect((await enter('NEW-1', saas())).body.errors).toMatchObject([{ path: 'reference' }]);
  });

  it('stores nothing of bad terms, and names all that is wrong with them', async () => {
    const bad = { ...saas(), zone: 'Europe/Lutece', defaultPriority: 'p9', supportCalendar: 'night' };
    const { status, body } = await enter('BAD-1', bad);
    expect(status).toBe(422);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'terms.defaultPriority',
      'terms.supportCalendar',
      'terms.zone',
    ]);
    expect((await world.get('agent', '/v1/contracts/BAD-1')).status).toBe(404);
  });

  it('gives one readable report of a thousand errors', async () => {
    const exclusions = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`code${index}`, { clause: 'B' }]),
    );
    const { status, body } = await enter('BAD-2', { ...saas(), exclusions });
    expect(status).toBe(422);
    expect(body.errors.length).toBeGreaterThanOrEqual(1_000);
    expect(body.detail.length).toBeLessThan(1_000);
  });

  it('shows by a dry run what is odd, and stores nothing', async () => {
    const { status, body } = await enter('DRY-1', { ...saas(), languages: ['en'] }, '?dryRun=true');
    expect([status, body.terms.languages, body.warnings]).toEqual([200, ['en'], []]);
    expect((await world.get('agent', '/v1/contracts/DRY-1')).status).toBe(404);
    expect((await world.post('agent', '/v1/requests?dryRun=true', {})).status).toBe(422);
  });

  it('notes its calendars: closures are announced for them, and named in explanations', async () => {
    await enter('CLOSING', saas());
    const contact = { name: 'Ann', email: 'ann@closing.test', trained: true };
    const { body: contacts } = await world.post('supervisor', '/v1/contracts/CLOSING/contacts', contact);
    const in10Days = periodAfter(today(), { calendarDays: 10 });
    const closure = await world.post('supervisor', '/v1/calendars/CLOSING.support/closures', {
      from: new Date(Date.now() + 1_000).toISOString(),
      to: new Date(Date.parse(in10Days)).toISOString(),
      reason: 'Moving house',
    });
    expect(closure.status).toBe(201);
    const opened = await world.post('agent', '/v1/requests', {
      contract: 'CLOSING',
      contact: contacts.items[0].id,
      kind: 'question',
      subject: 'When?',
      description: 'When will you answer?',
      observedBehaviour: 'Nothing.',
    });
    const path = `/v1/requests/${opened.body.number}/clocks/acknowledgement/explanation`;
    const { body } = await world.get('agent', path);
    expect(body.dueAt > in10Days).toBe(true);
    expect(JSON.stringify(body.steps)).toContain('Moving house');
  });

  it('is for supervisors', async () => {
    expect((await world.post('agent', '/v1/contracts', {})).status).toBe(403);
  });
});

describe('changing terms', () => {
  it('takes the notice that the contract asks for: one month (B §3)', async () => {
    await enter('NOTICE', saas());
    const earliest = periodAfter(today(), { months: 1 });
    const tooSoon = await change('NOTICE', { effectiveFrom: today(), terms: saas() });
    expect(tooSoon.status).toBe(422);
    expect(tooSoon.body.errors).toEqual([
      { path: 'effectiveFrom', message: expect.stringContaining(`this is ${earliest} at the earliest`) },
    ]);
    const inTime = await change('NOTICE', { effectiveFrom: earliest, terms: { ...saas(), languages: ['en'] } });
    expect(inTime.status).toBe(201);
    expect(inTime.body).toMatchObject({ version: 2, effectiveFrom: earliest, reason: 'Agreed' });
    // It is there, and not in force yet.
    expect((await world.get('agent', '/v1/contracts/NOTICE')).body.termsVersion).toBe(1);
    const before = await change('NOTICE', { effectiveFrom: today(), change: 'law', terms: saas() });
    expect(before.body.errors[0].message).toContain('Version 2 takes effect on');
  });

  it.each(['security', 'law'])('takes none for reasons of %s', async (reason) => {
    const reference = `NOTICE-${reason}`;
    await enter(reference, saas());
    const { status } = await change(reference, { effectiveFrom: today(), change: reason, terms: saas() });
    expect(status).toBe(201);
    expect((await world.get('agent', `/v1/contracts/${reference}`)).body.termsVersion).toBe(2);
  });

  it('takes none with an override, which is kept with its reason', async () => {
    await enter('OVERRIDE', saas());
    await change('OVERRIDE', { effectiveFrom: today(), override: 'The customer asked for it.', terms: saas() });
    const { body } = await world.get('agent', '/v1/contracts/OVERRIDE/terms');
    expect(body.items).toMatchObject([{ version: 2, noticeOverride: 'The customer asked for it.' }, { version: 1 }]);
    expect((await world.get('agent', '/v1/contracts/OVERRIDE/terms/1')).body.terms.family).toBe('B');
    expect((await world.get('agent', '/v1/contracts/OVERRIDE/terms/3')).status).toBe(404);
    expect((await world.get('agent', '/v1/contracts/OVERRIDE/terms/x')).status).toBe(404);
  });

  it('names the signed amendment where both sides sign (C §3)', async () => {
    await enter('SIGNED', publisherSupport(PARTIES));
    const unsigned = await change('SIGNED', { effectiveFrom: today(), terms: publisherSupport(PARTIES) });
    expect(unsigned.body.errors).toMatchObject([{ path: 'writing' }]);
    const signed = { effectiveFrom: today(), writing: 'Amendment 1', terms: publisherSupport(PARTIES) };
    expect((await change('SIGNED', signed)).status).toBe(201);
  });

  it('keeps the family and the zone', async () => {
    await enter('FAMILY', saas());
    const other = await change('FAMILY', { effectiveFrom: '2027-06-01', terms: publisherSupport(PARTIES) });
    expect(other.body.errors).toMatchObject([{ path: 'terms.family' }]);
  });

  it('offers the schema of terms', async () => {
    const { body } = await world.get('customer', '/v1/terms/schema');
    expect(body.properties).toHaveProperty('priorityScheme');
    expect(body.properties).toHaveProperty('availability');
  });
});

describe('amending a request', () => {
  it('shows what it would change before it does, and changes nothing by that', async () => {
    const number = await world.open({ priority: 'major' });
    const terms = structuredClone(anomalySupport({ customer: 'Customer One', provider: 'Support Example' }));
    const { workaround } = terms.priorities.major?.clocks ?? {};
    if (typeof workaround === 'object') Reflect.set(workaround, 'delay', { businessHours: 9, calendar: 'support' });
    await change('ONE', { effectiveFrom: today(), override: 'test', terms });
    const path = `/v1/requests/${number}`;
    const before = (await world.get('agent', path)).body;
    expect(before.termsVersion).toBe(1);
    const { status, body } = await world.post('supervisor', `${path}/amendTerms?dryRun=true`, { version: 2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: 1, to: 2, breached: [] });
    const shown = body.clocks.find(({ clock }: { clock: string }) => clock === 'workaround');
    expect(shown.before.dueAt).toBe(before.clocks[1].dueAt);
    expect(Date.parse(shown.after.dueAt)).toBeLessThan(Date.parse(shown.before.dueAt));
    expect((await world.get('agent', path)).body).toEqual(before);
    const amended = await world.post('supervisor', `${path}/amendTerms`, { version: 2 });
    expect(amended.body.clocks[1].dueAt).toBe(shown.after.dueAt);
    expect((await world.post('agent', `${path}/amendTerms?dryRun=true`, { version: 2 })).status).toBe(403);
  });
});
