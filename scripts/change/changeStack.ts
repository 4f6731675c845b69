/** Production's topology on free ports, whose workers are replaced by those of another release. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { createTemporalClient } from '../../client/connection.ts';
import { type Demonstration, loadDemonstration } from '../../db/demonstration.ts';
import { createPool } from '../../db/pool.ts';
import { createTestDirectory } from '../../test/support/directory.ts';
import { type MailSink, startMailSink } from '../faults/mailSink.ts';
import { BUILT, bringUpServers, buildProduct } from '../production/stack.ts';
import { ROOT } from '../stack/places.ts';
import { createProcesses, type ProcessOptions, type RunningProcess } from '../stack/processes.ts';
import { environmentOf, productProcesses } from '../stack/productProcesses.ts';
import { freePortVariables, readSettings } from '../stack/settings.ts';
import { claim } from '../stack/stack.ts';
import { changedRelease, copyRelease, type Release } from './changedWorkflows.ts';

/** The releases: what runs, the change as it is to be made, and the change without `patched`. */
export interface Releases {
  readonly old: Release;
  readonly patched: Release;
  readonly unpatched: Release;
}

export interface ChangeStack {
  readonly api: string;
  readonly pool: Pool;
  readonly temporal: Client;
  readonly demonstration: Demonstration;
  readonly releases: Releases;
  /** Starts workers of a release; returns when they are ready. */
  startWorkers(release: Release): Promise<readonly RunningProcess[]>;
  /** Runs a command of a release, such as `operations/deploy.js`. */
  run(
    release: Release,
    entry: string,
    args: readonly string[],
  ): Promise<{ readonly code: number | null; readonly output: string }>;
  stop(): Promise<void>;
}

const WORKERS = 2;

/** Starts it without workers, in a directory of its own which `stop` removes. */
export async function startChangeStack(
  isVersioned: boolean,
  report: (message: string) => void,
  onDeath: (message: string) => void,
): Promise<ChangeStack> {
  // Inside the checkout: the releases need its packages.
  const directory = createTestDirectory('change');
  const ports = await freePortVariables();
  const settings = readSettings({
    RELANCE_DATA: directory,
    SMTP_URL: `smtp://127.0.0.1:${ports.MAILBOX_SMTP_PORT}`,
    ...ports,
  });
  await claim(settings, report);
  buildProduct(report);
  report('Building the changed workflow code, with and without patched()');
  const release = (name: string) => join(directory, name);
  const releases: Releases = {
    old: copyRelease(BUILT, release('old')),
    patched: await changedRelease(BUILT, release('patched'), 'patched'),
    unpatched: await changedRelease(BUILT, release('unpatched'), 'unpatched'),
  };
  const processes = createProcesses(directory, onDeath);
  let sink: MailSink | undefined;
  try {
    sink = await startMailSink(settings.ports.MAILBOX_SMTP_PORT);
    const mails = sink;
    const servers = await bringUpServers(settings, processes, report);
    const pool = createPool({ connectionString: servers.databaseUrl, max: 4, log: { warn: () => undefined } });
    const demonstration = await loadDemonstration(pool);
    const around = ({ directory: built }: Release) => ({ ...servers, built, report: () => undefined });
    const versioning = { WORKER_VERSIONING: isVersioned ? 'on' : 'off' };
    const [, relay, api] = productProcesses(around(releases.old)) as [ProcessOptions, ProcessOptions, ProcessOptions];
    await Promise.all([relay, api].map((one) => processes.start(one)));
    return {
      api: `http://127.0.0.1:${settings.ports.API_PORT}`,
      pool,
      temporal: createTemporalClient({ address: servers.temporalAddress, namespace: settings.temporalNamespace }),
      demonstration,
      releases,
      async startWorkers(which) {
        const [worker] = productProcesses(around(which)) as [ProcessOptions];
        const environment = { ...worker.environment, ...versioning };
        const names = Array.from({ length: WORKERS }, (_, index) => `worker-${which.buildId}-${index + 1}`);
        return await Promise.all(names.map((name) => processes.start({ ...worker, name, environment })));
      },
      run: (which, entry, args) => runToEnd([join(which.directory, entry), ...args], environmentOf(around(which))),
      async stop() {
        // Temporal's connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
        await pool.end();
        await processes.stopAll();
        await mails.close();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await processes.stopAll();
    await sink?.close();
    throw error;
  }
}

/** Not synchronously: callers in this process go on meanwhile. */
async function runToEnd(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output.trim() };
}
