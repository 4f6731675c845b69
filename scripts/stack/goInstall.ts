/** Builds commands from Go's packages, and tells how far that is: it takes minutes, once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Commands of one module at one version. */
export interface GoCommands {
  /** In words. */
  readonly what: string;
  /** As `go install` takes them: path@version. */
  readonly packages: readonly string[];
  /** Directory of the commands: each module has its own, for names recur. */
  readonly into: string;
  readonly minutes: number;
}

const SAY_EVERY_MS = 5_000;
const LAST_LINES = 15;

/** Builds them. @throws Error with what Go said last when it fails. */
export async function goInstall(
  { what, packages, into, minutes }: GoCommands,
  report: (message: string) => void,
): Promise<void> {
  report(`Building ${what} once (go install ${packages.join(' ')}): about ${minutes} minutes`);
  mkdirSync(into, { recursive: true });
  const started = Date.now();
  const go = spawn('go', ['install', '-v', ...packages], {
    env: { ...process.env, GOBIN: into, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const last: string[] = [];
  let steps = 0;
  createInterface({ input: go.stderr }).on('line', (line) => {
    steps += 1;
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
  });
  const endGo = () => void go.kill();
  process.once('exit', endGo);
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1_000);
    report(`Building ${what}: ${seconds} s, ${steps} steps, now ${last.at(-1) ?? 'starting'}`);
  }, SAY_EVERY_MS);
  try {
    const [code] = (await once(go, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${what} cannot be built:\n${last.map((line) => `  ${line}`).join('\n')}`);
  } finally {
    clearInterval(timer);
    process.off('exit', endGo);
  }
}
