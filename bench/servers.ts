/** What benches run against: PostgreSQL (durable), Temporal's development server and a mail sink, each a process. */
import { mkdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createNamespace } from '../client/namespace.ts';
import { storeStaff } from '../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../db/contracts.ts';
import { migrate } from '../db/migrate.ts';
import { createPool } from '../db/pool.ts';
import { claimDirectory } from '../scripts/stack/leftBehind.ts';
import { dataDirectory, ROOT } from '../scripts/stack/places.ts';
import { freePorts } from '../scripts/stack/ports.ts';
import { ensureDatabase, startPostgres } from '../scripts/stack/postgres.ts';
import { createProcesses } from '../scripts/stack/processes.ts';
import { startTemporal } from '../scripts/stack/temporalServer.ts';
import { AGENT, CONTACT, CONTRACT, TERMS } from './terms.ts';

/** Running servers, with one contract, one agent and one contact in the database. */
export interface Servers {
  readonly pool: Pool;
  readonly temporal: string;
  readonly smtpUrl: string;
  /** Makes a namespace with the product's search attributes. */
  namespace(name: string): Promise<string>;
  stop(): Promise<void>;
}

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});

/** Starts them on free ports; their files are removed at the end. */
export async function startServers(report: (message: string) => void): Promise<Servers> {
  const directory = join(dataDirectory(process.env.RELANCE_DATA), 'bench', 'servers');
  mkdirSync(directory, { recursive: true });
  await claimDirectory(directory);
  // What a run that was killed left.
  for (const name of ['postgres', 'temporal']) rmSync(join(directory, name), { recursive: true, force: true });
  const processes = createProcesses(directory, (message) => {
    report(message);
    process.exitCode = 1;
  });
  const [postgresPort = 0, temporalPort = 0, smtpPort = 0, pagePort = 0] = await freePorts(4);
  const quiet = () => undefined;
  report('starting PostgreSQL, Temporal and a mail sink');
  const [postgres, temporal] = await Promise.all([
    startPostgres(processes, {
      ...{ directory: join(directory, 'postgres'), port: postgresPort, password: 'only-for-benches', durable: true },
      report: quiet,
    }),
    startTemporal(processes, { directory: join(directory, 'temporal'), port: temporalPort, report: quiet }),
    processes.start({
      ...{ name: 'mailbox', command: process.execPath, arguments: ['--import', 'tsx', 'mail/mailbox/main.ts'] },
      directory: ROOT,
      environment: { ...process.env, MAILBOX_SMTP_PORT: String(smtpPort), MAILBOX_HTTP_PORT: String(pagePort) },
      isReady: () => listens(smtpPort),
    }),
  ]);
  const url = await ensureDatabase(postgres.url, `bench_${Date.now()}`);
  await migrate(url);
  const pool = createPool({ connectionString: url, max: 20, log: { warn: quiet } });
  await storeContract(pool, { reference: CONTRACT, terms: TERMS });
  await storeTerms(pool, CONTRACT, 1, '2026-01-01', TERMS);
  const person = { name: 'Bench', language: 'fr' as const };
  await storeContact(pool, { ...person, id: CONTACT, contract: CONTRACT, email: 'bench@customer.test', trained: true });
  await storeStaff(pool, { ...person, id: AGENT, email: 'bench@support.test', role: 'agent' });
  return {
    pool,
    temporal: temporal.address,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    async namespace(name) {
      await createNamespace(temporal.address, name);
      return name;
    },
    async stop() {
      await pool.end();
      await processes.stopAll();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
