/** What the passing of time decides: warnings, breaches, reminders, closing by silence, and the reach of the window. */
import { clockMoments, reachesBeyond } from './clocks.ts';
import { close } from './closing.ts';
import { type Draft, orderMail, orderWindow, record, SYSTEM } from './draft.ts';
import type { ReminderStep } from './effects.ts';
import { extensionDueAt } from './openingHours.ts';
import { afterReminder, nextReminderMoment } from './reminders.ts';
import type { Rules } from './rules.ts';
import type { RequestState } from './state.ts';
import type { ClockName } from './terms.ts';

/**
 * Warnings and breaches whose moment has come at `at`, each recorded once, at its due instant; a warning that a change of
 * budget brought about, at that change. The alert for a warning whose clock is breached by then is left out: the breach
 * says it.
 */
export function decideClocks(draft: Draft, at: number): void {
  const come = clockMoments(draft.state, draft.rules)
    .filter((moment) => moment.at <= at)
    .sort((a, b) => a.at - b.at);
  const breached = new Set(come.filter((moment) => moment.what === 'breach').map((moment) => moment.name));
  for (const moment of come) {
    const { name, due } = moment;
    const clock = draft.state.clocks[name] ?? {};
    const isBreach = moment.what === 'breach';
    const warnedAt = Math.max(moment.at, draft.state.lastAt);
    const change = isBreach ? { breachedAt: due } : { warnedAt };
    draft.state.clocks = { ...draft.state.clocks, [name]: { ...clock, ...change } };
    // A change of priority or terms made it due when it happened: the reader should know.
    const because = isBreach && clock.notBefore === due ? { because: 'budgetChanged' as const } : {};
    record(draft, isBreach ? due : warnedAt, SYSTEM, {
      type: isBreach ? 'clockBreached' : 'clockWarned',
      facts: { clock: name, dueAt: due, ...because },
    });
    if (isBreach || !breached.has(name)) {
      orderMail(draft, { kind: moment.what, clock: name, dueAt: due, priority: draft.state.priority });
    }
  }
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

/** The calendars that a request's clocks, reminders and reopening count on. */
function calendars(rules: Rules, state: RequestState): string[] {
  const priority = rules.terms.priorities[state.priority];
  const delays = [
    ...Object.values(priority?.clocks ?? {}).map((clock) => clock.delay),
    ...(priority?.reminders ? [priority.reminders.after[0]] : []),
    rules.terms.reopenWithin,
  ];
  return [...new Set(delays.flatMap((delay) => ('calendar' in delay ? [delay.calendar] : [])))];
}

/** From when on the windows are too short: fewer than ten business days left. */
function windowDueAt(state: RequestState, rules: Rules): number {
  return Math.min(...calendars(rules, state).map((name) => extensionDueAt(rules.openings(name))));
}

function windowTooShort(state: RequestState, rules: Rules): boolean {
  const reminder = nextReminderMoment(state, rules);
  return reachesBeyond(state, rules) || (reminder !== undefined && 'beyond' in reminder.due);
}

/** Asks, once, for windows that reach further, when they end too soon or a due moment lies beyond them. */
export function decideWindow(draft: Draft, at: number): void {
  const { status, extending, extendNotBefore } = draft.state;
  if (status === 'closed' || extending || (extendNotBefore !== undefined && at < extendNotBefore)) return;
  if (needsWindow(draft.state, draft.rules, at)) orderWindow(draft);
}

/** Whether the windows end too soon at `at`, or a due moment lies beyond them. */
export function needsWindow(state: RequestState, rules: Rules, at: number): boolean {
  return windowTooShort(state, rules) || windowDueAt(state, rules) <= at;
}

/** Something that will be due; epoch milliseconds. */
export type DueMoment =
  | { readonly what: 'warning' | 'breach'; readonly clock: ClockName; readonly at: number; readonly due: number }
  | { readonly what: 'reminder'; readonly step: ReminderStep; readonly at: number }
  | { readonly what: 'closing' | 'window'; readonly at: number };

/** The earliest moment at which a `time` event will decide something; undefined when only a message can change it. */
export function nextMoment(state: RequestState, rules: Rules): DueMoment | undefined {
  if (state.status === 'closed') return undefined;
  const moments: DueMoment[] = clockMoments(state, rules).map(({ name, what, at, due }) => ({
    what,
    clock: name,
    at,
    due,
  }));
  const reminder = nextReminderMoment(state, rules);
  if (reminder && 'at' in reminder.due) {
    const { at } = reminder.due;
    moments.push(reminder.what === 'closing' ? { what: 'closing', at } : { what: 'reminder', step: reminder.step, at });
  }
  if (!state.extending) {
    const at = windowTooShort(state, rules) ? state.lastAt : windowDueAt(state, rules);
    if (Number.isFinite(at)) moments.push({ what: 'window', at: Math.max(at, state.extendNotBefore ?? at) });
  }
  return moments.reduce<DueMoment | undefined>(
    (first, moment) => (first && first.at <= moment.at ? first : moment),
    undefined,
  );
}
