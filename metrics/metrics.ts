/** `/metrics` for Prometheus, on a port of its own. Figures are read when they are asked for, and kept some seconds. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Measures, readMeasures } from '../db/measures.ts';
import type { Queryable } from '../db/pool.ts';

export interface MetricsOptions {
  readonly host: string;
  /** 0: nothing is served. */
  readonly port: number;
  /** Name of the process, a label of every figure. */
  readonly process: string;
  readonly db: Queryable;
  /** What this process counts itself. */
  readonly figures?: readonly { register(registry: Registry): void }[];
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface MetricsServer {
  /** Undefined when nothing is served. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

/** Between two readings of the database, milliseconds. */
const KEPT_MS = 10_000;

/** Serves them until closed. A process goes on without, should the port be taken. */
export async function serveMetrics(options: MetricsOptions): Promise<MetricsServer> {
  const { host, port, log } = options;
  if (port === 0) return { port: undefined, close: async () => undefined };
  const figures = createFigures(options);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    figures.metrics().then(
      (text) => response.writeHead(200, { 'content-type': figures.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.on('error', (error: NodeJS.ErrnoException) => log.warn({ port, code: error.code }, 'metrics are not served'));
  server.listen(port, host);
  await once(server, 'listening').catch(() => undefined);
  const address = server.address() as AddressInfo | null;
  if (address) log.info({ host, port: address.port }, 'serving metrics');
  return {
    port: address?.port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The figures of a process, as Prometheus reads them. */
export interface Figures {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Every figure, with what it means. */
export function createFigures({
  process,
  db,
  figures = [],
  log,
}: Pick<MetricsOptions, 'process' | 'db' | 'figures' | 'log'>): Figures {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  for (const own of figures) own.register(registry);
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `relance_${name}`, help, labelNames, registers: [registry] });

  const requests = gauge('requests', 'Requests by status', ['status']);
  const tasks = gauge('open_tasks', 'Open tasks for staff by kind', ['kind']);
  const outbound = gauge('outbound_mails', 'Mails of ours by kind (reminder, receipt ...) and result', [
    'kind',
    'status',
  ]);
  const inbound = gauge('inbound_mails', 'Mails that came, by what they turned out to be', ['disposition']);
  const interventions = gauge('interventions', 'Interventions that are not over, by status', ['status']);
  const interventionTasks = gauge('intervention_tasks', 'Open tasks for staff on interventions by kind', ['kind']);
  const opening = gauge('opening_age_seconds', 'Age of the oldest that is registered and not started, by what it is', [
    'of',
  ]);
  const creditLacking = gauge('credit_lacking', 'Interventions, and calls that are over, that wait for units', ['of']);
  const creditUnclaimed = gauge('credit_unclaimed', 'Those of them whose units are there', ['of']);
  const plain = {
    breached: gauge('requests_breached', 'Open requests of which a clock was breached'),
    overdue: gauge('requests_overdue', 'Open requests whose next due moment has passed'),
    dueSoon: gauge('requests_due_soon', 'Open requests due within the hour'),
    unopened: gauge('requests_unopened', 'Requests that are registered and not started'),
    outboundAge: gauge('outbound_age_seconds', 'Age of the oldest mail of ours that waits'),
    inboundAge: gauge('inbound_age_seconds', 'Age of the oldest mail that came and has not reached its request'),
    creditUntoldAge: gauge('credit_untold_age_seconds', 'Age of the oldest entry of which its contract was not told'),
    callAge: gauge('call_age_seconds', 'Age of the oldest call of the hotline that is not over'),
    callOwedAge: gauge('call_owed_age_seconds', 'Time since the end of the oldest call whose units are owed'),
    visitsMissing: gauge('visits_missing', 'Modules whose visit of the period was due an hour ago and is not there'),
    billingUndecided: gauge('billing_undecided', 'Proposals to bill time that nobody has decided'),
    billingUndecidedAge: gauge('billing_undecided_age_seconds', 'Age of the oldest of these proposals'),
  };

  function show(measures: Measures): void {
    for (const labelled of [requests, tasks, outbound, inbound, interventions, interventionTasks]) labelled.reset();
    for (const { status, count } of measures.requests) requests.set({ status }, count);
    for (const { kind, count } of measures.tasks) tasks.set({ kind }, count);
    for (const { kind, status, count } of measures.outbound) outbound.set({ kind, status }, count);
    for (const { disposition, count } of measures.inbound) inbound.set({ disposition }, count);
    for (const { status, count } of measures.interventions) interventions.set({ status }, count);
    for (const { kind, count } of measures.interventionTasks) interventionTasks.set({ kind }, count);
    for (const [of, count] of Object.entries(measures.creditLacking)) creditLacking.set({ of }, count);
    for (const [of, count] of Object.entries(measures.creditUnclaimed)) creditUnclaimed.set({ of }, count);
    opening.set({ of: 'request' }, measures.openingAge);
    opening.set({ of: 'intervention' }, measures.interventionOpeningAge);
    opening.set({ of: 'call' }, measures.callOpeningAge);
    opening.set({ of: 'visit' }, measures.visitOpeningAge);
    for (const [name, one] of Object.entries(plain)) one.set(measures[name as keyof typeof plain]);
  }

  const figuresRead = gauge('figures_read', '1: figures of now; 0: the database did not answer, they are old');
  let reading: Promise<void> | undefined;
  let readAt = 0;
  async function read(): Promise<void> {
    try {
      show(await readMeasures(db));
      figuresRead.set(1);
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.name : undefined }, 'the figures could not be read');
      figuresRead.set(0);
    }
  }

  return {
    contentType: registry.contentType,
    async metrics() {
      if (reading === undefined || Date.now() - readAt > KEPT_MS) {
        readAt = Date.now();
        reading = read();
      }
      await reading;
      return await registry.metrics();
    },
  };
}
