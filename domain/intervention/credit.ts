/** What the ledger is asked and answers: units reserved, lacking, settled; time of modules taken. */

import { effectKey, issue, record, type Source, SYSTEM, settle } from '../draft.ts';
import type { VisitEvery } from '../visits.ts';
import { isNone, minus, NONE, plus } from './amounts.ts';
import { shares } from './cancellation.ts';
import { localDate } from './days.ts';
import { type InterventionDraft, openTask, orderMail, tellStaff } from './draft.ts';
import type { InterventionEffect } from './effects.ts';
import type { InterventionEventOf } from './events.ts';
import { planSecured } from './planning.ts';
import { isAsFirstReleased } from './release.ts';
import { hoursOf } from './rules.ts';
import { ENDED, type InterventionState, type Reservation } from './state.ts';
import type { UnitAmounts } from './terms.ts';
import { stopWaiting, wait } from './waiting.ts';

type Reserve = Extract<InterventionEffect, { kind: 'reserve' }>;

/** Whether it is over. */
export function hasEnded({ status }: Pick<InterventionState, 'status'>): boolean {
  return (ENDED as readonly string[]).includes(status);
}

/** The reservation that the ledger is being asked for; never more than one at a time. */
export function reserving({ pending }: Pick<InterventionState, 'pending'>): Reserve | undefined {
  return pending.find((effect): effect is Reserve => effect.kind === 'reserve');
}

/** Asks the ledger for all that is approved and not reserved yet. */
export function reserveWanted(draft: InterventionDraft, at: number, { who }: Source): void {
  const { wanted } = draft.state;
  if (isNone(wanted) || reserving(draft.state)) return;
  const day = draft.state.plan?.from ?? at;
  const validOn = localDate(hoursOf(draft.rules), Math.max(day, at));
  draft.state.missing = NONE;
  issue(draft, { kind: 'reserve', key: effectKey(draft, 'reserve'), amounts: wanted, validOn, instead: [], by: who });
}

/** Reserves anew, for a later date, what would not be valid on it any more. */
export function reserveInstead(draft: InterventionDraft, keys: readonly string[], on: string, { who }: Source): void {
  const old = draft.state.reservations.filter(({ key }) => keys.includes(key));
  const amounts = plus(...old.map((each) => each.amounts));
  issue(draft, { kind: 'reserve', key: effectKey(draft, 'reserve'), amounts, validOn: on, instead: keys, by: who });
}

/** The ledger has reserved them. */
export function unitsReserved(draft: InterventionDraft, { key, at, validUntil }: InterventionEventOf<'unitsReserved'>) {
  const effect = settle(draft, key);
  if (effect?.kind !== 'reserve') return;
  const { amounts, instead } = effect;
  const kept = draft.state.reservations.filter((reservation) => !instead.includes(reservation.key));
  const valid = validUntil === undefined ? {} : { validUntil };
  const on = localDate(hoursOf(draft.rules), at);
  draft.state.reservations = [...kept, { key, amounts, on, ...valid }];
  record(draft, at, SYSTEM, { type: 'unitsReserved', facts: { amounts, ...valid } });
  if (hasEnded(draft.state)) return settleReservations(draft, at, SYSTEM);
  if (instead.length > 0) return planSecured(draft, at);
  draft.state.wanted = minus(draft.state.wanted, amounts);
  // More units: what was warned of is not true any more. What an agent has asked for since is asked for still.
  const { asked } = draft.state.overrun;
  const isAsked = asked?.amounts !== undefined && !isAsFirstReleased(draft.state);
  draft.state.overrun = isAsked ? { asked } : {};
  stopWaiting(draft, 'order', ...(isAsked ? [] : (['more'] as const)));
  if (draft.state.status === 'reserving' || draft.state.status === 'awaitingOrder') becomeReady(draft, at);
  else tellStaff(draft, SYSTEM, 'moreReserved');
  // More was agreed to while this was on its way.
  reserveWanted(draft, at, SYSTEM);
}

/** Everything is there for a date to be agreed. */
export function becomeReady(draft: InterventionDraft, at: number): void {
  draft.state.status = 'ready';
  openTask(draft, at, { kind: 'agreeDate' });
}

/** The balance does not suffice: nothing goes on before an order form is signed. */
export function unitsLacking(
  draft: InterventionDraft,
  { key, at, missing }: InterventionEventOf<'unitsLacking'>,
): void {
  const effect = settle(draft, key);
  if (effect?.kind !== 'reserve') return;
  if (hasEnded(draft.state)) return settleReservations(draft, at, SYSTEM);
  record(draft, at, SYSTEM, { type: 'creditLacking', facts: { amounts: missing } });
  if (effect.instead.length > 0) {
    return dateLacksCredit(draft, at);
  }
  draft.state.missing = missing;
  if (draft.state.status === 'reserving') draft.state.status = 'awaitingOrder';
  orderMail(draft, { kind: 'orderNeeded', missing });
  tellStaff(draft, SYSTEM, 'orderLacking');
  wait(draft, 'order', at);
}

