/** Every route × every role × own or other contract, generated from the routes that are served. */
import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../api/app.ts';
import { isUploading, type Route } from '../../api/route.ts';
import { prepaidFigures } from '../../contracts/commercial/figures/prepaid.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { readContract, storeTerms } from '../../db/contracts.ts';
import { placeOrder } from '../../db/ledger/orders.ts';
import { storePublisherPerson } from '../../db/publishers.ts';
import { storeText } from '../../db/texts.ts';
import { type ApiWorld, type CallerName, createApiWorld, OPENING, termsOf } from '../support/apiWorld.ts';
import { storeAdmitting } from '../support/closureTerms.ts';
import { addPublisherContract, COMPLETE } from '../support/escalationDraftWorld.ts';
import { isMayCall, NOT_SOLD, nameOf } from '../support/routeRights.ts';

let world: ApiWorld;
let number: string;
let mail: string;
let closure: string;
let file: string;
let proposal: string;

beforeAll(async () => {
  // Every route is called without a token too.
  world = await createApiWorld({ limits: { perCaller: 3_000, unauthorized: 300 } });
  await addPublisherContract(world);
  number = await world.open({ product: 'viewer' });
  await world.give(number, ['acknowledge']);
  file = await escalate();
  const spare = {
    id: 'p-spare',
    publisher: 'pub-publisher',
    name: 'Spare',
    email: 's@x.test',
    language: 'en',
  } as const;
  await storePublisherPerson(world.pool, spare);
  await storeCredit(world.pool);
  await storeInterventions();
  await storeAdmitting(world.pool, 'THREE');
  const announced = await world.post('supervisor', '/v1/calendars/THREE.support/closures', {
    day: inDays(31),
    reason: 'Stocktaking',
  });
  closure = announced.body.closure.id;
  mail = randomUUID();
  await world.pool.query(
    `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, number, sender)
     VALUES ($1, now(), 'x@customer.test', '{support@support.test}', 'raw', '\\x00', 'relayed', 'unverified', $2, 'x@customer.test')`,
    [mail, number],
  );
});
afterAll(() => world.close());

/** An escalation of the request that was sent, with one file, whose id it returns. */
async function escalate(): Promise<string> {
  const drafts = `/v1/requests/${number}/escalations`;
  await world.post('agent', drafts, { parts: COMPLETE });
  const upload = call({ path: `${drafts}/1/attachments`, method: 'post', atMost: 1 } as unknown as Route, 'agent');
  const { body } = await upload;
  await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 });
  await world.escalationDoor.sent(`escalation:${number}:1`);
  return body.id;
}

/** An intervention of the request, a call on it that is over, and a proposal to bill time. */
async function storeInterventions(): Promise<void> {
  const { status, text } = await world.post('agent', `/v1/requests/${number}/interventions`, { text: 'Install it.' });
  if (status !== 201) throw new Error(text);
  await world.pool.query(
    `INSERT INTO hotline_calls (id, request, n, contract, terms_version, kind, agent, began_at, ended_at, seconds, free_seconds,
       unit, units, debited_at)
     VALUES ('hotline:' || $1, $1, 1, 'ONE', 1, 'call', 'staff:s-agent', now(), now(), 60, 60, 'ticket', 0, now())`,
    [number],
  );
  await world.pool.query(`UPDATE hotline_calls SET id = id || ':1'`);
  const cause = randomUUID();
  await storeText(world.pool, { id: cause, number, body: 'The network.', author: 'staff:s-agent' });
  const { rows } = await world.pool.query<{ id: string }>(
    `INSERT INTO billing_proposals (request, contract, seconds, cause, proposed_by)
     VALUES ($1, 'ONE', 60, $2, 'staff:s-agent') RETURNING id`,
    [number, cause],
  );
  proposal = rows[0]?.id ?? '';
}

