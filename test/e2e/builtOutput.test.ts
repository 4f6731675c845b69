/** The compiled product as production runs it; and what happens to work under way when its processes are told to stop. */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { type Demonstration, loadDemonstration } from '../../db/demonstration.ts';
import { inTransaction } from '../../db/pool.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { DEPLOYMENT_NAME } from '../../worker/worker.ts';
import { REQUEST_TASK_QUEUE, requestWorkflowId } from '../../workflows/messages.ts';
import {
  type BuiltProcess,
  build,
  runBuilt,
  type SlowMailServer,
  startBuilt,
  startSlowMailServer,
} from '../support/builtProcesses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let mailServer: SlowMailServer;
let demonstration: Demonstration;
let environment: NodeJS.ProcessEnv;
let ports: { readonly api: number; readonly inbound: number };
let temporal: { readonly address: string; readonly namespace: string };
const running: BuiltProcess[] = [];
/** Of worker, API, relay, and of Temporal's SDK in the worker. */
let metricsPorts: readonly number[];

beforeAll(async () => {
  build();
  [database, temporal, mailServer] = await Promise.all([
    createTestDatabase(),
    createTestNamespace(),
    startSlowMailServer(),
  ]);
  demonstration = await loadDemonstration(database.pool);
  const [api = 0, inbound = 0] = await freePorts(2);
  ports = { api, inbound };
  metricsPorts = await freePorts(4);
  environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    API_PORT: String(api),
    INBOUND_PORT: String(inbound),
    PUBLIC_URL: 'https://support.example',
    SMTP_URL: mailServer.url,
    MAIL_DOMAIN: 'support.example',
    MAIL_NAME: 'Support',
    STAFF_ALERT_ADDRESS: 'staff@support.example',
    TOKEN_KEYS: `test:${'ab'.repeat(32)}`,
  };
}, 120_000);

afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  mailServer?.release();
  await mailServer?.close();
  await database?.drop();
});

async function start(process: 'api' | 'worker' | 'relay'): Promise<BuiltProcess> {
  const port = metricsPorts[['worker', 'api', 'relay'].indexOf(process)];
  const metrics = { METRICS_PORT: String(port), SDK_METRICS_PORT: String(metricsPorts[3]) };
  const started = await startBuilt(`${process}/main.js`, { ...environment, ...metrics }, `${process} ready`);
  running.push(started);
  return started;
}

