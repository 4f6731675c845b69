/**
 * A publisher that does not acknowledge is chased. A chaser counts when the mail server accepted it, and the next one's
 * spacing is counted from there; after the last, and its spacing once more, staff are told that nobody answers.
 */
import { laterOf } from '../clocks.ts';
import { delayBetween, dueAfter } from '../delays.ts';
import type { Reach } from '../openingHours.ts';
import type { Delay } from '../terms.ts';
import { type EscalationDraft, type EscalationRules, openTask, orderMail } from './draft.ts';
import type { EscalationState } from './state.ts';

/** What comes next while nobody acknowledges; `step` counts from 1. */
export type ChaserMoment =
  | { readonly what: 'chaser'; readonly step: number; readonly due: Reach }
  | { readonly what: 'silent'; readonly due: Reach };

/** Undefined once it is acknowledged or over, while a chaser is on its way, and while the address is wrong. */
export function nextChaserMoment(state: EscalationState, rules: EscalationRules): ChaserMoment | undefined {
  const after = rules.terms.chasers?.after ?? [];
  if (state.status !== 'sent' || state.chasing !== undefined || state.silentSince !== undefined) return undefined;
  if (state.tasks.some((task) => task.kind === 'correctAddress')) return undefined;

  const last = state.chased.at(-1);
  const step = state.chased.length + 1;
  const delay = after[step - 1];
  const fromLast = (spacing: Delay): Reach => dueAfter(spacing, last?.at ?? state.registeredAt, rules.openings);
  if (delay === undefined) {
    const spacing = spacingBefore(after, after.length);
    return spacing && { what: 'silent', due: fromLast(spacing) };
  }
  const fromSending = dueAfter(delay, state.registeredAt, rules.openings);
  const spacing = last && spacingBefore(after, step);
  return { what: 'chaser', step, due: spacing ? laterOf(fromSending, fromLast(spacing)) : fromSending };
}

/** What lies between the chaser before this step, or the sending, and it. */
function spacingBefore(after: readonly Delay[], step: number): Delay | undefined {
  const [previous, delay] = [after[step - 2], after[step - 1]];
  return previous && delay ? delayBetween(previous, delay) : delay;
}

/** The next chaser, or the task for staff, if its moment has come. */
export function decideChaser(draft: EscalationDraft, at: number): void {
  const moment = nextChaserMoment(draft.state, draft.rules);
  if (!moment || 'beyond' in moment.due || moment.due.at > at) return;
  if (moment.what === 'silent') {
    draft.state.silentSince = at;
    return openTask(draft, { kind: 'publisherSilent', since: at });
  }
  draft.state.chasing = orderMail(draft, { kind: 'chaser', step: moment.step, sentAt: draft.state.registeredAt });
}
