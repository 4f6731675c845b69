/** An intervention inside its workflow; see shell.ts. */
import { withoutOlder } from '../domain/changedHours.ts';
import type { InterventionEffect } from '../domain/intervention/effects.ts';
import type { InterventionEvent, InterventionEventOf } from '../domain/intervention/events.ts';
import { advanceIntervention, openIntervention } from '../domain/intervention/intervention.ts';
import { type InterventionMoment, nextInterventionMoment } from '../domain/intervention/passing.ts';
import { inRelease } from '../domain/intervention/release.ts';
import type { InterventionRules } from '../domain/intervention/rules.ts';
import type { InterventionState } from '../domain/intervention/state.ts';
import type { InterventionTerms } from '../domain/intervention/terms.ts';
import { type InterventionView, interventionView } from '../domain/intervention/view.ts';
import { performIntervention } from './interventionEffects.ts';
import type { InterventionInput } from './interventionMessages.ts';
import { type Core, happenedAt, hold, type Shell } from './shell.ts';

/** An intervention inside its workflow. */
export type InterventionShell = Shell<
  InterventionState,
  InterventionEvent,
  InterventionTerms,
  InterventionMoment,
  InterventionView
>;

const CORE: Core<
  InterventionState,
  InterventionEvent,
  InterventionEffect,
  InterventionTerms,
  InterventionMoment,
  InterventionView
> = {
  inForce(event, held) {
    if (event.type !== 'openingHoursChanged' && event.type !== 'windowExtended') return held;
    return { ...held, windows: { ...held.windows, ...withoutOlder(event.windows, held.windows) } };
  },
  advance: advanceIntervention,
  nextMoment: nextInterventionMoment,
  derive: interventionView,
};

/**
 * The shell of a new intervention, or of one that goes on. `isFirst`: the run began on the first release.
 *
 * @throws Refusal for a module that the terms do not have
 */
export function createShell(
  input: InterventionInput,
  { now, isFirst }: { readonly now: number; readonly isFirst: boolean },
  changed: (shell: InterventionShell) => void,
): InterventionShell {
  const { terms, windows } = input;
  const first = (rules: InterventionRules) => {
    const { state, effects } = input.state
      ? { state: input.state, effects: input.state.pending }
      : opened(input, rules, now);
    return { state: inRelease(state, isFirst), effects };
  };
  return hold({ terms, windows }, first, CORE, { perform: performIntervention, changed });
}

function opened(input: InterventionInput, rules: InterventionRules, now: number): ReturnType<typeof openIntervention> {
  if (!input.open) throw new RangeError('the input has neither an opening nor a state');
  const { receivedAt, ...command } = input.open;
  const event: InterventionEventOf<'open'> = { ...command, type: 'open', ...happenedAt(now, receivedAt) };
  return openIntervention(input, event, rules);
}
