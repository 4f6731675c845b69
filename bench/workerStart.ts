/** From the start of a worker's process until it is ready: from source, which it bundles first, and compiled, with the bundle made beforehand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildProduct } from '../scripts/production/stack.ts';
import { ROOT } from '../scripts/stack/places.ts';
import { bundleWorkflows } from '../worker/bundle.ts';
import { type BenchOptions, type Figure, median } from './report.ts';
import { type Servers, startServers } from './servers.ts';

const COMMANDS = {
  'from source, bundled at the start': ['--import', 'tsx', 'worker/main.ts'],
  'compiled, bundled beforehand': ['dist/worker/main.js'],
} as const;

/** `--runs`: starts of each, in turns. */
export async function workerStart({ runs }: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  buildProduct(report);
  const servers = await startServers(report);
  const namespace = await servers.namespace('bench-worker-start');
  const took = Object.entries(COMMANDS).map(([what, command]) => ({ what, command, ms: [] as number[] }));
  const bundling: number[] = [];
  try {
    for (let run = 1; run <= runs; run++) {
      for (const { command, ms } of took) ms.push(await start(servers, namespace, command));
      const before = performance.now();
      await bundleWorkflows();
      bundling.push(performance.now() - before);
      report(`run ${run}: ${took.map(({ ms }) => `${Math.round(ms.at(-1) ?? 0)} ms`).join(', ')}`);
    }
  } finally {
    await servers.stop();
  }
  const [source, compiled] = took.map(({ ms }) => median(ms)) as [number, number];
  return [
    ...took.map(({ what, ms }) => ({ what: `ready ${what}`, value: median(ms), unit: 'ms' })),
    { what: 'of which bundling, measured alone', value: median(bundling), unit: 'ms' },
    { what: 'compiled, beside from source', value: compiled / source, unit: '' },
  ];
}

/** Milliseconds until it says that it is ready; then it is killed. */
async function start({ pool, temporal, smtpUrl }: Servers, namespace: string, command: readonly string[]) {
  const started = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: pool.options.connectionString,
      TEMPORAL_ADDRESS: temporal,
      TEMPORAL_NAMESPACE: namespace,
      SMTP_URL: smtpUrl,
      TOKEN_KEYS: `bench:${'ab'.repeat(32)}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  let output = '';
  const ready = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('worker ready')) resolve(performance.now() - started);
    });
    child.once('exit', () => reject(new Error(`the worker ended:\n${output}`)));
  });
  try {
    return await ready;
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}
