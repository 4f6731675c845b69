/** Temporal's server on PostgreSQL, and its UI in which nobody writes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { ROOT } from '../stack/places.ts';
import { freePorts } from '../stack/ports.ts';
import { ensureDatabase } from '../stack/postgres.ts';
import type { Processes, RunningProcess } from '../stack/processes.ts';
import { findServers } from './servers.ts';

/** How to run it. */
export interface TemporalOptions {
  /** Keeps the configuration. */
  readonly directory: string;
  readonly port: number;
  /** Maintenance database of the PostgreSQL that keeps its data, with user and password. */
  readonly postgresUrl: string;
  readonly report: (message: string) => void;
}

/** Its databases, and which part of the schema each has. */
const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;
const DYNAMIC_CONFIG = join(ROOT, 'ops', 'temporal', 'dynamic-config.yaml');
/** Cannot be changed later: what docker's image takes without being told. */
const HISTORY_SHARDS = 4;

/** Starts all four of Temporal's services in one process, after bringing its schema up to date. Makes no namespace. */
export async function startTemporalOnPostgres(
  processes: Processes,
  { directory, port, postgresUrl, report }: TemporalOptions,
): Promise<{ readonly address: string; readonly process: RunningProcess }> {
  const { temporal, sqlTool } = await findServers(report);
  report(`Temporal: ${temporal}`);
  for (const [database, part] of Object.entries(DATABASES)) {
    await ensureDatabase(postgresUrl, database);
    bringUpToDate(sqlTool, new URL(postgresUrl), database, part);
  }
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'temporal.json');
  // JSON is YAML. It has the password of the database.
  writeFileSync(file, JSON.stringify(await configuration(port, new URL(postgresUrl)), null, 2), { mode: 0o600 });
  const address = `127.0.0.1:${port}`;
  const process = await processes.start({
    name: 'temporal',
    command: temporal,
    arguments: ['--config-file', file, '--allow-no-auth', 'start'],
    graceMs: 20_000,
    isReady: () => answers(address),
  });
  return { address, process };
}

/** Starts the UI: whoever reaches it may read everything, and change nothing. */
export async function startTemporalUi(
  processes: Processes,
  options: { readonly directory: string; readonly port: number; readonly temporal: string },
): Promise<RunningProcess> {
  const { ui } = await findServers(() => undefined);
  mkdirSync(options.directory, { recursive: true });
  const settings = {
    temporalGrpcAddress: options.temporal,
    host: '127.0.0.1',
    port: options.port,
    enableUi: true,
    defaultNamespace: 'default',
    disableWriteActions: true,
    disableNewsFetch: true,
  };
  writeFileSync(join(options.directory, 'production.yaml'), JSON.stringify(settings, null, 2));
  return await processes.start({
    name: 'temporal-ui',
    command: ui,
    arguments: ['--root', options.directory, '--config', '.', '--env', 'production', 'start'],
    isReady: async () => (await fetch(`http://127.0.0.1:${options.port}/`)).ok,
  });
}

/** The same commands as `temporal-schema` of docker-compose.yml; each may be repeated. */
function bringUpToDate(sqlTool: string, postgres: URL, database: string, part: string): void {
  for (const command of [
    ['setup-schema', '-v', '0.0'],
    ['update-schema', '--schema-name', `postgresql/v12/${part}`],
  ]) {
    const { status, stdout, stderr } = spawnSync(sqlTool, command, {
      encoding: 'utf8',
      env: {
        SQL_PLUGIN: 'postgres12',
        SQL_HOST: postgres.hostname,
        SQL_PORT: postgres.port,
        SQL_USER: postgres.username,
        SQL_PASSWORD: postgres.password,
        SQL_DATABASE: database,
      },
    });
    if (status !== 0) throw new Error(`${database}: ${command[0]} failed:\n${stdout}${stderr}`);
  }
}

/** What the module's development-postgres12.yaml shows, without archives and profiler. */
async function configuration(port: number, postgres: URL): Promise<object> {
  const [matching, history, worker, ...membership] = await freePorts(7);
  const rpc = (index: number, grpcPort: number | undefined) => ({
    rpc: { grpcPort, membershipPort: membership[index], bindOnLocalHost: true },
  });
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: postgres.host,
      connectProtocol: 'tcp',
      user: postgres.username,
      password: postgres.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: { default: store('temporal', 20), visibility: store('temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: { matching: rpc(0, matching), history: rpc(1, history), worker: rpc(2, worker), frontend: rpc(3, port) },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${port}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: DYNAMIC_CONFIG, pollInterval: '10s' },
  };
}

/** Whether namespaces can be asked for: the first thing that is needed of it. */
async function answers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '5 seconds' });
  try {
    await connection.workflowService.listNamespaces({ pageSize: 1 });
    return true;
  } finally {
    await connection.close();
  }
}
