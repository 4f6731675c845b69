/** The approval page over HTTP: each of its states in both languages, its headers, and what is counted against guessing. */
import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVAL_WORDS } from '../../api/approvalWords.ts';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact } from '../../db/contracts.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import type { Language } from '../../domain/languages.ts';
import { createPrepaidApiWorld, linkIn, type PrepaidApiWorld } from '../support/prepaidApiWorld.ts';

const LANGUAGES = ['fr', 'en'] as const;
const NASTY = `<script>alert("x")</script>' & <b>`;

let world: PrepaidApiWorld;
const tokens = new Map<Language, string>();

beforeAll(async () => {
  world = await createPrepaidApiWorld();
  for (const language of LANGUAGES) {
    const person = { id: `c-${language}`, contract: 'PREPAID', name: NASTY, email: `${language}@customer.test` };
    await storeContact(world.pool, { ...person, language, trained: true });
    const expiresAt = new Date(Date.now() + 3_600_000);
    tokens.set(language, await issueToken(world.pool, { contact: person.id, expiresAt }));
  }
  await world.buy(40);
});
afterAll(() => world.close());

interface Asked {
  readonly id: InterventionId;
  readonly path: string;
  readonly link: string;
}

const asCustomer = (language: Language, path: string, body: object) =>
  supertest(world.app)
    .post(path)
    .set('authorization', `Bearer ${tokens.get(language)}`)
    .set('idempotency-key', randomUUID())
    .send(body);

async function staff(path: string, body: object): Promise<{ readonly [field: string]: unknown }> {
  const { status, text, body: answer } = await world.post('agent', path, body);
  if (status >= 300) throw new Error(text);
  return answer;
}

const linkOf = (id: InterventionId) => linkIn(world.linked(id).at(-1)?.text);

/** An estimate that its contact has to decide about. */
async function asked(language: Language, estimate: object = { units: 2 }): Promise<Asked> {
  const request = await asCustomer(language, '/v1/requests', {
    ...{ contract: 'PREPAID', contact: `c-${language}`, subject: NASTY, description: 'Please.', kind: 'installation' },
  });
  const opened = await staff(`/v1/requests/${request.body.number}/interventions`, { text: 'Install it.' });
  const path = `/v1/interventions/${request.body.number}/${String(opened.n)}`;
  await staff(`${path}/study`, { feasible: true, text: 'It can be done.' });
  await staff(`${path}/sendEstimate`, { scope: NASTY, limits: [NASTY], ...estimate });
  const id = String(opened.id) as InterventionId;
  return { id, path, link: linkOf(id) };
}

/** Work of which a share is used: its contact is asked for more. */
async function askedMore(language: Language): Promise<Asked> {
  const one = await asked(language, { units: 1 });
  await press(one.link, { decision: 'approve' });
  await world.scheduled(one.path);
  await staff(`${one.path}/logWork`, { minutes: 50 });
  return { ...one, link: linkOf(one.id) };
}

const get = (link: string) => supertest(world.app).get(link);
const press = (link: string, body: object) => world.press(link, body);
const decode = (html: string) => html.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code));

type Answer = Awaited<ReturnType<typeof get>>;

