/** Interventions and calls on a real Temporal server and a real ledger, with a worker that may end and return. */
import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createHotlineActivities } from '../../activities/hotline.ts';
import { createInterventionActivities } from '../../activities/interventions.ts';
import { createTemporalClient } from '../../client/connection.ts';
import { createHotlineDoor, type RepairingHotlineDoor } from '../../client/hotlineDoor.ts';
import { createInterventionDoor, type RepairingInterventionDoor } from '../../client/interventionDoor.ts';
import { registerIntervention } from '../../db/interventions.ts';
import {
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionCommandName,
  type InterventionCommandOf,
} from '../../domain/intervention/events.ts';
import type { InterventionId, InterventionResult } from '../../domain/intervention/state.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { createTestDatabase } from './database.ts';
import { DAY_AND_NIGHT } from './dayAndNight.ts';
import { LEDGER_TERMS } from './ledgerWorld.ts';
import { type PrepaidContract, storePrepaidContract } from './prepaidContract.ts';
import { workflowBundle } from './requestWorld.ts';
import { type RunningWorker, run } from './runningWorker.ts';
import { createTestNamespace } from './temporal.ts';

/** Both families, open day and night, so that tests may run at any hour. */
const TERMS = {
  A: { ...LEDGER_TERMS.A, calendars: { support: { ...DAY_AND_NIGHT, closuresAdmitted: true } } },
  E: { ...LEDGER_TERMS.E, calendars: { ...LEDGER_TERMS.E.calendars, business: DAY_AND_NIGHT } },
};

/** Longer than production's: the machine may be busy, and a worker be on its way. */
const PATIENCE_MS = 60_000;

export interface PrepaidWorld {
  readonly pool: Pool;
  readonly namespace: string;
  readonly client: ReturnType<typeof createTemporalClient>;
  readonly interventions: RepairingInterventionDoor;
  readonly calls: RepairingHotlineDoor;
  /** UTC, as the local date of these contracts. */
  readonly today: string;
  /** Kinds of mails so far. */
  readonly mails: readonly string[];
  /** Alerts so far, as `<id> <because>`. */
  readonly alerts: readonly string[];
  /** Called before the end of a call is written down; throw to let it fail and be tried again. */
  beforeCallEnds: () => void;
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
  const alerts: string[] = [];
  const today = new Date().toISOString().slice(0, 10);
  let present: RunningWorker | undefined;
  const never = (): never => {
    throw new Error('this world has no requests that run');
  };

  const world: PrepaidWorld = {
    ...{ pool, namespace, client, mails, alerts, today, beforeCallEnds: () => undefined },
    interventions: createInterventionDoor({ client, pool, patienceMs: PATIENCE_MS }),
    calls: createHotlineDoor({ client, pool, patienceMs: PATIENCE_MS }),

    contract: (family) => storePrepaidContract(pool, TERMS[family], today),

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
      const calls = createHotlineActivities({ pool });
      const worker = await createRequestWorker({
        ...{ connection, namespace, maxCachedWorkflows: 10, workflowBundle: await workflowBundle() },
        activities: {
          ...{ saveRequest: never, sendMail: never, extendWindows: never },
          ...createInterventionActivities({ pool }),
          ...calls,
          async endHotlineCall(end) {
            world.beforeCallEnds();
            return await calls.endHotlineCall(end);
          },
          async sendInterventionMail({ order }) {
            mails.push(order.kind);
            return { result: 'accepted', at: Date.now() };
          },
          async alertAgent({ id, because }) {
            alerts.push(`${id} ${because}`);
          },
        },
      });
      present = run(worker);
    },

    async stopWorker() {
      await present?.stop();
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