// The table of routes is made of what handlers need; none of them runs here.
const ROUTES = allRoutes({} as ApiWorld);

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** The first contract sells tickets too, and has some. */
async function storeCredit(pool: ApiWorld['pool']): Promise<void> {
  const credits = prepaidFigures({ calendar: 'support' }).credits;
  const inForce = await readContract(pool, 'ONE');
  const { credits: units = {} } = termsOf({ ...TERMS, ...(credits ? { credits } : {}) });
  if (!inForce) throw new Error('ONE has no terms in force');
  const version = inForce.version + 1;
  await storeTerms(pool, 'ONE', version, '2026-02-02', { ...inForce.terms, credits: units });
  const under = { credits: units, termsVersion: version, today: '2026-02-02' };
  const order = { key: 'order:1', contract: 'ONE', on: '2026-01-15', who: 'staff:s-billing', why: 'order form BC-1' };
  await placeOrder(pool, order, { unit: 'ticket', units: 10, orderForm: 'BC-1' }, under);
}

const TERMS = anomalySupport({ customer: 'Customer', provider: 'Provider' });

/** A body that the schema of each change accepts. */
const BODIES: { readonly [command: string]: object } = {
  requests: OPENING,
  assign: { assignee: 'staff:s-agent' },
  logWork: { seconds: 60 },
  requalify: { priority: 'major', text: 'Less severe.' },
  amendTerms: { version: 2 },
  refuse: { exclusion: 'training' },
  close: { reason: 'withdrawn' },
  correctAddress: { email: 'right@customer.test' },
  acknowledge: {},
  resume: {},
  confirm: {},
  putInProduction: {},
  accept: {},
  dismiss: { reason: 'advertising' },
  closures: { day: inDays(30), reason: 'Stocktaking' },
  takeBack: {},
  contracts: { reference: 'FOUR', effectiveFrom: '2026-01-01', terms: TERMS },
  terms: { effectiveFrom: inDays(40), reason: 'Agreed', terms: TERMS },
  contacts: { name: 'New', email: 'new@customer.test', trained: true },
  retire: {},
  makeReferent: {},
  makeMain: {},
  orders: { pack: 4, signedOn: '2026-02-01', orderForm: 'BC-2' },
  debits: { units: 1, on: '2026-02-02', why: 'Help' },
  corrections: { corrects: 'order:1', right: [{ unit: 'ticket', units: 8 }], reason: 'Typed wrong' },
  markDown: {},
  markUp: {},
  escalations: { product: 'viewer', priority: 'p3' },
  '{n}': {},
  askForMissing: {},
  escalate: { escalation: 1 },
  confirmPriority: {},
  contestPriority: { priority: 'p3', text: 'Less severe.' },
  proposePriority: { priority: 'p3', text: 'Less severe.' },
  agreePriority: {},
  settleTask: { task: 'quote' },
  withdraw: {},
  publishers: { id: 'new-one', name: 'New one', email: 'desk@new.test' },
  people: { name: 'New', email: 'new@publisher.test' },
  hotlineCalls: { kind: 'call' },
  end: {},
  billingProposals: { seconds: 60, text: 'The network.' },
};

const IN_A_WEEK = { from: `${inDays(7)}T09:00:00Z`, to: `${inDays(7)}T10:00:00Z` };
/** Where an intervention's command has another body than one of the same name, or none is named above. */
const INTERVENTION: { readonly [command: string]: object } = {
  study: { feasible: true, text: 'It can be done.' },
  sendEstimate: { scope: 'All of it.', unit: 'ticket', units: 1 },
  confirmOrder: { order: 'BC-9' },
  schedule: IN_A_WEEK,
  startWork: {},
  stopWork: {},
  addExpense: { kind: 'meals', cents: 100, nonRefundable: false },
  askMore: { units: { ticket: 1 } },
  withdraw: { text: 'We cannot.' },
  settleTask: { task: 'agreeOtherDate' },
  approve: { estimate: randomUUID() },
  agreeMore: { units: { ticket: 1 } },
  decline: { estimate: randomUUID() },
  declineMore: {},
  cancel: {},
  changeDate: IN_A_WEEK,
};
const BY_PHONE = ['decline', 'declineMore', 'cancel', 'changeDate'];

