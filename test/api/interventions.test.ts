/** Interventions before the API, from the approval of their estimate to their end. */
import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listUntold } from '../../db/ledger/watching.ts';
import { startCredits } from '../../relay/credits.ts';
import { LEDGER_TERMS, storeCreditContract } from '../support/ledgerWorld.ts';
import { createPrepaidApiWorld, linkIn, type PrepaidApiWorld } from '../support/prepaidApiWorld.ts';
import { until } from '../support/until.ts';

let world: PrepaidApiWorld;
beforeAll(async () => {
  world = await createPrepaidApiWorld();
});
afterAll(() => world.close());

describe('an intervention', () => {
  it('is debited once for three times twenty minutes, and the rest returns', async () => {
    const before = await world.balance();
    const { path, link, number } = await world.estimated(3);
    await world.press(link, { decision: 'approve' });
    await world.scheduled(path);
    const cost = await world.asCustomer(`${path}/cancel?dryRun=true`, {});
    expect(cost.body).toMatchObject({ returned: cost.body.free ? { ticket: 3 } : {} });
    const shown = await world.post('agent', `${path}/logWork?dryRun=true`, { minutes: 20 });
    expect(shown.body).toMatchObject({ more: { ticket: 1 }, used: { ticket: 1 }, returned: { ticket: 2 } });
    for (let times = 0; times < 3; times++)
      await world.post('agent', `${path}/logWork`, { minutes: 20, text: 'Done.' });
    const more = await world.post('agent', `${path}/logWork?dryRun=true`, { seconds: 1 });
    expect(more.body.more).toEqual({ ticket: 1 });
    expect((await world.post('agent', `${path}/logWork`, { minutes: 121 })).status).toBe(409);
    await world.post('agent', `${path}/addExpense`, { kind: 'travel', cents: 12_345, nonRefundable: false });
    const done = await world.post('agent', `${path}/complete`, { text: 'It runs.' });
    expect(done.body).toMatchObject({ status: 'done', ended: { used: { ticket: 1 }, returned: { ticket: 2 } } });
    expect(await world.balance()).toMatchObject({ available: before.available - 1, pending: before.pending });
    expect(world.lastMail()?.text).toContain('It runs.');
    expect(world.lastMail()?.text).toContain('Expenses due, excluding VAT: €123.45');
    const timeline = await world.get('agent', `${path}/timeline`);
    expect(timeline.body.items.map(({ type }: { type: string }) => type)).toContain('unitsPosted');
    const seen = await supertest(world.app).get(`${path}/timeline`).set('authorization', `Bearer ${world.token}`);
    expect(seen.text).not.toMatch(/s-agent|workLogged/);
    expect((await world.get('agent', `/v1/interventions?request=${number}`)).body.items).toHaveLength(1);
    expect((await world.get('agent', `/v1/requests/${number}/mails`)).status).toBe(200);
  });

  it('says what was decided to a contact whose answer was lost, and who presses again', async () => {
    const { path, link } = await world.estimated(1);
    world.interventionDoor.away = 'after';
    expect((await world.press(link, { decision: 'approve' })).status).toBe(503);
    world.interventionDoor.away = undefined;
    expect((await world.read(path)).status).toBe('ready');
    // Nobody is told that it was decided otherwise, nor may it be.
    const page = await supertest(world.app).get(link);
    expect([page.status, page.text.includes('A decision was taken with it')]).toEqual([410, true]);
    expect((await world.press(link, { decision: 'decline' })).status).toBe(410);
    const again = await world.press(link, { decision: 'approve' });
    expect([again.status, again.text.includes('Your approval is registered')]).toEqual([200, true]);
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
    expect((await world.read(path)).reserved).toEqual({ ticket: 1 });
    await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
  });

  it('goes beyond the estimate only when the customer agrees, to what they read', async () => {
    const { path, link, id } = await world.estimated(1);
    await world.press(link, { decision: 'approve' });
    await world.scheduled(path);
    await world.post('agent', `${path}/logWork`, { minutes: 50 });
    const asked = () => linkIn(world.linked(id).at(-1)?.text);
    const first = asked();
    expect((await supertest(world.app).get(first)).text).toContain('How many more (prepaid ticket)');
    expect((await world.press(first, { decision: 'approve', units: '2' })).status).toBe(410);
    const question = () => supertest(world.app).get(first);
    const askedAt = /name="asked" value="(\d+)"/.exec((await question()).text)?.[1];
    expect((await world.press(first, { decision: 'approve', units: '-1', asked: askedAt })).status).toBe(422);
    expect((await world.read(path)).reserved).toEqual({ ticket: 1 });
    // An agent says how much: that question takes the place of the first one.
    expect((await world.post('agent', `${path}/askMore`, { units: { ticket: 2 }, text: 'More <b>.' })).status).toBe(
      200,
    );
    expect((await world.press(first, { decision: 'approve', units: '1', asked: askedAt })).status).toBe(410);
    const second = asked();
    const { text } = await supertest(world.app).get(second);
    expect(text).toContain('2 × prepaid ticket');
    const agreed = { decision: 'approve', asked: /name="asked" value="(\d+)"/.exec(text)?.[1] };
    expect((await world.press(second, agreed)).status).toBe(200);
    expect((await world.press(second, agreed)).status).toBe(410);
    expect((await world.read(path)).reserved).toEqual({ ticket: 3 });
    const done = await world.post('agent', `${path}/complete`, { text: 'Done.' });
    expect(done.body.ended).toMatchObject({ used: { ticket: 1 }, returned: { ticket: 2 } });
  });

  it('waits for an order where credit is lacking', async () => {
    const { path, link } = await world.estimated(30);
    await world.press(link, { decision: 'approve' });
    expect(await world.read(path)).toMatchObject({ status: 'awaitingOrder', waiting: { for: 'order' } });
    const asked = world.interventionDoor.mails.findLast(({ text }) => text.includes('sign an order form'));
    expect(asked?.text).toMatch(/Missing: \d+ × prepaid\s+ticket/);
    expect(world.lastMail()?.text).toContain('bon de commande');
    // Nobody is asked a second time for a form that has arrived and was not entered yet.
    const mails = world.interventionDoor.mails.length;
    const early = await world.post('agent', `${path}/confirmOrder`, { order: 'BC-UNKNOWN' });
    expect([early.status, early.body.errors]).toMatchObject([422, [{ path: 'order' }]]);
    expect(world.interventionDoor.mails).toHaveLength(mails);
    await world.buy(40);
    expect((await world.post('billing', `${path}/confirmOrder`, { order: world.lastOrder() })).status).toBe(200);
    expect((await world.read(path)).status).toBe('ready');
    const withdrawn = await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
    expect(withdrawn.body.ended.returned).toEqual({ ticket: 30 });
  });

  it('is told by the relay once an order suffices, and not before', async () => {
    const { available } = await world.balance();
    const { path, link, id } = await world.estimated(available + 30);
    await world.press(link, { decision: 'approve' });
    expect((await world.read(path)).status).toBe('awaitingOrder');
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
      await world.buy(20);
      await until(async () => (await listUntold(world.pool, 10)).length === 0);
      expect((await world.read(path)).status).toBe('awaitingOrder');
      expect(orders()).toBe(before);
      await world.buy(10);
      await until(async () => (await world.read(path)).status === 'ready');
    } finally {
      await relay.close();
    }
    expect(told).toContain('PREPAID');
    expect((await world.read(path)).id).toBe(id);
    await world.post('agent', `${path}/withdraw`, { text: 'Not needed any more.' });
  });

  it('shows what another date would cost before it is wished for', async () => {
    const { path, link, id } = await world.estimated(1);
    await world.press(link, { decision: 'approve' });
    await world.scheduled(path);
    const { from, to, freeBefore } = (await world.read(path)).plan;
    const wish = (date: object, query = '?dryRun=true') => world.asCustomer(`${path}/changeDate${query}`, date);
    expect((await wish({ from, to })).body).toMatchObject({
      ...{ free: true, lost: {}, returned: {} },
      // Until when the date that is wished for could be cancelled: the customer sees it before they wish for it.
      newFreeBefore: freeBefore,
    });
    expect((await wish({ from: to, to: from })).status).toBe(422);
    const late = `UPDATE interventions SET state = jsonb_set(state, '{plan,freeBefore}', '0') WHERE id = $1`;
    await world.pool.query(late, [id]);
    expect((await wish({ from, to })).body).toMatchObject({ free: false, lost: { ticket: 1 } });
    expect((await wish({ from, to }, '')).body.detail).toContain('counts as cancelling');
    expect((await wish({ from, to, lost: { ticket: 1 } }, '')).body.status).toBe('cancelled');
    const told = world.interventionDoor.mails.findLast(({ subject }) => subject.includes('Intervention cancelled'));
    expect(told?.text).toMatch(/- Planned date: on \w+day \d+ \w+ \d{4} from/);
  });

  it('spends nothing that staff say in the customer’s name, and takes a cancellation by phone', async () => {
    const { path, estimate } = await world.estimated(1);
    expect((await world.post('agent', `${path}/approve`, { estimate })).status).toBe(403);
    expect((await world.post('agent', `${path}/cancel`, {})).status).toBe(422);
    const { status, body } = await world.post('agent', `${path}/cancel`, { receivedAt: new Date().toISOString() });
    expect([status, body.status]).toEqual([200, 'cancelled']);
    const late = await world.post('agent', `${path}/study`, { feasible: true, text: 'Late.' });
    expect(late.body).toMatchObject({ status: 409, interventionStatus: 'cancelled', possible: [] });
  });

  it('is opened once for a key, and for contacts of the contract only', async () => {
    const { number } = await world.studied();
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

  it('is nobody’s but of its contract: neither listed, nor named by a debit of another', async () => {
    const { number, id } = await world.studied();
    for (const query of ['', `?request=${number}`, '?contract=PREPAID']) {
      expect((await world.get('customer', `/v1/interventions${query}`)).body.items).toEqual([]);
    }
    await storeCreditContract(world.pool, 'OTHER', LEDGER_TERMS.A);
    const debit = { units: 1, on: '2026-11-21', why: 'work', intervention: id };
    const other = await world.post('billing', '/v1/contracts/OTHER/debits?dryRun=true', debit);
    expect([other.status, other.body.errors?.[0]?.path]).toEqual([422, 'intervention']);
    const { number: another } = await world.studied();
    const own = (body: object) =>
      world.post('billing', '/v1/contracts/PREPAID/debits?dryRun=true', { ...debit, ...body });
    expect((await own({ request: another })).body.errors?.[0]?.path).toBe('intervention');
    expect((await own({ request: number })).status).toBe(200);
  });
});
