/** The terms and opening hours of the simulated world. */
import type { Windows } from '../../domain/events.ts';
import { type OpeningDay, openingDays } from '../../domain/openingDays.ts';
import type { OpeningWindow } from '../../domain/openingHours.ts';
import type { ClockName, ClockTerms, Delay, PriorityTerms, RequestTerms } from '../../domain/terms.ts';
import { ANOMALY_TERMS, cutWindow, supportWindow } from '../support/rules.ts';

export const DAY = 86_400_000;

function changed(
  change: (name: string, priority: PriorityTerms) => PriorityTerms,
  terms: RequestTerms = ESCALATING,
): RequestTerms {
  const priorities = Object.entries(terms.priorities).map(([name, old]) => [name, change(name, old)] as const);
  return { ...terms, priorities: Object.fromEntries(priorities) };
}

function delayed(priority: PriorityTerms, delays: { readonly [name in ClockName]?: Delay }): PriorityTerms {
  const clocks = Object.entries(priority.clocks).map(([name, clock]): [string, ClockTerms] => {
    const delay = delays[name as ClockName];
    return [name, delay ? { ...clock, delay } : clock];
  });
  return { ...priority, clocks: Object.fromEntries(clocks) };
}

const calendar = 'support';

/** Family D with a publisher behind it; its resolution stands still while that has the request. */
const ESCALATING: RequestTerms = {
  ...changed((_, priority) => {
    const { resolution } = priority.clocks;
    if (!resolution) return priority;
    const pausedWhile = [...resolution.pausedWhile, 'escalated' as const];
    return { ...priority, clocks: { ...priority.clocks, resolution: { ...resolution, pausedWhile } } };
  }, ANOMALY_TERMS),
  publisherContracts: ['TEST-C'],
};

/** Family D, and what it might be amended to. What pauses and meets a clock is the same in all. */
export const TERMS: readonly [RequestTerms, ...RequestTerms[]] = [
  ESCALATING,
  { ...ESCALATING, productionFollowsFix: false },
  changed((name, { reminders, ...priority }) =>
    name === 'minor' || !reminders ? priority : { ...priority, reminders },
  ),
  changed((_, priority) =>
    delayed(priority, {
      acknowledgement: { businessHours: 1, calendar },
      workaround: { businessHours: 9, calendar },
      resolution: { businessDays: 2, calendar },
    }),
  ),
  changed((_, priority) => delayed(priority, { resolution: { calendarHours: 72 } })),
];

/** The local date of an instant in Europe/Paris, near enough for the edges of a window. */
function dateOf(at: number): string {
  return new Date(at + 3_600_000).toISOString().slice(0, 10);
}

const cut = new WeakMap<OpeningWindow, Map<string, Windows>>();

/** Windows from the day before `from` to that many days after `now`. */
export function windowsOf(whole: OpeningWindow, from: number, now: number, days: number): Windows {
  const first = dateOf(from - DAY);
  const last = dateOf(now + days * DAY);
  const known = cut.get(whole) ?? new Map<string, Windows>();
  cut.set(whole, known);
  const key = `${first} ${last}`;
  const windows = known.get(key) ?? supportWindow(cutWindow(whole, first, last));
  known.set(key, windows);
  return windows;
}

/** Opened time in [from, to), counted interval by interval. */
export function openedTime(window: OpeningWindow, from: number, to: number): number {
  const days = rowsOf(window);
  let sum = 0;
  for (let row = firstRowAfter(days, from); row < days.length; row++) {
    const { edges } = days[row] ?? NO_DAY;
    if ((edges[0] ?? to) >= to) break;
    for (let edge = 0; edge < edges.length; edge += 2) {
      sum += Math.max(0, Math.min(edges[edge + 1] ?? 0, to) - Math.max(edges[edge] ?? 0, from));
    }
  }
  return sum;
}

/** Whether an instant lies in opening hours, or is a closing instant. */
export function opensOrCloses(window: OpeningWindow, at: number): boolean {
  const days = rowsOf(window);
  const { edges } = days[firstRowAfter(days, at - 1)] ?? NO_DAY;
  return edges.some((open, edge) => edge % 2 === 0 && open <= at && at <= (edges[edge + 1] ?? 0));
}

const NO_DAY: OpeningDay = { day: 0, edges: [] };
const rows = new WeakMap<OpeningWindow, readonly OpeningDay[]>();

function rowsOf(window: OpeningWindow): readonly OpeningDay[] {
  const known = rows.get(window) ?? openingDays(window);
  rows.set(window, known);
  return known;
}

/** Index of the first business day whose last closing is after `at`. */
function firstRowAfter(days: readonly OpeningDay[], at: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Number(days[middle]?.edges.at(-1)) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
