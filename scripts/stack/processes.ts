/** Child processes of a stack: started one after the other, ready by a condition, stopped by id in reverse order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, openSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseDirectory, rememberProcess } from './leftBehind.ts';

/** A process to start. */
export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** All of its environment; that of this process without it. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
  /** System user to run as; only for a root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Asked over and over, with all that was written so far, until it says yes. What it throws counts as no. */
  readonly isReady: (output: string) => boolean | Promise<boolean>;
  /** Longest wait until ready, milliseconds; a minute without it. */
  readonly readyWithinMs?: number;
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed, milliseconds; ten seconds without it. */
  readonly graceMs?: number;
  /** Told each line that it writes. */
  readonly onLine?: (line: string) => void;
}

/** A process that runs. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Whether it has not ended. */
  isRunning(): boolean;
  /** Stops it, at first politely; returns when it is gone. */
  stop(): Promise<void>;
  /** Kills it at once, as a fault would; nobody is told. Returns when it is gone. */
  kill(): Promise<void>;
}

/** All processes of one stack. */
export interface Processes {
  /** Starts one; returns when it is ready. @throws Error with its last lines when it ends before. */
  start(options: ProcessOptions): Promise<RunningProcess>;
  /** Stops all that still run, the last started first. */
  stopAll(): Promise<void>;
  /** Kills all that still run, at once. */
  killAll(): void;
}

const READY_WITHIN_MS = 60_000;
const GRACE_MS = 10_000;
const ASK_EVERY_MS = 50;
const LAST_LINES = 15;
const OUTPUT_KEPT = 65_536;

/**
 * Processes whose output goes to `<directory>/logs/<name>.log`, and whose ids are kept in `directory`, which is to be claimed before, while they run.
 * `onDeath` is told when one ends that nobody stopped.
 */
export function createProcesses(directory: string, onDeath: (message: string) => void): Processes {
  const logs = join(directory, 'logs');
  mkdirSync(logs, { recursive: true });
  const running: Child[] = [];
  let isClosed = false;
  return {
    async start(options) {
      if (isClosed) throw new Error(`${options.name} is not started: the stack stops.`);
      const child = new Child(options, openLog(join(logs, `${options.name}.log`)));
      running.push(child);
      rememberProcess(directory, { name: options.name, pid: child.pid });
      try {
        await child.ready(options);
      } catch (error) {
        await child.kill();
        throw error;
      }
      void child.gone.then(() => {
        if (!child.isStopping) onDeath(child.sayEnd('ended unexpectedly'));
      });
      return child;
    },
    async stopAll() {
      isClosed = true;
      while (running.length > 0) await running.pop()?.stop();
      releaseDirectory(directory);
    },
    killAll() {
      isClosed = true;
      for (const child of running) void child.kill();
    },
  };
}

/** A log that is there when this returns: one opened later could find its folder gone, an error that nobody could catch. */
function openLog(path: string): WriteStream {
  return createWriteStream(path, { fd: openSync(path, 'w') });
}

class Child implements RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly gone: Promise<void>;
  isStopping = false;
  readonly #options: ProcessOptions;
  readonly #process: ChildProcess;
  #output = '';
  #end: string | undefined;

  constructor(options: ProcessOptions, log: WriteStream) {
    this.name = options.name;
    this.#options = options;
    this.#process = spawn(options.command, options.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in the terminal reaches only the one who stops the others in order.
      detached: true,
      ...(options.environment && { env: options.environment }),
      ...(options.directory && { cwd: options.directory }),
      ...options.user,
    });
    this.pid = this.#process.pid ?? -1;
    this.gone = new Promise((resolve) => {
      const end = (how: string) => {
        this.#end ??= how;
        log.end();
        resolve();
      };
      this.#process.once('error', (error) => end(`could not run: ${error.message}`));
      this.#process.once('close', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#read(chunk, log));
    this.#process.stderr?.on('data', (chunk: Buffer) => this.#read(chunk, log));
  }

  #read(chunk: Buffer, log: WriteStream): void {
    log.write(chunk);
    const text = chunk.toString('utf8');
    this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
    if (this.#options.onLine) for (const line of text.split('\n').filter(Boolean)) this.#options.onLine(line);
  }

  async ready({ isReady, readyWithinMs = READY_WITHIN_MS }: ProcessOptions): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      if (this.#end !== undefined) throw new Error(this.sayEnd('ended before it was ready'));
      const yes = await Promise.resolve()
        .then(() => isReady(this.#output))
        .catch(() => false);
      if (yes && this.#end === undefined) return;
      if (Date.now() > deadline) {
        throw new Error(this.sayEnd(`was not ready after ${readyWithinMs / 1_000} seconds`));
      }
      await Promise.race([sleep(ASK_EVERY_MS), this.gone]);
    }
  }

  isRunning(): boolean {
    return this.#end === undefined;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.#end !== undefined) return;
    this.#process.kill(this.#options.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), this.#options.graceMs ?? GRACE_MS);
    await this.gone;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.isStopping = true;
    if (this.#end === undefined) this.#process.kill('SIGKILL');
    await this.gone;
  }

  sayEnd(what: string): string {
    const lines = this.#output.trimEnd().split('\n').slice(-LAST_LINES);
    const how = this.#end === undefined ? '' : ` (${this.#end})`;
    return [`${this.name} ${what}${how}. Its last lines:`, ...lines.map((line) => `  ${line}`)].join('\n');
  }
}
