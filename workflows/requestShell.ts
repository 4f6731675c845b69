/** A request inside its workflow; see shell.ts. */
import { withoutOlder } from '../domain/changedHours.ts';
import type { Effect } from '../domain/effects.ts';
import type { EventOf, RequestEvent } from '../domain/events.ts';
import { type DueMoment, nextMoment } from '../domain/passing.ts';
import { advance, openRequest } from '../domain/request.ts';
import type { Rules } from '../domain/rules.ts';
import type { RequestState } from '../domain/state.ts';
import type { RequestTerms } from '../domain/terms.ts';
import { type DerivedView, deriveView } from '../domain/view.ts';
import type { SupportRequestInput } from './messages.ts';
import { perform } from './requestEffects.ts';
import { type Core, happenedAt, hold, type Judging, type Shell } from './shell.ts';

/** A request inside its workflow. */
export type RequestShell = Shell<RequestState, RequestEvent, RequestTerms, DueMoment, DerivedView>;

const CORE: Core<RequestState, RequestEvent, Effect, RequestTerms, DueMoment, DerivedView> = {
  inForce,
  advance,
  nextMoment,
  derive: deriveView,
};

function inForce(event: RequestEvent, held: Judging<RequestTerms>): Judging<RequestTerms> {
  const { terms, windows } = held;
  switch (event.type) {
    case 'amendTerms':
      return { terms: event.terms, windows: event.windows };
    case 'openingHoursChanged':
    case 'windowExtended':
      return { terms, windows: { ...windows, ...withoutOlder(event.windows, windows) } };
    default:
      return held;
  }
}

/**
 * The shell of a new request (its receipt and first save are started at once), or of one that goes on: what its state
 * still waits for is started again, under the same keys. `changed` is called after each change. @throws Refusal for an opening that the terms refuse.
 */
export function createShell(
  input: SupportRequestInput,
  now: number,
  changed: (shell: RequestShell) => void,
): RequestShell {
  const first = (rules: Rules) =>
    input.state ? { state: input.state, effects: input.state.pending } : opened(input, rules, now);
  return hold(input, first, CORE, { perform, changed });
}

function opened(input: SupportRequestInput, rules: Rules, now: number): ReturnType<typeof openRequest> {
  if (!input.open) throw new RangeError('the input has neither an opening nor a state');
  const { receivedAt, ...command } = input.open;
  const event: EventOf<'open'> = { ...command, type: 'open', ...happenedAt(now, receivedAt) };
  return openRequest(input.number, event, rules);
}
