/**
 * Carries a request's messages to its escalations: for each escalation one after the other, so that none overtakes its
 * beginning; retried until done.
 */
import {
  ActivityFailure,
  type ActivityOptions,
  isCancellation,
  log,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { EscalationMessage } from '../domain/effects.ts';
import { publisherHere } from './escalationBoundary.ts';
import { type EscalationActivities, escalationWorkflowId } from './escalationMessages.ts';

/** Takes a message; resolves once it has arrived, or its escalation has ended. @throws ActivityFailure: never to be done. */
export type EscalationMessenger = (message: EscalationMessage) => Promise<void>;

/** Before what could not be sent is sent again. */
const PAUSE = '30 seconds';

/** The messenger of a request, by its number; `options` of the activity that prepares an escalation. */
export function createEscalationMessenger(request: string, options: ActivityOptions): EscalationMessenger {
  const { prepareEscalation } = proxyActivities<EscalationActivities>(options);
  const lasts = new Map<number, Promise<void>>();

  async function deliver(message: EscalationMessage): Promise<void> {
    const id = escalationWorkflowId(request, message.n);
    switch (message.kind) {
      case 'startEscalation': {
        const summary = `escalation ${message.n}`;
        const input = { id, commandId: message.key };
        return await publisherHere.start(await prepareEscalation.executeWithOptions({ ...options, summary }, [input]));
      }
      case 'tellEscalation': {
        const told = await publisherHere.tell(id, message.verdict);
        if (told === 'gone') log.warn('verdict for an escalation that has ended', { key: message.key });
        return;
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
