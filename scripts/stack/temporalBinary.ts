/** Finds the `temporal` command, or gets it: on PATH, kept from before, downloaded, or built. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { goInstall } from './goInstall.ts';
import { TOOLS } from './places.ts';
import { downloadBySdk } from './sdkDownload.ts';

/** Newer tags need a module that the Go proxy lacks. */
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const KEPT = join(TOOLS, 'bin', 'temporal');

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

/** Whether a file is there and may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function build(report: (message: string) => void): Promise<void> {
  await goInstall({ what: 'Temporal', packages: [PACKAGE], into: join(TOOLS, 'bin'), minutes: 3 }, report);
  if (spawnSync(KEPT, ['--version']).status !== 0) throw new Error(`${KEPT} was built and does not run.`);
}
