/**
 * Carries a request's messages to its escalations: for each escalation one after the other, so that none overtakes its
 * beginning; retried until done.
 */
import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  isCancellation,
  log,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { EscalationMessage } from '../domain/effects.ts';
import { type PublisherSide, publisherHere } from './escalationBoundary.ts';
import { type EscalationActivities, escalationWorkflowId } from './escalationMessages.ts';
import { publisherBehind } from './nexusBoundary.ts';

/** Takes a message; resolves once it has arrived, or its escalation has ended. @throws ActivityFailure: never to be done. */
export type EscalationMessenger = (message: EscalationMessage) => Promise<void>;

/** Before what could not be sent is sent again. */
const PAUSE = '30 seconds';

/**
 * The messenger of a request, by its number; `options` of the activity that prepares an escalation; `endpointOf` an escalation the
 * Nexus endpoint of its publisher, where that has a namespace of its own.
 */
export function createEscalationMessenger(
  request: string,
  options: ActivityOptions,
  endpointOf: (n: number) => string | undefined,
): EscalationMessenger {
  const { prepareEscalation, storedEscalation } = proxyActivities<EscalationActivities>(options);
  const lasts = new Map<number, Promise<void>>();

  async function deliver(message: EscalationMessage): Promise<void> {
    const id = escalationWorkflowId(request, message.n);
    const publisher = publisherAt(endpointOf(message.n));
    switch (message.kind) {
      case 'startEscalation': {
        const summary = `escalation ${message.n}`;
        const input = { id, commandId: message.key };
        return await publisher.start(await prepareEscalation.executeWithOptions({ ...options, summary }, [input]));
      }
      case 'tellEscalation': {
        if ((await publisher.tell(id, message.verdict)) === 'told') return;
        const summary = `escalation ${message.n}: has it ended, or was it lost?`;
        const input = { id, commandId: message.key };
        const lost = await storedEscalation.executeWithOptions({ ...options, summary }, [input]);
        if (!lost) return log.warn('verdict for an escalation that has ended', { key: message.key });
        // One that has saved nothing is the relay's to start: it is told then.
        await publisher.start(lost);
        if ((await publisher.tell(id, message.verdict)) === 'told') return;
        throw ApplicationFailure.retryable('the escalation is not there yet');
      }
    }
  }

  return (message) => {
    const before = lasts.get(message.n) ?? Promise.resolve();
    const delivered = before.then(() => untilDone(() => deliver(message), message.key));
    lasts.set(
      message.n,
      delivered.catch(() => undefined),
    );
    return delivered;
  };
}

function publisherAt(endpoint: string | undefined): PublisherSide {
  return endpoint === undefined ? publisherHere : publisherBehind(endpoint);
}

async function untilDone(deliver: () => Promise<void>, key: string): Promise<void> {
  for (;;) {
    try {
      return await deliver();
    } catch (error) {
      if (isCancellation(error) || isForGood(error)) throw error;
      log.warn('message to an escalation not delivered yet', { key });
      await sleep(PAUSE);
    }
  }
}

function isForGood(error: unknown): boolean {
  return error instanceof ActivityFailure && error.retryState === 'NON_RETRYABLE_FAILURE';
}
