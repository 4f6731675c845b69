/** A world of requests that go to a publisher, whose escalations run beside them; what Postgres would hold is recorded. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { escalationTerms, requestWindows } from '../../contracts/requestTerms.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { parseTerms } from '../../contracts/terms.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../../domain/escalation/events.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import type { EscalationId } from '../../domain/escalation/state.ts';
import { isDone } from '../../domain/escalation/transitions.ts';
import type { EscalationView } from '../../domain/escalation/view.ts';
import { shortTerms } from '../../domain/shortTerms.ts';
import {
  type EscalationInput,
  escalationUpdate,
  escalationWorkflowId,
  getEscalation,
  parseEscalationId,
  type SaveEscalation,
} from '../../workflows/escalationMessages.ts';
import { createRequestWorld, type RequestWorld, TERMS, workflowBundle } from './requestWorld.ts';
import { until } from './until.ts';

const parsed = parseTerms(publisherSupport({ customer: 'Distributor', provider: 'Publisher' }));
if (!('terms' in parsed)) throw new Error('the template of family C is invalid');
const PUBLISHER = parsed.terms;
const SHORT = escalationTerms('TEST-C', 1, PUBLISHER);

type Payload<T extends EscalationCommandName> = Omit<EscalationCommandOf<T>, 'who' | 'channel' | 'commandId'>;

export interface EscalatedWorld {
  readonly requests: RequestWorld;
  /** Keys under which escalations were prepared. */
  readonly prepared: string[];
  /** What was left to the relay. */
  readonly filed: EscalationReport[];
  /** Called before an escalation is prepared; throw to let it be tried again. */
  beforePreparing: () => void;
  /** A request that was taken up and escalated; its first escalation may not have begun. */
  escalated(): Promise<string>;
  /** Waits until its first escalation runs. */
  begun(number: string): Promise<void>;
  /** The publisher does something. */
  says<T extends EscalationCommandName>(number: string, name: T, payload: Payload<T>): Promise<void>;
  seen(number: string): Promise<EscalationView>;
  child(number: string): WorkflowHandle;
  /** Status of the escalation in its last save. */
  lastStatus(number: string): string | undefined;
  /** Both histories, on the code of today. */
  replays(number: string): Promise<void>;
}

/** What any run of an escalation is given; instants in epoch milliseconds. */
function inputFrom(id: EscalationId, from: number, now: number): EscalationInput {
  const { request, n } = parseEscalationId(id) ?? { request: '', n: 0 };
  return {
    ...{ id, request, n, publisher: 'p' },
    terms: { ...SHORT, ...shortTerms(SHORT) },
    windows: requestWindows(PUBLISHER, { from, now }),
  };
}

/** `maxCachedWorkflows` 0: every task replays. */
export async function createEscalatedWorld(env: TestWorkflowEnvironment): Promise<EscalatedWorld> {
  const saves: SaveEscalation[] = [];
  let opened = 0;
  const requests = await createRequestWorld(env, {
    maxCachedWorkflows: 0,
    terms: { ...TERMS, publisherContracts: ['TEST-C'] },
    escalations: {
      async prepareEscalation({ id, commandId }) {
        world.beforePreparing();
        world.prepared.push(commandId);
        const now = await env.currentTimeMs();
        return {
          ...inputFrom(id, now, now),
          send: { priority: 'p2', sentBy: 'contact:r1', who: 'staff:a1', channel: 'api', commandId },
        };
      },
      async storedEscalation({ id }) {
        const state = saves.filter((save) => save.state.id === id).at(-1)?.state;
        if (!state || isDone(state)) return undefined;
        return { ...inputFrom(id, state.registeredAt, await env.currentTimeMs()), state };
      },
      async saveEscalation(save) {
        saves.push(save);
      },
      sendEscalationMail: async () => ({ result: 'accepted', at: await env.currentTimeMs() }),
      async extendPublisherWindows({ from }) {
        return requestWindows(PUBLISHER, { from, now: await env.currentTimeMs() });
      },
      async fileReport({ report }) {
        world.filed.push(report);
      },
    },
  });

  const world: EscalatedWorld = {
    requests,
    prepared: [],
    filed: [],
    beforePreparing: () => {},
    async escalated() {
      const number = `DA-2030-${String(++opened).padStart(6, '0')}`;
      await requests.open(number, { priority: 'major' });
      await requests.command(number, 'acknowledge', {});
      await requests.command(number, 'escalate', { n: 1, publisher: 'p', publisherContract: 'TEST-C' });
      return number;
    },
    async begun(number) {
      await until(async () =>
        world.seen(number).then(
          () => true,
          () => false,
        ),
      );
    },
    async says(number, name, payload) {
      const commandId = randomUUID();
      const command = { ...payload, who: 'publisher:p1', channel: 'api', commandId } as unknown as EscalationCommandOf<
        typeof name
      >;
      await world.child(number).executeUpdate(escalationUpdate(name), { args: [command], updateId: commandId });
    },
    seen: (number) => world.child(number).query(getEscalation),
    child: (number) => env.client.workflow.getHandle(escalationWorkflowId(number, 1)),
    lastStatus: (number) => saves.filter(({ state }) => state.request === number).at(-1)?.state.status,
    async replays(number) {
      for (const handle of [requests.handle(number), world.child(number)]) {
        await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await handle.fetchHistory());
      }
    },
  };
  return world;
}
