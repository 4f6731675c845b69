/** Carries out the effects that the core asks for, and brings their results back as events. */
import { proxyActivities } from '@temporalio/workflow';
import { announcedVersions } from '../domain/changedHours.ts';
import type { Effect, MailOrder } from '../domain/effects.ts';
import type { RequestEvent } from '../domain/events.ts';
import { packSave } from '../domain/packing.ts';
import type { RequestActivities } from './messages.ts';
import { DATABASE, happened, MAIL, MAIL_EVENTS, start } from './performing.ts';
import type { RequestShell } from './requestShell.ts';

const { saveRequest, extendWindows } = proxyActivities<RequestActivities>(DATABASE);
const { sendMail } = proxyActivities<RequestActivities>(MAIL);

/** Starts an effect of a request. */
export function perform(shell: RequestShell, effect: Effect): void {
  start(shell, effect, () => carryOut(shell, effect));
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
