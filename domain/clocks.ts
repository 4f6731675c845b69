/**
 * The clocks of a request, or of an escalation: acknowledgement, intervention, workaround, resolution, recovery.
 *
 * Nothing is accumulated: a clock is its start, its budget and the request's pauses; its due moment is derived each
 * time it is asked for. So changing priority or terms can forget neither time used nor time paused.
 */
import { dueAfter, warnAfter } from './delays.ts';
import type { ClockDue } from './effects.ts';
import { isOpen, nextOpening, type Pause, type Reach } from './openingHours.ts';
import type { Rules } from './rules.ts';
import type { Clocked, ClockState, PauseCause, RequestPause } from './state.ts';
import { CLOCK_NAMES, type ClockName, type ClockTerms, type Delay, type MetBy, type RequestTerms } from './terms.ts';

/** Where a clock stands. `due` may lie beyond the opening window. */
export type ClockPosition =
  | { readonly kind: 'running'; readonly due: Reach; readonly warn: Reach }
  | { readonly kind: 'paused' | 'delivered' | 'stopped'; readonly since: number }
  | { readonly kind: 'met'; readonly at: number };

/** A clock that runs, or ran, on a request. */
export interface RequestClock {
  readonly name: ClockName;
  readonly terms: ClockTerms;
  /** When it started; epoch milliseconds. */
  readonly start: number;
  readonly state: ClockState;
}

/** The clocks that the request's priority promises and that have started, in the order of `CLOCK_NAMES`. */
export function promisedClocks(state: Clocked, terms: RequestTerms): RequestClock[] {
  const promised = terms.priorities[state.priority]?.clocks ?? {};
  return CLOCK_NAMES.flatMap((name) => {
    const clockTerms = promised[name];
    const start = clockTerms && startOf(clockTerms, state);
    return clockTerms && start !== undefined
      ? [{ name, terms: clockTerms, start, state: state.clocks[name] ?? {} }]
      : [];
  });
}

function startOf(clock: ClockTerms, { registeredAt, acknowledgedAt }: Clocked): number | undefined {
  switch (clock.starts) {
    case 'registration':
      return registeredAt;
    case 'acknowledgement':
      return acknowledgedAt;
  }
}

/**
 * Whether this meets the clock by its terms; those of another priority where this one does not promise it. So what was
 * delivered counts when a re-qualification promises it later.
 */
export function isMetBy(state: Clocked, name: ClockName, by: MetBy, terms: RequestTerms): boolean {
  const promised = terms.priorities[state.priority]?.clocks[name];
  if (promised) return promised.metBy.includes(by);
  return Object.values(terms.priorities).some(({ clocks }) => clocks[name]?.metBy.includes(by));
}

/** Whether a pause of this cause stops a clock with these terms. */
function stops(cause: PauseCause, clock: ClockTerms): boolean {
  switch (cause) {
    case 'deferred':
    case 'closed':
      return true;
    case 'waiting':
    case 'escalated':
      return clock.pausedWhile.includes(cause);
    case 'workaroundProposed':
      return clock.metBy.includes('workaround');
    case 'fixProposed':
      return clock.metBy.includes('fix');
  }
}

/** The pauses that stop this clock, up to `until`, merged and in order. */
export function pausesOf(clock: ClockTerms, pauses: readonly RequestPause[], until: number): Pause[] {
  const mine = pauses
    .filter((pause) => stops(pause.cause, clock) && pause.from < until)
    .map((pause) => ({ from: pause.from, to: Math.min(pause.to ?? until, until) }))
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const pause of mine) {
    const last = merged.at(-1);
    if (last && pause.from <= last.to) last.to = Math.max(last.to, pause.to);
    else merged.push({ ...pause });
  }
  return merged;
}

/** Where the clock stands in this state. */
export function clockPosition(
  { terms: clock, start, state }: RequestClock,
  pauses: readonly RequestPause[],
  rules: Rules,
): ClockPosition {
  if (state.metAt !== undefined) return { kind: 'met', at: state.metAt };
  const open = pauses.filter((pause) => pause.to === undefined && stops(pause.cause, clock));
  const since = Math.min(...open.map((pause) => pause.from));
  if (open.some((pause) => pause.cause === 'workaroundProposed' || pause.cause === 'fixProposed'))
    return { kind: 'delivered', since };
  if (open.some((pause) => pause.cause === 'closed' || pause.cause === 'deferred')) return { kind: 'stopped', since };
  if (open.length > 0) return { kind: 'paused', since };
  const closed = pausesOf(clock, pauses, Number.POSITIVE_INFINITY);
  const due = dueAfter(clock.delay, start, rules.openings, closed);
  const warn = warnAfter(clock.delay, clock.warnAt, start, rules.openings, closed);
  if (state.notBefore === undefined)
    return { kind: 'running', due: outsidePauses(due, clock.delay, closed, rules), warn };
  // A clock that a re-qualification made due is due then, or when work can next go on.
  const floor = workableFrom(state.notBefore, clock.delay, rules);
  return { kind: 'running', due: outsidePauses(laterOf(due, floor), clock.delay, closed, rules), warn };
}