function bodyOf(route: Route, caller: CallerName | undefined): object {
  const command = route.path.split('/').at(-1) ?? '';
  if (route.path.startsWith('/v1/billingProposals')) return {};
  if (route.path === '/v1/contracts/{reference}/end') return { lastDay: inDays(400), reason: 'Letter' };
  if (route.path.startsWith('/v1/interventions')) {
    const isTold = BY_PHONE.includes(command) && (caller === 'agent' || caller === 'supervisor');
    const told = isTold ? { receivedAt: new Date().toISOString() } : {};
    return { ...(INTERVENTION[command] ?? BODIES[command] ?? { text: 'Something.' }), ...told };
  }
  return command === 'attach' ? { number, counts: false } : (BODIES[command] ?? { text: 'Something.' });
}

function call(route: Route, caller: CallerName | undefined, keyed = true): supertest.Test {
  const idOf: { readonly [folder: string]: string } = { calendars: 'THREE.support', publishers: 'pub-publisher' };
  const folder = route.path.split('/')[2] ?? '';
  const id = route.path.includes('/attachments/') ? file : (idOf[folder] ?? mail);
  const path = route.path
    .replace('{number}', number)
    .replace('{clock}', 'resolution')
    .replace('{reference}', 'ONE')
    .replace('{version}', '1')
    .replace('{contact}', route.path.endsWith('retire') ? 'c-untrained' : 'c-colleague')
    .replace('{id}', id)
    .replace('{n}', '1')
    .replace('{person}', 'p-spare')
    .replace('{closure}', closure)
    .replace('{proposal}', proposal);
  const test = supertest(world.app)[route.method](path);
  if (caller) test.set('authorization', `Bearer ${world.tokens[caller]}`);
  if (keyed && route.method === 'post') test.set('idempotency-key', randomUUID());
  if (isUploading(route)) return test.query({ name: 'list.txt' }).type('text/plain').send('LIST-4711');
  return route.method === 'post' ? test.send(bodyOf(route, caller)) : test;
}

const isAboutOneThing = (route: Route) => route.path.includes('{');

