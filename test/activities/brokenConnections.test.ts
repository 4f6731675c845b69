/** Connections that break in the instant in which they are handed over: refused to whoever asked, never the end of the process. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createPool, inTransaction, isDatabaseAway } from '../../db/pool.ts';

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const ENDED = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

let server: Server | undefined;
afterEach(() => void server?.close());

/** A server that lets everybody in and says in the same breath that it ends the connection. */
async function startEnding(): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, ENDED])));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `postgres://relance:x@127.0.0.1:${(server.address() as AddressInfo).port}/relance`;
}

it.each(['a transaction', 'a statement'])('refuse %s', async (what) => {
  const pool = createPool({ connectionString: await startEnding(), log: { warn: () => undefined } });
  const asked = () =>
    what === 'a statement' ? pool.query('SELECT 1') : inTransaction(pool, (client) => client.query('SELECT 1'));
  const refused = await asked().catch((error: unknown) => error);
  expect(isDatabaseAway(refused), String(refused)).toBe(true);
  await pool.end();
});
