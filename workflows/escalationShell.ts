/** An escalation inside its workflow; see shell.ts. */
import { withoutOlder } from '../domain/changedHours.ts';
import type { EscalationRules } from '../domain/escalation/draft.ts';
import type { EscalationEffect } from '../domain/escalation/effects.ts';
import { advanceEscalation, openEscalation } from '../domain/escalation/escalation.ts';
import type { EscalationEvent, EscalationEventOf } from '../domain/escalation/events.ts';
import { type EscalationDueMoment, nextMoment } from '../domain/escalation/passing.ts';
import type { EscalationState } from '../domain/escalation/state.ts';
import type { EscalationTerms } from '../domain/escalation/terms.ts';
import { type DerivedEscalation, deriveView } from '../domain/escalation/view.ts';
import { wholeTerms } from '../domain/shortTerms.ts';
import { distributorHere } from './escalationBoundary.ts';
import { createPerformer } from './escalationEffects.ts';
import type { EscalationInput } from './escalationMessages.ts';
import { distributorBehind } from './nexusBoundary.ts';
import { type Core, happenedAt, hold, type Shell } from './shell.ts';

/** An escalation inside its workflow. */
export type EscalationShell = Shell<
  EscalationState,
  EscalationEvent,
  EscalationTerms,
  EscalationDueMoment,
  DerivedEscalation
>;

const CORE: Core<
  EscalationState,
  EscalationEvent,
  EscalationEffect,
  EscalationTerms,
  EscalationDueMoment,
  DerivedEscalation
> = {
  inForce(event, held) {
    if (event.type !== 'windowExtended') return held;
    return { ...held, windows: { ...held.windows, ...withoutOlder(event.windows, held.windows) } };
  },
  advance: advanceEscalation,
  nextMoment,
  derive: deriveView,
};

/** The shell of a new escalation, or of one that goes on. @throws Refusal for a priority that the terms do not know. */
export function createShell(
  input: EscalationInput,
  now: number,
  changed: (shell: EscalationShell) => void,
): EscalationShell {
  // Terms keep what short forms do not know.
  const terms = wholeTerms(input.terms) as EscalationTerms;
  const distributor = input.reportsTo === undefined ? distributorHere : distributorBehind(input.reportsTo);
  const first = (rules: EscalationRules) =>
    input.state ? { state: input.state, effects: input.state.pending } : sent(input, rules, now);
  return hold({ terms, windows: input.windows }, first, CORE, { perform: createPerformer(distributor), changed });
}

function sent(input: EscalationInput, rules: EscalationRules, now: number): ReturnType<typeof openEscalation> {
  if (!input.send) throw new RangeError('the input has neither a sending nor a state');
  const { receivedAt, ...command } = input.send;
  const event: EscalationEventOf<'send'> = { ...command, type: 'send', ...happenedAt(now, receivedAt) };
  return openEscalation(input, event, rules);
}
