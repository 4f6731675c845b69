/** The compiled product in production's environment: its processes, and a mail server that may keep them waiting. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { ROOT } from '../../scripts/stack/places.ts';
import { until } from './until.ts';

/** Compiles this checkout to `dist/`. @throws Error with what the build said */
export function build(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}

export interface BuiltProcess {
  readonly child: ChildProcess;
  /** All that it wrote. */
  output(): string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts `dist/<entry>`; returns when it has said `ready`. @throws Error with what it said when it ends before */
export async function startBuilt(entry: string, environment: NodeJS.ProcessEnv, ready: string): Promise<BuiltProcess> {
  const started = runBuilt(entry, [], environment);
  await until(
    () => {
      const { exitCode } = started.child;
      return exitCode === null ? started.output().includes(ready) : 'ended';
    },
    { timeoutMs: 60_000 },
  );
  if (started.child.exitCode !== null) throw new Error(`${entry} ended:\n${started.output()}`);
  return started;
}

/** Runs `dist/<entry>` with these arguments. */
export function runBuilt(entry: string, args: readonly string[], environment: NodeJS.ProcessEnv): BuiltProcess {
  let printed = '';
  const child = spawn(process.execPath, [join(ROOT, 'dist', entry), ...args], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => printed, ended };
}

/** A mail server for tests. */
export interface SlowMailServer {
  readonly url: string;
  /** Messages that wait for its answer. */
  readonly waiting: () => number;
  /** Messages that it accepted. */
  readonly accepted: () => number;
  /** From now on it answers at once, also those that wait. */
  release(): void;
  close(): Promise<void>;
}

/** Accepts every message, but answers none before it is released. */
export async function startSlowMailServer(): Promise<SlowMailServer> {
  const held: (() => void)[] = [];
  let isReleased = false;
  let accepted = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, callback) {
      const answer = () => {
        accepted += 1;
        callback(null);
      };
      stream.resume().on('end', () => {
        if (isReleased) answer();
        else held.push(answer);
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    waiting: () => held.length,
    accepted: () => accepted,
    release() {
      isReleased = true;
      for (const answer of held.splice(0)) answer();
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
