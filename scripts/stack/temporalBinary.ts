/** Finds the `temporal` command, or gets it: on PATH, kept from before, downloaded, or built. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { TOOLS } from './places.ts';
import { downloadBySdk } from './sdkDownload.ts';

/** Newer tags need a module that the Go proxy lacks. */
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const KEPT = join(TOOLS, 'bin', 'temporal');
const SAY_EVERY_MS = 5_000;

/** Path of the command, and where it comes from, in words. @throws Error that says what may be installed. */
export async function findTemporal(report: (message: string) => void): Promise<{ path: string; source: string }> {
  const onPath = findOnPath('temporal');
  if (onPath) return { path: onPath, source: `${onPath} (on PATH)` };
  if (isExecutable(KEPT)) return { path: KEPT, source: KEPT };
  mkdirSync(join(TOOLS, 'bin'), { recursive: true });
  if (await downloadBySdk('dev server', KEPT, report)) return { path: KEPT, source: `${KEPT} (downloaded)` };
  if (findOnPath('go')) {
    await build(report);
    return { path: KEPT, source: `${KEPT} (built)` };
  }
  throw new Error(
    'There is no Temporal server: put a `temporal` command (https://docs.temporal.io/cli) or Go on PATH, or set TEMPORAL_ADDRESS.',
  );
}

/** Path of a command, by PATH; undefined when there is none. */
export function findOnPath(command: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return directories.map((directory) => join(directory, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function build(report: (message: string) => void): Promise<void> {
  report(`Building Temporal once (go install ${PACKAGE}): about 3 minutes`);
  const started = Date.now();
  const go = spawn('go', ['install', '-v', PACKAGE], {
    env: { ...process.env, GOBIN: join(TOOLS, 'bin'), CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const last: string[] = [];
  let packages = 0;
  createInterface({ input: go.stderr }).on('line', (line) => {
    packages += 1;
    last.push(line);
    if (last.length > 15) last.shift();
  });
  const endGo = () => void go.kill();
  process.once('exit', endGo);
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1_000);
    report(`Building Temporal: ${seconds} s, ${packages} steps, now ${last.at(-1) ?? 'starting'}`);
  }, SAY_EVERY_MS);
  try {
    const [code] = (await once(go, 'close')) as [number | null];
    if (code !== 0) throw new Error(`Temporal cannot be built:\n${last.map((line) => `  ${line}`).join('\n')}`);
  } finally {
    clearInterval(timer);
    process.off('exit', endGo);
  }
  if (spawnSync(KEPT, ['--version']).status !== 0) throw new Error(`${KEPT} was built and does not run.`);
}
