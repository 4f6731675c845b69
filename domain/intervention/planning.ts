/** Dates: agreed inside opening hours, reminded of on the business day before, changed, fallen through. */
import { record, type Source, SYSTEM, withText } from '../draft.ts';
import { wrongField } from '../failures.ts';
import { covers, minus } from './amounts.ts';
import { costsFrom, isInsideLimit } from './cancellation.ts';
import { becomeReady, reserveInstead } from './credit.ts';
import { localDate, whyOutsideHours } from './days.ts';
import { closeTasks, type InterventionDraft, openTask, orderMail, tellStaff } from './draft.ts';
import { cancelledByCustomer } from './ending.ts';
import type { InterventionEventOf, PlannedTime } from './events.ts';
import { datedBy, isReminderHeld, tellUncovered } from './planHours.ts';
import { hoursOf, type InterventionRules } from './rules.ts';
import type { InterventionState, Plan } from './state.ts';
import type { UnitAmounts } from './terms.ts';
import { reservedOf, usedOf } from './usage.ts';

/** A date is agreed, the first one or another. */
export function schedule(draft: InterventionDraft, event: InterventionEventOf<'schedule'>): void {
  const { at, participants } = event;
  const { terms } = draft.rules;
  if (participants !== undefined && terms.mostParticipants !== undefined && participants > terms.mostParticipants) {
    throw wrongField('participants', `At most ${terms.mostParticipants} people of the customer's take part.`);
  }
  requireDate(draft.state, draft.rules, event, at);
  setPlan(draft, event, at, event.units);
  secure(draft, at, event);
}

/** @throws Refusal `ValidationFailed`: a date that is past, not in order, or not inside opening hours. */
function requireDate(state: InterventionState, rules: InterventionRules, date: PlannedTime, at: number): void {
  const { from, to } = date;
  if (!Number.isSafeInteger(from) || from < at) throw wrongField('from', 'The date is past.');
  if (!Number.isSafeInteger(to) || to <= from) throw wrongField('to', 'It ends before it begins.');
  const { window } = hoursOf(rules);
  if (to > window.until) throw wrongField('to', 'The date is too far ahead: its opening hours are not known yet.');
  if (state.estimate?.onCall) return;
  const why = whyOutsideHours(hoursOf(rules), from, to);
  if (why !== undefined) throw wrongField(why.startsWith('It ends') ? 'to' : 'from', why);
}

function setPlan(draft: InterventionDraft, { from, to }: PlannedTime, at: number, units?: UnitAmounts): void {
  const { state, rules } = draft;
  const usedBefore = usedOf(state, rules.terms);
  const open = minus(reservedOf(state), usedBefore);
  if (units !== undefined && !covers(open, units)) {
    throw wrongField('units', 'More units are planned than are approved and not used.');
  }
  if (state.plan) state.fallback = state.plan;
  else delete state.fallback;
  state.plan = {
    from,
    to,
    scheduledAt: at,
    units: units ?? open,
    usedBefore,
    ...datedBy(rules, { from, to }, at),
  };
  delete state.missedFrom;
}

/** What is reserved must be valid on the date: else it is reserved anew first. */
function secure(draft: InterventionDraft, at: number, source: Source): void {
  const { plan, reservations, logs } = draft.state;
  if (!plan) return;
  const on = localDate(hoursOf(draft.rules), plan.from);
  const over = reservations.filter(({ validUntil }) => validUntil !== undefined && validUntil < on);
  if (over.length === 0) return planSecured(draft, at, source);
  if (logs.length > 0) {
    throw wrongField('from', 'Units that are reserved are not valid any more on this date: complete what was done.');
  }
  draft.state.status = 'reserving';
  reserveInstead(
    draft,
    over.map(({ key }) => key),
    on,
    source,
  );
}

