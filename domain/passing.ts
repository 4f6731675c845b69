/** What the passing of time decides: warnings, breaches, reminders, closing by silence, and the reach of the window. */
import { clockMoments, reachesBeyond } from './clocks.ts';
import { close } from './closing.ts';
import { type ClockedDraft, type Draft, orderMail, orderWindow, record, SYSTEM } from './draft.ts';
import type { ReminderStep } from './effects.ts';
import { extensionDueAt } from './openingHours.ts';
import { afterReminder, nextReminderMoment } from './reminders.ts';
import type { Rules } from './rules.ts';
import type { Clocked, RequestState } from './state.ts';
import type { ClockName, Delay } from './terms.ts';

/** Windows that came too short are asked for again after this; milliseconds. */
const WINDOW_PATIENCE_MS = 24 * 3_600_000;

/** A warning or breach that has come: when it is recorded, and whether staff are told. */
export interface ComeMoment {
  readonly what: 'warning' | 'breach';
  readonly at: number;
  readonly isTold: boolean;
  readonly facts: { readonly clock: ClockName; readonly dueAt: number; readonly because?: 'budgetChanged' };
}

/** Records and tells the warnings and breaches that have come at `at`. */
export function decideClocks(draft: Draft, at: number): void {
  for (const { what, at: moment, isTold, facts } of markClocks(draft, at)) {
    record(draft, moment, SYSTEM, { type: what === 'breach' ? 'clockBreached' : 'clockWarned', facts });
    const { clock, dueAt } = facts;
    if (isTold) orderMail(draft, { kind: what, clock, dueAt, priority: draft.state.priority });
  }
}

/**
 * Notes on the clocks the warnings and breaches whose moment has come at `at`, each once, at its due instant; a warning that
 * a change of budget brought about, at that change. The alert for a warning whose clock is breached by then is left out: the
 * breach says it.
 */
export function markClocks(draft: ClockedDraft, at: number): ComeMoment[] {
  const come = clockMoments(draft.state, draft.rules)
    .filter((moment) => moment.at <= at)
    .sort((a, b) => a.at - b.at);
  const breached = new Set(come.filter((moment) => moment.what === 'breach').map((moment) => moment.name));
  return come.map((moment) => {
    const { name, due } = moment;
    const clock = draft.state.clocks[name] ?? {};
    const isBreach = moment.what === 'breach';
    const warnedAt = Math.max(moment.at, draft.state.lastAt);
    const change = isBreach ? { breachedAt: due } : { warnedAt };
    draft.state.clocks = { ...draft.state.clocks, [name]: { ...clock, ...change } };
    // A change of priority or terms made it due when it happened: the reader should know.
    const because = isBreach && clock.notBefore === due ? { because: 'budgetChanged' as const } : {};
    return {
      what: moment.what,
      at: isBreach ? due : warnedAt,
      isTold: isBreach || !breached.has(name),
      facts: { clock: name, dueAt: due, ...because },
    };
  });
}

/** The next reminder, or the closing, if its moment has come. Silence on a fix that only waits for production confirms it. */
export function decideSilence(draft: Draft, at: number): void {
  const moment = nextReminderMoment(draft.state, draft.rules);
  const waiting = draft.state.waiting;
  if (!moment || !waiting || 'beyond' in moment.due || moment.due.at > at) return;
  if (moment.what === 'closing') {
    const reason = waiting.for === 'production' ? 'confirmed' : 'noAnswer';
    close(draft, reason, at, SYSTEM, { waitingSince: waiting.since, waitingFor: waiting.for });
    return;
  }
  const { proposal } = draft.state;
  const sending = orderMail(draft, {
    kind: 'reminder',
    step: moment.step,
    waitingFor: waiting.for,
    ...(waiting.for === 'confirmation' && proposal ? { proposal: proposal.kind } : {}),
    waitingSince: waiting.since,
    next: afterReminder(draft.state, moment.step, at, draft.rules),
  });
  draft.state.waiting = { ...waiting, sending };
}

/** What a request's clocks, reminders and reopening count on. */
function windowDueAt(state: RequestState, rules: Rules): number {
  const reminders = rules.terms.priorities[state.priority]?.reminders;
  return windowsDueAt([...(reminders ? [reminders.after[0]] : []), rules.terms.reopenWithin], state, rules);
}