/** What is reserved stays so for earlier dates: that which was agreed before, or one to be agreed. */
function dateLacksCredit(draft: InterventionDraft, at: number): void {
  const { fallback } = draft.state;
  delete draft.state.plan;
  delete draft.state.fallback;
  if (!fallback || fallback.from <= at) return becomeReady(draft, at);
  draft.state.plan = fallback;
  draft.state.status = 'scheduled';
  openTask(draft, at, { kind: 'agreeOtherDate' });
}

/** An order was signed: what was lacking is asked for again. */
export function creditAdded(draft: InterventionDraft, at: number): void {
  if (hasEnded(draft.state) || draft.state.estimate?.onCall) return;
  if (!isNone(draft.state.missing)) reserveWanted(draft, at, SYSTEM);
}

/**
 * Ends every reservation as the ending says: used is debited, lost is forfeited, the rest returns. While the ledger is being
 * asked for one more, this waits for its answer.
 */
export function settleReservations(draft: InterventionDraft, at: number, { who }: Source): void {
  const { ended, reservations, logs } = draft.state;
  if (!ended || reserving(draft.state)) return;
  const lastWork = logs.length === 0 ? at : Math.max(...logs.map((log) => log.from ?? log.at));
  const worked = localDate(hoursOf(draft.rules), lastWork);
  const parts = shares(
    reservations.map(({ amounts }) => amounts),
    ended.used,
    ended.lost,
  );
  reservations.forEach((reservation, index) => {
    const { post, forfeit } = parts[index] ?? { post: NONE, forfeit: NONE };
    const key = effectKey(draft, `settle${index === 0 ? '' : index + 1}`);
    const on = validDay(reservation, worked);
    issue(draft, { kind: 'settle', key, reservation: reservation.key, post, forfeit, on, by: who });
  });
  draft.state.reservations = [];
  draft.state.wanted = NONE;
  draft.state.missing = NONE;
}

/** The day of the work; of units that were reserved in the midst of it, not an earlier one than theirs. */
function validDay({ on, validUntil }: Reservation, worked: string): string {
  const day = worked < on ? on : worked;
  return validUntil !== undefined && validUntil < day ? validUntil : day;
}

/** The ledger has ended a reservation. */
export function unitsSettled(draft: InterventionDraft, { key, at }: InterventionEventOf<'unitsSettled'>): void {
  const effect = settle(draft, key);
  if (effect?.kind !== 'settle') return;
  const { post, forfeit } = effect;
  const told = (type: 'unitsPosted' | 'unitsLost', amounts: UnitAmounts) => {
    if (!isNone(amounts)) record(draft, at, SYSTEM, { type, facts: { amounts } });
  };
  told('unitsPosted', post);
  told('unitsLost', forfeit);
  if (isNone(post) && isNone(forfeit)) record(draft, at, SYSTEM, { type: 'unitsReturned' });
}

/** Period of an allowance that a local date (YYYY-MM-DD) lies in: its calendar month, or year. */
export function allowancePeriod(every: VisitEvery, date: string): string {
  return date.slice(0, every === 'month' ? 7 : 4);
}

/** Asks for the time of a planned visit, of the given period or else of that in which it is opened. */
export function takeAllowance(draft: InterventionDraft, at: number, { who }: Source, given?: string): void {
  const { module } = draft.state;
  const terms = module === undefined ? undefined : draft.rules.terms.allowances[module];
  if (module === undefined || !terms) return;
  const period = given ?? allowancePeriod(terms.every, localDate(hoursOf(draft.rules), at));
  const key = effectKey(draft, 'takeAllowance');
  issue(draft, { kind: 'takeAllowance', key, module, period, seconds: terms.seconds, by: who });
}

/** So much of it was left. */
export function allowanceTaken(draft: InterventionDraft, event: InterventionEventOf<'allowanceTaken'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind !== 'takeAllowance') return;
  const { module, period } = effect;
  draft.state.allowance = { period, seconds: event.seconds };
  record(draft, event.at, SYSTEM, { type: 'allowanceTaken', facts: { module, period, seconds: event.seconds } });
  if (hasEnded(draft.state)) return returnAllowance(draft, SYSTEM);
  if (draft.state.status === 'reserving') becomeReady(draft, event.at);
}

/** What of it was not used returns to its period. */
export function returnAllowance(draft: InterventionDraft, { who }: Source): void {
  const { module, allowance, logs, ended } = draft.state;
  if (module === undefined || !allowance) return;
  const worked = ended ? logs.reduce((sum, { seconds }) => sum + seconds, 0) : 0;
  const seconds = allowance.seconds - Math.min(allowance.seconds, worked);
  if (seconds <= 0) return;
  const key = effectKey(draft, 'returnAllowance');
  issue(draft, { kind: 'returnAllowance', key, module, period: allowance.period, seconds, by: who });
}
