import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail } from '../../client/mailDelivery.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { readDecidedMail } from '../../db/inboundMails.ts';
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import { listUntold } from '../../db/ledger/watching.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import { startCredits } from '../../relay/credits.ts';
import { type ApiWorld, createApiWorld, termsOf } from '../support/apiWorld.ts';
import { until } from '../support/until.ts';

let world: ApiWorld;
let token: string;
let forms = 0;

beforeAll(async () => {
  world = await createApiWorld();
  const terms = termsOf(prepaidTickets({ customer: 'Customer <One>', provider: 'Support' }));
  await storeContract(world.pool, { reference: 'PREPAID', terms });
  await storeTerms(world.pool, 'PREPAID', 1, '2026-01-01', terms);
  const person = { id: 'c-payer', contract: 'PREPAID', name: 'Payer <b>', email: 'payer@customer.test' };
  await storeContact(world.pool, { ...person, language: 'en', trained: true });
  token = await issueToken(world.pool, { contact: 'c-payer', expiresAt: new Date(Date.now() + 3_600_000) });
  await buy(10);
});
afterAll(async () => {
  expect(await listLedgerOddities(world.pool)).toEqual([]);
  await world.close();
});

async function buy(pack: number): Promise<void> {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
  const body = { pack, signedOn: today, orderForm: `BC-${++forms}` };
  const { status, text } = await world.post('billing', '/v1/contracts/PREPAID/orders', body);
  if (status !== 201) throw new Error(text);
}

const asCustomer = (path: string, body: object) =>
  supertest(world.app)
    .post(path)
    .set('authorization', `Bearer ${token}`)
    .set('idempotency-key', randomUUID())
    .send(body);

/** An intervention whose feasibility was studied. */
async function studied(): Promise<{ path: string; id: InterventionId; number: string }> {
  const request = await world.post('agent', '/v1/requests', {
    ...{ contract: 'PREPAID', contact: 'c-payer', subject: 'Install <the> server', description: 'Please.' },
    ...{ kind: 'installation', channel: 'phone' },
  });
  const number = request.body.number ?? (await portalRequest());
  const opened = await world.post('agent', `/v1/requests/${number}/interventions`, { text: 'Install it.' });
  if (opened.status !== 201) throw new Error(opened.text);
  const path = `/v1/interventions/${number}/${opened.body.n}`;
  expect((await world.post('agent', `${path}/study`, { feasible: true, text: 'It can be done.' })).status).toBe(200);
  return { path, id: opened.body.id, number };
}

async function portalRequest(): Promise<string> {
  const { body, text } = await asCustomer('/v1/requests', {
    ...{ contract: 'PREPAID', contact: 'c-payer', subject: 'Install <the> server', description: 'Please.' },
    kind: 'installation',
  });
  if (!body.number) throw new Error(text);
  return body.number;
}

const lastMail = () => world.interventionDoor.mails.at(-1);
const linkIn = (text = '') => {
  const path = /http:\/\/relance\.test(\/approvals\/[a-z2-7]+)/.exec(text)?.[1];
  if (!path) throw new Error(`no link: ${text}`);
  return path;
};
async function estimated(units: number) {
  const one = await studied();
  const sent = await world.post('agent', `${one.path}/sendEstimate`, { scope: 'All <of> it.', units });
  expect(sent.status).toBe(200);
  const mail = world.interventionDoor.mails.find(ofIntervention(one.id));
  return { ...one, link: linkIn(mail?.text), estimate: sent.body.estimate.id as string };
}
/** The next date, from a week on, that opening hours admit: weekends and public holidays are refused. */
async function scheduled(path: string): Promise<void> {
  for (let day = 8; ; day++) {
    const date = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
    const body = { from: `${date}T09:00:00Z`, to: `${date}T10:00:00Z` };
    const { status, text } = await world.post('agent', `${path}/schedule`, body);
    if (status === 200) return;
    if (day > 20) throw new Error(text);
  }
}
const ofIntervention =
  (id: string) =>
  ({ headers, text }: { headers: Readonly<Record<string, string>>; text: string }) =>
    headers['X-Relance-Intervention'] === id && text.includes('/approvals/');