/**
 * From when on the windows of the clocks' calendars, and of these delays', are too short: fewer than ten business days left;
 * epoch milliseconds, infinite without any.
 */
export function windowsDueAt(delays: readonly Delay[], { priority }: Clocked, rules: Rules): number {
  const clocks = Object.values(rules.terms.priorities[priority]?.clocks ?? {}).map((clock) => clock.delay);
  const calendars = new Set([...clocks, ...delays].flatMap((delay) => ('calendar' in delay ? [delay.calendar] : [])));
  return Math.min(...[...calendars].map((name) => extensionDueAt(rules.openings(name))));
}

function windowTooShort(state: RequestState, rules: Rules): boolean {
  const reminder = nextReminderMoment(state, rules);
  return reachesBeyond(state, rules) || (reminder !== undefined && 'beyond' in reminder.due);
}

/** Asks, once, for windows that reach further, when they end too soon or a due moment lies beyond them. */
export function decideWindow(draft: Draft, at: number): void {
  if (draft.state.status === 'closed' || !mayAskForWindow(draft.state, at)) return;
  if (needsWindow(draft.state, draft.rules, at)) orderWindow(draft);
}

/** What is remembered of windows that were asked for. */
export type WindowAsked = Pick<RequestState, 'extending' | 'extendNotBefore'>;

/** Not while one is being built, nor soon after one that came too short. */
export function mayAskForWindow({ extending, extendNotBefore = 0 }: WindowAsked, at: number): boolean {
  return !extending && at >= extendNotBefore;
}

/** Windows that were asked for came; those that are still too short are asked for again on the next day: at once, it might never end. */
export function windowCame(
  { state }: { readonly state: { extending?: boolean; extendNotBefore?: number } },
  at: number,
  isTooShort: boolean,
): void {
  delete state.extending;
  if (isTooShort) state.extendNotBefore = at + WINDOW_PATIENCE_MS;
  else delete state.extendNotBefore;
}

/** Whether the windows end too soon at `at`, or a due moment lies beyond them. */
export function needsWindow(state: RequestState, rules: Rules, at: number): boolean {
  return windowTooShort(state, rules) || windowDueAt(state, rules) <= at;
}

/** A warning or breach that will come; epoch milliseconds. */
export interface ClockDueMoment {
  readonly what: 'warning' | 'breach';
  readonly clock: ClockName;
  readonly at: number;
  readonly due: number;
}

/** Something that will be due; epoch milliseconds. */
export type DueMoment =
  | ClockDueMoment
  | { readonly what: 'reminder'; readonly step: ReminderStep; readonly at: number }
  | { readonly what: 'closing' | 'window'; readonly at: number };

/** The earliest moment at which a `time` event will decide something; undefined when only a message can change it. */
export function nextMoment(state: RequestState, rules: Rules): DueMoment | undefined {
  if (state.status === 'closed') return undefined;
  const moments: DueMoment[] = clockDues(state, rules);
  const reminder = nextReminderMoment(state, rules);
  if (reminder && 'at' in reminder.due) {
    const { at } = reminder.due;
    moments.push(reminder.what === 'closing' ? { what: 'closing', at } : { what: 'reminder', step: reminder.step, at });
  }
  const at = windowTooShort(state, rules) ? state.lastAt : windowDueAt(state, rules);
  return earliestOf([...moments, ...windowMoments(state, at)]);
}

/** Warnings and breaches still to come. */
export function clockDues(state: Clocked, rules: Rules): ClockDueMoment[] {
  return clockMoments(state, rules).map(({ name, what, at, due }) => ({ what, clock: name, at, due }));
}

/** When a wider window is asked for that is needed from `at` on (infinite: never). */
export function windowMoments(
  { extending, extendNotBefore }: WindowAsked,
  at: number,
): { what: 'window'; at: number }[] {
  if (extending || !Number.isFinite(at)) return [];
  return [{ what: 'window', at: Math.max(at, extendNotBefore ?? at) }];
}

/** The first of the earliest; undefined when there is none. */
export function earliestOf<M extends { readonly at: number }>(moments: readonly M[]): M | undefined {
  return moments.reduce<M | undefined>((first, moment) => (first && first.at <= moment.at ? first : moment), undefined);
}
