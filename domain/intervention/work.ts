/** Work: timed or written down, never beyond what the customer has agreed to. */
import { record, SYSTEM, withText } from '../draft.ts';
import { Refusal, wrongField } from '../failures.ts';
import { covers, isNone, plus } from './amounts.ts';
import { stoppedAt } from './cancellation.ts';
import { reserveWanted } from './credit.ts';
import { closingAfter, localDate, whyOutsideHours } from './days.ts';
import { closeTasks, type InterventionDraft, openTask, orderMail } from './draft.ts';
import type { InterventionEventOf } from './events.ts';
import { isAsFirstReleased } from './release.ts';
import { hoursOf, type InterventionRules } from './rules.ts';
import type { InterventionState, WorkLog } from './state.ts';
import { budgetOf, reservedOf, secondsLeft, secondsToShare, tripUnits, unitOf, usedOf, wholeSeconds } from './usage.ts';
import { stopWaiting, wait } from './waiting.ts';

const MINUTE = 60;

/** The clock of the work runs until it is stopped, the approved time is used up, or opening hours end. */
export function startWork(draft: InterventionDraft, event: InterventionEventOf<'startWork'>): void {
  const { at, who } = event;
  requireWorkable(draft, at);
  if (!draft.state.estimate?.onCall && closingAfter(hoursOf(draft.rules), at) === undefined) {
    throw wrongField('at', 'It is outside opening hours.');
  }
  if (secondsLeft(draft.state, draft.rules.terms) < 1) throw beyond(0);
  draft.state.running = { since: at, who };
  draft.state.status = 'inProgress';
  closeTasks(draft, 'agreeOtherDate');
  record(draft, at, event, { type: 'workStarted', ...withText(event.text) });
}

/** The clock is stopped by the one who works. */
export function stopWork(draft: InterventionDraft, event: InterventionEventOf<'stopWork'>): void {
  const { running } = draft.state;
  if (!running) return;
  delete draft.state.running;
  const seconds = wholeSeconds(running.since, event.at);
  record(draft, event.at, event, { type: 'workStopped', ...withText(event.text), facts: { seconds } });
  addLog(draft, { seconds, at: event.at, who: running.who, from: running.since });
}

/** Work that was not timed. @throws Refusal `ValidationFailed`; `Conflict`: beyond what the customer has agreed to. */
export function logWork(draft: InterventionDraft, event: InterventionEventOf<'logWork'>): void {
  const { at, minutes = 0, from } = event;
  const seconds = minutes * MINUTE + (event.seconds ?? 0);
  if (![minutes, event.seconds ?? 0].every((given) => Number.isSafeInteger(given) && given >= 0) || seconds < 1) {
    throw wrongField('minutes', 'Work is logged in whole minutes or seconds, at least one second.');
  }
  if (from !== undefined) requireTime(draft, from, from + seconds * 1_000, at);
  requireWorkable(draft, from ?? at);
  const left = secondsLeft(draft.state, draft.rules.terms);
  if (seconds > left) {
    throw beyond(left, [{ path: event.minutes === undefined ? 'seconds' : 'minutes', message: atMost(left) }]);
  }
  draft.state.status = 'inProgress';
  closeTasks(draft, 'agreeOtherDate');
  record(draft, at, event, { type: 'workLogged', ...withText(event.text), facts: { seconds } });
  addLog(draft, { seconds, at, who: event.who, ...(from === undefined ? {} : { from }) });
}

/** Work that says when it began keeps to what work that is timed keeps to. */
function requireTime({ state, rules }: InterventionDraft, from: number, to: number, at: number): void {
  if (to > at) throw wrongField('from', 'It would end in the future.');
  if (isAsFirstReleased(state)) return;
  if (from < (state.estimate?.approved?.at ?? state.openedAt)) {
    throw wrongField('from', 'It would begin before the work was agreed to.');
  }
  const why = state.estimate?.onCall ? undefined : whyOutsideHours(hoursOf(rules), from, to);
  if (why !== undefined) throw wrongField('from', why);
}

/** A return trip costs units, or is part of the time, or is an expense. */
export function logTrip(draft: InterventionDraft, event: InterventionEventOf<'logTrip'>): void {
  const { rules, state } = draft;
  requireWorkable(draft, event.at);
  const after = { ...state, trips: state.trips + 1 };
  if (!covers(reservedOf(state), usedOf(after, rules.terms)) && tripCost(state, rules) > 0) {
    const message = 'A return trip costs more than is left of what the customer has agreed to. Ask for more units.';
    throw new Refusal('Conflict', message);
  }
  state.trips = after.trips;
  state.status = 'inProgress';
  record(draft, event.at, event, { type: 'tripLogged', ...withText(event.text) });
  tellShare(draft, event.at);
}

