/** The API in this process, called over HTTP as staff call it. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { createApp } from '../api/app.ts';
import { checkTemporal } from '../client/connection.ts';
import { createEscalationDoor } from '../client/escalationDoor.ts';
import { createHotlineDoor } from '../client/hotlineDoor.ts';
import { createInterventionDoor } from '../client/interventionDoor.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { issueToken } from '../db/accessTokens.ts';
import type { Servers } from './servers.ts';
import { AGENT, CONTACT, CONTRACT } from './terms.ts';

/** A served API and its only caller, an agent unless another is named. */
export interface Api {
  /** @throws Error for any answer but 2xx. */
  post(path: string, body: object): Promise<{ number: string }>;
  /** @throws Error for any answer but 2xx. */
  get(path: string): Promise<unknown>;
  /** Opens a request of the bench's contract, or of another with its contact; returns its number. */
  open(contract?: string, contact?: string): Promise<string>;
  close(): void;
}

const AN_HOUR_MS = 3_600_000;

/** Serves it on a free port. */
export async function startApi({ pool }: Servers, client: Client, staff = AGENT): Promise<Api> {
  const door = createRequestDoor({ client, pool });
  const log = pino({ level: 'silent' });
  const server = createApp({
    pool,
    door,
    escalationDoor: createEscalationDoor({ client, pool }),
    interventionDoor: createInterventionDoor({ client, pool }),
    hotlineDoor: createHotlineDoor({ client, pool }),
    checkTemporal: () => checkTemporal(client),
    log,
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authorization = `Bearer ${await issueToken(pool, { staff, expiresAt: new Date(Date.now() + AN_HOUR_MS) })}`;
  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  const api: Api = {
    async post(path, body) {
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      return (await call(path, { method: 'POST', headers, body: JSON.stringify(body) })) as { number: string };
    },
    get: (path) => call(path, { headers: { authorization } }),
    async open(contract = CONTRACT, contact = CONTACT) {
      const opened = await api.post('/v1/requests', {
        ...{ contract, contact, priority: 'blocking', subject: 'Bench', description: 'Bench.' },
        ...{ reproducible: true, attributableToProduct: true },
      });
      return opened.number;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return api;
}

/** Does it `times` times, `atOnce` at a time; returns how long each took, in milliseconds. */
export async function timed(
  times: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  let next = 0;
  const oneAfterTheOther = async () => {
    while (next < times) {
      const index = next++;
      const begun = performance.now();
      await work(index);
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
  return took;
}
