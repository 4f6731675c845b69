/** Which processes a stack started, kept in a file, so that those of a stack that was killed are stopped by the next one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface KnownProcess {
  readonly name: string;
  readonly pid: number;
  /** Its command line: an id alone may meanwhile belong to another process. */
  readonly command: string;
}

interface KnownStack {
  readonly owner: Pick<KnownProcess, 'pid' | 'command'>;
  readonly processes: readonly KnownProcess[];
}

const GRACE_MS = 15_000;

const fileOf = (directory: string) => join(directory, 'processes.json');

/**
 * Makes `directory` this process's, after stopping what a killed stack left running on it; says the names of what was left.
 * @throws Error when a stack of another process still runs there.
 */
export async function claimDirectory(directory: string): Promise<string[]> {
  const known = read(directory);
  if (known && known.owner.pid !== process.pid && isSame(known.owner)) {
    throw new Error(
      `A stack already runs on ${directory} (process ${known.owner.pid}): stop that one, or set RELANCE_DATA.`,
    );
  }
  const left = (known?.processes ?? []).filter(isSame).reverse();
  for (const one of left) await stop(one);
  write(directory, []);
  return left.map(({ name }) => name);
}

/** Notes that this process has started another one for the stack of `directory`, which it has claimed. */
export function rememberProcess(directory: string, { name, pid }: { name: string; pid: number }): void {
  write(directory, [...(read(directory)?.processes ?? []), { name, pid, command: commandOf(pid) ?? '' }]);
}

/** Lets others claim the directory: all processes of this stack are gone. Nothing happens when it is another's. */
export function releaseDirectory(directory: string): void {
  if (read(directory)?.owner.pid === process.pid) rmSync(fileOf(directory), { force: true });
}

async function stop(one: KnownProcess): Promise<void> {
  // Postgres takes SIGTERM as "when the last client has left"; SIGINT ends every one of these processes at once.
  process.kill(one.pid, 'SIGINT');
  const deadline = Date.now() + GRACE_MS;
  while (isSame(one) && Date.now() < deadline) await sleep(50);
  if (isSame(one)) process.kill(one.pid, 'SIGKILL');
}

function write(directory: string, processes: readonly KnownProcess[]): void {
  const stack: KnownStack = { owner: { pid: process.pid, command: commandOf(process.pid) ?? '' }, processes };
  mkdirSync(directory, { recursive: true });
  writeFileSync(fileOf(directory), JSON.stringify(stack, null, 2), { mode: 0o600 });
}

function read(directory: string): KnownStack | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(directory), 'utf8')) as KnownStack;
  } catch {
    return undefined;
  }
}

function isSame({ pid, command }: Pick<KnownProcess, 'pid' | 'command'>): boolean {
  // A zombie has an empty command line.
  return command !== '' && commandOf(pid) === command;
}

/** The command line of a running process; undefined when there is none. */
function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
