/** Files of packages: up, into the package, and down again. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readsPackageFiles } from '../../activities/packageFiles.ts';
import { createApp } from '../../api/app.ts';
import { createPostgresFiles } from '../../db/attachments.ts';
import { FILE_BYTES } from '../../db/fileTypes.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { addPublisherContract, COMPLETE } from '../support/escalationDraftWorld.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  await addPublisherContract(world);
});
afterAll(() => world.close());

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const { exampleFile: _, ...WITHOUT_FILE } = COMPLETE;

async function draft(): Promise<string> {
  const number = await world.open({ product: 'viewer' });
  await world.give(number, ['acknowledge']);
  await world.post('agent', `/v1/requests/${number}/escalations`, { parts: COMPLETE });
  return number;
}

const upload = (number: string, name: string, content: Buffer, key: string = randomUUID(), app = world.app) =>
  supertest(app)
    .post(`/v1/requests/${number}/escalations/1/attachments`)
    .query({ name })
    .set('authorization', `Bearer ${world.tokens.agent}`)
    .set('idempotency-key', key)
    .set('content-type', 'application/octet-stream')
    .send(content);

describe('a file', () => {
  it('becomes the example file, and reaches the publisher byte for byte', async () => {
    const number = await draft();
    const stored = await upload(number, '../liste "été".pdf', PDF);
    expect(stored.status).toBe(201);
    const sha256 = createHash('sha256').update(PDF).digest('hex');
    expect(stored.body).toMatchObject({ name: 'liste _été_.pdf', type: 'application/pdf', size: PDF.length, sha256 });
    const path = `/v1/escalations/${number}/1`;
    const { body } = await world.get('agent', path);
    expect(body.package.exampleFile).toEqual({ files: [stored.body.id] });
    expect(body.files).toEqual([stored.body]);
    expect((await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 })).status).toBe(200);
    await world.escalationDoor.sent(`escalation:${number}:1`);
    const down = await world.get('publisher', stored.body.link).buffer(true);
    expect(down.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'content-disposition': `attachment; filename="liste __t__.pdf"; filename*=UTF-8''liste%20_%C3%A9t%C3%A9_.pdf`,
      'x-content-type-options': 'nosniff',
      etag: `"${sha256}"`,
      'cache-control': 'no-store',
    });
    expect(Buffer.compare(down.body, PDF)).toBe(0);
    expect((await world.get('otherPublisher', stored.body.link)).status).toBe(404);
    expect((await world.get('customer', stored.body.link)).status).toBe(403);
    expect((await world.get('publisher', `${path}/attachments/${randomUUID()}`)).status).toBe(404);
    expect((await world.get('publisher', `${path}/attachments/none`)).status).toBe(404);
    expect((await upload(number, 'late.pdf', PDF)).status).toBe(409);
    const whole = await readsPackageFiles(world.pool, createPostgresFiles(world.pool))([stored.body.id]);
    expect(whole).toEqual([{ name: 'liste _été_.pdf', type: 'application/pdf', content: PDF }]);
  });

  it('that was taken out of the package is not the publisher’s to see', async () => {
    const number = await draft();
    const out = (await upload(number, 'a.pdf', PDF)).body;
    const kept = (await upload(number, 'b.log', Buffer.from('line\n'))).body;
    const completed = await world.post('agent', `/v1/requests/${number}/escalations/1`, {
      parts: { exampleFile: { files: [kept.id] } },
    });
    expect(completed.body.package.exampleFile).toEqual({ files: [kept.id] });
    await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 });
    await world.escalationDoor.sent(`escalation:${number}:1`);
    const seen = await world.get('publisher', `/v1/escalations/${number}/1`);
    expect(seen.body.files.map(({ name }: { name: string }) => name)).toEqual(['b.log']);
    expect((await world.get('publisher', out.link)).status).toBe(404);
    expect((await world.get('agent', out.link)).status).toBe(200);
  });

  it('is stored once for a key; another content under it is refused', async () => {
    const number = await draft();
    const key = randomUUID();
    const first = await upload(number, 'a.txt', Buffer.from('one'), key);
    // As if its process had died before it answered.
    await world.pool.query('UPDATE idempotency_keys SET status = NULL, body = NULL WHERE key = $1', [key]);
    expect((await upload(number, 'a.txt', Buffer.from('one'), key)).body).toEqual(first.body);
    expect((await upload(number, 'a.txt', Buffer.from('two'), key)).body.type).toBe(
      'urn:relance:problem:idempotency-key-reused',
    );
    expect((await world.get('agent', `/v1/escalations/${number}/1`)).body.files).toHaveLength(1);
  });

  it('is missing until it is there: the reason or the file', async () => {
    const number = await world.open({ product: 'viewer' });
    await world.give(number, ['acknowledge']);
    await world.post('agent', `/v1/requests/${number}/escalations`, { parts: WITHOUT_FILE });
    const missing = await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 });
    expect(missing.body.errors).toEqual([
      { path: 'parts.exampleFile', message: 'Upload an example file. Or say why it is not applicable.' },
    ]);
    await upload(number, 'a.txt', Buffer.from('one'));
    expect((await world.post('agent', `/v1/requests/${number}/escalate`, { escalation: 1 })).status).toBe(200);
  });

  it('that is executable, of another type, too large, empty or without a name is refused', async () => {
    const number = await draft();
    const program = await upload(number, 'report.pdf', readFileSync(process.execPath).subarray(0, 4096));
    expect([program.status, program.body.errors?.[0].path]).toEqual([422, 'file']);
    expect(program.body.errors[0].message).toMatch(/^Programs and scripts are not taken/);
    const large = await upload(number, 'large.txt', Buffer.alloc(FILE_BYTES + 1, 'x'));
    expect([large.status, large.body.detail]).toEqual([
      413,
      'A file may have 10 MiB. Shorten it, or send it as a zip.',
    ]);
    expect((await upload(number, 'empty.txt', Buffer.alloc(0))).status).toBe(422);
    expect((await upload(number, '', PDF)).body.errors).toMatchObject([{ path: 'name' }]);
    expect((await world.get('agent', `/v1/escalations/${number}/1`)).body.files).toEqual([]);
  });

  it('of one caller are counted', async () => {
    const { pool, door, escalationDoor, interventionDoor, hotlineDoor, tokens } = world;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;
    const limits = { perCaller: 100, unauthorized: 10, uploads: 1 };
    const app = createApp({
      pool,
      door,
      escalationDoor,
      interventionDoor,
      hotlineDoor,
      log,
      limits,
      checkTemporal: async () => undefined,
    });
    expect(tokens.agent).toBeDefined();
    const number = await draft();
    expect((await upload(number, 'a.txt', Buffer.from('one'), randomUUID(), app)).status).toBe(201);
    const second = await upload(number, 'b.txt', Buffer.from('two'), randomUUID(), app);
    expect([second.status, Number(second.headers['retry-after']) > 0]).toEqual([429, true]);
  });
});

describe('a package', () => {
  it('has 25 MiB at most, however its files arrive', async () => {
    const number = await draft();
    const files = createPostgresFiles(world.pool);
    const content = Buffer.alloc(9 * 1024 * 1024, 'x');
    const put = () =>
      files.put({
        id: randomUUID(),
        escalation: `escalation:${number}:1`,
        declaredName: 'x.txt',
        content,
        storedBy: 'staff:s-agent',
      });
    const results = await Promise.allSettled([put(), put(), put()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(String(refused.reason)).toContain('25 MiB together');
  });
});
