/** How effects are carried out: retried until done, each wakes its workflow, and nobody waits for them. */
import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  isCancellation,
  log,
  type RetryPolicy,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Happening } from '../domain/events.ts';
import type { MailOutcome } from './messages.ts';

/** Retried until done: what the core decided has to happen. An effect conflict says itself that it is not to be retried. */
const RETRY: RetryPolicy = {
  initialInterval: '1 second',
  maximumInterval: '30 seconds',
};

/** An effect that is not done by then is started again, under its key: so each wakes its request in time. Milliseconds. */
export const EFFECT_PATIENCE = 86_400_000;

const UNTIL_DONE = { scheduleToCloseTimeout: EFFECT_PATIENCE, retry: RETRY };
/** Of activities that touch Postgres alone. */
export const DATABASE: ActivityOptions = { startToCloseTimeout: '10 seconds', ...UNTIL_DONE };
/** Of activities that send a mail. */
export const MAIL: ActivityOptions = { startToCloseTimeout: '20 seconds', ...UNTIL_DONE };

/** What an effect yields: an event that names its key. */
export type Settled<T extends string> = Happening & { readonly type: T; readonly key: string };

/** What the mail server made of a mail, as an event. */
export const MAIL_EVENTS = {
  accepted: 'mailAccepted',
  refused: 'mailRefused',
  superseded: 'mailSuperseded',
} as const satisfies {
  [result in MailOutcome['result']]: string;
};

/** Results are the system's. A server's clock that runs ahead of Temporal's does not move anything into the future. */
export function happened<T extends string>(type: T, key: string, at: number): Settled<T> {
  return { type, key, at: Math.min(at, Date.now()), who: 'system', channel: 'system' };
}

/** Where results go. */
interface Hearing<E> {
  apply(event: E | Settled<'effectConflict'>): void;
}

/**
 * Starts an effect and returns at once; nobody waits for it but a command for its own save. The same effect may be started
 * again by a later run, under the same key.
 */
export function start<E>(shell: Hearing<E>, effect: { readonly key: string }, carryOut: () => Promise<E>): void {
  void carryOut().then(
    (event) => shell.apply(event),
    (error: unknown) => failed(shell, effect, carryOut, error),
  );
}

function failed<E>(
  shell: Hearing<E>,
  effect: { readonly key: string },
  carryOut: () => Promise<E>,
  error: unknown,
): void {
  // A cancelled run ends; its effects stay in the stored state.
  if (isCancellation(error)) return;
  if (error instanceof ActivityFailure && (error.retryState === 'TIMEOUT' || error.cause instanceof TimeoutFailure)) {
    log.warn('effect not done within a day: started again', { key: effect.key });
    return start(shell, effect, carryOut);
  }
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  log.error('effect failed for good', { key: effect.key, type });
  shell.apply(happened('effectConflict', effect.key, Date.now()));
}