/** `due` itself, or when work can go on after the pauses it falls into: a budget of days may end at an opening. */
function outsidePauses(due: Reach, delay: Delay, pauses: readonly Pause[], rules: Rules): Reach {
  let moved = due;
  for (const pause of pauses) {
    if ('at' in moved && pause.from <= moved.at && moved.at < pause.to) moved = workableFrom(pause.to, delay, rules);
  }
  return moved;
}

/** `at`, or the opening that follows it. */
function workableFrom(at: number, delay: Delay, rules: Rules): Reach {
  if ('calendarHours' in delay || isOpen(rules.openings(delay.calendar), at)) return { at };
  return nextOpening(rules.openings(delay.calendar), at);
}

/** The later of two; beyond the window when either is. */
export function laterOf(a: Reach, b: Reach): Reach {
  if ('beyond' in a) return a;
  if ('beyond' in b) return b;
  return a.at >= b.at ? a : b;
}

/** When a promised clock is due, if it runs and the window reaches that far. */
export function dueMoments(state: Clocked, rules: Rules): ClockDue[] {
  return promisedClocks(state, rules.terms).flatMap((clock) => {
    const position = clockPosition(clock, state.pauses, rules);
    return position.kind === 'running' && 'at' in position.due ? [{ clock: clock.name, at: position.due.at }] : [];
  });
}

/**
 * The instant up to which a clock's budget was already used at `at`, whatever pauses it now; used when terms or priority
 * change: a budget used up in the past makes the clock due at the change, not before it.
 */
export function budgetUsedUp(
  { terms, start }: RequestClock,
  pauses: readonly RequestPause[],
  at: number,
  rules: Rules,
): boolean {
  const due = dueAfter(terms.delay, start, rules.openings, pausesOf(terms, pauses, at));
  return 'at' in due && due.at < at;
}

/** What a clock does next: warn, or breach one millisecond after its due instant (exactly at it is in time). */
export type ClockMoment = {
  readonly name: ClockName;
  readonly what: 'warning' | 'breach';
  readonly at: number;
  readonly due: number;
};

/**
 * Warnings and breaches still to come of running clocks, unordered. A warning not before the due instant is left out, and
 * that of a clock which a change of priority or terms made due at once.
 */
export function clockMoments(state: Clocked, rules: Rules): ClockMoment[] {
  return promisedClocks(state, rules.terms).flatMap((clock): ClockMoment[] => {
    if (clock.state.breachedAt !== undefined) return [];
    const position = clockPosition(clock, state.pauses, rules);
    if (position.kind !== 'running') {
      const since = position.kind === 'met' ? position.at : position.since;
      return breachBefore(since, clock, state.pauses, rules);
    }
    if ('beyond' in position.due) return [];
    const due = position.due.at;
    const moments: ClockMoment[] = [{ name: clock.name, what: 'breach', at: due + 1, due }];
    const warn = 'at' in position.warn ? position.warn.at : undefined;
    const { warnedAt, notBefore } = clock.state;
    if (warnedAt === undefined && notBefore === undefined && warn !== undefined && warn < due) {
      moments.push({ name: clock.name, what: 'warning', at: warn, due });
    }
    return moments;
  });
}

/** A breach before the clock stood still or was met that nobody could know, because the window did not reach that far. */
function breachBefore(
  since: number,
  { name, terms, start, state }: RequestClock,
  pauses: readonly RequestPause[],
  rules: Rules,
): ClockMoment[] {
  if (state.notBefore !== undefined) return [];
  const mine = pausesOf(terms, pauses, since);
  const due = outsidePauses(dueAfter(terms.delay, start, rules.openings, mine), terms.delay, mine, rules);
  return 'at' in due && due.at < since ? [{ name, what: 'breach', at: due.at + 1, due: due.at }] : [];
}

/** Whether a running clock's due moment lies beyond its window. */
export function reachesBeyond(state: Clocked, rules: Rules): boolean {
  return promisedClocks(state, rules.terms).some((clock) => {
    const position = clockPosition(clock, state.pauses, rules);
    return position.kind === 'running' && 'beyond' in position.due;
  });
}
