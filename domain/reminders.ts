/**
 * The 1/2/3 cycle: what a silent customer is sent while the request waits, and when silence closes it (D §1.4.2).
 *
 * A reminder counts when the mail server accepted it; spacing and closing are counted from there. So after an outage the
 * next unsent reminder goes out and the spacing follows: never three in a burst, never a step left out.
 */
import { laterOf } from './clocks.ts';
import { delayBetween, dueAfter } from './delays.ts';
import type { ReminderStep } from './effects.ts';
import type { Reach } from './openingHours.ts';
import type { Rules } from './rules.ts';
import type { RequestState } from './state.ts';

/** What comes next while waiting. */
export type ReminderMoment =
  | { readonly what: 'reminder'; readonly step: ReminderStep; readonly due: Reach }
  | { readonly what: 'closing'; readonly due: Reach };

/**
 * The next step of the cycle; undefined when the request is not waiting, its terms have no reminders, a reminder is on
 * its way, or a person is needed first: a wrong address stops the cycle, an unseen message stops the closing.
 */
export function nextReminderMoment(state: RequestState, rules: Rules): ReminderMoment | undefined {
  const waiting = state.waiting;
  const terms = rules.terms.priorities[state.priority]?.reminders;
  if (!waiting || !terms || waiting.sending !== undefined) return undefined;
  if (state.tasks.some((task) => task.kind === 'correctAddress')) return undefined;

  const last = waiting.sent.at(-1);
  if (waiting.sent.length >= 3 && last) {
    if (state.tasks.some((task) => task.kind === 'lookAtMessage')) return undefined;
    return { what: 'closing', due: dueAfter(terms.closeAfterThird, last.at, rules.openings, []) };
  }
  const step = (waiting.sent.length + 1) as ReminderStep;
  const delay = terms.after[step - 1] ?? terms.after[2];
  const fromWaiting = dueAfter(delay, waiting.since, rules.openings, []);
  const previous = terms.after[step - 2];
  if (!last || !previous) return { what: 'reminder', step, due: fromWaiting };
  const fromLast = dueAfter(delayBetween(previous, delay), last.at, rules.openings, []);
  return { what: 'reminder', step, due: laterOf(fromWaiting, fromLast) };
}

/**
 * What follows reminder `step` if nobody answers, as said in that reminder, when it goes out at `sendingAt`. Without
 * `at` when it lies beyond the opening window.
 */
export function afterReminder(
  state: RequestState,
  step: ReminderStep,
  sendingAt: number,
  rules: Rules,
): { what: 'reminder' | 'closing'; at?: number } {
  const waiting = state.waiting;
  if (!waiting) return { what: 'closing' };
  const { sending: _, ...quiet } = waiting;
  const sent = [...waiting.sent.slice(0, step - 1), { key: '', at: sendingAt }];
  const moment = nextReminderMoment({ ...state, tasks: [], waiting: { ...quiet, sent } }, rules);
  return { what: moment?.what ?? 'closing', ...(moment && 'at' in moment.due ? { at: moment.due.at } : {}) };
}