describe('every route', () => {
  it('is there: requests, explanations, commands, mails, contracts, terms, ends, contacts, credits, portal, calendars, escalations, publishers, interventions, calls, proposals', () => {
    expect(ROUTES.length).toBe(5 + 1 + 21 + 5 + 3 + 5 + 1 + 4 + 6 + 3 + 3 + 4 + 6 + 4 + 16 + 4 + 4 + 23 + 3 + 4);
    expect(new Set(ROUTES.map(nameOf)).size).toBe(ROUTES.length);
  });

  it.each(ROUTES.map((route) => [nameOf(route), route] as const))('%s wants an access token', async (_name, route) => {
    const response = await call(route, undefined);
    expect(response.status).toBe(401);
    expect(response.body.type).toBe('urn:relance:problem:unauthorized');
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  const callers: CallerName[] = [
    'agent',
    'supervisor',
    'billing',
    'customer',
    'colleague',
    'stranger',
    'publisher',
    'otherPublisher',
  ];
  const cases = ROUTES.flatMap((route) => callers.map((caller) => [nameOf(route), caller, route] as const));
  it.each(cases)('%s by the %s', async (name, caller, route) => {
    const response = await call(route, caller);
    if (!isMayCall(route, caller)) {
      expect(response.status).toBe(403);
      expect(response.body.type).toBe('urn:relance:problem:forbidden');
      return;
    }
    if ((caller === 'stranger' || caller === 'otherPublisher') && isAboutOneThing(route)) {
      expect(response.status).toBe(404);
      expect(JSON.stringify(response.body)).not.toContain(OPENING.subject);
      return;
    }
    if (name === 'POST /v1/requests' && caller !== 'agent' && caller !== 'supervisor' && caller !== 'customer') {
      // The body names somebody else.
      expect(response.status).toBe(422);
      return;
    }
    if (NOT_SOLD.includes(name)) {
      // The contract has neither.
      expect(response.body.type).toBe('urn:relance:problem:not-covered');
      return;
    }
    expect([200, 201, 409]).toContain(response.status);
    if ('sendsFile' in route) expect(response.text).toBe('LIST-4711');
    else if (response.status < 300) expect(route.answer.schema.safeParse(response.body).error).toBeUndefined();
  });

  const changes = ROUTES.filter(({ method }) => method === 'post').map((route) => [nameOf(route), route] as const);
  it.each(changes)('%s wants an Idempotency-Key', async (_name, route) => {
    const response = await call(
      route,
      route.roles.includes('supervisor') ? 'supervisor' : route.roles.includes('customer') ? 'customer' : 'publisher',
      false,
    );
    expect(response.status).toBe(400);
    expect(response.body.type).toBe('urn:relance:problem:idempotency-key-missing');
  });
});

describe('a customer', () => {
  it('finds only requests and contracts of their own in lists', async () => {
    const mine = await world.get('colleague', '/v1/requests');
    expect(mine.body.items.map((item: { number: string }) => item.number)).toContain(number);
    for (const path of ['/v1/requests', '/v1/requests?contract=ONE']) {
      expect((await world.get('stranger', path)).body.items).toEqual([]);
    }
    const contracts = await world.get('stranger', '/v1/contracts');
    expect(contracts.body.items.map((item: { reference: string }) => item.reference)).toEqual(['TWO']);
  });

  it('may not filter by what is for staff', async () => {
    for (const filter of ['assignee=staff:s-agent', 'breached=true']) {
      expect((await world.get('customer', `/v1/requests?${filter}`)).status).toBe(403);
    }
  });

  it('closes only by withdrawing', async () => {
    const other = await world.open();
    const path = `/v1/requests/${other}/close`;
    expect((await world.post('customer', path, { reason: 'confirmed' })).status).toBe(403);
    expect((await world.post('customer', path, { reason: 'withdrawn' })).body.status).toBe('closed');
  });

  it('sees neither tasks nor assignee nor notes nor alerts nor unverified mail, nor who of the staff it was', async () => {
    const other = await world.open();
    const held = randomUUID();
    await world.pool.query(
      `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, number,
         sender, subject, body_new)
       VALUES ($1, now(), 'x@evil.test', '{support@support.test}', 'raw', '\\x01', 'relayed', 'unverified', $2,
         'x@evil.test', 'forged', 'SECRET forged')`,
      [held, other],
    );
    await world.pool.query(
      `INSERT INTO outbound_mails (key, content_hash, mail_order, number, kind, audience, recipient, address, message_id, token,
         subject, body, status, ended_at)
       VALUES ('k1', '\\x01', '{}', $1, 'breach', 'staff', 'staff', 'staff@support.test', '<1@x>', 't1', 'SECRET alert', 'b', 'accepted', now()),
              ('k2', '\\x01', '{}', $1, 'receipt', 'customer', 'contact:c', 'c@customer.test', '<2@x>', 't2', 'Received', 'b', 'accepted', now())`,
      [other],
    );
    await world.give(
      other,
      ['acknowledge'],
      ['assign', { assignee: 'staff:s-agent' }],
      ['note', { text: 'SECRET note' }],
      ['logWork', { seconds: 5, text: 'SECRET work' }],
      ['ask', { text: 'Which version?' }],
    );
    await world.door.holdMessage(other, { mail: held, receivedAt: Date.now() });
    const pages = ['', '/timeline', '/mails'];
    const seen = await Promise.all(pages.map((page) => world.get('customer', `/v1/requests/${other}${page}`)));
    const text = seen.map((response) => response.text).join('\n');
    expect(text).toContain('Which version?');
    expect(text).toContain('Received');
    expect(text).not.toMatch(/SECRET|s-agent|evil|lookAtMessage|"tasks"|"assignee"|"breached"|enteredBy/);
    const shown = await Promise.all(pages.map((page) => world.get('agent', `/v1/requests/${other}${page}`)));
    const all = shown.map((response) => response.text).join('\n');
    for (const word of ['SECRET note', 'SECRET work', 'SECRET alert', 'SECRET forged', 'lookAtMessage', 's-agent']) {
      expect(all).toContain(word);
    }
  });
});