async function call(path: string, body: object): Promise<{ status: number; body: { number: string; status: string } }> {
  const response = await fetch(`http://127.0.0.1:${ports.api}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${demonstration.tokens.agent}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { number: string; status: string } };
}

/** What a sender of mail says; the reply to it, or the greeting. */
async function say(socket: Socket, line?: string): Promise<string> {
  const reply = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  if (line !== undefined) socket.write(line);
  return await reply;
}

describe('the compiled product', () => {
  let number = '';

  it('is set up by a command that may be repeated', async () => {
    const setup = runBuilt('operations/setup.js', [], environment);
    expect(await setup.ended, setup.output()).toBe(0);
    expect(setup.output()).toContain('Temporal is set up');
  });

  it('names a worker by the code that it runs', async () => {
    const [worker] = [await start('worker'), await start('api'), await start('relay')];
    const build = /"build":"([0-9a-f]{12})"/.exec(worker.output())?.[1] ?? '';
    const opened = await call('/v1/requests', {
      contract: 'DEMO-ANOMALY',
      contact: demonstration.contact.id,
      priority: 'blocking',
      subject: 'Empty list',
      description: 'Every time.',
      reproducible: true,
      attributableToProduct: true,
      channel: 'phone',
    });
    expect(opened).toMatchObject({ status: 201, body: { status: 'registered' } });
    number = opened.body.number;
    const client = createTemporalClient(temporal);
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: REQUEST_TASK_QUEUE },
      taskQueueType: 1,
    });
    await client.connection.close();
    const deployments = pollers?.map(({ deploymentOptions }) => [
      deploymentOptions?.deploymentName,
      deploymentOptions?.buildId,
    ]);
    expect(build).not.toBe('');
    expect(deployments).toEqual([[DEPLOYMENT_NAME, build]]);
  });

  it('has figures of every process, and of Temporal in the worker', async () => {
    const read = async (port: number) => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    // The request's first save may be under way.
    const isCounted = async (port: number) => /relance_requests\{status="registered",.*\} 1/.test(await read(port));
    for (const port of metricsPorts.slice(0, 3)) await until(() => isCounted(port));
    expect(await read(metricsPorts[0] ?? 0)).toContain('# TYPE relance_activity_failures_total counter');
    expect(await read(metricsPorts[3] ?? 0)).toContain('temporal_activity');
  });

  it('told to stop, the worker waits for the mail that is being sent, and ends well', async () => {
    const worker = running[0];
    if (!worker) throw new Error('no worker');
    await until(() => mailServer.waiting() === 1);
    worker.child.kill('SIGTERM');
    await until(() => worker.output().includes('DRAINING'));
    expect(worker.child.exitCode).toBeNull();
    mailServer.release();
    expect(await worker.ended, worker.output()).toBe(0);
    const { rows } = await database.pool.query('SELECT status, attempts FROM outbound_mails');
    expect(rows).toEqual([{ status: 'accepted', attempts: 1 }]);
    expect(mailServer.accepted()).toBe(1);
    await start('worker');
  });

  it('told to stop, the API answers the call under way, takes no other, and ends well', async () => {
    const api = running[1];
    if (!api) throw new Error('no API');
    let answered: ReturnType<typeof call> | undefined;
    await inTransaction(database.pool, async (client) => {
      await client.query('SELECT FROM requests WHERE number = $1 FOR UPDATE', [number]);
      answered = call(`/v1/requests/${number}/acknowledge`, {});
      await until(async () => {
        const { rows } = await database.pool.query('SELECT FROM idempotency_keys WHERE status IS NULL');
        return rows.length === 1;
      });
      api.child.kill('SIGTERM');
      await until(() =>
        fetch(`http://127.0.0.1:${ports.api}/healthz`).then(
          () => false,
          () => true,
        ),
      );
      expect(api.child.exitCode).toBeNull();
    });
    expect(await answered).toMatchObject({ status: 200, body: { status: 'inProgress' } });
    expect(await api.ended, api.output()).toBe(0);
  });

  it('told to stop, the relay takes the mail that is being said to it, and ends well', async () => {
    const relay = running[2];
    if (!relay) throw new Error('no relay');
    const sender = connect(ports.inbound, '127.0.0.1');
    await say(sender);
    await say(sender, 'EHLO customer.example\r\n');
    await say(sender, `MAIL FROM:<claire@customer.example>\r\n`);
    await say(sender, 'RCPT TO:<sr@support.example>\r\n');
    expect(await say(sender, 'DATA\r\n')).toMatch(/^354/);
    sender.write('From: claire@customer.example\r\nTo: sr@support.example\r\nSubject: Half\r\n\r\nOne half,\r\n');
    relay.child.kill('SIGTERM');
    await until(async () => {
      const other = connect(ports.inbound, '127.0.0.1');
      return await new Promise<boolean>((resolve) => {
        other.once('error', () => resolve(true)).once('connect', () => resolve(false));
      }).finally(() => other.destroy());
    });
    expect(relay.child.exitCode).toBeNull();
    expect(await say(sender, 'and the other.\r\n.\r\n')).toMatch(/^250/);
    sender.end('QUIT\r\n');
    expect(await relay.ended, relay.output()).toBe(0);
    const { rows } = await database.pool.query('SELECT envelope_from FROM inbound_mails');
    expect(rows).toEqual([{ envelope_from: 'claire@customer.example' }]);
  });

  it('is verified by a command that says with its exit code whether something was found', async () => {
    const verify = async (...args: string[]) => {
      const { ended, output } = runBuilt('operations/verify.js', args, environment);
      return { code: await ended, output: output() };
    };
    expect(await verify()).toMatchObject({ code: 0 });
    const client = createTemporalClient(temporal);
    await client.workflow.getHandle(requestWorkflowId(number)).terminate('lost');
    await client.connection.close();
    const found = await verify('--json');
    expect(found.code).toBe(1);
    expect(JSON.parse(found.output)).toMatchObject({ findings: [{ kind: 'lost', subject: number }] });
    expect(await verify('--repair')).toMatchObject({ code: 0, output: expect.stringContaining('repair done') });
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('chosen by version, takes up what is open once its version is current', async () => {
    const run = async (entry: string, ...args: string[]) => {
      const { ended, output } = runBuilt(entry, args, environment);
      return { code: await ended, output: output() };
    };
    const replayed = await run('operations/replay.js');
    // What Temporal lists as running may be a moment old.
    expect(replayed.output).toMatch(/[1-9] open workflows replayed on [0-9a-f]{12} .* 0 failed/);
    expect(replayed.code).toBe(0);
    const [port = 0] = await freePorts(1);
    const versioned = { ...environment, WORKER_VERSIONING: 'on', METRICS_PORT: String(port) };
    running.push(await startBuilt('worker/main.js', versioned, 'worker ready'));
    expect(await run('operations/deploy.js', '--build-id', 'nobody', '--wait', '1')).toMatchObject({ code: 1 });
    const first = await run('operations/deploy.js');
    expect(first, first.output).toMatchObject({ code: 0, output: expect.stringContaining('without a version') });
    expect(await run('operations/deploy.js')).toMatchObject({ code: 0, output: expect.stringContaining('as before') });
    // The worker without a version.
    running[3]?.child.kill('SIGTERM');
    await running[3]?.ended;
    await start('api');
    // While the worker takes it up a caller may be told to come back.
    await until(async () => (await call(`/v1/requests/${number}/note`, { text: 'Taken up.' })).status === 200);
  }, 180_000);
});
