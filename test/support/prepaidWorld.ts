/** Interventions and calls on a real Temporal server and a real ledger, with a worker that may end and return. */
import { randomUUID } from 'node:crypto';
import { NativeConnection, type Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createHotlineActivities } from '../../activities/hotline.ts';
import { createInterventionActivities } from '../../activities/interventions.ts';
import { createTemporalClient } from '../../client/connection.ts';
import { createHotlineDoor, type RepairingHotlineDoor } from '../../client/hotlineDoor.ts';
import { createInterventionDoor, type RepairingInterventionDoor } from '../../client/interventionDoor.ts';
import { storeContact } from '../../db/contracts.ts';
import { registerIntervention } from '../../db/interventions.ts';
import type { Under } from '../../db/ledger/operations.ts';
import { registerRequest } from '../../db/requests.ts';
import {
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
} from '../../domain/intervention/events.ts';
import type { InterventionId, InterventionResult } from '../../domain/intervention/state.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { DAY_AND_NIGHT } from './closureTerms.ts';
import { createTestDatabase } from './database.ts';
import { LEDGER_TERMS, storeCreditContract } from './ledgerWorld.ts';
import { workflowBundle } from './requestWorld.ts';
import { createTestNamespace } from './temporal.ts';

/** Both families, open day and night, so that tests may run at any hour. */
const TERMS = {
  A: { ...LEDGER_TERMS.A, calendars: { support: { ...DAY_AND_NIGHT, closuresAdmitted: true } } },
  E: { ...LEDGER_TERMS.E, calendars: { ...LEDGER_TERMS.E.calendars, business: DAY_AND_NIGHT } },
};

/** Longer than production's: the machine may be busy, and a worker be on its way. */
const PATIENCE_MS = 60_000;

/** A contract with a request on it. */
export interface PrepaidContract {
  readonly reference: string;
  readonly request: string;
  readonly under: Under;
}

export interface PrepaidWorld {
  readonly pool: Pool;
  readonly client: ReturnType<typeof createTemporalClient>;
  readonly interventions: RepairingInterventionDoor;
  readonly calls: RepairingHotlineDoor;
  /** UTC, as the local date of these contracts. */
  readonly today: string;
  /** Kinds of mails, and reasons of alerts, so far. */
  readonly mails: readonly string[];
  contract(family: keyof typeof TERMS): Promise<PrepaidContract>;
  /** A row in stage `opening`; `text` is the id of a text of the request. */
  register(contract: PrepaidContract): Promise<{ id: InterventionId; text: string }>;
  open(contract: PrepaidContract): Promise<{ id: InterventionId; text: string }>;
  /** By the contact or by staff, whosever it is. */
  command(
    contract: PrepaidContract,
    id: InterventionId,
    name: InterventionCommandName,
    payload: object,
  ): Promise<InterventionResult>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** With a worker that runs. */
export async function createPrepaidWorld(): Promise<PrepaidWorld> {
  const [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  const { pool } = database;
  const { namespace } = temporal;
  const client = createTemporalClient(temporal);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const mails: string[] = [];
  const today = new Date().toISOString().slice(0, 10);
  let present: { worker: Worker; running: Promise<void> } | undefined;
  const never = (): never => {
    throw new Error('this world has no requests that run');
  };

  const world: PrepaidWorld = {
    ...{ pool, client, mails, today },
    interventions: createInterventionDoor({ client, pool, patienceMs: PATIENCE_MS }),
    calls: createHotlineDoor({ client, pool, patienceMs: PATIENCE_MS }),

    async contract(family) {
      const reference = `${family}-${randomUUID().slice(0, 8)}`;
      const under = await storeCreditContract(pool, reference, TERMS[family], today);
      const contact = {
        id: `c-${reference}`,
        contract: reference,
        name: 'Contact',
        email: `${reference}@customer.test`,
      };
      await storeContact(pool, { ...contact, language: 'fr', trained: true });
      const request = await registerRequest(pool, {
        ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
        ...{
          priority: 'standard',
          subject: 'Server',
          description: 'It is slow.',
          who: 'staff:s-agent',
          channel: 'api',
        },
      });
      return { reference, request, under };
    },

    async register({ reference, request }) {
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
      const text = rows[0]?.id ?? '';
      const id = await registerIntervention(pool, {
        ...{ request, termsVersion: 1, contact: `c-${reference}`, text, who: 'staff:s-agent', channel: 'api' },
      });
      if (!id) throw new Error('not registered');
      return { id, text };
    },

    async open(contract) {
      const registered = await world.register(contract);
      await world.interventions.open(registered.id);
      return registered;
    },

    async command({ reference }, id, name, payload) {
      const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(name);
      const who = isCustomers ? `contact:c-${reference}` : 'staff:s-agent';
      const whole = { who, channel: 'api', commandId: randomUUID(), ...payload } as InterventionCommandOf<'note'>;
      return await world.interventions.command(id, name as 'note', whole);
    },

    async startWorker() {
      const worker = await createRequestWorker({
        ...{ connection, namespace, maxCachedWorkflows: 10, workflowBundle: await workflowBundle() },
        activities: {
          ...{ saveRequest: never, sendMail: never, extendWindows: never },
          ...createInterventionActivities({ pool }),
          ...createHotlineActivities({ pool }),
          async sendInterventionMail({ order }) {
            mails.push(order.kind);
            return { result: 'accepted', at: Date.now() };
          },
          async alertAgent({ because }) {
            mails.push(because);
          },
        },
      });
      present = { worker, running: worker.run() };
    },

    async stopWorker() {
      present?.worker.shutdown();
      await present?.running;
      present = undefined;
    },

    async close() {
      await world.stopWorker();
      await connection.close();
      await client.connection.close();
      await database.drop();
    },
  };
  await world.startWorker();
  return world;
}
