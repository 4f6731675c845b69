/** Ports of 127.0.0.1: whether one is free, and free ones for tests. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A port that something of the stack wants, and the variable by which it is changed. */
export interface WantedPort {
  readonly variable: string;
  readonly port: number;
  /** What listens there, in words. */
  readonly what: string;
}

/** Says every port that is busy, or wanted twice, and which variable to change. @throws Error */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const problems: string[] = [];
  const taken = new Map<number, string>();
  for (const { variable, port, what } of wanted) {
    const other = taken.get(port);
    const problem = other === undefined ? await problemOf(port) : `is wanted by ${other} as well`;
    taken.set(port, what);
    if (problem) problems.push(`Port ${port} (${what}) ${problem}: set ${variable} to another one.`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function problemOf(port: number): Promise<string | undefined> {
  try {
    await close(await listen(port));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? 'is busy' : `cannot be listened on (${code})`;
  }
}

/** Below 32768, where systems give none of their own accord: a part that is killed finds its port again. */
const LOW = { from: 20_000, below: 32_768 } as const;
/** Ports of a block: its first one is its claim. */
const BLOCK = 64;
const BLOCKS = (LOW.below - LOW.from) / BLOCK;

/** Of the blocks that this process has claimed, not yet given. */
const left: number[] = [];

/** `count` ports that are free now, that no other call gives, here or in another process. They fit a smallint. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    if (left.length === 0) await claimBlock();
    const port = left.shift();
    if (port !== undefined && (await problemOf(port)) === undefined) found.push(port);
  }
  return found;
}

/** Until this process ends no other one gives ports of the block. @throws Error when all are claimed */
async function claimBlock(): Promise<void> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let step = 0; step < BLOCKS; step++) {
    const first = LOW.from + ((start + step) % BLOCKS) * BLOCK;
    const claim = await listen(first).catch(() => undefined);
    if (!claim) continue;
    claim.unref();
    left.push(...Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index));
    return;
  }
  throw new Error(`No ports are free from ${LOW.from} to ${LOW.below - 1}.`);
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
