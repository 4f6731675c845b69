/**
 * Why a clock is due when it is: its budget spent interval by interval, up to the due moment, or up to where the clock
 * stands still. Derived from what the due moment itself is derived from, so that anybody can add it up again.
 *
 * Instants are epoch milliseconds, lengths milliseconds of the clock's own kind of time.
 */
import { type ClockPosition, clockPosition, pausesOf, type RequestClock } from './clocks.ts';
import { dueAfter } from './delays.ts';
import { addBusinessDays, type Openings, openedBetween, type Pause } from './openingHours.ts';
import type { Rules } from './rules.ts';
import type { PauseCause, RequestPause } from './state.ts';
import type { ClockName, Delay } from './terms.ts';

/** A part of the way from the start to the due moment. */
export type ExplanationStep =
  /** Time that counts: all of one opening, or what lies between two pauses; `total` with all before it. */
  | {
      readonly kind: 'counted';
      readonly from: number;
      readonly to: number;
      readonly ms: number;
      readonly total: number;
    }
  /** Time that does not count because of these; `ms` would have counted. */
  | {
      readonly kind: 'paused';
      readonly from: number;
      readonly to: number;
      readonly ms: number;
      readonly causes: readonly PauseCause[];
    }
  /**
   * The budget is used up at `from` and due only at `to`: that is when a change of priority or terms brought it about, or when
   * work can go on after a pause.
   */
  | {
      readonly kind: 'moved';
      readonly from: number;
      readonly to: number;
      readonly because: 'budgetChanged' | 'paused';
    };

/** What a clock's due moment is made of. */
export interface ClockExplanation {
  readonly clock: ClockName;
  readonly commitment: 'firm' | 'bestEffort';
  readonly status: ClockPosition['kind'];
  readonly delay: Delay;
  readonly startedAt: number;
  /** Of business days: the opened time that they span without pauses. Missing when it lies beyond the opening window. */
  readonly budgetMs?: number;
  /** The sum of what is counted in the steps; the whole budget when `dueAt` is there. */
  readonly usedMs: number;
  /** Of business days: the same time of day on each, the first one after the start first. */
  readonly businessDays?: readonly number[];
  /** Up to where the steps go: the due moment, where the clock stands still or was met before it, or the window's end. */
  readonly until: number;
  /** Missing when the clock stands still, or was met, with some of the budget left. */
  readonly dueAt?: number;
  readonly steps: readonly ExplanationStep[];
}

/** Explains a clock under these rules. */
export function explainClock(clock: RequestClock, pauses: readonly RequestPause[], rules: Rules): ClockExplanation {
  const { name, terms, start: startedAt, state } = clock;
  const { delay } = terms;
  const position = clockPosition(clock, pauses, rules);
  const end = endOf(position);
  const { metAt: _, ...unmet } = state;
  // As if it had gone on running from where it stands still: the same rules say whether it was due before.
  const before = pauses.flatMap((pause) =>
    pause.from < end ? [{ ...pause, to: Math.min(pause.to ?? end, end) }] : [],
  );
  const running = clockPosition({ ...clock, state: unmet }, before, rules);
  const due = running.kind === 'running' && 'at' in running.due ? running.due.at : Number.POSITIVE_INFINITY;
  const mine = pausesOf(terms, before, end);
  const used = dueAfter(delay, startedAt, rules.openings, mine);
  const usedUpAt = 'at' in used ? used.at : Number.POSITIVE_INFINITY;
  const isDue = due <= end && Number.isFinite(due);
  const until = isDue ? due : Math.min(end, windowEnd(delay, rules));

  const paused = mine.map((pause) => ({
    ...pause,
    causes: before
      .filter(
        ({ cause, from, to }) =>
          from < pause.to && pause.from < to && pausesOf(terms, [{ cause, from, to }], to).length > 0,
      )
      .map(({ cause }) => cause),
  }));
  const spent = spend(openingsOf(delay, rules), { from: startedAt, to: Math.min(until, usedUpAt) }, paused);
  const moved: ExplanationStep[] =
    isDue && usedUpAt < due
      ? [{ kind: 'moved', from: usedUpAt, to: due, because: isChange(state.notBefore, usedUpAt) }]
      : [];
  const budgetMs = budgetOf(delay, startedAt, rules);
  const businessDays = 'businessDays' in delay ? daysCounted(delay, startedAt, rules) : undefined;
  return {
    clock: name,
    commitment: terms.commitment,
    status: position.kind,
    delay,
    startedAt,
    ...(budgetMs === undefined ? {} : { budgetMs }),
    usedMs: spent.usedMs,
    ...(businessDays ? { businessDays } : {}),
    until,
    ...(isDue ? { dueAt: due } : {}),
    steps: [...spent.steps, ...moved],
  };
}

