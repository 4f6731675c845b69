/** The API over a real Postgres and the real core, with two contracts and a caller of each kind. */
import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import type { Pool } from 'pg';
import { pino } from 'pino';
import supertest, { type Test } from 'supertest';
import { type AppDependencies, createApp } from '../../api/app.ts';
import type { HotlineDoor } from '../../client/hotlineDoor.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { issueToken, storeStaff } from '../../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { createPool } from '../../db/pool.ts';
import { storePublisher, storePublisherPerson } from '../../db/publishers.ts';
import { type CoreDoor, createCoreDoor } from './coreDoor.ts';
import { createTestDatabase } from './database.ts';
import { createEscalationStandIn, type EscalationStandIn } from './escalationStandIn.ts';
import {
  APPROVAL_KEYS,
  type CoreInterventionDoor,
  createCoreHotlineDoor,
  createCoreInterventionDoor,
} from './interventionDoors.ts';

/**
 * Callers: `customer` and `colleague` are on the contract ONE, `stranger` on TWO; `untrained` has no training. `publisher` and
 * `otherPublisher` speak for two publishers.
 */
export const CALLERS = [
  'agent',
  'supervisor',
  'billing',
  'customer',
  'colleague',
  'untrained',
  'stranger',
  'publisher',
  'otherPublisher',
] as const;
export type CallerName = (typeof CALLERS)[number];

export interface ApiWorld {
  readonly app: Express;
  readonly pool: Pool;
  readonly door: CoreDoor;
  readonly escalationDoor: EscalationStandIn;
  readonly interventionDoor: CoreInterventionDoor;
  readonly hotlineDoor: HotlineDoor;
  /** Lines of the log, as JSON. */
  readonly logged: string[];
  readonly tokens: { readonly [name in CallerName]: string };
  get(caller: CallerName, path: string): Test;
  /** With a key of its own unless one is given. */
  post(caller: CallerName, path: string, body?: object, key?: string): Test;
  /** Opens a request of the contract ONE as its agent, and returns its number. */
  open(fields?: object): Promise<string>;
  /** Gives commands one after the other, as the agent; each must succeed. */
  give(number: string, ...commands: readonly (readonly [name: string, body?: object])[]): Promise<void>;
  close(): Promise<void>;
}

/** An opening that is right in every field. */
export const OPENING = {
  contract: 'ONE',
  contact: 'c-customer',
  priority: 'blocking',
  subject: 'The parts list stays empty',
  description: 'Every time, for everybody.',
  reproducible: true,
  attributableToProduct: true,
};

const HOUR_MS = 3_600_000;

export async function createApiWorld(over: Partial<AppDependencies> = {}): Promise<ApiWorld> {
  const database = await createTestDatabase();
  const pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  await storeAll(pool, 'ONE', 'Customer One');
  await storeAll(pool, 'TWO', 'Customer Two');
  const door = createCoreDoor(pool);
  const escalationDoor = createEscalationStandIn(pool);
  const interventionDoor = createCoreInterventionDoor(pool);
  const hotlineDoor = createCoreHotlineDoor(pool);
  const doors = { door, escalationDoor, interventionDoor, hotlineDoor, tokenKeys: APPROVAL_KEYS };
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const app = createApp({ pool, ...doors, log, checkTemporal: async () => undefined, ...over });
  const tokens = await issueAll(pool);

  const world: ApiWorld = {
    app,
    pool,
    door,
    escalationDoor,
    interventionDoor,
    hotlineDoor,
    logged,
    tokens,
    get: (caller, path) => supertest(app).get(path).set('authorization', `Bearer ${tokens[caller]}`),
    post: (caller, path, body = {}, key = randomUUID()) =>
      supertest(app).post(path).set('authorization', `Bearer ${tokens[caller]}`).set('idempotency-key', key).send(body),
    async open(fields = {}) {
      const response = await world.post('agent', '/v1/requests', { ...OPENING, ...fields });
      if (response.status !== 201) throw new Error(`not opened: ${response.text}`);
      return response.body.number;
    },
    async give(number, ...commands) {
      for (const [name, body] of commands) {
        const response = await world.post('agent', `/v1/requests/${number}/${name}`, body);
        if (response.status !== 200) throw new Error(`${name} failed: ${response.text}`);
      }
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
  return world;
}

async function storeAll(pool: Pool, reference: string, customer: string): Promise<void> {
  const terms = termsOf(anomalySupport({ customer, provider: 'Support Example' }));
  await storeContract(pool, { reference, terms });
  await storeTerms(pool, reference, 1, '2026-01-01', terms);
}

/** Terms with their defaults. */
export function termsOf(input: ContractTermsInput) {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

async function issueAll(pool: Pool): Promise<ApiWorld['tokens']> {
  const tokens: Partial<Record<CallerName, string>> = {};
  const expiresAt = new Date(Date.now() + HOUR_MS);
  for (const name of CALLERS) {
    if (name === 'agent' || name === 'supervisor' || name === 'billing') {
      await storeStaff(pool, { id: `s-${name}`, name, email: `${name}@support.test`, role: name, language: 'fr' });
      tokens[name] = await issueToken(pool, { staff: `s-${name}`, expiresAt });
      continue;
    }
    if (name === 'publisher' || name === 'otherPublisher') {
      const publisher = `pub-${name}`;
      const email = `desk@${name}.test`;
      await storePublisher(pool, { id: publisher, name: `The ${name}`, email, language: 'en' });
      const person = { id: `p-${name}`, publisher, name, email: `person@${name}.test`, language: 'en' } as const;
      await storePublisherPerson(pool, person);
      tokens[name] = await issueToken(pool, { publisherPerson: person.id, expiresAt });
      continue;
    }
    const contract = name === 'stranger' ? 'TWO' : 'ONE';
    const trained = name !== 'untrained';
    const email = `${name}@customer.test`;
    await storeContact(pool, { id: `c-${name}`, contract, name, email, language: 'fr', trained });
    tokens[name] = await issueToken(pool, { contact: `c-${name}`, expiresAt });
  }
  return tokens as ApiWorld['tokens'];
}