const press = (link: string, body: object) => supertest(world.app).post(link).type('form').send(body);
const balance = async () => (await world.get('billing', '/v1/contracts/PREPAID/balance')).body.items[0];
const read = async (path: string) => (await world.get('agent', path)).body;

describe('an estimate', () => {
  it('is filled in from the catalogue, and shown before it is sent', async () => {
    const { path } = await studied();
    const draft = await world.post('agent', `${path}/sendEstimate?dryRun=true`, { service: 'pdmInstallation' });
    expect(draft.body).toMatchObject({ service: 'pdmInstallation', unit: 'ticket', units: 10 });
    expect(draft.body.limits).toEqual([
      'workstations: at most 5',
      "Validation in the customer's environment is up to the customer",
      'No warranty period',
    ]);
    expect((await read(path)).status).toBe('studied');
    const foreign = await world.post('agent', `${path}/sendEstimate?dryRun=true`, {
      scope: 'x',
      unit: 'hour',
      units: 2,
    });
    expect([foreign.status, foreign.body.errors]).toMatchObject([422, [{ path: 'unit' }]]);
    const none = await world.post('agent', `${path}/sendEstimate?dryRun=true`, { scope: 'x', units: 0 });
    expect(none.body.errors).toEqual([{ path: 'units', message: 'This must be more than 0.' }]);
    const { body } = await world.post('agent', `${path}/sendEstimate`, { service: 'pdmInstallation', units: 7 });
    expect(body.estimate).toMatchObject({ service: 'pdmInstallation', units: 7, scope: draft.body.scope });
  });

  it('is approved by a button, once; opening the link changes nothing', async () => {
    const before = await balance();
    const { path, link, number } = await estimated(2);
    for (let scans = 0; scans < 5; scans++) {
      const page = await supertest(world.app).get(link);
      expect(page.status).toBe(200);
      expect(page.text).toContain('2 × prepaid ticket');
      expect(page.text).toContain('All &#60;of&#62; it.');
      expect(page.text).not.toMatch(/<script|All <of>|Payer <b>/);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect((await read(path)).status).toBe('estimated');
    expect(await balance()).toEqual(before);
    // Those who read the request's mails are not the one who was asked.
    const shown = await world.get('agent', `/v1/requests/${number}/mails`);
    expect(shown.text).toContain('/approvals/…');
    expect(shown.text).not.toContain(link.split('/').at(-1));
    expect((await press(link, {})).status).toBe(422);
    const approved = await press(link, { decision: 'approve' });
    expect(approved.status).toBe(200);
    expect((await read(path)).status).toBe('ready');
    expect(await balance()).toMatchObject({ available: before.available - 2, pending: before.pending + 2 });
    expect((await press(link, { decision: 'approve' })).status).toBe(410);
    expect((await press(link, { decision: 'decline' })).status).toBe(410);
    expect((await supertest(world.app).get(link)).text).toContain('This link has been used');
    expect((await read(path)).status).toBe('ready');
    expect(world.logged.join('')).not.toContain(link.split('/').at(-1));
  });

  it('wants a link of its own: none that is wrong, old, expired or somebody else’s', async () => {
    const { path, link, estimate, id } = await estimated(1);
    const wrong = link.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    expect((await press(wrong, { decision: 'approve' })).status).toBe(404);
    expect((await press('/approvals/x', { decision: 'approve' })).status).toBe(404);
    await world.pool.query(`UPDATE approval_tokens SET contact = 'c-customer' WHERE intervention = $1`, [id]);
    expect((await press(link, { decision: 'approve' })).status).toBe(404);
    await world.pool.query(`UPDATE approval_tokens SET contact = 'c-payer' WHERE intervention = $1`, [id]);
    await world.pool.query(`UPDATE approval_tokens SET expires_at = now() WHERE intervention = $1`, [id]);
    expect((await press(link, { decision: 'approve' })).status).toBe(410);
    await world.pool.query(`UPDATE approval_tokens SET expires_at = now() + interval '1 day' WHERE intervention = $1`, [
      id,
    ]);
    // Another version takes its place.
    const again = await world.post('agent', `${path}/sendEstimate`, { scope: 'Less of it.', units: 2 });
    expect(again.body.estimate.id).not.toBe(estimate);
    expect((await press(link, { decision: 'approve' })).status).toBe(410);
    expect((await asCustomer(`${path}/approve`, { estimate })).status).toBe(409);
    expect((await read(path)).status).toBe('estimated');
    expect((await asCustomer(`${path}/decline`, { estimate: again.body.estimate.id })).body.status).toBe('declined');
  });

  it('may be approved again when Temporal was away', async () => {
    const { path, link } = await estimated(1);
    for (const away of ['before', 'after'] as const) {
      world.interventionDoor.away = away;
      expect((await press(link, { decision: 'approve' })).status).toBe(503);
    }
    world.interventionDoor.away = undefined;
    expect((await read(path)).status).toBe('ready');
    expect((await press(link, { decision: 'approve' })).text).toContain('This link has been used');
  });
});

describe('a bounce', () => {
  it('becomes a task; once the address is corrected the estimate goes out again, with a link of its own', async () => {
    const { path, id, number, link } = await estimated(1);
    const mail = randomUUID();
    await world.pool.query(
      `INSERT INTO inbound_mails (id, received_at, envelope_from, envelope_to, raw, content_hash, stage, disposition, number, bounced)
       SELECT $1, now(), '', '{bounce@support.test}', 'raw', '\\x00', 'relayed', 'bounce', $2, key
       FROM outbound_mails WHERE intervention = $3 AND kind = 'estimate'`,
      [mail, number, id],
    );
    const decided = await readDecidedMail(world.pool, mail);
    const deps = { pool: world.pool, door: world.door, interventions: world.interventionDoor };
    await deliverMail(deps, decided ?? expect.unreachable());
    expect((await read(path)).tasks).toMatchObject([{ kind: 'correctAddress' }]);
    const before = world.interventionDoor.mails.length;
    const email = `right-${before}@customer.test`;
    expect((await world.post('agent', `${path}/correctAddress`, { email })).status).toBe(200);
    const again = world.interventionDoor.mails.slice(before).filter(ofIntervention(id));
    expect(again.map(({ to }) => to)).toEqual([email]);
    expect(linkIn(again[0]?.text)).not.toBe(link);
    expect((await press(linkIn(again[0]?.text), { decision: 'decline' })).status).toBe(200);
    expect((await read(path)).status).toBe('declined');
    expect((await press(link, { decision: 'approve' })).status).toBe(410);
  });
});

describe('an intervention', () => {
  it('is debited once for three times twenty minutes, and the rest returns', async () => {
    const before = await balance();
    const { path, link, number } = await estimated(3);
    await press(link, { decision: 'approve' });
    await scheduled(path);
    const cost = await asCustomer(`${path}/cancel?dryRun=true`, {});
    expect(cost.body).toMatchObject({ returned: cost.body.free ? { ticket: 3 } : {} });
    const shown = await world.post('agent', `${path}/logWork?dryRun=true`, { minutes: 20 });
    expect(shown.body).toMatchObject({ more: { ticket: 1 }, used: { ticket: 1 }, returned: { ticket: 2 } });
    for (let times = 0; times < 3; times++)
      await world.post('agent', `${path}/logWork`, { minutes: 20, text: 'Done.' });
    const more = await world.post('agent', `${path}/logWork?dryRun=true`, { seconds: 1 });
    expect(more.body.more).toEqual({ ticket: 1 });
    expect((await world.post('agent', `${path}/logWork`, { minutes: 121 })).status).toBe(409);
    const done = await world.post('agent', `${path}/complete`, { text: 'It runs.' });
    expect(done.body).toMatchObject({ status: 'done', ended: { used: { ticket: 1 }, returned: { ticket: 2 } } });
    expect(await balance()).toMatchObject({ available: before.available - 1, pending: before.pending });
    expect(lastMail()?.text).toContain('It runs.');
    const timeline = await world.get('agent', `${path}/timeline`);
    expect(timeline.body.items.map(({ type }: { type: string }) => type)).toContain('unitsPosted');
    const seen = await supertest(world.app).get(`${path}/timeline`).set('authorization', `Bearer ${token}`);
    expect(seen.text).not.toMatch(/s-agent|workLogged/);
    expect((await world.get('agent', `/v1/interventions?request=${number}`)).body.items).toHaveLength(1);
    expect((await world.get('agent', `/v1/requests/${number}/mails`)).status).toBe(200);
  });

  it('says what was decided to a contact whose answer was lost, and who presses again', async () => {
    const { path, link } = await estimated(1);
    world.interventionDoor.away = 'after';
    expect((await press(link, { decision: 'approve' })).status).toBe(503);
    world.interventionDoor.away = undefined;
    expect((await read(path)).status).toBe('ready');
    // Nobody is told that it was decided otherwise, nor may it be.
    const page = await supertest(world.app).get(link);
    expect([page.status, page.text.includes('A decision was taken with it')]).toEqual([410, true]);
    expect((await press(link, { decision: 'decline' })).status).toBe(410);
    const again = await press(link, { decision: 'approve' });
    expect([again.status, again.text.includes('Your approval is registered')]).toEqual([200, true]);
    expect((await press(link, { decision: 'approve' })).status).toBe(410);
    expect((await read(path)).reserved).toEqual({ ticket: 1 });
    await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
  });

  it('goes beyond the estimate only when the customer agrees, to what they read', async () => {
    const { path, link, id } = await estimated(1);
    await press(link, { decision: 'approve' });
    await scheduled(path);
    await world.post('agent', `${path}/logWork`, { minutes: 50 });
    const asked = () => linkIn(world.interventionDoor.mails.filter(ofIntervention(id)).at(-1)?.text);
    const first = asked();
    expect((await supertest(world.app).get(first)).text).toContain('How many more (prepaid ticket)');
    expect((await press(first, { decision: 'approve', units: '2' })).status).toBe(410);
    const question = () => supertest(world.app).get(first);
    const askedAt = /name="asked" value="(\d+)"/.exec((await question()).text)?.[1];
    expect((await press(first, { decision: 'approve', units: '-1', asked: askedAt })).status).toBe(422);
    expect((await read(path)).reserved).toEqual({ ticket: 1 });
    // An agent says how much: that question takes the place of the first one.
    expect((await world.post('agent', `${path}/askMore`, { units: { ticket: 2 }, text: 'More <b>.' })).status).toBe(
      200,
    );
    expect((await press(first, { decision: 'approve', units: '1', asked: askedAt })).status).toBe(410);
    const second = asked();
    const { text } = await supertest(world.app).get(second);
    expect(text).toContain('2 × prepaid ticket');
    const agreed = { decision: 'approve', asked: /name="asked" value="(\d+)"/.exec(text)?.[1] };
    expect((await press(second, agreed)).status).toBe(200);
    expect((await press(second, agreed)).status).toBe(410);
    expect((await read(path)).reserved).toEqual({ ticket: 3 });
    const done = await world.post('agent', `${path}/complete`, { text: 'Done.' });
    expect(done.body.ended).toMatchObject({ used: { ticket: 1 }, returned: { ticket: 2 } });
  });

  it('waits for an order where credit is lacking', async () => {
    const { path, link } = await estimated(30);
    await press(link, { decision: 'approve' });
    expect(await read(path)).toMatchObject({ status: 'awaitingOrder', waiting: { for: 'order' } });
    const asked = world.interventionDoor.mails.findLast(({ text }) => text.includes('sign an order form'));
    expect(asked?.text).toMatch(/Missing: \d+ × prepaid\s+ticket/);
    expect(lastMail()?.text).toContain('bon de commande');
    await buy(40);
    expect((await world.post('billing', `${path}/confirmOrder`, { order: `BC-${forms}` })).status).toBe(200);
    expect((await read(path)).status).toBe('ready');
    const withdrawn = await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
    expect(withdrawn.body.ended.returned).toEqual({ ticket: 30 });
  });

  it('is told by the relay once an order suffices, and not before', async () => {
    const { available } = await balance();
    const { path, link, id } = await estimated(available + 30);
    await press(link, { decision: 'approve' });
    expect((await read(path)).status).toBe('awaitingOrder');
    const orders = () => world.interventionDoor.mails.filter(({ text }) => text.includes('order form for it')).length;
    const before = orders();
    const told: string[] = [];
    const relay = startCredits({
      pool: world.pool,
      door: { creditChanged: async (contract) => void told.push(contract) },
      waiting: { interventions: world.interventionDoor, calls: world.hotlineDoor },
      log: { warn: () => undefined },
      pauseMs: 20,
    });
    try {
      await buy(20);
      await until(async () => (await listUntold(world.pool, 10)).length === 0);
      expect((await read(path)).status).toBe('awaitingOrder');
      expect(orders()).toBe(before);
      await buy(10);
      await until(async () => (await read(path)).status === 'ready');
    } finally {
      await relay.close();
    }
    expect(told).toContain('PREPAID');
    expect((await read(path)).id).toBe(id);
    await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
  });

  it('shows what another date would cost before it is wished for', async () => {
    const { path, link, id } = await estimated(1);
    await press(link, { decision: 'approve' });
    await scheduled(path);
    const { from, to } = (await read(path)).plan;
    const wish = (date: object, query = '?dryRun=true') => asCustomer(`${path}/changeDate${query}`, date);
    expect((await wish({ from, to })).body).toMatchObject({ free: true, lost: {}, returned: {} });
    expect((await wish({ from: to, to: from })).status).toBe(422);
    const late = `UPDATE interventions SET state = jsonb_set(state, '{plan,freeBefore}', '0') WHERE id = $1`;
    await world.pool.query(late, [id]);
    expect((await wish({ from, to })).body).toMatchObject({ free: false, lost: { ticket: 1 } });
    expect((await wish({ from, to }, '')).body.detail).toContain('counts as cancelling');
    expect((await wish({ from, to, lost: { ticket: 1 } }, '')).body.status).toBe('cancelled');
  });

  it('spends nothing that staff say in the customer’s name, and takes a cancellation by phone', async () => {
    const { path, estimate } = await estimated(1);
    expect((await world.post('agent', `${path}/approve`, { estimate })).status).toBe(403);
    expect((await world.post('agent', `${path}/cancel`, {})).status).toBe(422);
    const { status, body } = await world.post('agent', `${path}/cancel`, { receivedAt: new Date().toISOString() });
    expect([status, body.status]).toEqual([200, 'cancelled']);
    const late = await world.post('agent', `${path}/study`, { feasible: true, text: 'Late.' });
    expect(late.body).toMatchObject({ status: 409, interventionStatus: 'cancelled', possible: [] });
  });

  it('is opened once for a key, and for contacts of the contract only', async () => {
    const { number } = await studied();
    const key = randomUUID();
    const path = `/v1/requests/${number}/interventions`;
    world.interventionDoor.away = 'after';
    expect((await world.post('agent', path, { text: 'Again.' }, key)).status).toBe(503);
    world.interventionDoor.away = undefined;
    expect((await world.post('agent', path, { text: 'Again.' }, key)).body.n).toBe(2);
    const foreign = await world.post('agent', path, { text: 'Other.', contact: 'c-customer' });
    expect(foreign.status).toBe(422);
    const module = await world.post('agent', path, { text: 'Other.', module: 'C' });
    expect(module.status).toBe(422);
    expect((await world.get('agent', `/v1/interventions?request=${number}`)).body.items).toHaveLength(2);
  });
});
