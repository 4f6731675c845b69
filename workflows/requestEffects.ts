/** Carries out the effects that the core asks for, and brings their results back as events. */
import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  isCancellation,
  log,
  proxyActivities,
  type RetryPolicy,
  TimeoutFailure,
} from '@temporalio/workflow';
import { announcedVersions } from '../domain/changedHours.ts';
import type { Effect, MailOrder } from '../domain/effects.ts';
import type { RequestEvent } from '../domain/events.ts';
import { packSave } from '../domain/packing.ts';
import type { MailOutcome, RequestActivities } from './messages.ts';
import type { RequestShell } from './requestShell.ts';

/** Retried until done: what the core decided has to happen. An effect conflict says itself that it is not to be retried. */
const RETRY: RetryPolicy = {
  initialInterval: '1 second',
  maximumInterval: '30 seconds',
};

/** An effect that is not done by then is started again, under its key: so each wakes its request in time. Milliseconds. */
export const EFFECT_PATIENCE = 86_400_000;

const UNTIL_DONE = { scheduleToCloseTimeout: EFFECT_PATIENCE, retry: RETRY };
const DATABASE: ActivityOptions = { startToCloseTimeout: '10 seconds', ...UNTIL_DONE };
const MAIL: ActivityOptions = { startToCloseTimeout: '20 seconds', ...UNTIL_DONE };

const { saveRequest, extendWindows } = proxyActivities<RequestActivities>(DATABASE);
const { sendMail } = proxyActivities<RequestActivities>(MAIL);

/**
 * Starts an effect and returns at once; nobody waits for it but a command for its own save. The same effect may be started
 * again by a later run, under the same key.
 */
export function perform(shell: RequestShell, effect: Effect): void {
  void carryOut(shell, effect).then(
    (event) => shell.apply(event),
    (error: unknown) => failed(shell, effect, error),
  );
}

/** Does it, and says what came of it. */
async function carryOut(shell: RequestShell, effect: Effect): Promise<RequestEvent> {
  switch (effect.kind) {
    case 'save': {
      const summary = `version ${effect.seq}: ${effect.entries.map((entry) => entry.type).join(', ')}`;
      const save = packSave(
        { ...effect, calendarVersions: announcedVersions(shell.windows) },
        shell.state,
        shell.derived,
      );
      await saveRequest.executeWithOptions({ ...DATABASE, summary }, [save]);
      return happened('saved', effect.key, Date.now());
    }
    case 'mail': {
      const summary = mailSummary(effect.order);
      const { number } = shell.state;
      const input = { key: effect.key, number, order: effect.order };
      const outcome = await sendMail.executeWithOptions({ ...MAIL, summary }, [input]);
      return happened(MAIL_EVENTS[outcome.result], effect.key, outcome.at);
    }
    case 'extendWindow': {
      const { contract, termsVersion, registeredAt } = shell.state;
      const summary = 'opening hours further ahead';
      const built = await extendWindows.executeWithOptions({ ...DATABASE, summary }, [
        { contract, termsVersion, from: registeredAt },
      ]);
      // Calendars of terms that were amended meanwhile are others, whatever their names.
      const windows = shell.state.termsVersion === termsVersion ? built : {};
      return { type: 'windowExtended', key: effect.key, windows, at: Date.now(), who: 'system', channel: 'system' };
    }
  }
}

const MAIL_EVENTS = {
  accepted: 'mailAccepted',
  refused: 'mailRefused',
  superseded: 'mailSuperseded',
} as const satisfies {
  [result in MailOutcome['result']]: string;
};

type EffectResult = (typeof MAIL_EVENTS)[MailOutcome['result']] | 'saved' | 'effectConflict';

/** Results are the system's. A server's clock that runs ahead of Temporal's does not move a request into the future. */
function happened(type: EffectResult, key: string, at: number): RequestEvent {
  return { type, key, at: Math.min(at, Date.now()), who: 'system', channel: 'system' };
}

function failed(shell: RequestShell, effect: Effect, error: unknown): void {
  // A cancelled run ends; its effects stay in the stored state.
  if (isCancellation(error)) return;
  if (error instanceof ActivityFailure && (error.retryState === 'TIMEOUT' || error.cause instanceof TimeoutFailure)) {
    log.warn('effect not done within a day: started again', { key: effect.key });
    return perform(shell, effect);
  }
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  log.error('effect failed for good', { key: effect.key, type });
  shell.apply(happened('effectConflict', effect.key, Date.now()));
}

function mailSummary(order: MailOrder): string {
  switch (order.kind) {
    case 'reminder':
      return `reminder ${order.step}`;
    case 'warning':
    case 'breach':
      return `${order.kind} of ${order.clock}`;
    case 'closing':
      return `closing: ${order.reason}`;
    case 'task':
      return `task: ${order.task}`;
    default:
      return order.kind;
  }
}
