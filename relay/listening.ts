/** A connection that waits for notifications, and comes back when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

/** How long a lost connection stays lost at least; milliseconds. */
const RECONNECT_MS = 1_000;

/** Calls `ring` for each notification of the channel, and after each connection, for what was missed. */
export function listenFor(pool: Pool, channel: string, ring: () => void): { close(): Promise<void> } {
  const closing = new AbortController();

  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      const client = await pool.connect().catch(() => undefined);
      if (client) {
        await listenWith(client).catch(() => {});
        // It has a subscription: no other may have it.
        client.release(true);
      }
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  async function listenWith(client: PoolClient): Promise<void> {
    const lost = new Promise<void>((resolve) => {
      client.once('error', () => resolve());
      client.once('end', () => resolve());
      closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ring);
    await client.query(`LISTEN ${channel}`);
    ring();
    if (!closing.signal.aborted) await lost;
  }

  const listening = listen();
  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}
