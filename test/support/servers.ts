/** Global set-up: the servers that the selected tiers need, each started once for the whole run and stopped with it. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../db/migrate.ts';
import { startTemporalOnPostgres } from '../../scripts/production/temporal.ts';
import { claimDirectory } from '../../scripts/stack/leftBehind.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { ensureDatabase, startPostgres } from '../../scripts/stack/postgres.ts';
import { createProcesses, type Processes } from '../../scripts/stack/processes.ts';
import { startTemporal } from '../../scripts/stack/temporalServer.ts';
import { findTestServer } from '../../scripts/stack/testServer.ts';
import { RUNS } from './directory.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** PostgreSQL's maintenance database, and the name of the migrated template. */
    postgres: { url: string; template: string };
    /** host:port of the Temporal server. */
    temporal: string;
    /** Path of the time-skipping test server. */
    testServer: string;
  }
}

type Need = 'postgres' | 'temporal' | 'testServer';

const NEEDS: Record<string, readonly Need[]> = {
  workflows: ['testServer'],
  activities: ['postgres', 'testServer'],
  api: ['postgres', 'temporal'],
  e2e: ['postgres', 'temporal'],
  replay: ['testServer'],
};

const report = (message: string) => process.stdout.write(`${message}\n`);

/** Servers of this run. Each project loads this file anew; only the process is the same for all. */
class Servers {
  users = 0;
  readonly #directory = join(RUNS, String(process.pid));
  #processes: Promise<Processes> | undefined;
  #postgres: Promise<{ url: string; template: string }> | undefined;
  #temporal: Promise<string> | undefined;
  #dropTemplate: (() => Promise<void>) | undefined;

  postgres() {
    this.#postgres ??= this.#startPostgres();
    return this.#postgres;
  }

  temporal() {
    this.#temporal ??= this.#startTemporal();
    return this.#temporal;
  }

  async stop(): Promise<void> {
    await this.#dropTemplate?.();
    await (await this.#processes)?.stopAll();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #startPostgres() {
    const url = process.env.DATABASE_URL || (await this.#startOwnPostgres());
    const template = `relance_template_${process.pid}`;
    await migrate(await ensureDatabase(url, template));
    if (process.env.DATABASE_URL) this.#dropTemplate = () => dropDatabase(url, template);
    return { url, template };
  }

  async #startOwnPostgres(): Promise<string> {
    const [port = 0] = await freePorts(1);
    const directory = join(this.#directory, 'postgres');
    const options = { directory, port, password: 'only-for-tests', durable: false, report: () => undefined };
    return (await startPostgres(await this.#own(), options)).url;
  }

  async #startTemporal(): Promise<string> {
    if (process.env.TEMPORAL_ADDRESS) return process.env.TEMPORAL_ADDRESS;
    const [port = 0] = await freePorts(1);
    const directory = join(this.#directory, 'temporal');
    if (process.env.RELANCE_STACK === 'production') {
      const { url: postgresUrl } = await this.postgres();
      return (await startTemporalOnPostgres(await this.#own(), { directory, port, postgresUrl, report })).address;
    }
    return (await startTemporal(await this.#own(), { directory, port, report })).address;
  }

  async #own(): Promise<Processes> {
    this.#processes ??= this.#claim();
    return await this.#processes;
  }

  async #claim(): Promise<Processes> {
    await removeOldRuns();
    await claimDirectory(this.#directory);
    return createProcesses(this.#directory, (message) => {
      report(message);
      process.exitCode = 1;
    });
  }
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  await client.end();
}

/** Removes what runs that were killed left: their processes, then their files. Names start with the id of their process. */
async function removeOldRuns(): Promise<void> {
  mkdirSync(RUNS, { recursive: true });
  for (const name of readdirSync(RUNS)) {
    const pid = Number.parseInt(name, 10);
    if (pid === process.pid || isAlive(pid)) continue;
    const directory = join(RUNS, name);
    const isFree = await claimDirectory(directory).catch(() => undefined);
    if (isFree) rmSync(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const KEY = Symbol.for('relance.testServers');
const shared = globalThis as { [KEY]?: Servers };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared[KEY] ??= new Servers();
  const servers = shared[KEY];
  servers.users += 1;
  const needs = NEEDS[project.name] ?? [];
  if (needs.includes('testServer')) project.provide('testServer', await findTestServer(report));
  if (needs.includes('postgres')) project.provide('postgres', await servers.postgres());
  if (needs.includes('temporal')) project.provide('temporal', await servers.temporal());
  return async () => {
    servers.users -= 1;
    if (servers.users > 0) return;
    delete shared[KEY];
    await servers.stop();
  };
}
