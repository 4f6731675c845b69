/** Requests and their escalations before real servers, with workers, runs and a mail server that may be taken away. */
import { randomUUID } from 'node:crypto';
import { NativeConnection, type Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createEscalationMailActivities } from '../../activities/escalationMail.ts';
import { createEscalationActivities } from '../../activities/escalations.ts';
import { createMailActivities } from '../../activities/mail.ts';
import { createRequestActivities } from '../../activities/requests.ts';
import { createTemporalClient } from '../../client/connection.ts';
import { createEscalationDoor, type RepairingEscalationDoor } from '../../client/escalationDoor.ts';
import { createRequestDoor, type RepairingDoor } from '../../client/requestDoor.ts';
import { draftEscalation } from '../../db/escalations.ts';
import { registerRequest } from '../../db/requests.ts';
import type { EscalationId } from '../../domain/escalation/state.ts';
import { startMailbox } from '../../mail/mailbox/mailbox.ts';
import { createMailTransport, type MailTransport } from '../../mail/transport.ts';
import { createRequestWorker, type WorkerActivities } from '../../worker/worker.ts';
import { requestWorkflowId } from '../../workflows/messages.ts';
import { createApiWorld } from './apiWorld.ts';
import { addPublisherContract, COMPLETE } from './escalationDraftWorld.ts';
import { MAIL_KEYS } from './mailWorld.ts';
import { workflowBundle } from './requestWorld.ts';
import { createTestNamespace } from './temporal.ts';

type Handle = ReturnType<ReturnType<typeof createTemporalClient>['workflow']['getHandle']>;

/** A request that is taken up, and the complete draft of its first escalation. */
export interface Drafted {
  readonly number: string;
  readonly id: EscalationId;
}

export interface DurableWorld {
  readonly pool: Pool;
  readonly client: ReturnType<typeof createTemporalClient>;
  readonly door: RepairingDoor;
  readonly escalations: RepairingEscalationDoor;
  /** The mail server hears nothing while it is. */
  isMailDown: boolean;
  /** Activities that were begun so far. */
  readonly begun: number;
  drafted(): Promise<Drafted>;
  /** The worker vanishes with all that it has in hand: what its activities do counts for nothing. Another one comes. */
  killWorker(): Promise<void>;
  request(number: string): Handle;
  escalation(id: EscalationId): Handle;
  /** Everything that was said of it, and to whom: lines of both timelines, mails in the order of their kinds. */
  told(of: Drafted): Promise<Told>;
  /** Message-IDs that the mail server took, of all. */
  taken(): readonly string[];
  close(): Promise<void>;
}

/** What may be compared of two lives that went the same way. */
export interface Told {
  readonly request: readonly string[];
  readonly escalation: readonly string[];
  /** `customer fix accepted`: audience, kind, how it ended. */
  readonly mails: readonly string[];
}

/** Contract ONE, whose product `viewer` is `pub-publisher`'s under contract EDITOR. */
export async function createDurableWorld(): Promise<DurableWorld> {
  const [api, temporal] = await Promise.all([createApiWorld(), createTestNamespace()]);
  const { pool } = api;
  await addPublisherContract(api);
  const mailbox = await startMailbox({ inbound: { host: '127.0.0.1', port: 1 } });
  const transport = createMailTransport(`smtp://127.0.0.1:${mailbox.smtpPort}`);
  const client = createTemporalClient(temporal);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const troubled: MailTransport = {
    send: async (message, signal) =>
      world.isMailDown
        ? { result: 'retry', reason: 'ECONNREFUSED', ours: false }
        : await transport.send(message, signal),
    close: () => transport.close(),
  };
  const quiet = { warn: () => undefined, error: () => undefined };
  const mailing = {
    ...{ pool, transport: troubled, tokenKeys: MAIL_KEYS, logger: quiet },
    sender: { name: 'Support', domain: 'support.example' },
    staffAlerts: { address: 'alerts@support.example', language: 'en' as const },
  };
  const activities = {
    ...createRequestActivities({ pool }),
    ...createEscalationActivities({ pool }),
    ...createMailActivities(mailing),
    ...createEscalationMailActivities({ ...mailing, files: async () => [] }),
  };

  let begun = 0;
  const ending: Promise<void>[] = [];

  async function startWorker(): Promise<{ worker: Worker; vanish(): void }> {
    let isThere = true;
    const reported =
      (work: (input: never) => Promise<unknown>) =>
      async (input: never): Promise<unknown> => {
        begun += 1;
        const result = await work(input);
        // Temporal would find that out by itself after the time limit of the activity.
        if (!isThere) throw new Error('the worker has vanished');
        return result;
      };
    const worker = await createRequestWorker({
      connection,
      namespace: temporal.namespace,
      maxCachedWorkflows: 100,
      workflowBundle: await workflowBundle(),
      activities: Object.fromEntries(
        Object.entries(activities).map(([name, work]) => [name, reported(work)]),
      ) as unknown as WorkerActivities,
    });
    ending.push(worker.run());
    return {
      worker,
      vanish() {
        isThere = false;
        worker.shutdown();
      },
    };
  }

  let present = await startWorker();
  const world: DurableWorld = {
    pool,
    client,
    door: createRequestDoor({ client, pool }),
    escalations: createEscalationDoor({ client, pool }),
    isMailDown: false,
    get begun() {
      return begun;
    },
    async drafted() {
      const number = await registerRequest(pool, {
        ...{ contract: 'ONE', zone: 'Europe/Paris', termsVersion: 2, contact: 'c-customer', language: 'en' },
        ...{
          priority: 'blocking',
          subject: 'Empty list',
          description: 'Every time.',
          who: 'staff:s-agent',
          channel: 'api',
        },
      });
      await world.door.open(number);
      const by = { who: 'staff:s-agent', channel: 'api' } as const;
      await world.door.command(number, 'acknowledge', { ...by, commandId: randomUUID() });
      const id = await draftEscalation(pool, {
        ...{ request: number, product: 'viewer', contract: 'EDITOR', termsVersion: 1, publisher: 'pub-publisher' },
        ...{ parts: COMPLETE, priority: 'p2', referent: 'c-referent', draftedBy: 'staff:s-agent' },
      });
      return { number, id };
    },
    async killWorker() {
      present.vanish();
      present = await startWorker();
    },
    request: (number) => client.workflow.getHandle(requestWorkflowId(number)),
    escalation: (id) => client.workflow.getHandle(id),
    async told({ number, id }) {
      const read = async (statement: string, value: string) =>
        (await pool.query<{ said: string }>(statement, [value])).rows.map(({ said }) => said);
      return {
        request: await read('SELECT type AS said FROM timeline WHERE number = $1 ORDER BY seq, line', number),
        escalation: await read(
          'SELECT type AS said FROM escalation_timeline WHERE escalation = $1 ORDER BY seq, line',
          id,
        ),
        mails: await read(
          `SELECT audience || ' ' || kind || ' ' || status AS said FROM outbound_mails WHERE number = $1 ORDER BY 1`,
          number,
        ),
      };
    },
    taken: () => mailbox.messages().map(({ messageId }) => messageId),
    async close() {
      present.worker.shutdown();
      await Promise.all(ending);
      await connection.close();
      await client.connection.close();
      transport.close();
      await mailbox.close();
      await api.close();
    },
  };
  return world;
}
