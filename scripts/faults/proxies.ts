/** Proxies between the product's processes and the servers they need, which trouble what passes (Toxiproxy). */
import { freePorts } from '../stack/ports.ts';
import type { Processes } from '../stack/processes.ts';
import { findToxiproxy } from '../stack/toxiproxyBinary.ts';

/** What is behind a proxy. */
export const LINKS = ['postgres', 'temporal', 'smtp'] as const;
export type Link = (typeof LINKS)[number];

/**
 * `latency`: 200 ms ± 100 each way. `reset`: every connection is reset at its first byte. `blackHole`: nothing passes any
 * more, and no connection ends. `stall`: nothing passes until the healing, and then all of it, as when a cable is put back.
 */
export type Trouble = 'latency' | 'reset' | 'blackHole' | 'stall';

export interface Proxies {
  /** Where the product's processes find what is behind, 127.0.0.1. */
  readonly ports: Readonly<Record<Link, number>>;
  trouble(link: Link, trouble: Trouble): Promise<void>;
  /** All passes again; connections of a black hole are closed. */
  heal(link: Link): Promise<void>;
  /**
   * All passes again, but what a black hole swallowed is not sent again: nobody ever answers it, or ends its connection. For
   * protocols of question and answer; HTTP/2 would see a stream with holes, which TCP never makes.
   */
  healInSilence(link: Link): Promise<void>;
}

const HOST = '127.0.0.1';
const TOXICS: Readonly<Record<Trouble, { readonly type: string; readonly attributes: object }>> = {
  latency: { type: 'latency', attributes: { latency: 200, jitter: 100 } },
  reset: { type: 'reset_peer', attributes: { timeout: 0 } },
  blackHole: { type: 'timeout', attributes: { timeout: 0 } },
  stall: { type: 'latency', attributes: { latency: 3_600_000 } },
};
const STREAMS = ['upstream', 'downstream'] as const;

/** Starts them, without any trouble, before servers on these ports of 127.0.0.1. */
export async function startProxies(processes: Processes, servers: Readonly<Record<Link, number>>): Promise<Proxies> {
  const command = findToxiproxy((message) => console.log(message));
  const [control = 0, postgres = 0, temporal = 0, smtp = 0] = await freePorts(1 + LINKS.length);
  const ports = { postgres, temporal, smtp };
  await processes.start({
    name: 'toxiproxy',
    command,
    arguments: ['-host', HOST, '-port', String(control)],
    // Else it writes lines about every byte that passes.
    environment: { ...process.env, LOG_LEVEL: 'warn' },
    isReady: async () => (await fetch(`http://${HOST}:${control}/version`)).ok,
  });
  const proxies = LINKS.map((name) => ({
    name,
    listen: `${HOST}:${ports[name]}`,
    upstream: `${HOST}:${servers[name]}`,
    enabled: true,
  }));
  await ask('POST', '/populate', proxies);
  return {
    ports,
    async trouble(link, trouble) {
      // A reset in both directions would only be the same one twice.
      for (const stream of trouble === 'reset' ? STREAMS.slice(0, 1) : STREAMS) {
        await ask('POST', `/proxies/${link}/toxics`, { name: stream, stream, ...TOXICS[trouble] });
      }
    },
    async heal(link) {
      for (const name of await toxicsOf(link)) await ask('DELETE', `/proxies/${link}/toxics/${name}`);
    },
    async healInSilence(link) {
      for (const name of await toxicsOf(link)) {
        await ask('POST', `/proxies/${link}/toxics/${name}`, { toxicity: 0, ...TOXICS.blackHole });
      }
    },
  };

  async function toxicsOf(link: Link): Promise<string[]> {
    const toxics = (await ask('GET', `/proxies/${link}/toxics`)) as { name: string }[];
    return toxics.map(({ name }) => name);
  }

  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`http://${HOST}:${control}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Toxiproxy answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