/** What every answer of the page has in common; its title. */
function shown({ status, headers, text }: Answer, expected: number, language: Language): string {
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  expect(headers).toMatchObject({
    ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' },
    'x-content-type-options': 'nosniff',
  });
  expect(headers['set-cookie']).toBeUndefined();
  expect(text).toContain(`<html lang="${language}">`);
  expect(text).not.toMatch(/<script|<b>|undefined|\[object/);
  return decode(/<h1>(.*)<\/h1>/.exec(text)?.[1] ?? '');
}

describe.each(LANGUAGES)('the page in %s', (language) => {
  const words = APPROVAL_WORDS[language];

  it('shows an estimate as text, and what became of it', async () => {
    const { link } = await asked(language);
    const page = await get(link);
    expect(shown(page, 200, language)).toBe(words.title.estimate);
    // The subject, the contact, the scope, the limit.
    expect(decode(page.text).split(NASTY)).toHaveLength(5);
    expect(shown(await press(link, { decision: 'perhaps' }), 422, language)).toBe(words.title.estimate);
    const approved = await press(link, { decision: 'approve' });
    expect(shown(approved, 200, language)).toBe(words.doneTitle);
    expect(decode(approved.text)).toContain(words.done.approve);
    expect(shown(await get(link), 410, language)).toBe(words.dead.used[0]);
    expect(shown(await press(link, { decision: 'decline' }), 410, language)).toBe(words.dead.used[0]);
  });

  it('says that it was declined', async () => {
    const { link, path } = await asked(language);
    const declined = await press(link, { decision: 'decline' });
    expect(shown(declined, 200, language)).toBe(words.doneTitle);
    expect(decode(declined.text)).toContain(words.done.decline);
    expect((await world.get('agent', path)).body.status).toBe('declined');
  });

  it('says that a link has expired, that its reader has left, that it never was one', async () => {
    const { link, id, path } = await asked(language);
    const alter = (what: string) =>
      world.pool.query(`UPDATE approval_tokens SET ${what} WHERE intervention = $1`, [id]);
    await alter('expires_at = now()');
    for (const answer of [await get(link), await press(link, { decision: 'approve' })]) {
      expect(shown(answer, 410, language)).toBe(words.dead.expired[0]);
    }
    await alter(`expires_at = now() + interval '1 day'`);
    const isActive = (is: boolean) =>
      world.pool.query('UPDATE contacts SET active = $2 WHERE id = $1', [`c-${language}`, is]);
    await isActive(false);
    for (const answer of [await get(link), await press(link, { decision: 'approve' })]) {
      expect(shown(answer, 410, language)).toBe(words.dead.inactive[0]);
    }
    await isActive(true);
    const wrong = link.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    for (const unknown of [wrong, '/approvals/x', '/approvals/%00', `/approvals/${'a'.repeat(5_000)}`]) {
      const answer = await get(unknown).set('accept-language', language);
      expect(shown(answer, 404, language)).toBe(words.dead.unknown[0]);
    }
    expect((await world.get('agent', path)).body.status).toBe('estimated');
  });

  it('says that something else was decided, or that a newer estimate is there', async () => {
    const { link, path, id } = await asked(language);
    await staff(`${path}/sendEstimate`, { scope: 'Less.', units: 1 });
    for (const answer of [await get(link), await press(link, { decision: 'approve' })]) {
      expect(shown(answer, 410, language)).toBe(words.dead.settled[0]);
    }
    const newer = linkOf(id);
    expect(shown(await get(newer), 200, language)).toBe(words.title.estimate);
    await staff(`${path}/withdraw`, { text: 'Not needed.' });
    expect(shown(await get(newer), 410, language)).toBe(words.dead.settled[0]);
    expect(shown(await press(newer, { decision: 'approve' }), 410, language)).toBe(words.dead.settled[0]);
  });

  it('asks how much more, refuses what is no number, and what was not read', async () => {
    const { link, path, id } = await askedMore(language);
    const page = await get(link);
    expect(shown(page, 200, language)).toBe(words.title.more);
    const [, asks] = /name="asked" value="(\d+)"/.exec(page.text) ?? [];
    for (const units of ['', '0', '-1', '1.5', '1e3', '99999', 'two', NASTY]) {
      const answer = await press(link, { decision: 'approve', asked: asks, units });
      expect(shown(answer, 422, language)).toBe(words.title.more);
      expect(decode(answer.text)).toContain(words.wrong);
    }
    expect(shown(await press(link, { decision: 'approve', units: '1' }), 410, language)).toBe(words.dead.settled[0]);
    await staff(`${path}/askMore`, { units: { ticket: 2 }, text: NASTY });
    expect(shown(await get(link), 410, language)).toBe(words.dead.settled[0]);
    const newer = linkOf(id);
    const amounts = await get(newer);
    expect(decode(amounts.text)).toMatch(/2 × /);
    const [, now] = /name="asked" value="(\d+)"/.exec(amounts.text) ?? [];
    expect(shown(await press(newer, { decision: 'decline', asked: now }), 200, language)).toBe(words.doneTitle);
    expect((await world.get('agent', path)).body.reserved).toEqual({ ticket: 1 });
  });

  it('says that it cannot take a decision now, and when to try again', async () => {
    const { link, path } = await asked(language);
    world.interventionDoor.away = 'before';
    const away = await press(link, { decision: 'approve' });
    world.interventionDoor.away = undefined;
    expect(shown(away, 503, language)).toBe(words.away[0]);
    expect(away.headers['retry-after']).toBe('10');
    expect((await world.get('agent', path)).body.status).toBe('estimated');
    expect(shown(await press(link, { decision: 'approve' }), 200, language)).toBe(words.doneTitle);
  });
});

it('speaks the language of its reader, whatever their browser prefers', async () => {
  const { link } = await asked('fr');
  expect(shown(await get(link).set('accept-language', 'en'), 200, 'fr')).toBe(APPROVAL_WORDS.fr.title.estimate);
});

it('is read by HEAD and by nothing else: no other method, no other form', async () => {
  const { link, path } = await asked('en');
  expect((await supertest(world.app).head(link)).status).toBe(200);
  for (const method of ['put', 'delete', 'patch'] as const) {
    expect((await supertest(world.app)[method](link)).status).toBeGreaterThanOrEqual(404);
  }
  const json = await supertest(world.app).post(link).send({ decision: 'approve' });
  expect(json.status).toBe(422);
  const query = await supertest(world.app).post(`${link}?decision=approve`).type('form').send({});
  expect(query.status).toBe(422);
  expect((await world.get('agent', path)).body.status).toBe('estimated');
});
