/** What meets the clocks of a request, and what a change of priority or terms does to them. */
import { budgetUsedUp, isMetBy, promisedClocks } from './clocks.ts';
import type { ClockedDraft } from './draft.ts';
import type { ClockState } from './state.ts';
import { CLOCK_NAMES, type ClockName, type MetBy } from './terms.ts';

/** Meets, at `at`, every clock that this meets by its terms and that is not met yet. */
export function meet(draft: ClockedDraft, by: MetBy, at: number): void {
  for (const name of CLOCK_NAMES) {
    const isMet = draft.state.clocks[name]?.metAt !== undefined;
    if (!isMet && isMetBy(draft.state, name, by, draft.rules.terms)) changeClock(draft, name, { metAt: at });
  }
}

function changeClock(draft: ClockedDraft, name: ClockName, change: Partial<ClockState>): void {
  draft.state.clocks = { ...draft.state.clocks, [name]: { ...draft.state.clocks[name], ...change } };
}

/** Takes back what meets a clock; its start, its pauses and its breach stay. */
export function unmeet(draft: ClockedDraft, name: ClockName): void {
  const clock = draft.state.clocks[name];
  if (clock?.metAt === undefined) return;
  const { metAt: _, ...running } = clock;
  draft.state.clocks = { ...draft.state.clocks, [name]: running };
}

/** The new budgets count from the old starts, with the old pauses; one that is used up already is due now, not before. */
export function newBudgets(draft: ClockedDraft, at: number): void {
  for (const clock of promisedClocks(draft.state, draft.rules.terms)) {
    const { notBefore: wasDue, ...plain } = clock.state;
    const usedUp = budgetUsedUp(clock, draft.state.pauses, at, draft.rules);
    if (!usedUp && wasDue === undefined) continue;
    draft.state.clocks = { ...draft.state.clocks, [clock.name]: usedUp ? { ...plain, notBefore: at } : plain };
  }
}