function tripCost(state: InterventionState, { terms }: InterventionRules): number {
  const unit = unitOf(state, terms);
  const unitTerms = unit === undefined ? undefined : terms.units[unit];
  return unitTerms ? tripUnits(unitTerms) : 0;
}

/** Of a reservation that is not valid on the day of the work nothing can be spent. */
function requireWorkable({ state, rules }: InterventionDraft, at: number): void {
  const day = localDate(hoursOf(rules), at);
  const over = state.reservations.find(({ validUntil }) => validUntil !== undefined && validUntil < day);
  if (!over) return;
  throw new Refusal('Conflict', 'Units that are reserved were valid until an earlier day: agree another date first.');
}

/** How much of this may still be done, in the refusal's words: whole seconds. `fields` are those that say too much. */
function beyond(left: number, fields?: { readonly path: string; readonly message: string }[]): Refusal {
  const message = `Work beyond what was agreed needs the customer's agreement. Left: ${sayLeft(left)}. Ask for more units.`;
  return new Refusal('Conflict', message, fields ? { fields } : {});
}

function atMost(seconds: number): string {
  return seconds === 0 ? 'Nothing is left.' : `At most ${sayLeft(seconds)}.`;
}

/** As people say it: `59 min 30 s`. */
function sayLeft(seconds: number): string {
  if (seconds === 0) return 'nothing';
  const parts = [[Math.floor(seconds / 3_600), 'h'] as const, [Math.floor(seconds / 60) % 60, 'min'] as const];
  const said = [...parts, [seconds % 60, 's'] as const].filter(([count]) => count > 0);
  return said.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

function addLog(draft: InterventionDraft, log: WorkLog, now: number = log.at): void {
  if (log.seconds > 0) draft.state.logs = [...draft.state.logs, log];
  tellShare(draft, log.at, now);
}

/** The share of the terms, then all of it: the customer is told and asked, once each for what is approved. */
function tellShare(draft: InterventionDraft, at: number, now: number = at): void {
  const { state, rules } = draft;
  if (!budgetOf(state, rules.terms)) return;
  const isUsedUp = secondsLeft(state, rules.terms) === 0;
  if (isUsedUp && state.overrun.usedUpAt === undefined) return ask(draft, at, 'usedUp', now);
  if (state.overrun.warnedAt === undefined && secondsToShare(state, rules.terms) === 0) ask(draft, at, 'share', now);
}

/** It happened at `at`; the customer hears of it `now`, and is waited for from then. Without `isTold` another mail says it. */
function ask(draft: InterventionDraft, at: number, because: 'share' | 'usedUp', now: number, isTold = true): void {
  const { state, rules } = draft;
  const told = because === 'share' ? { warnedAt: at } : { warnedAt: state.overrun.warnedAt ?? at, usedUpAt: at };
  state.overrun = { ...state.overrun, ...told, asked: { ...state.overrun.asked, at } };
  const used = usedOf(state, rules.terms);
  record(draft, at, SYSTEM, { type: because === 'share' ? 'shareUsed' : 'usedUp', facts: { used } });
  if (!isTold) return;
  const left = { approved: reservedOf(state), secondsLeft: secondsLeft(state, rules.terms) };
  orderMail(draft, { kind: 'moreAsked', because, used, ...left, ...askedAmounts(state) });
  wait(draft, 'more', now);
}

function askedAmounts({ overrun }: InterventionState) {
  return overrun.asked?.amounts === undefined ? {} : { amounts: overrun.asked.amounts };
}

/** An agent says how much more it takes. @throws Refusal `ValidationFailed` */
export function askMore(draft: InterventionDraft, event: InterventionEventOf<'askMore'>): void {
  const { at, units, text } = event;
  requireUnits(draft, units);
  draft.state.overrun = { ...draft.state.overrun, asked: { at, amounts: units } };
  closeTasks(draft, 'moreDeclined', 'moreUnanswered');
  record(draft, at, event, { type: 'moreAsked', ...withText(text), facts: { amounts: units } });
  const { terms } = draft.rules;
  const worked = stoppedAt(draft.state, at);
  orderMail(draft, {
    ...{ kind: 'moreAsked', because: 'agent', amounts: units },
    ...{ used: usedOf(worked, terms), approved: reservedOf(worked), secondsLeft: secondsLeft(worked, terms) },
    ...withText(text),
  });
  wait(draft, 'more', at);
}

function requireUnits({ state, rules: { terms } }: InterventionDraft, amounts: InterventionState['wanted']): void {
  const own = unitOf(state, terms);
  const names = [own, own === undefined ? undefined : terms.units[own]?.restIn].filter((name) => name !== undefined);
  const isRight = Object.entries(amounts).every(
    ([unit, units]) => names.includes(unit) && Number.isSafeInteger(units) && units > 0,
  );
  if (isNone(amounts) || !isRight) {
    throw wrongField('units', `Give whole numbers of the units that pay for this work: ${names.join(', ')}.`);
  }
}

/** More units where the balance allows, otherwise a new order first: the ledger says which. */
export function agreeMore(draft: InterventionDraft, event: InterventionEventOf<'agreeMore'>): void {
  const { at } = event;
  const amounts = event.units ?? draft.state.overrun.asked?.amounts;
  if (amounts === undefined) throw wrongField('units', 'Say how many more units are agreed to.');
  requireUnits(draft, amounts);
  draft.state.agreed = plus(draft.state.agreed, amounts);
  draft.state.wanted = plus(draft.state.wanted, amounts);
  forgetAsked(draft);
  closeTasks(draft, 'moreUnanswered', 'moreDeclined');
  record(draft, at, event, { type: 'moreAgreed', facts: { amounts } });
  reserveWanted(draft, at, event);
}

/** Work stays within what was approved; staff decide how it ends. */
export function declineMore(draft: InterventionDraft, event: InterventionEventOf<'declineMore'>): void {
  forgetAsked(draft);
  // More was agreed to before, which the balance lacks still.
  if (!isNone(draft.state.missing) && !isAsFirstReleased(draft.state)) wait(draft, 'order', event.at);
  closeTasks(draft, 'moreUnanswered');
  record(draft, event.at, event, { type: 'moreDeclined', ...withText(event.text) });
  openTask(draft, event.at, { kind: 'moreDeclined' });
}

function forgetAsked(draft: InterventionDraft): void {
  const { asked: _, ...told } = draft.state.overrun;
  draft.state.overrun = told;
  stopWaiting(draft, 'more');
}

/** What a clock that runs will meet: the share, the end of what is approved, the end of opening hours; epoch milliseconds. */
export interface WorkMoments {
  readonly shareAt?: number;
  readonly endsAt?: number;
  readonly because?: 'usedUp' | 'closing';
}

/** See {@link WorkMoments}; none while no clock runs. */
export function workMoments(state: InterventionState, rules: InterventionRules): WorkMoments {
  const { running, overrun, estimate } = state;
  if (!running) return {};
  const usedUpAt = running.since + secondsLeft(state, rules.terms) * 1_000;
  // Begun in hours that had been closed before it was told of: nothing of it was inside opening hours.
  const closingAt = estimate?.onCall
    ? Number.POSITIVE_INFINITY
    : (closingAfter(hoursOf(rules), running.since) ?? running.since);
  const endsAt = Math.min(usedUpAt, closingAt);
  const shareAt = running.since + secondsToShare(state, rules.terms) * 1_000;
  return {
    ...(overrun.warnedAt === undefined && shareAt < endsAt ? { shareAt } : {}),
    ...(Number.isFinite(endsAt)
      ? { endsAt, because: usedUpAt <= closingAt ? ('usedUp' as const) : ('closing' as const) }
      : {}),
  };
}

/** What a running clock has met by `at`, each at its own instant, however late it is noticed. */
export function decideWork(draft: InterventionDraft, at: number): void {
  const { shareAt, endsAt, because } = workMoments(draft.state, draft.rules);
  // Of what is used up by now, that a share of it was used needs no mail.
  const isUsedUp = because === 'usedUp' && endsAt !== undefined && endsAt <= at;
  if (shareAt !== undefined && shareAt <= at) tellRunningShare(draft, shareAt, at, !isUsedUp);
  const { running } = draft.state;
  if (!running || endsAt === undefined || because === undefined || endsAt > at) return;
  delete draft.state.running;
  const seconds = wholeSeconds(running.since, endsAt);
  record(draft, endsAt, SYSTEM, { type: 'workStopped', facts: { seconds, because } });
  addLog(draft, { seconds, at: endsAt, who: running.who, from: running.since }, at);
}

/** The clock goes on: the customer is told what will have been used. */
function tellRunningShare(draft: InterventionDraft, at: number, now: number, isTold: boolean): void {
  const { running, logs } = draft.state;
  if (!running) return;
  const log = { seconds: wholeSeconds(running.since, at), at, who: running.who, from: running.since };
  draft.state.logs = [...logs, log];
  ask(draft, at, 'share', now, isTold);
  draft.state.logs = logs;
}

/** Expenses come on top of units, in cents. @throws Refusal `ValidationFailed` */
export function addExpense(draft: InterventionDraft, event: InterventionEventOf<'addExpense'>): void {
  const { at, kind, cents, nonRefundable, text } = event;
  if (!Number.isSafeInteger(cents) || cents < 1) throw wrongField('cents', 'Give whole cents, at least 1.');
  draft.state.expenses = [...draft.state.expenses, { kind, cents, nonRefundable, at }];
  record(draft, at, event, { type: 'expenseAdded', ...withText(text), facts: { expense: kind, cents, nonRefundable } });
}
