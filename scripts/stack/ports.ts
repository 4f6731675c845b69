/** Ports of 127.0.0.1: whether one is free, and free ones for tests. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

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

/** `count` different ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

const LOW = { from: 20_000, below: 32_768 } as const;

/** As `freePorts`, below 32768: where systems give none of their own accord. */
export async function freeLowPorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = LOW.from + Math.floor(Math.random() * (LOW.below - LOW.from));
    if ((await problemOf(port)) === undefined) found.add(port);
  }
  return [...found];
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
