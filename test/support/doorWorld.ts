/** The door to requests before a real Temporal server and a real Postgres, with a worker that may be away. */
import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createRequestActivities } from '../../activities/requests.ts';
import { createTemporalClient } from '../../client/connection.ts';
import { createRequestDoor, type RequestDoor } from '../../client/requestDoor.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { createPool } from '../../db/pool.ts';
import { type NewRequest, readRequestRow, registerRequest } from '../../db/requests.ts';
import type { EventPayloads, Who } from '../../domain/events.ts';
import type { RequestState } from '../../domain/state.ts';
import { createRequestWorker } from '../../worker/worker.ts';
import { requestWorkflowId, type SaveRequest, type SendMail } from '../../workflows/messages.ts';
import { termsOf } from './apiWorld.ts';
import { createTestDatabase } from './database.ts';
import { workflowBundle } from './requestWorld.ts';
import { type RunningWorker, run } from './runningWorker.ts';
import { createTestNamespace } from './temporal.ts';
import { until } from './until.ts';

export interface DoorWorld {
  readonly pool: Pool;
  readonly namespace: string;
  readonly door: RequestDoor;
  /** A door that gives up after so many milliseconds. */
  hasty(patienceMs: number): RequestDoor;
  /** Called before each save; throw to let it fail and be tried again. */
  beforeSave: (save: SaveRequest) => void;
  /** Called before each mail; throw to let it wait. */
  beforeMail: (mail: SendMail) => void;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  register(fields?: Partial<NewRequest>): Promise<string>;
  /** Registers and opens. */
  open(): Promise<string>;
  state(number: string): Promise<RequestState>;
  handle(number: string): ReturnType<ReturnType<typeof createTemporalClient>['workflow']['getHandle']>;
  /** Waits until the last run of the request is over. */
  over(number: string): Promise<void>;
  close(): Promise<void>;
}

export async function createDoorWorld(): Promise<DoorWorld> {
  const [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  const pool = createPool({ connectionString: database.url, log: { warn: () => undefined } });
  const terms = termsOf(anomalySupport({ customer: 'Customer One', provider: 'Support Example' }));
  await storeContract(pool, { reference: 'ONE', terms });
  await storeTerms(pool, 'ONE', 1, '2026-01-01', terms);
  const contact = { id: 'c-one', contract: 'ONE', name: 'One', email: 'one@customer.test' };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  const client = createTemporalClient(temporal);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const activities = createRequestActivities({ pool });
  let present: RunningWorker | undefined;

  const world: DoorWorld = {
    pool,
    namespace: temporal.namespace,
    door: createRequestDoor({ client, pool }),
    hasty: (patienceMs) => createRequestDoor({ client, pool, patienceMs }),
    beforeSave: () => undefined,
    beforeMail: () => undefined,
    async startWorker() {
      const worker = await createRequestWorker({
        connection,
        namespace: temporal.namespace,
        maxCachedWorkflows: 50,
        workflowBundle: await workflowBundle(),
        activities: {
          ...activities,
          async saveRequest(save) {
            world.beforeSave(save);
            await activities.saveRequest(save);
          },
          async sendMail(mail) {
            world.beforeMail(mail);
            return { result: 'accepted', at: Date.now() };
          },
        },
      });
      present = run(worker);
    },
    async stopWorker() {
      await present?.stop();
      present = undefined;
    },
    register: (fields = {}) =>
      registerRequest(pool, {
        contract: 'ONE',
        zone: 'Europe/Paris',
        termsVersion: 1,
        contact: 'c-one',
        language: 'fr',
        priority: 'blocking',
        subject: 'Empty list',
        description: 'Every time.',
        who: 'staff:s-agent',
        channel: 'api',
        ...fields,
      }),
    async open() {
      const number = await world.register();
      await world.door.open(number);
      return number;
    },
    async state(number) {
      const row = await readRequestRow(pool, number);
      if (!row?.state) throw new Error(`${number} has no state`);
      return row.state;
    },
    handle: (number) => client.workflow.getHandle(requestWorkflowId(number)),
    async over(number) {
      await until(async () => (await world.handle(number).describe()).status.name !== 'RUNNING');
    },
    async close() {
      await world.stopWorker();
      await connection.close();
      await client.connection.close();
      await pool.end();
      await database.drop();
    },
  };
  return world;
}

/** What every command of an agent has; with the fields of its event. */
export function byAgent<F extends Partial<EventPayloads[keyof EventPayloads]>>(fields: F) {
  return { who: 'staff:s-agent' as Who, channel: 'api' as const, commandId: randomUUID(), ...fields };
}
