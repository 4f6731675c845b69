/** A stack whose parts may be killed one by one: PostgreSQL, Temporal, a mail sink, two workers, the relay, the API. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { createTemporalClient } from '../../client/connection.ts';
import { demonstration } from '../../contracts/templates/demonstration.ts';
import { parseTerms } from '../../contracts/terms.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { type DemonstrationTokens, loadDemonstration } from '../../db/demonstration.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { messageIdOf } from '../../mail/messageId.ts';
import type { TokenKeys } from '../../mail/tokens.ts';
import { build } from '../../test/support/builtProcesses.ts';
import { createTestDirectory } from '../../test/support/directory.ts';
import { until } from '../../test/support/until.ts';
import { claimDirectory } from '../stack/leftBehind.ts';
import { ROOT } from '../stack/places.ts';
import { freePorts } from '../stack/ports.ts';
import { ensureDatabase, startPostgres } from '../stack/postgres.ts';
import { createProcesses, type ProcessOptions, type RunningProcess } from '../stack/processes.ts';
import { productProcesses } from '../stack/productProcesses.ts';
import { readSecrets } from '../stack/secrets.ts';
import { startTemporal } from '../stack/temporalServer.ts';
import { type MailSink, startMailSink } from './mailSink.ts';
import { type Proxies, startProxies } from './proxies.ts';

/** A part that is killed and started again. */
export interface Part {
  /** SIGKILL, for PostgreSQL to each of its processes; returns when it is gone. */
  kill(): Promise<void>;
  /** Returns when it is ready. `over`: otherwise than usual, this time. */
  start(over?: Partial<ProcessOptions>): Promise<void>;
  isRunning(): boolean;
}

/** Another process of the API, on a port of its own. */
export interface SecondApi {
  readonly url: string;
  readonly part: Part;
}

export interface FaultStack {
  readonly api: string;
  /** The agent's. */
  readonly token: string;
  /** Those of the demonstration's people. */
  readonly tokens: DemonstrationTokens;
  /** The second API beside the first, from the first time on that it is asked for. */
  secondApi(): Promise<SecondApi>;
  /** The Message-ID of the mail that has this key. */
  messageIdOf(key: string): string;
  readonly pool: Pool;
  readonly temporal: Client;
  readonly sink: MailSink;
  readonly parts: Readonly<Record<'postgres' | 'temporal' | 'worker1' | 'worker2' | 'relay' | 'api', Part>>;
  /** Where mail comes in, on 127.0.0.1. */
  readonly inboundPort: number;
  /** Where PostgreSQL has its files. */
  readonly clusterDirectory: string;
  /** When something last began to listen at Temporal's port after a start; epoch milliseconds. */
  temporalListensAt(): number;
  /** From now on the product's processes, started again for that, reach their servers through proxies. */
  throughProxies(): Promise<Proxies>;
  /** What ended although nobody killed it; a row removes what its harm is meant to end. */
  readonly deaths: string[];
  /** Done before the stack's directory is removed. */
  readonly cleanups: Set<() => void>;
  stop(): Promise<void>;
}

/** Reminders after 1, 2 and 3 seconds, closing one after the third: a life in a few seconds. */
export const CONTRACT = 'FAULTS';
export const CONTACT = 'faults-contact';
export const CONTACT_ADDRESS = 'noa@customer.example';
/** Our domain in mail addresses. */
export const DOMAIN = 'support.example';
const UNIT_SECONDS = 1;

let isBuilt = false;

