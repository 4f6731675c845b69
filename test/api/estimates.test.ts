/** Estimates before the API: drafted, decided about by their links, sent again after a bounce. */
import { randomBytes, randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail } from '../../client/mailDelivery.ts';
import { insertInboundMail, readDecidedMail } from '../../db/inboundMails.ts';
import { createMailParser } from '../../mail/inbound/parse.ts';
import { startInboundRelay } from '../../relay/inboundRelay.ts';
import { APPROVAL_KEYS } from '../support/interventionDoors.ts';
import { createPrepaidApiWorld, linkIn, type PrepaidApiWorld } from '../support/prepaidApiWorld.ts';
import { until } from '../support/until.ts';

let world: PrepaidApiWorld;
beforeAll(async () => {
  world = await createPrepaidApiWorld();
});
afterAll(() => world.close());

describe('an estimate', () => {
  it('is filled in from the catalogue, and shown before it is sent', async () => {
    const { path } = await world.studied();
    const draft = await world.post('agent', `${path}/sendEstimate?dryRun=true`, { service: 'pdmInstallation' });
    expect(draft.body).toMatchObject({ service: 'pdmInstallation', unit: 'ticket', units: 10 });
    expect(draft.body.limits).toEqual([
      'workstations: at most 5',
      "Validation in the customer's environment is up to the customer",
      'No warranty period',
    ]);
    // As the sheet has them, in the language of whoever approves.
    const catalogue = await world.get('agent', '/v1/contracts/PREPAID/catalogue');
    const sheet = catalogue.body.items.find(({ code }: { code: string }) => code === 'pdmInstallation');
    for (const part of ['prerequisites', 'deliverables'] as const) {
      const words = sheet[part].map(({ en }: { en: string }) => en);
      expect(words.length).toBeGreaterThan(0);
      expect(draft.body[part]).toEqual(words);
    }
    for (const { en } of [sheet.label, ...sheet.steps]) expect(draft.body.scope).toContain(en);
    expect((await world.read(path)).status).toBe('studied');
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
    const before = await world.balance();
    const { path, link, number, id } = await world.estimated(2);
    // It opens nothing for longer than the estimate counts.
    const { rows } = await world.pool.query('SELECT expires_at FROM approval_tokens WHERE intervention = $1', [id]);
    expect(rows[0].expires_at.toISOString()).toBe((await world.read(path)).estimate.expiresAt);
    for (let scans = 0; scans < 5; scans++) {
      const page = await supertest(world.app).get(link);
      expect(page.status).toBe(200);
      expect(page.text).toContain('2 × prepaid ticket');
      expect(page.text).toContain('All &#60;of&#62; it.');
      expect(page.text).not.toMatch(/<script|All <of>|Payer <b>/);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect((await world.read(path)).status).toBe('estimated');
    expect(await world.balance()).toEqual(before);
    // Those who read the request's mails are not the one who was asked.
    const shown = await world.get('agent', `/v1/requests/${number}/mails`);
    expect(shown.text).toContain('/approvals/…');
    expect(shown.text).not.toContain(link.split('/').at(-1));
    expect((await world.press(link, {})).status).toBe(422);
    const approved = await world.press(link, { decision: 'approve' });
    expect(approved.status).toBe(200);
    expect((await world.read(path)).status).toBe('ready');
    expect(await world.balance()).toMatchObject({ available: before.available - 2, pending: before.pending + 2 });
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
    expect((await world.press(link, { decision: 'decline' })).status).toBe(410);
    expect((await supertest(world.app).get(link)).text).toContain('This link has been used');
    expect((await world.read(path)).status).toBe('ready');
    expect(world.logged.join('')).not.toContain(link.split('/').at(-1));
  });

  it('says which one it replaces, and the first one of none', async () => {
    const { path, id } = await world.estimated(1);
    await world.post('agent', `${path}/sendEstimate`, { scope: 'Less.', units: 2 });
    const told = world.linked(id).map(({ text }) => text.includes('It takes the place of the one of'));
    expect(told).toEqual([false, true]);
  });

  it('is approved by no reply, whatever it says: that is an answer on the request', async () => {
    const before = await world.balance();
    const { path, number, id } = await world.estimated(2);
    const [mail] = world.linked(id);
    const raw = [
      'From: payer@customer.test',
      `To: ${mail?.replyTo}`,
      `Subject: Re: ${mail?.subject}`,
      `In-Reply-To: ${mail?.messageId}`,
      'Message-ID: <yes@customer.test>',
      '',
      'Yes, I approve: spend the units.',
    ].join('\r\n');
    await insertInboundMail(world.pool, {
      ...{ envelopeFrom: 'payer@customer.test', envelopeTo: [mail?.replyTo ?? ''], remoteIp: '127.0.0.1', helo: 'x' },
      ...{ raw: Buffer.from(raw), contentHash: randomBytes(32) },
    });
    const parser = createMailParser({ timeMs: 10_000 });
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const relay = startInboundRelay({
      ...{ pool: world.pool, door: world.door, interventions: world.interventionDoor, log, parser, pauseMs: 20 },
      ...{ tokenKeys: APPROVAL_KEYS, domain: 'support.test' },
      lookup: async () => {
        throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
      },
    });
    const filed = async () =>
      (await world.pool.query('SELECT disposition, stage FROM inbound_mails WHERE number = $1', [number])).rows[0];
    try {
      await until(async () => (await filed())?.stage === 'relayed');
    } finally {
      await relay.close();
      await parser.close();
    }
    expect((await filed()).disposition).toBe('answer');
    expect((await world.read(path)).status).toBe('estimated');
    expect(await world.balance()).toEqual(before);
  });

  it('wants a link of its own: none that is wrong, old, expired or somebody else’s', async () => {
    const { path, link, estimate, id } = await world.estimated(1);
    const wrong = link.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    expect((await world.press(wrong, { decision: 'approve' })).status).toBe(404);
    expect((await world.press('/approvals/x', { decision: 'approve' })).status).toBe(404);
    await world.pool.query(`UPDATE approval_tokens SET contact = 'c-customer' WHERE intervention = $1`, [id]);
    expect((await world.press(link, { decision: 'approve' })).status).toBe(404);
    await world.pool.query(`UPDATE approval_tokens SET contact = 'c-payer' WHERE intervention = $1`, [id]);
    await world.pool.query(`UPDATE approval_tokens SET expires_at = now() WHERE intervention = $1`, [id]);
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
    await world.pool.query(`UPDATE approval_tokens SET expires_at = now() + interval '1 day' WHERE intervention = $1`, [
      id,
    ]);
    // Another version takes its place.
    const again = await world.post('agent', `${path}/sendEstimate`, { scope: 'Less of it.', units: 2 });
    expect(again.body.estimate.id).not.toBe(estimate);
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
    expect((await world.asCustomer(`${path}/approve`, { estimate })).status).toBe(409);
    expect((await world.read(path)).status).toBe('estimated');
    expect((await world.asCustomer(`${path}/decline`, { estimate: again.body.estimate.id })).body.status).toBe(
      'declined',
    );
  });

  it('may be approved again when Temporal was away', async () => {
    const { path, link } = await world.estimated(1);
    for (const away of ['before', 'after'] as const) {
      world.interventionDoor.away = away;
      expect((await world.press(link, { decision: 'approve' })).status).toBe(503);
    }
    world.interventionDoor.away = undefined;
    expect((await world.read(path)).status).toBe('ready');
  });
});

describe('a bounce', () => {
  it('becomes a task; once the address is corrected the estimate goes out again, with a link of its own', async () => {
    const { path, id, number, link } = await world.estimated(1);
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
    expect((await world.read(path)).tasks).toMatchObject([{ kind: 'correctAddress' }]);
    const before = world.linked(id).length;
    const email = `right-${id}@customer.test`.replaceAll(':', '-');
    expect((await world.post('agent', `${path}/correctAddress`, { email })).status).toBe(200);
    const again = world.linked(id).slice(before);
    expect(again.map(({ to }) => to)).toEqual([email]);
    expect(linkIn(again[0]?.text)).not.toBe(link);
    // Whoever has the address that was wrong decides nothing.
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
    expect((await world.read(path)).status).toBe('estimated');
    expect((await world.press(linkIn(again[0]?.text), { decision: 'decline' })).status).toBe(200);
    expect((await world.read(path)).status).toBe('declined');
    expect((await world.press(link, { decision: 'approve' })).status).toBe(410);
  });

  it('alone lets an address be changed: else it stays, also while Temporal is away', async () => {
    const { path } = await world.estimated(1);
    const address = async () =>
      (await world.pool.query("SELECT email FROM contacts WHERE id = 'c-payer'")).rows.map(({ email }) => email);
    const before = await address();
    const email = 'agent@support.test';
    for (const [away, status] of [
      ['before', 503],
      [undefined, 409],
    ] as const) {
      world.interventionDoor.away = away;
      const answer = await world.post('agent', `${path}/correctAddress`, { email });
      world.interventionDoor.away = undefined;
      expect(answer.status).toBe(status);
      expect(await address()).toEqual(before);
    }
  });
});
