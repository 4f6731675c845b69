/** Carries out what the core of an intervention asks for, and brings the results back as events. */
import { proxyActivities } from '@temporalio/workflow';
import { announcedVersions } from '../domain/changedHours.ts';
import type { Who } from '../domain/events.ts';
import type { InterventionEffect, InterventionMailOrder } from '../domain/intervention/effects.ts';
import type { InterventionEvent } from '../domain/intervention/events.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import type { InterventionActivities, SaveIntervention } from './interventionMessages.ts';
import type { InterventionShell } from './interventionShell.ts';
import { DATABASE, happened, MAIL, start } from './performing.ts';

const { saveIntervention, extendInterventionWindows, reserveUnits, settleUnits, takeAllowance, returnAllowance } =
  proxyActivities<InterventionActivities>(DATABASE);
const { sendInterventionMail } = proxyActivities<InterventionActivities>(MAIL);

/** Starts an effect and returns at once. */
export function performIntervention(shell: InterventionShell, effect: InterventionEffect): void {
  start(shell, effect, () => carryOut(shell, effect));
}

/** Does it, and says what came of it. */
async function carryOut(shell: InterventionShell, effect: InterventionEffect): Promise<InterventionEvent> {
  switch (effect.kind) {
    case 'save': {
      const summary = `version ${effect.seq}: ${effect.entries.map((entry) => entry.type).join(', ')}`;
      await saveIntervention.executeWithOptions({ ...DATABASE, summary }, [saveOf(shell, effect)]);
      return happened('saved', effect.key, Date.now());
    }
    case 'mail': {
      const options = { ...MAIL, summary: `mail: ${mailSummary(effect.order)}` };
      const input = { key: effect.key, intervention: shell.state.id, order: effect.order };
      const outcome = await sendInterventionMail.executeWithOptions(options, [input]);
      // What was overtaken need not arrive any more.
      return happened(outcome.result === 'refused' ? 'mailRefused' : 'mailAccepted', effect.key, outcome.at);
    }
    case 'extendWindow': {
      const { contract, termsVersion, openedAt } = shell.state;
      const options = { ...DATABASE, summary: 'opening hours further ahead' };
      const windows = await extendInterventionWindows.executeWithOptions(options, [
        { contract, termsVersion, from: openedAt },
      ]);
      return { ...happened('windowExtended', effect.key, Date.now()), windows };
    }
    default:
      return await onLedger(shell, effect);
  }
}

type LedgerEffect = Extract<InterventionEffect, { kind: 'reserve' | 'settle' | 'takeAllowance' | 'returnAllowance' }>;

/** What is done with the customer's units and time: each once, under its key. */
async function onLedger(shell: InterventionShell, effect: LedgerEffect): Promise<InterventionEvent> {
  const { key } = effect;
  const common = commonOf(shell, effect);
  switch (effect.kind) {
    case 'reserve': {
      const { amounts, validOn, instead } = effect;
      const options = { ...DATABASE, summary: `reserve ${tell(amounts)}` };
      const answer = await reserveUnits.executeWithOptions(options, [{ ...common, amounts, validOn, instead }]);
      if (answer.result === 'insufficient') {
        return { ...happened('unitsLacking', key, Date.now()), missing: answer.missing };
      }
      const { validUntil } = answer;
      return { ...happened('unitsReserved', key, Date.now()), ...(validUntil === undefined ? {} : { validUntil }) };
    }
    case 'settle': {
      const { reservation, post, forfeit, on } = effect;
      const options = { ...DATABASE, summary: `debit ${tell(post)}, forfeit ${tell(forfeit)}, return the rest` };
      await settleUnits.executeWithOptions(options, [{ ...common, reservation, post, forfeit, on }]);
      return happened('unitsSettled', key, Date.now());
    }
    case 'takeAllowance': {
      const { module, period, seconds } = effect;
      const options = { ...DATABASE, summary: `time of ${module}, ${period}` };
      const taken = await takeAllowance.executeWithOptions(options, [{ ...common, module, period, seconds }]);
      return { ...happened('allowanceTaken', key, Date.now()), seconds: taken.seconds };
    }
    case 'returnAllowance': {
      const { module, period, seconds } = effect;
      const options = { ...DATABASE, summary: `time of ${module}, ${period}, back` };
      await returnAllowance.executeWithOptions(options, [{ ...common, module, period, seconds }]);
      return happened('allowanceReturned', key, Date.now());
    }
  }
}

function commonOf({ state }: InterventionShell, { key, by }: { readonly key: string; readonly by: Who }) {
  const { contract, request, id } = state;
  return { key, contract, request, intervention: id, who: by };
}

/** State and view of now, without the saves that are under way. */
function saveOf(
  { state, derived, windows }: InterventionShell,
  { key, seq, entries }: Extract<InterventionEffect, { kind: 'save' }>,
): SaveIntervention {
  const calendarVersions = announcedVersions(windows);
  return {
    key,
    seq,
    state: { ...state, pending: state.pending.filter(({ kind }) => kind !== 'save') },
    view: derived,
    ...(Object.keys(calendarVersions).length === 0 ? {} : { calendarVersions }),
    entries,
  };
}

/** `2 halfDay, 3 timeUnit`. */
function tell(amounts: UnitAmounts): string {
  const parts = Object.entries(amounts).map(([unit, units]) => `${units} ${unit}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function mailSummary(order: InterventionMailOrder): string {
  switch (order.kind) {
    case 'waitingReminder':
      return `reminder ${order.step} of ${order.waitingFor}`;
    case 'moreAsked':
      return `more asked: ${order.because}`;
    case 'interventionTask':
      return `task: ${order.task}`;
    case 'interventionNews':
      return `news for staff: ${order.news}`;
    case 'cancelled':
      return `cancelled by the ${order.by}`;
    default:
      return order.kind;
  }
}
