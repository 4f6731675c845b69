/** The door to the workflows of escalations: commands of both sides, and what is told to them from outside. */
import { Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { Pool } from 'pg';
import { readEscalationRow } from '../db/escalations.ts';
import { readNamespaceOf } from '../db/publishers.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../domain/escalation/events.ts';
import type { EscalationId, EscalationResult, EscalationStatus } from '../domain/escalation/state.ts';
import { Refusal } from '../domain/failures.ts';
import {
  escalationMailBounced,
  escalationUpdate,
  publisherMessageDismissed,
  publisherMessageHeld,
} from '../workflows/escalationMessages.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';
import { tracedCalls } from './tracedCalls.ts';

type FactOf<S> = S extends SignalDefinition<[infer F]> ? F : never;

/**
 * Every method throws `Refusal` for what the core, or the row, refuses, and `Unavailable` when Temporal or its worker does not
 * answer in time: the same call, with the same command id, then goes on where it was.
 */
export interface EscalationDoor {
  /** Answers once the command's save is committed. */
  command<T extends EscalationCommandName>(
    id: EscalationId,
    name: T,
    command: EscalationCommandOf<T>,
  ): Promise<EscalationResult>;
  /** `gone`: the escalation has ended, nothing waits for the fact. */
  holdMessage(id: EscalationId, fact: FactOf<typeof publisherMessageHeld>): Promise<'delivered' | 'gone'>;
  dismissMessage(id: EscalationId, fact: FactOf<typeof publisherMessageDismissed>): Promise<'delivered' | 'gone'>;
  mailBounced(id: EscalationId, bounce: FactOf<typeof escalationMailBounced>): Promise<'delivered' | 'gone'>;
}

/** What the door holds. */
export interface EscalationDoorDependencies {
  readonly client: Client;
  readonly pool: Pool;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}

const ENDS: readonly EscalationStatus[] = ['closed', 'refused', 'withdrawn'];

/** Opens the door. It holds nothing but its dependencies. */
export function createEscalationDoor({
  client,
  pool,
  patienceMs = PATIENCE_MS,
}: EscalationDoorDependencies): EscalationDoor {
  const clients = new Map<string, Client>();

  /** Publishers may have namespaces of their own, on the same server. */
  async function handleOf(id: EscalationId) {
    const elsewhere = await readNamespaceOf(pool, id);
    if (!elsewhere) return client.workflow.getHandle(id);
    const { namespace } = elsewhere;
    const interceptors = { workflow: [tracedCalls] };
    const theirs = clients.get(namespace) ?? new Client({ connection: client.connection, namespace, interceptors });
    clients.set(namespace, theirs);
    return theirs.workflow.getHandle(id);
  }

  const { patiently, persistently } = createPatience(client, patienceMs);

  async function tell<F>(id: EscalationId, signal: SignalDefinition<[F]>, fact: F): Promise<'delivered' | 'gone'> {
    return await persistently<'delivered' | 'gone'>(
      async () => {
        await (await handleOf(id)).signal(signal, fact);
        return 'delivered';
      },
      async () => {
        const row = await readEscalationRow(pool, id);
        if (!row) throw new Refusal('NotFound', 'There is no such escalation.');
        return row.state && ENDS.includes(row.state.status) ? 'gone' : undefined;
      },
    );
  }

  return {
    command: (id, name, command) =>
      patiently(() =>
        persistently(
          async () =>
            (await handleOf(id)).executeUpdate(escalationUpdate(name), {
              args: [command],
              updateId: command.commandId,
            }),
          () => resultWhenGone(pool, id, name, command.commandId),
        ),
      ),
    holdMessage: (id, fact) => patiently(() => tell(id, publisherMessageHeld, fact)),
    dismissMessage: (id, fact) => patiently(() => tell(id, publisherMessageDismissed, fact)),
    mailBounced: (id, bounce) => patiently(() => tell(id, escalationMailBounced, bounce)),
  };
}

/**
 * What a command yields that finds no run: its first result, or a refusal because the escalation has ended. Nothing while its
 * request has yet to start it.
 */
async function resultWhenGone(
  pool: Pool,
  id: EscalationId,
  name: EscalationCommandName,
  commandId: string,
): Promise<EscalationResult | undefined> {
  const row = await readEscalationRow(pool, id);
  if (!row) throw new Refusal('NotFound', 'There is no such escalation.');
  const { state } = row;
  const known = state?.commands.find((one) => one.id === commandId)?.result;
  if (known) return known;
  if (!state || !ENDS.includes(state.status)) return undefined;
  throw new Refusal('InvalidTransition', `${name} was refused: Not possible while the escalation is ${state.status}.`, {
    tried: name,
    status: state.status,
    possible: [],
  });
}
