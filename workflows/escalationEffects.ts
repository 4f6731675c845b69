/** Carries out what the core of an escalation asks for, and brings the results back as events. */
import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import { announcedVersions } from '../domain/changedHours.ts';
import type { EscalationEffect, EscalationMailOrder } from '../domain/escalation/effects.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { EscalationReport } from '../domain/escalation/messages.ts';
import { joinView } from '../domain/escalation/view.ts';
import { type DistributorSide, distributorHere, type Told } from './escalationBoundary.ts';
import type { EscalationActivities, SaveEscalation } from './escalationMessages.ts';
import type { EscalationShell } from './escalationShell.ts';
import { DATABASE, happened, MAIL, MAIL_EVENTS, start } from './performing.ts';

const { saveEscalation, extendPublisherWindows, fileReport } = proxyActivities<EscalationActivities>(DATABASE);
const { sendEscalationMail } = proxyActivities<EscalationActivities>(MAIL);

/** Starts effects; the request is told one thing after the other. */
export function createPerformer(
  distributor: DistributorSide = distributorHere,
): (shell: EscalationShell, effect: EscalationEffect) => void {
  let told: Promise<unknown> = Promise.resolve();
  const inTurn = (tell: () => Promise<void>): Promise<void> => {
    const mine = told.then(tell);
    // What failed is started again by itself: the next goes on.
    told = mine.catch(() => undefined);
    return mine;
  };
  return (shell, effect) =>
    start(shell, effect, () => carryOut(shell, effect, (report) => inTurn(() => tell(distributor, shell, report))));
}

/** Does it, and says what came of it. */
async function carryOut(
  shell: EscalationShell,
  effect: EscalationEffect,
  tellRequest: (report: EscalationReport) => Promise<void>,
): Promise<EscalationEvent> {
  const { key } = effect;
  switch (effect.kind) {
    case 'save': {
      const summary = `version ${effect.seq}: ${effect.entries.map((entry) => entry.type).join(', ')}`;
      await saveEscalation.executeWithOptions({ ...DATABASE, summary }, [saveOf(shell, effect)]);
      return happened('saved', key, Date.now());
    }
    case 'mail': {
      const options = { ...MAIL, summary: mailSummary(effect.order) };
      const input = { key, escalation: shell.state.id, order: effect.order };
      const outcome = await sendEscalationMail.executeWithOptions(options, [input]);
      return happened(MAIL_EVENTS[outcome.result], key, outcome.at);
    }
    case 'report':
      await tellRequest(effect.report);
      return happened('reported', key, Date.now());
    case 'extendWindow': {
      const { contract, termsVersion, registeredAt } = shell.state;
      const options = { ...DATABASE, summary: 'opening hours further ahead' };
      const windows = await extendPublisherWindows.executeWithOptions(options, [
        { contract, termsVersion, from: registeredAt },
      ]);
      return { ...happened('windowExtended', key, Date.now()), windows };
    }
  }
}

/** State and view of now, without the saves that are under way. */
function saveOf(
  shell: EscalationShell,
  { key, seq, entries }: Extract<EscalationEffect, { kind: 'save' }>,
): SaveEscalation {
  const { state, derived, windows } = shell;
  const calendarVersions = announcedVersions(windows);
  return {
    key,
    seq,
    state: { ...state, pending: state.pending.filter(({ kind }) => kind !== 'save') },
    view: joinView(state, derived),
    ...(Object.keys(calendarVersions).length === 0 ? {} : { calendarVersions }),
    entries,
  };
}

/** Whoever cannot be told is told by the relay: nothing is dropped. */
async function tell(distributor: DistributorSide, shell: EscalationShell, report: EscalationReport): Promise<void> {
  const { request } = shell.state;
  const told = await distributor.report(request, report).catch((error: unknown): Told => {
    if (isCancellation(error)) throw error;
    log.error('report not taken by its request', { report: report.id });
    return 'gone';
  });
  if (told === 'told') return;
  const summary = `${report.what}: for the relay to file`;
  await fileReport.executeWithOptions({ ...DATABASE, summary }, [{ request, report }]);
}

function mailSummary(order: EscalationMailOrder): string {
  switch (order.kind) {
    case 'chaser':
      return `chaser ${order.step}`;
    case 'publisherWarning':
    case 'publisherBreach':
      return `${order.kind} of ${order.clock}`;
    case 'publisherTask':
      return `task: ${order.task}`;
    default:
      return order.kind;
  }
}