/** The date stands: the customer is told. */
export function planSecured(draft: InterventionDraft, at: number, source: Source = SYSTEM): void {
  const { plan } = draft.state;
  if (!plan) return becomeReady(draft, at);
  const wasFrom = draft.state.fallback?.from;
  draft.state.status = 'scheduled';
  delete draft.state.fallback;
  closeTasks(draft, 'agreeDate', 'agreeOtherDate');
  const { from, to, units, freeBefore } = plan;
  record(draft, at, source, { type: 'scheduled', facts: { from, to, amounts: units } });
  orderMail(draft, {
    ...{ kind: 'scheduled', from, to, backup: draft.rules.terms.backup },
    ...(freeBefore === undefined ? {} : { freeBefore }),
    ...(freeBefore !== undefined && freeBefore <= at ? { late: true } : {}),
    ...(wasFrom === undefined || wasFrom === from ? {} : { wasFrom }),
  });
  tellUncovered(draft, at);
}

/** By the provider: nothing is lost, another date is to be agreed. */
export function postpone(draft: InterventionDraft, event: InterventionEventOf<'postpone'>): void {
  const { plan } = draft.state;
  if (!plan) return;
  dropPlan(draft);
  record(draft, event.at, event, { type: 'postponed', text: event.text, facts: { wasFrom: plan.from } });
  orderMail(draft, { kind: 'postponed', wasFrom: plan.from, text: event.text });
  openTask(draft, event.at, { kind: 'agreeOtherDate' });
}

function dropPlan(draft: InterventionDraft): void {
  delete draft.state.plan;
  draft.state.status = draft.state.logs.length > 0 ? 'inProgress' : 'ready';
}

/** The customer wishes another date: free before the limit; inside it, it counts as cancelling, where the terms say so. */
export function changeDate(draft: InterventionDraft, event: InterventionEventOf<'changeDate'>): void {
  const { at } = event;
  const { plan } = draft.state;
  if (!plan) return;
  const limit = costsFrom(plan);
  const isLate = isInsideLimit(draft.state, at);
  if (isLate && draft.rules.terms.cancellation?.dateChangeCounts) return cancelledByCustomer(draft, event);
  requireDate(draft.state, draft.rules, event, at);
  record(draft, at, event, {
    type: 'dateChanged',
    ...withText(event.text),
    facts: { wasFrom: plan.from, from: event.from, to: event.to },
  });
  tellStaff(draft, event, 'dateChanged', { from: event.from, wasFrom: plan.from });
  setPlan(draft, event, at, plan.units);
  // Terms that let the date be changed inside the limit do not begin a new one.
  const { freeBefore } = draft.state.plan ?? {};
  if (isLate && draft.state.plan && freeBefore !== undefined && limit !== undefined) {
    draft.state.plan = { ...draft.state.plan, freeBefore: Math.min(freeBefore, limit) };
  }
  secure(draft, at, event);
}

/** The mail of the business day before, which asks for a full backup. Once work could have begun it comes too late. */
export function remindDayBefore(draft: InterventionDraft, at: number): void {
  const { plan, status } = draft.state;
  if (status !== 'scheduled' || isReminderHeld(draft.state) || !isReminderDue(plan, at)) return;
  const { from, to } = plan;
  if (at >= from) {
    const { remindAt: _, ...rest } = plan;
    draft.state.plan = rest;
    return record(draft, at, SYSTEM, { type: 'dayBeforeMissed', facts: { from } });
  }
  const reminded = orderMail(draft, { kind: 'dayBefore', from, to, backup: draft.rules.terms.backup });
  draft.state.plan = { ...plan, reminded };
}

function isReminderDue(plan: Plan | undefined, at: number): plan is Plan {
  return plan?.remindAt !== undefined && plan.reminded === undefined && plan.remindAt <= at;
}

/** The date passed and nobody worked. */
export function tellMissed(draft: InterventionDraft, at: number): void {
  const { plan, status, missedFrom } = draft.state;
  if (status !== 'scheduled' || !plan || plan.to > at || missedFrom === plan.from) return;
  draft.state.missedFrom = plan.from;
  record(draft, at, SYSTEM, { type: 'taskOpened', facts: { task: 'agreeOtherDate', wasFrom: plan.from } });
  openTask(draft, at, { kind: 'agreeOtherDate' });
}
