/**
 * What holds a state inside its workflow: the state, the rules it is judged by, and the one way to change them. Handlers and
 * results of effects all come through `apply`, in order of arrival.
 */
import type { Windows } from '../domain/events.ts';
import { type Rules, rulesOf } from '../domain/rules.ts';

/** What a state is judged by. */
export interface Judging<T> {
  readonly terms: T;
  readonly windows: Windows;
}

/** A state inside its workflow. `E`: its events; `M`: its due moments; `V`: what its rules make of it. */
export interface Shell<S, E, T, M, V> extends Judging<T> {
  readonly state: S;
  readonly rules: Rules<T>;
  /** What a `time` event will decide next; kept until state or rules change. */
  readonly next: M | undefined;
  /** What the rules make of the state, for its view; kept as long. */
  readonly derived: V;
  /** Gives an event to the core and starts its effects. @throws Refusal; nothing has changed. */
  apply(event: E): void;
  /** What `apply` would do, without doing it. @throws Refusal */
  check(event: E): void;
}

/** The core that decides over a state, as the shell calls it. */
export interface Core<S, E, F, T, M, V> {
  /** The terms and windows in force at an event: some events bring new ones. */
  inForce(event: E, held: Judging<T>): Judging<T>;
  advance(state: S, event: E, rules: Rules<T>, before: Rules<T>): Decided<S, F>;
  nextMoment(state: S, rules: Rules<T>): M | undefined;
  derive(state: S, rules: Rules<T>): V;
}

/** A state, and the effects to be started now. */
export interface Decided<S, F> {
  readonly state: S;
  readonly effects: readonly F[];
}

/** What a shell sets going. */
export interface Surroundings<X, F> {
  /** Starts an effect and returns at once. */
  perform(shell: X, effect: F): void;
  /** Called after each change. */
  changed(shell: X): void;
}

/**
 * Holds the state that `first` makes; its effects are started at once. For a state that goes on these are what it still waits
 * for, under the same keys. @throws Refusal for what `first` refuses
 */
export function hold<S extends { readonly pending: readonly unknown[] }, E, F, T, M, V>(
  held: Judging<T>,
  first: (rules: Rules<T>) => Decided<S, F>,
  core: Core<S, E, F, T, M, V>,
  { perform, changed }: Surroundings<Shell<S, E, T, M, V>, F>,
): Shell<S, E, T, M, V> {
  let { terms, windows } = held;
  let rules = rulesOf({ terms, windows });
  let next: { moment: M | undefined } | undefined;
  let derived: V | undefined;
  const begun = first(rules);
  let state = begun.state;

  const shell: Shell<S, E, T, M, V> = {
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
      next ??= { moment: core.nextMoment(state, rules) };
      return next.moment;
    },
    get derived() {
      derived ??= core.derive(state, rules);
      return derived;
    },
    apply(event) {
      const fresh = core.inForce(event, { terms, windows });
      const freshRules = fresh.terms === terms && fresh.windows === windows ? rules : rulesOf(fresh);
      const result = core.advance(state, event, freshRules, rules);
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
      core.advance(state, event, rulesOf(core.inForce(event, { terms, windows })), rules);
    },
  };
  for (const effect of begun.effects) perform(shell, effect);
  changed(shell);
  return shell;
}

/** Whether nothing but what is under way differs: then nothing to be seen has changed, and nothing is due at another time. */
function onlySettles<S extends { readonly pending: readonly unknown[] }>(before: S, after: S): boolean {
  const fields = Object.keys({ ...before, ...after }) as (keyof S)[];
  return (
    after.pending.length < before.pending.length &&
    fields.every((field) => field === 'pending' || after[field] === before[field])
  );
}

/**
 * When a command happened: now, or earlier where it reached us before it was entered (`enteredAt` is then kept). Never in
 * the future: the API has refused that, and clocks of hosts differ a little.
 */
export function happenedAt(now: number, receivedAt: number | undefined): { at: number; enteredAt?: number } {
  return receivedAt === undefined ? { at: now } : { at: Math.min(receivedAt, now), enteredAt: now };
}
