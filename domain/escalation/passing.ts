/** What the passing of time decides on an escalation: warnings, breaches, chasers, and the reach of the windows. */
import { reachesBeyond } from '../clocks.ts';
import { orderWindow, record, SYSTEM } from '../draft.ts';
import {
  type ClockDueMoment,
  clockDues,
  earliestOf,
  markClocks,
  mayAskForWindow,
  windowMoments,
  windowsDueAt,
} from '../passing.ts';
import { nextChaserMoment } from './chasers.ts';
import { type EscalationDraft, type EscalationRules, orderMail, report } from './draft.ts';
import type { EscalationState } from './state.ts';
import { isOver } from './transitions.ts';

/** Records and tells the warnings and breaches that have come at `at`; of a breach the request hears too. */
export function decideClocks(draft: EscalationDraft, at: number): void {
  for (const { what, at: moment, isTold, facts } of markClocks(draft, at)) {
    const { clock, dueAt } = facts;
    const isBreach = what === 'breach';
    record(draft, moment, SYSTEM, { type: isBreach ? 'clockBreached' : 'clockWarned', facts });
    if (!isTold) continue;
    const kind = isBreach ? 'publisherBreach' : 'publisherWarning';
    orderMail(draft, { kind, clock, dueAt, priority: draft.state.priority });
    // The request knows one promise of its publisher: that of a resolution.
    if (isBreach && clock === 'resolution') report(draft, dueAt, 'system', { what: 'breached', dueAt });
  }
}

/** Asks, once, for windows that reach further, when they end too soon or a due moment lies beyond them. */
export function decideWindow(draft: EscalationDraft, at: number): void {
  if (isOver(draft.state) || !mayAskForWindow(draft.state, at)) return;
  if (needsWindow(draft.state, draft.rules, at)) orderWindow(draft);
}

/** Whether the windows end too soon at `at`, or a due moment lies beyond them. */
export function needsWindow(state: EscalationState, rules: EscalationRules, at: number): boolean {
  return neededFrom(state, rules) <= at;
}

function neededFrom(state: EscalationState, rules: EscalationRules): number {
  const chaser = nextChaserMoment(state, rules);
  const isBeyond = reachesBeyond(state, rules) || (chaser !== undefined && 'beyond' in chaser.due);
  return isBeyond ? state.lastAt : windowsDueAt(rules.terms.chasers?.after ?? [], state, rules);
}

/** Something that will be due; epoch milliseconds. */
export type EscalationDueMoment =
  | ClockDueMoment
  | { readonly what: 'chaser'; readonly step: number; readonly at: number }
  | { readonly what: 'silent' | 'window'; readonly at: number };

/** The earliest moment at which a `time` event will decide something; undefined when only a message can change it. */
export function nextMoment(state: EscalationState, rules: EscalationRules): EscalationDueMoment | undefined {
  if (isOver(state)) return undefined;
  const chaser = nextChaserMoment(state, rules);
  return earliestOf<EscalationDueMoment>([
    ...clockDues(state, rules),
    ...(chaser && 'at' in chaser.due ? [{ ...chaser, at: chaser.due.at }] : []),
    ...windowMoments(state, neededFrom(state, rules)),
  ]);
}
