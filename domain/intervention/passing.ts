/** What the passing of time decides of an intervention, and when it does next. */

import { orderWindow } from '../draft.ts';
import { extensionDueAt } from '../openingHours.ts';
import { earliestOf, mayAskForWindow, windowMoments } from '../passing.ts';
import { hasEnded } from './credit.ts';
import type { InterventionDraft } from './draft.ts';
import { expire } from './estimating.ts';
import { hasNewerHours, hoursChanged, isReminderHeld } from './planHours.ts';
import { remindDayBefore, tellMissed } from './planning.ts';
import { calendarsOf, type InterventionRules } from './rules.ts';
import type { InterventionState } from './state.ts';
import { expiresAt, nextReminder, remind } from './waiting.ts';
import { workMoments } from './work.ts';

/** Windows are asked for again when fewer business days are left: dates are agreed some months ahead. */
const BUSINESS_DAYS_AHEAD = 120;

/** Something that will be due; epoch milliseconds. */
export interface InterventionMoment {
  readonly what: 'share' | 'workEnds' | 'expiry' | 'dayBefore' | 'reminder' | 'missed' | 'window' | 'hours';
  readonly at: number;
}

/** After the messages of an activation: expiry, reminders, what passed unperformed, opening hours further ahead. */
export function decidePassing(draft: InterventionDraft, at: number): void {
  if (hasEnded(draft.state)) return;
  if (hasNewerHours(draft.state, draft.rules)) hoursChanged(draft, at);
  expire(draft, at);
  remindDayBefore(draft, at);
  remind(draft, at);
  tellMissed(draft, at);
  if (hasEnded(draft.state) || !mayAskForWindow(draft.state, at)) return;
  if (needsWindow(draft.state, draft.rules, at)) orderWindow(draft);
}

/** Whether the windows end too soon at `at`, or a due moment lies beyond them. */
export function needsWindow(state: InterventionState, rules: InterventionRules, at: number): boolean {
  return isBeyond(state, rules) || windowDueAt(rules) <= at;
}

function isBeyond(state: InterventionState, rules: InterventionRules): boolean {
  const reminder = nextReminder(state, rules);
  const isUnknown = state.status === 'estimated' && expiresAt(state, rules) === undefined;
  return isUnknown || (reminder !== undefined && 'beyond' in reminder.due);
}

function windowDueAt({ terms, openings }: InterventionRules): number {
  return Math.min(...calendarsOf(terms).map((name) => extensionDueAt(openings(name), BUSINESS_DAYS_AHEAD)));
}

/** The earliest moment at which time decides something; undefined when only a message can change it. */
export function nextInterventionMoment(
  state: InterventionState,
  rules: InterventionRules,
): InterventionMoment | undefined {
  if (hasEnded(state)) return undefined;
  const moments: InterventionMoment[] = [];
  const add = (what: InterventionMoment['what'], at: number | undefined) => {
    if (at !== undefined && Number.isFinite(at)) moments.push({ what, at });
  };
  const { shareAt, endsAt } = workMoments(state, rules);
  add('share', shareAt);
  add('workEnds', endsAt);
  add('expiry', expiresAt(state, rules));
  const reminder = nextReminder(state, rules);
  if (reminder && 'at' in reminder.due) add('reminder', reminder.due.at);
  addPlan(state, add);
  if (hasNewerHours(state, rules)) add('hours', state.lastAt);
  const at = isBeyond(state, rules) ? state.lastAt : windowDueAt(rules);
  return earliestOf([...moments, ...windowMoments(state, at)]);
}

function addPlan(
  state: InterventionState,
  add: (what: InterventionMoment['what'], at: number | undefined) => void,
): void {
  const { plan, status, missedFrom } = state;
  if (!plan || status !== 'scheduled') return;
  if (plan.reminded === undefined && !isReminderHeld(state)) add('dayBefore', plan.remindAt);
  if (missedFrom !== plan.from) add('missed', plan.to);
}
