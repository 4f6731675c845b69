import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadDemonstration } from '../../db/demonstration.ts';
import { insertInboundMail } from '../../db/inboundMails.ts';
import { registerRequest } from '../../db/requests.ts';
import { createFigures, serveMetrics } from '../../metrics/metrics.ts';
import { ROOT } from '../../scripts/stack/places.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = { info: () => undefined, warn: () => undefined };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await loadDemonstration(database.pool);
  const opening = { contract: 'DEMO-ANOMALY', zone: 'Europe/Paris', termsVersion: 1, contact: 'demo-claire' };
  const texts = { language: 'fr', priority: 'blocking', subject: 'Empty', description: 'Every time.' } as const;
  const number = await registerRequest(database.pool, {
    ...opening,
    ...texts,
    who: 'staff:demo-agent',
    channel: 'api',
  });
  await registerRequest(database.pool, { ...opening, ...texts, who: 'staff:demo-agent', channel: 'api' });
  await database.pool.query(
    `UPDATE requests SET stage = 'open', status = 'waiting', breached = true, open_tasks = 1, next_due_at = now() - interval '1 hour',
       state = '{"tasks": [{"kind": "effectConflict"}]}' WHERE number = $1`,
    [number],
  );
  await insertInboundMail(database.pool, {
    envelopeFrom: 'claire@customer.example',
    envelopeTo: ['sr@support.example'],
    remoteIp: '127.0.0.1',
    helo: 'customer.example',
    raw: Buffer.from('x'),
    contentHash: Buffer.from('x'),
  });
  await database.pool.query("UPDATE inbound_mails SET received_at = now() - interval '1 hour'");
});
afterAll(() => database?.drop());

describe('metrics', () => {
  it('are served apart, and say what the database has', async () => {
    const [port = 0] = await freePorts(1);
    const options = { host: '127.0.0.1', process: 'api', db: database.pool, log };
    expect((await serveMetrics({ ...options, port: 0 })).port).toBeUndefined();
    const server = await serveMetrics({ ...options, port });
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    await server.close();
    for (const line of [
      'relance_requests{status="waiting",process="api"} 1',
      'relance_requests_breached{process="api"} 1',
      'relance_requests_overdue{process="api"} 1',
      'relance_requests_unopened{process="api"} 1',
      'relance_open_tasks{kind="effectConflict",process="api"} 1',
      'relance_inbound_mails{disposition="undecided",process="api"} 1',
      'relance_figures_read{process="api"} 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(Number(/relance_inbound_age_seconds\{.*\} (.*)/.exec(text)?.[1])).toBeGreaterThan(3_599);
    expect(text).not.toContain('claire');
  });

  it('ask the database once for many that ask', async () => {
    let asked = 0;
    const query = (...values: Parameters<typeof database.pool.query>) => {
      asked += 1;
      return database.pool.query(...values);
    };
    const registry = createFigures({ process: 'api', db: { query } as never, log });
    await Promise.all([registry.metrics(), registry.metrics(), registry.metrics()]);
    expect(asked).toBe(1);
  });

  it('say when the database does not answer', async () => {
    const db = { query: () => Promise.reject(new Error('away')) } as never;
    expect(await createFigures({ process: 'api', db, log }).metrics()).toContain(
      'relance_figures_read{process="api"} 0',
    );
  });
});

describe('alerts', () => {
  const rules = (
    parse(readFileSync(join(ROOT, 'ops/alerts.yml'), 'utf8')) as {
      groups: { rules: { alert: string; expr: string; annotations: { runbook: string } }[] }[];
    }
  ).groups.flatMap((group) => group.rules);

  it('ask for figures that are there, and have a runbook each', async () => {
    const text = await createFigures({ process: 'api', db: database.pool, log }).metrics();
    const pages = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const headings = [...pages.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title?.toLowerCase().replaceAll(' ', '-'));
    expect(rules).toHaveLength(7);
    for (const { expr, annotations } of rules) {
      for (const [name] of expr.matchAll(/relance_\w+/g)) expect(text).toContain(`# TYPE ${name} gauge`);
      expect(headings).toContain(annotations.runbook.split('#')[1]);
    }
  });
});