/** Starts everything, of the build of this checkout, in a directory of its own, which `stop` removes. */
export async function startFaultStack(report: (message: string) => void): Promise<FaultStack> {
  if (!isBuilt) build();
  isBuilt = true;
  const directory = createTestDirectory('faults');
  await claimDirectory(directory);
  const deaths: string[] = [];
  const cleanups = new Set<() => void>();
  const processes = createProcesses(directory, (message) => deaths.push(message));
  let sink: MailSink | undefined;
  try {
    const [API, API2, INBOUND, PG, TEMPORAL, UI, SMTP, HTTP] = (await freePorts(8)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const secrets = readSecrets(directory);
    sink = await startMailSink(SMTP);
    const startDatabase = () =>
      startPostgres(processes, {
        directory: join(directory, 'postgres'),
        port: PG,
        password: secrets.databasePassword,
        durable: true,
        report,
      });
    const postgres = await startDatabase();
    const databaseUrl = await ensureDatabase(postgres.url, 'relance');
    await migrate(databaseUrl);
    const pool = createPool({ connectionString: databaseUrl, max: 4, log: { warn: () => undefined } });
    const { tokens } = await loadDemonstration(pool);
    await loadContract(pool, { contract: CONTRACT, contact: CONTACT, email: CONTACT_ADDRESS });

    let listensAt = 0;
    const startServer = async () => {
      const listening = until(() => isListening(TEMPORAL), { timeoutMs: 60_000 }).then(() => {
        listensAt = Date.now();
      });
      const server = await startTemporal(processes, { directory: join(directory, 'temporal'), port: TEMPORAL, report });
      await listening;
      return server.process;
    };
    const temporalServer = await startServer();
    const address = `127.0.0.1:${TEMPORAL}`;
    const settings = {
      directory,
      ports: {
        API_PORT: API,
        INBOUND_PORT: INBOUND,
        POSTGRES_PORT: PG,
        TEMPORAL_PORT: TEMPORAL,
        TEMPORAL_UI_PORT: UI,
        MAILBOX_SMTP_PORT: SMTP,
        MAILBOX_HTTP_PORT: HTTP,
      },
      temporalNamespace: 'default',
      smtpUrl: `smtp://127.0.0.1:${SMTP}`,
    };
    const around = {
      settings,
      secrets,
      databaseUrl,
      temporalAddress: address,
      report: () => undefined,
      built: join(ROOT, 'dist'),
    };
    let [worker, relay, api] = productProcesses(around) as [ProcessOptions, ProcessOptions, ProcessOptions];
    const start = (options: ProcessOptions, over?: Partial<ProcessOptions>) =>
      processes.start({ ...options, ...over, environment: { ...options.environment, ...over?.environment } });
    const startWorker = (name: string, over?: Partial<ProcessOptions>) => start({ ...worker, name }, over);
    const started = await Promise.all([startWorker('worker1'), startWorker('worker2'), start(relay), start(api)]);
    const product = {
      worker1: part(started[0], (over) => startWorker('worker1', over)),
      worker2: part(started[1], (over) => startWorker('worker2', over)),
      relay: part(started[2], (over) => start(relay, over)),
      api: part(started[3], (over) => start(api, over)),
    };
    const temporal = createTemporalClient({ address, namespace: 'default' });
    const mails = sink;
    const startSecondApi = async (): Promise<SecondApi> => {
      const ports = { ...settings.ports, API_PORT: API2 };
      const [, , second] = productProcesses({ ...around, settings: { ...settings, ports } }) as [
        ProcessOptions,
        ProcessOptions,
        ProcessOptions,
      ];
      const options = { ...second, name: 'api2' };
      return { url: `http://127.0.0.1:${API2}`, part: part(await start(options), (over) => start(options, over)) };
    };
    let secondApi: Promise<SecondApi> | undefined;
    const [, tokenKey = ''] = secrets.tokenKeys.split(':');
    const tokenKeys: TokenKeys = [{ id: 'local', key: Buffer.from(tokenKey, 'hex') }];
    return {
      api: `http://127.0.0.1:${API}`,
      token: tokens.agent,
      tokens,
      secondApi() {
        secondApi ??= startSecondApi();
        return secondApi;
      },
      messageIdOf: (key) => messageIdOf(tokenKeys, key, DOMAIN),
      pool,
      temporal,
      sink: mails,
      parts: {
        postgres: part(postgres.process, async () => (await startDatabase()).process, childrenOf),
        temporal: part(temporalServer, startServer),
        ...product,
      },
      inboundPort: INBOUND,
      clusterDirectory: postgres.directory,
      temporalListensAt: () => listensAt,
      async throughProxies() {
        const proxies = await startProxies(processes, { postgres: PG, temporal: TEMPORAL, smtp: SMTP });
        const proxied = new URL(databaseUrl);
        proxied.port = String(proxies.ports.postgres);
        [worker, relay, api] = productProcesses({
          ...around,
          settings: { ...settings, smtpUrl: `smtp://127.0.0.1:${proxies.ports.smtp}` },
          databaseUrl: proxied.href,
          temporalAddress: `127.0.0.1:${proxies.ports.temporal}`,
        }) as [ProcessOptions, ProcessOptions, ProcessOptions];
        for (const one of Object.values(product)) await one.kill();
        await Promise.all(Object.values(product).map((one) => one.start()));
        return proxies;
      },
      deaths,
      cleanups,
      async stop() {
        // Temporal's connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
        await pool.end();
        await processes.stopAll();
        await mails.close();
        for (const cleanup of cleanups) cleanup();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await processes.stopAll();
    await sink?.close();
    throw error;
  }
}

function part(
  first: RunningProcess,
  start: (over?: Partial<ProcessOptions>) => Promise<RunningProcess>,
  others: (pid: number) => number[] = () => [],
): Part {
  let running = first;
  return {
    async kill() {
      const pids = others(running.pid);
      const gone = running.kill();
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself meanwhile.
        }
      }
      await gone;
    },
    async start(over) {
      running = await start(over);
    },
    isRunning: () => running.isRunning(),
  };
}

function childrenOf(pid: number): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

/** A contract of the demonstration's terms, in which a business day is a second, with one contact. */
export async function loadContract(
  pool: Pool,
  { contract, contact, email }: { readonly contract: string; readonly contact: string; readonly email: string },
): Promise<void> {
  const parsed = parseTerms(demonstration({ customer: 'Fautes (fictif)', provider: 'Support (fictif)' }, UNIT_SECONDS));
  if ('errors' in parsed) throw new Error('the terms of the fault tests are wrong');
  await storeContract(pool, { reference: contract, terms: parsed.terms });
  await storeTerms(pool, contract, 1, '2026-01-01', parsed.terms);
  await storeContact(pool, { id: contact, contract, name: 'Noa Fictive', email, language: 'en', trained: true });
}

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
