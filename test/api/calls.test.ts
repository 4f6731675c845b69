/** What every call has in common: tokens, bodies, limits, trouble, the log, health and documentation. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { issueToken, revokeToken } from '../../db/accessTokens.ts';
import { createPool } from '../../db/pool.ts';
import { type ApiWorld, createApiWorld, OPENING } from '../support/apiWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const me = (token: string) => supertest(world.app).get('/v1/me').set('authorization', `Bearer ${token}`);
const silent = pino({ level: 'silent' });
const soon = () => new Date(Date.now() + 60_000);

describe('an access token', () => {
  it('stands for its holder', async () => {
    expect((await me(world.tokens.agent)).body).toEqual({ who: 'staff:s-agent', role: 'agent' });
    expect((await me(world.tokens.customer)).body).toEqual({
      who: 'contact:c-customer',
      role: 'customer',
      contract: 'ONE',
    });
  });

  it.each([
    ['tampered with', (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
    ['cut short', (token: string) => token.slice(0, -1)],
    ['without its prefix', (token: string) => token.slice(3)],
    ['made up', () => `rl_${'A'.repeat(43)}`],
    ['empty', () => ''],
  ])('%s opens nothing', async (_what, change) => {
    const response = await me(change(world.tokens.agent));
    expect(response.status).toBe(401);
    expect(response.body.type).toBe('urn:relance:problem:unauthorized');
  });

  it('opens nothing once it has expired, is revoked, or its holder is no longer active', async () => {
    const expired = await issueToken(world.pool, { staff: 's-agent', expiresAt: new Date(Date.now() - 1) });
    expect((await me(expired)).status).toBe(401);
    const revoked = await issueToken(world.pool, { staff: 's-agent', expiresAt: soon() });
    expect((await me(revoked)).status).toBe(200);
    await revokeToken(world.pool, revoked);
    expect((await me(revoked)).status).toBe(401);
    await world.pool.query(
      "INSERT INTO staff (id, name, email, role) VALUES ('s-gone', 'Gone', 'gone@support.test', 'agent')",
    );
    const gone = await issueToken(world.pool, { staff: 's-gone', expiresAt: soon() });
    expect((await me(gone)).status).toBe(200);
    await world.pool.query("UPDATE staff SET active = false WHERE id = 's-gone'");
    expect((await me(gone)).status).toBe(401);
  });

  it('is stored as its hash only', async () => {
    const { rows } = await world.pool.query("SELECT encode(hash, 'hex') AS hash FROM access_tokens");
    expect(rows.length).toBeGreaterThan(5);
    for (const { hash } of rows) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a body', () => {
  const raw = (body: string | Buffer, type = 'application/json') =>
    supertest(world.app)
      .post('/v1/requests')
      .set('authorization', `Bearer ${world.tokens.agent}`)
      .set('idempotency-key', randomUUID())
      .set('content-type', type)
      .send(body);

  it.each([
    ['that is no JSON', '{"contract":', 400, 'malformed'],
    ['that is no JSON at all', 'subject=a', 400, 'malformed'],
    ['that is a list', '[]', 422, 'validation-failed'],
    ['that is empty', '{}', 422, 'validation-failed'],
  ])('%s is refused', async (_what, body, status, kind) => {
    const response = await raw(body);
    expect([response.status, response.body.type]).toEqual([status, `urn:relance:problem:${kind}`]);
  });

  it('of another media type or charset is refused', async () => {
    expect((await raw('subject=a', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await raw('{}', 'text/plain')).status).toBe(415);
    expect((await raw('{}', 'application/json; charset=klingon')).status).toBe(415);
  });

  it('of 2 MB is refused', async () => {
    const response = await raw(JSON.stringify({ ...OPENING, description: 'a'.repeat(2_000_000) }));
    expect(response.status).toBe(413);
    expect(response.body.type).toBe('urn:relance:problem:too-large');
  });

  it('does not pollute', async () => {
    const response = await raw('{"__proto__":{"polluted":true}}');
    expect(response.status).toBe(422);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a path', () => {
  it.each([
    '/v1/nothing',
    '/v1/requests/DA-2020-000001',
    '/v1/requests/nonsense/timeline',
    '/v1/mails/nonsense',
    '/v1/contracts/NONE',
  ])('%s is not found', async (path) => {
    const response = await world.get('agent', path);
    expect(response.status).toBe(404);
    expect(response.body.type).toBe('urn:relance:problem:not-found');
  });

  it('that is badly encoded is malformed', async () => {
    expect((await world.get('agent', '/v1/requests/%E0%A4%A')).status).toBe(400);
  });
});

describe('every answer', () => {
  it('has a request id: the caller’s own if it is one', async () => {
    const own = await me(world.tokens.agent).set('x-request-id', 'my-call.1');
    expect(own.headers['x-request-id']).toBe('my-call.1');
    const other = await me('').set('x-request-id', 'not an id');
    expect(other.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(other.body.traceId).toBe(other.headers['x-request-id']);
  });

  it('is hardened', async () => {
    const { headers } = await me(world.tokens.agent);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('too many calls', () => {
  it('of a caller, or with wrong tokens, are answered 429', async () => {
    const app = createApp({
      pool: world.pool,
      door: world.door,
      escalationDoor: world.escalationDoor,
      interventionDoor: world.interventionDoor,
      hotlineDoor: world.hotlineDoor,
      log: silent,
      checkTemporal: async () => undefined,
      limits: { perCaller: 3, unauthorized: 2 },
    });
    const statuses = async (token: string, times: number) => {
      const seen: number[] = [];
      for (let i = 0; i < times; i++) {
        seen.push((await supertest(app).get('/v1/me').set('authorization', `Bearer ${token}`)).status);
      }
      return seen;
    };
    expect(await statuses(world.tokens.agent, 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses(world.tokens.customer, 1)).toEqual([200]);
    expect(await statuses('rl_wrong', 3)).toEqual([401, 401, 429]);
    const response = await supertest(app).get('/v1/me').set('authorization', `Bearer ${world.tokens.supervisor}`);
    expect(response.status).toBe(429);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('trouble', () => {
  it('with Temporal is 503 with Retry-After, and the text is kept for the retry', async () => {
    const number = await world.open();
    world.door.away = 'before';
    const response = await world.post('agent', `/v1/requests/${number}/note`, { text: 'Kept.' });
    world.door.away = undefined;
    expect([response.status, response.body.type]).toEqual([503, 'urn:relance:problem:unavailable']);
    expect(response.headers['retry-after']).toBe('2');
    const { rows } = await world.pool.query("SELECT FROM texts WHERE body = 'Kept.'");
    expect(rows).toHaveLength(1);
  });

  it('with Postgres is 503 too, and the process lives on', async () => {
    const pool = createPool({
      connectionString: 'postgres://nobody@127.0.0.1:9/nothing',
      connectionTimeoutMs: 500,
      log: silent,
    });
    const app = createApp({
      pool,
      door: world.door,
      escalationDoor: world.escalationDoor,
      interventionDoor: world.interventionDoor,
      hotlineDoor: world.hotlineDoor,
      log: silent,
      checkTemporal: async () => undefined,
    });
    const response = await supertest(app).get('/v1/me').set('authorization', `Bearer ${world.tokens.agent}`);
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('2');
    const ready = await supertest(app).get('/readyz');
    expect([ready.status, ready.body]).toEqual([503, { status: 'away', postgres: 'away', temporal: 'ok' }]);
    expect((await supertest(app).get('/healthz')).status).toBe(200);
    await pool.end();
  });

  it('with a connection that is cut does not end the process', async () => {
    const before = await world.get('agent', '/v1/me');
    await world.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    expect(before.status).toBe(200);
    await expect.poll(async () => (await world.get('agent', '/v1/me')).status).toBe(200);
  });
});

describe('the log', () => {
  it('has the id, route, role and status of each call, and nothing personal', async () => {
    const response = await world.post('agent', '/v1/requests', OPENING);
    await world.get('agent', '/v1/requests?assignee=staff:s-agent');
    await world.post('agent', '/v1/requests', { ...OPENING, contact: 'somebody@customer.test' });
    const lines = world.logged.join('');
    const line = world.logged
      .map((text) => JSON.parse(text))
      .find(({ requestId }) => requestId === response.headers['x-request-id']);
    expect(line).toMatchObject({ route: 'POST /v1/requests', role: 'agent', status: 201 });
    expect(lines).not.toContain(OPENING.subject);
    expect(lines).not.toContain('@customer.test');
    expect(lines).not.toContain('rl_');
  });
});

describe('health and documentation', () => {
  it('says that all is there, and what is away', async () => {
    const ready = await supertest(world.app).get('/readyz');
    expect(ready.body).toEqual({ status: 'ok', postgres: 'ok', temporal: 'ok' });
    const lost = createApp({
      pool: world.pool,
      door: world.door,
      escalationDoor: world.escalationDoor,
      interventionDoor: world.interventionDoor,
      hotlineDoor: world.hotlineDoor,
      log: silent,
      checkTemporal: () => new Promise(() => undefined),
    });
    const response = await supertest(lost).get('/readyz');
    expect([response.status, response.body.temporal]).toEqual([503, 'away']);
  });

  it('describes every route in OpenAPI 3.1', async () => {
    const { body } = await supertest(world.app).get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toHaveLength(
      4 + 1 + 22 + 5 + 3 + 3 + 4 + 3 + 3 + 5 + 4 + 16 + 3 + 8 + 4 + 23 + 2 + 4,
    );
    const open = body.paths['/v1/requests'].post;
    expect(open.parameters.map(({ name }: { name: string }) => name)).toContain('Idempotency-Key');
    expect(Object.keys(open.responses)).toEqual(expect.arrayContaining(['201', '401', '409', '422', '503']));
    expect(open.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Opening' });
    expect(body.components.schemas.Request.properties.status.enum).toContain('waiting');
    const statement = body.paths['/v1/contracts/{reference}/statement'].get;
    expect(Object.keys(statement.responses['200'].content)).toEqual(['application/json', 'text/csv']);
  });

  it('shows it on a page that loads nothing from elsewhere', async () => {
    const page = await supertest(world.app).get('/docs');
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(loaded.length).toBeGreaterThan(2);
    for (const path of loaded) {
      expect(path).toMatch(/^\//);
      expect((await supertest(world.app).get(path)).status).toBe(200);
    }
  });
});
