/** Temporal's development server on a database file, and what the product needs registered in a namespace. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasNamespace, registerSearchAttributes } from '../../client/namespace.ts';
import type { Processes, RunningProcess } from './processes.ts';
import { findTemporal } from './temporalBinary.ts';

/** How to run Temporal. */
export interface TemporalOptions {
  /** Keeps its database. */
  readonly directory: string;
  readonly port: number;
  /** Of its Web UI; no UI without it. */
  readonly uiPort?: number;
  /** The server's dynamic configuration: values as JSON, by key. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  readonly report: (message: string) => void;
}

/** A running Temporal server. */
export interface TemporalServer {
  readonly address: string;
  readonly process: RunningProcess;
}

/** Starts Temporal; the namespace `default` exists and has the search attributes of the product. */
export async function startTemporal(processes: Processes, options: TemporalOptions): Promise<TemporalServer> {
  const { path, source } = await findTemporal(options.report);
  options.report(`Temporal: ${source}`);
  mkdirSync(options.directory, { recursive: true });
  const address = `127.0.0.1:${options.port}`;
  const process = await processes.start({
    name: 'temporal',
    command: path,
    arguments: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)],
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...['--db-filename', join(options.directory, 'temporal.db')],
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
      ...['--log-format', 'json', '--log-level', 'warn'],
      ...Object.entries(options.dynamicConfig ?? {}).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${value}`,
      ]),
    ],
    isReady: () => hasNamespace(address, 'default'),
  });
  await registerSearchAttributes(address, 'default');
  return { address, process };
}
