/** From the feasibility study to the customer's approval. */
import { record, type Source, SYSTEM, withText } from '../draft.ts';
import { Refusal } from '../failures.ts';
import { NONE } from './amounts.ts';
import { reserveWanted } from './credit.ts';
import { estimated, type InterventionDraft, orderMail, tellStaff } from './draft.ts';
import { endWith } from './ending.ts';
import type { EstimateFigures, InterventionEventOf } from './events.ts';
import { expiresAt, stopWaiting, wait } from './waiting.ts';

/** Whether it can be done is said to the customer either way: by the estimate, or by this. */
export function study(draft: InterventionDraft, event: InterventionEventOf<'study'>): void {
  const { at, feasible, text } = event;
  draft.state.study = { at, feasible };
  record(draft, at, event, { type: 'studied', text, facts: { feasible } });
  if (feasible) return;
  orderMail(draft, { kind: 'infeasible', text });
  endWith(draft, at, event, { status: 'infeasible', by: 'provider', used: NONE, lost: NONE });
}

/** The estimate goes to the customer, who has so long to approve it. */
export function sendEstimate(draft: InterventionDraft, event: InterventionEventOf<'sendEstimate'>): void {
  requireEstimate(event, draft);
  const { at, estimate, service, unit, units, trips, onSite, onCall } = event;
  draft.state.estimate = {
    estimate,
    sentAt: at,
    ...(service === undefined ? {} : { service }),
    ...(unit === undefined ? {} : { unit, units: units ?? 0 }),
    ...(trips === undefined ? {} : { trips }),
    ...(onSite === undefined ? {} : { onSite }),
    ...(onCall === undefined ? {} : { onCall }),
  };
  draft.state.status = 'estimated';
  const amounts = estimated(draft.state);
  record(draft, at, event, {
    type: 'estimateSent',
    facts: { estimate, amounts, ...(service === undefined ? {} : { service }) },
  });
  const end = expiresAt(draft.state, draft.rules);
  orderMail(draft, { kind: 'estimate', estimate, amounts, ...(end === undefined ? {} : { expiresAt: end }) });
  wait(draft, 'approval', at);
}

/** @throws Refusal `ValidationFailed`, every field that is wrong; `NotCovered`: on-call work under terms that have none. */
function requireEstimate(figures: EstimateFigures, { rules: { terms } }: InterventionDraft): void {
  const { unit, units, trips = 0, onSite = false, onCall = false } = figures;
  if (onCall && terms.onCall === 'never') {
    throw new Refusal('NotCovered', 'The contract has no work out of hours.', { exclusion: 'outOfHours' });
  }
  const fields: { path: string; message: string }[] = [];
  if (onCall) {
    if (unit !== undefined || units !== undefined) {
      fields.push({
        path: 'unit',
        message: 'On-call work is ordered and billed apart, never debited: leave this out.',
      });
    }
  } else if (unit === undefined || !Object.hasOwn(terms.units, unit)) {
    fields.push({ path: 'unit', message: whichUnit(terms) });
  } else if (units === undefined || !Number.isSafeInteger(units) || units < 1) {
    fields.push({ path: 'units', message: 'Give a whole number of units, at least 1.' });
  }
  if (!Number.isSafeInteger(trips) || trips < 0) {
    fields.push({ path: 'trips', message: 'Give a whole number of return trips.' });
  }
  if (onSite && terms.onSite === 'never') {
    fields.push({ path: 'onSite', message: 'The contract has no work on site.' });
  }
  if (fields.length > 0) throw new Refusal('ValidationFailed', 'The estimate does not fit the contract.', { fields });
}

function whichUnit({ units, onCall }: InterventionDraft['rules']['terms']): string {
  const names = Object.keys(units).join(', ');
  if (names) return `Name a credit unit of the contract: ${names}.`;
  const otherwise = onCall === 'never' ? '' : ' Only work out of hours can be estimated: say onCall, without units.';
  return `The contract has no credit units.${otherwise}`;
}

/** What is approved is what was read: another estimate's approval is refused. @throws Refusal `Conflict` */
function requireSameEstimate({ state }: InterventionDraft, estimate: string): void {
  if (state.estimate?.estimate === estimate) return;
  throw new Refusal('Conflict', 'This is not the estimate that counts: another one was sent since. Read that one.');
}

/** The units are reserved, if the balance has them; on-call work is to be ordered. */
export function approve(draft: InterventionDraft, event: InterventionEventOf<'approve'>): void {
  requireSameEstimate(draft, event.estimate);
  const { estimate } = draft.state;
  if (!estimate) return;
  draft.state.estimate = { ...estimate, approved: { at: event.at, who: event.who } };
  stopWaiting(draft, 'approval');
  const amounts = estimated(draft.state);
  record(draft, event.at, event, { type: 'approved', facts: { estimate: event.estimate, amounts } });
  if (estimate.onCall) {
    draft.state.status = 'awaitingOrder';
    orderMail(draft, { kind: 'orderNeeded', missing: NONE });
    return wait(draft, 'order', event.at);
  }
  draft.state.status = 'reserving';
  draft.state.wanted = amounts;
  reserveWanted(draft, event.at, event);
}

/** The customer does not want it. */
export function decline(draft: InterventionDraft, event: InterventionEventOf<'decline'>): void {
  requireSameEstimate(draft, event.estimate);
  record(draft, event.at, event, { type: 'declined', ...withText(event.text), facts: { estimate: event.estimate } });
  tellStaff(draft, event, 'declined');
  endWith(draft, event.at, event, { status: 'declined', by: 'customer', used: NONE, lost: NONE });
}

/** Nobody approved it in time: nothing was reserved, nothing is spent. */
export function expire(draft: InterventionDraft, at: number): void {
  const end = expiresAt(draft.state, draft.rules);
  const { estimate } = draft.state;
  if (end === undefined || end > at || !estimate) return;
  record(draft, at, SYSTEM, { type: 'estimateExpired', facts: { estimate: estimate.estimate } });
  orderMail(draft, { kind: 'estimateExpired', estimate: estimate.estimate });
  tellStaff(draft, SYSTEM, 'expired');
  endWith(draft, at, SYSTEM satisfies Source, { status: 'expired', by: 'time', used: NONE, lost: NONE });
}
