/**
 * What holds a request inside its workflow: the state, the rules it is judged by, and the one way to change them. Handlers
 * and results of effects all come through `apply`, in order of arrival.
 */

import { withoutOlder } from '../domain/changedHours.ts';
import type { EventOf, RequestEvent, Windows } from '../domain/events.ts';
import { type DueMoment, nextMoment } from '../domain/passing.ts';
import { advance, openRequest } from '../domain/request.ts';
import { type Rules, rulesOf } from '../domain/rules.ts';
import type { RequestState } from '../domain/state.ts';
import type { RequestTerms } from '../domain/terms.ts';
import { type DerivedView, deriveView } from '../domain/view.ts';
import type { SupportRequestInput } from './messages.ts';
import { perform } from './requestEffects.ts';

/** A request inside its workflow. */
export interface RequestShell {
  readonly state: RequestState;
  readonly terms: RequestTerms;
  readonly windows: Windows;
  readonly rules: Rules;
  /** What a `time` event will decide next; kept until state or rules change. */
  readonly next: DueMoment | undefined;
  /** What the rules make of the state, for its view; kept as long. */
  readonly derived: DerivedView;
  /** Gives an event to the core and starts its effects. @throws Refusal; nothing has changed. */
  apply(event: RequestEvent): void;
  /** What `apply` would do, without doing it. @throws Refusal */
  check(event: RequestEvent): void;
}

/** The terms and windows in force at an event: some events bring new ones. */
function inForce(
  event: RequestEvent,
  terms: RequestTerms,
  windows: Windows,
): { terms: RequestTerms; windows: Windows } {
  switch (event.type) {
    case 'amendTerms':
      return { terms: event.terms, windows: event.windows };
    case 'openingHoursChanged':
    case 'windowExtended':
      return { terms, windows: { ...windows, ...withoutOlder(event.windows, windows) } };
    default:
      return { terms, windows };
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
  let { terms, windows } = input;
  let rules = rulesOf({ terms, windows });
  let next: { moment: DueMoment | undefined } | undefined;
  let derived: DerivedView | undefined;
  const first = input.state ? { state: input.state, effects: input.state.pending } : opened(input, rules, now);
  let state = first.state;

  const shell: RequestShell = {
    get state() {
      return state;
    },
    get terms() {
      return terms;
    },
    get windows() {
      return windows;
    },
    get rules() {
      return rules;
    },
    get next() {
      next ??= { moment: nextMoment(state, rules) };
      return next.moment;
    },
    get derived() {
      derived ??= deriveView(state, rules);
      return derived;
    },
    apply(event) {
      const fresh = inForce(event, terms, windows);
      const freshRules = fresh.terms === terms && fresh.windows === windows ? rules : rulesOf(fresh);
      const result = advance(state, event, freshRules, rules);
      if (result.state === state && freshRules === rules) return;
      const isQuiet = freshRules === rules && onlySettles(state, result.state);
      ({ terms, windows } = fresh);
      rules = freshRules;
      state = result.state;
      if (isQuiet) return;
      next = undefined;
      derived = undefined;
      for (const effect of result.effects) perform(shell, effect);
      changed(shell);
    },
    check(event) {
      const fresh = inForce(event, terms, windows);
      advance(state, event, rulesOf(fresh), rules);
    },
  };
  for (const effect of first.effects) perform(shell, effect);
  changed(shell);
  return shell;
}

/** Whether nothing but what is under way differs: then nothing to be seen has changed, and nothing is due at another time. */
function onlySettles(before: RequestState, after: RequestState): boolean {
  const fields = Object.keys({ ...before, ...after }) as (keyof RequestState)[];
  return (
    after.pending.length < before.pending.length &&
    fields.every((field) => field === 'pending' || after[field] === before[field])
  );
}

function opened(input: SupportRequestInput, rules: Rules, now: number): ReturnType<typeof openRequest> {
  if (!input.open) throw new RangeError('the input has neither an opening nor a state');
  const { receivedAt, ...command } = input.open;
  const event: EventOf<'open'> = { ...command, type: 'open', ...happenedAt(now, receivedAt) };
  return openRequest(input.number, event, rules);
}

/**
 * When a command happened: now, or earlier where it reached us before it was entered (`enteredAt` is then kept). Never in
 * the future: the API has refused that, and clocks of hosts differ a little.
 */
export function happenedAt(now: number, receivedAt: number | undefined): { at: number; enteredAt?: number } {
  return receivedAt === undefined ? { at: now } : { at: Math.min(receivedAt, now), enteredAt: now };
}
