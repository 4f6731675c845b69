/**
 * What interventions do otherwise than in the first release. A run that began on it goes on as it began, so that its history
 * replays; with its next run, which continues as new or is made again, this ends.
 *
 * The first release told staff nothing of what the customer decided, forgot what an agent had asked for while an order was
 * awaited, and that it was awaited when more was declined, held the customer to a date that had passed without work, took down
 * work at any hour, and noted a reminder of a date that another one had overtaken.
 */
import type { InterventionState } from './state.ts';

/** Whether the run began on the first release. */
export function isAsFirstReleased({ asFirstReleased }: Pick<InterventionState, 'asFirstReleased'>): boolean {
  return asFirstReleased === true;
}

/** The state as a run goes on from it. */
export function inRelease(state: InterventionState, isFirst: boolean): InterventionState {
  const { asFirstReleased: _, ...rest } = state;
  return isFirst ? { ...rest, asFirstReleased: true } : rest;
}
