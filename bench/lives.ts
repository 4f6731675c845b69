/** Whole lives of requests, driven in four ways over the same server. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createMailActivities } from '../activities/mail.ts';
import { createRequestActivities } from '../activities/requests.ts';
import { createTemporalClient } from '../client/connection.ts';
import { openingInput, startOptions } from '../client/requestInput.ts';
import { readRequestRow, registerRequest } from '../db/requests.ts';
import { storeText } from '../db/texts.ts';
import { createMailTransport } from '../mail/transport.ts';
import { createRequestWorker } from '../worker/worker.ts';
import { commandUpdate, openUpdate, type RequestActivities, requestWorkflowId } from '../workflows/messages.ts';
import { startApi } from './api.ts';
import { type BareActivities, bareAcknowledge, bareAsk, type bareLife, bareOpen } from './bare/bareLife.ts';
import type { Servers } from './servers.ts';
import { AGENT, CONTACT, CONTRACT, REMINDER_MS } from './terms.ts';

/** A way of living: prepares lives, lives one, and says where its workflows are. */
export interface Way {
  readonly name: string;
  /** What is not measured: rows that must be there before. */
  prepare(lives: number): Promise<void>;
  /** Opens, acknowledges, asks, waits until it is closed. @returns its workflow id */
  live(): Promise<string>;
  readonly client: Client;
  stop(): Promise<void>;
}

const CACHED = 500;
const WHO = { who: `staff:${AGENT}`, channel: 'api' } as const;

/** Nothing but Temporal: what a life costs at least. */
export async function bareWay(servers: Servers): Promise<Way> {
  const namespace = await servers.namespace('bench-bare');
  const client = createTemporalClient({ address: servers.temporal, namespace });
  const connection = await NativeConnection.connect({ address: servers.temporal });
  const activities: BareActivities = { save: async () => undefined, mail: async () => undefined };
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue: 'bare', activities, maxCachedWorkflows: CACHED },
    workflowsPath: fileURLToPath(new URL('./bare/bareLife.ts', import.meta.url)),
  });
  const running = worker.run();
  return {
    name: 'bare workflow',
    client,
    prepare: async () => undefined,
    async live() {
      const workflowId = randomUUID();
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareLife>('bareLife', {
        ...{ workflowId, taskQueue: 'bare', args: [REMINDER_MS], workflowIdConflictPolicy: 'USE_EXISTING' },
      });
      await client.workflow.executeUpdateWithStart(bareOpen, { startWorkflowOperation });
      const handle = client.workflow.getHandle(workflowId);
      await handle.executeUpdate(bareAcknowledge);
      await handle.executeUpdate(bareAsk);
      await handle.result();
      return workflowId;
    },
    stop: () => stopAll(worker, running, connection),
  };
}

/** The request workflow through the client, with saves and mails faked, or with PostgreSQL and SMTP. */
export async function clientWay(servers: Servers, kind: 'faked' | 'real'): Promise<Way> {
  const { client, stop } = await startWorker(servers, `bench-${kind}`, kind);
  const prepared: string[] = [];
  return {
    name: kind === 'faked' ? 'request, saves and mails faked' : 'request, PostgreSQL and SMTP',
    client,
    async prepare(lives) {
      for (let life = 0; life < lives; life++) prepared.push(await register(servers));
    },
    async live() {
      const number = prepared.pop();
      const row = number === undefined ? undefined : await readRequestRow(servers.pool, number);
      if (number === undefined || !row) throw new Error('not enough lives are prepared');
      const input = await openingInput(servers.pool, row, Date.now());
      const startWorkflowOperation = new WithStartWorkflowOperation('supportRequest', {
        ...startOptions(input),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      const { commandId, text } = row.opening;
      await client.workflow.executeUpdateWithStart(openUpdate, { args: [{ commandId }], startWorkflowOperation });
      const handle = client.workflow.getHandle(requestWorkflowId(number));
      const command = () => ({ ...WHO, commandId: randomUUID() });
      await handle.executeUpdate(commandUpdate('acknowledge'), { args: [command()] });
      await handle.executeUpdate(commandUpdate('ask'), { args: [{ ...command(), text: text ?? '' }] });
      await handle.result();
      return requestWorkflowId(number);
    },
    stop,
  };
}

/** The whole product: over HTTP, as staff call it. */
export async function apiWay(servers: Servers): Promise<Way> {
  const { client, stop } = await startWorker(servers, 'bench-api', 'real');
  const api = await startApi(servers, client);
  return {
    name: 'request, through the API',
    client,
    prepare: async () => undefined,
    async live() {
      const number = await api.open();
      await api.post(`/v1/requests/${number}/acknowledge`, {});
      await api.post(`/v1/requests/${number}/ask`, { text: 'What do you see?' });
      await client.workflow.getHandle(requestWorkflowId(number)).result();
      return requestWorkflowId(number);
    },
    async stop() {
      api.close();
      await stop();
    },
  };
}

/** Registers a request and stores the text of its question. */
export async function register({ pool }: Servers): Promise<string> {
  const number = await registerRequest(pool, {
    ...{ contract: CONTRACT, zone: 'Europe/Paris', termsVersion: 1, contact: CONTACT, language: 'fr' },
    ...{ priority: 'blocking', subject: 'Bench', description: 'Bench.', ...WHO },
  });
  await storeText(pool, { id: randomUUID(), number, body: 'What do you see?', author: WHO.who });
  return number;
}

/** A worker of requests in its own namespace, and a client. */
export async function startWorker(servers: Servers, name: string, kind: 'faked' | 'real', cached = CACHED) {
  const { pool, temporal, smtpUrl } = servers;
  const namespace = await servers.namespace(name);
  const client = createTemporalClient({ address: temporal, namespace });
  const connection = await NativeConnection.connect({ address: temporal });
  const transport = createMailTransport(smtpUrl);
  const real: RequestActivities = {
    ...createRequestActivities({ pool }),
    ...createMailActivities({
      ...{ pool, transport, sender: { name: 'Support', domain: 'support.example' } },
      tokenKeys: [{ id: 'bench', key: Buffer.alloc(32, 1) }],
      staffAlerts: { address: 'staff@support.example', language: 'fr' },
      logger: pino({ level: 'silent' }),
    }),
  };
  const faked: RequestActivities = {
    ...real,
    saveRequest: async () => undefined,
    sendMail: async () => ({ result: 'accepted', at: Date.now() }),
  };
  const worker = await createRequestWorker({
    ...{ connection, namespace, maxCachedWorkflows: cached, activities: kind === 'real' ? real : faked },
  });
  const running = worker.run();
  const stop = async () => {
    await stopAll(worker, running, connection);
    transport.close();
  };
  return { client, namespace, stop };
}

/** The client's connection stays: a retry that the SDK still has on a timer throws on a closed one. */
export async function stopAll(worker: Worker, running: Promise<void>, connection: NativeConnection): Promise<void> {
  // One that failed is stopped already, and says why when it is waited for.
  if (worker.getState() === 'RUNNING') worker.shutdown();
  try {
    await running;
  } finally {
    await connection.close();
  }
}