function endOf(position: ClockPosition): number {
  switch (position.kind) {
    case 'running':
      return Number.POSITIVE_INFINITY;
    case 'met':
      return position.at;
    case 'paused':
    case 'delivered':
    case 'stopped':
      return position.since;
  }
}

function openingsOf(delay: Delay, rules: Rules): Openings | undefined {
  return 'calendarHours' in delay ? undefined : rules.openings(delay.calendar);
}

function windowEnd(delay: Delay, rules: Rules): number {
  return openingsOf(delay, rules)?.window.until ?? Number.POSITIVE_INFINITY;
}

function isChange(notBefore: number | undefined, usedUpAt: number): 'budgetChanged' | 'paused' {
  return notBefore !== undefined && notBefore > usedUpAt ? 'budgetChanged' : 'paused';
}

function budgetOf(delay: Delay, startedAt: number, rules: Rules): number | undefined {
  const due = dueAfter(delay, startedAt, rules.openings);
  if ('beyond' in due) return undefined;
  return timeIn(openingsOf(delay, rules), { from: startedAt, to: due.at });
}

/** As far as the window reaches. */
function daysCounted(delay: Extract<Delay, { businessDays: number }>, startedAt: number, rules: Rules): number[] {
  const openings = rules.openings(delay.calendar);
  return Array.from({ length: delay.businessDays }, (_, index) =>
    addBusinessDays(openings, startedAt, index + 1),
  ).flatMap((day) => ('at' in day ? [day.at] : []));
}

/** Opened time of a span, or all of it without openings. */
function timeIn(openings: Openings | undefined, { from, to }: Pause): number {
  if (!openings) return Math.max(0, to - from);
  const opened = openedBetween(openings, from, to);
  return 'ms' in opened ? opened.ms : 0;
}

type NamedPause = Pause & { readonly causes: readonly PauseCause[] };

/** What counts in a span, and what does not because of the pauses, in order. The pauses are in order and apart. */
function spend(
  openings: Openings | undefined,
  span: Pause,
  pauses: readonly NamedPause[],
): { readonly steps: readonly ExplanationStep[]; readonly usedMs: number } {
  const paused = pauses.flatMap((pause) => {
    const part = overlap(pause, span);
    return part ? [{ kind: 'paused' as const, ...part, ms: timeIn(openings, part), causes: pause.causes }] : [];
  });
  const open = openings ? intervalsIn(openings, span) : [span];
  const parts = open.flatMap((interval) => without(interval, paused));
  let usedMs = 0;
  const counted = parts.map(({ from, to }) => {
    const ms = to - from;
    usedMs += ms;
    return { kind: 'counted' as const, from, to, ms, total: usedMs };
  });
  return { steps: [...counted, ...paused].sort((one, other) => one.from - other.from), usedMs };
}

function intervalsIn({ opens, closes }: Openings, span: Pause): Pause[] {
  return opens.flatMap((from, index) => overlap({ from, to: closes[index] ?? from }, span) ?? []);
}

function without(interval: Pause, pauses: readonly Pause[]): Pause[] {
  const parts: Pause[] = [];
  let { from } = interval;
  for (const pause of pauses) {
    if (pause.to <= from || pause.from >= interval.to) continue;
    if (pause.from > from) parts.push({ from, to: pause.from });
    from = pause.to;
  }
  return from < interval.to ? [...parts, { from, to: interval.to }] : parts;
}

function overlap(one: Pause, other: Pause): Pause | undefined {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from < to ? { from, to } : undefined;
}
