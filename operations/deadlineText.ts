/** An explanation of a due moment as aligned lines for people. */
import { type NamedStep, zoneOf } from '../contracts/namedSteps.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { offsetAt } from '../contracts/zone.ts';
import type { ClockExplanation } from '../domain/explanation.ts';
import type { PauseCause } from '../domain/state.ts';
import type { Delay } from '../domain/terms.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** What belongs to the contract rather than to the clock. */
export interface Deadline {
  readonly contract: string;
  readonly version: number;
  readonly terms: ContractTerms;
  readonly priority: string;
}

interface Row {
  readonly when: string;
  readonly counted?: string;
  readonly total?: string;
  readonly note?: string;
}

/** The lines, ending with the due moment in the contract's zone. Days and times above it are those of the calendar. */
export function deadlineText(
  { contract, version, terms, priority }: Deadline,
  explanation: ClockExplanation,
  steps: readonly NamedStep[],
): string {
  const { clock, commitment, delay, startedAt, budgetMs, usedMs, until, dueAt } = explanation;
  const zone = zoneOf(terms, delay);
  const word = commitment === 'firm' ? 'firm' : 'best effort';
  const left = budgetMs === undefined ? '' : ` of ${duration(budgetMs)}`;
  const end =
    dueAt === undefined
      ? `Not due by ${moment(terms.zone, until)}`
      : `Due ${moment(terms.zone, dueAt)}, ${terms.zone} (UTC${offset(terms.zone, dueAt)})`;
  return [
    `${contract}, terms ${version}, ${priority}: ${clock} within ${said(delay)}, ${word}`,
    `From ${moment(zone, startedAt)}, ${zone}`,
    '',
    ...aligned(rowsOf(zone, steps, explanation)),
    '',
    `${duration(usedMs)}${left} used`,
    end,
    '',
  ].join('\n');
}

function said(delay: Delay): string {
  if ('calendarHours' in delay) return `${delay.calendarHours} hours, day and night`;
  const on = `of calendar ${delay.calendar}`;
  if ('businessHours' in delay) return `${delay.businessHours} business hours ${on}`;
  if ('businessDays' in delay) return `${delay.businessDays} business days ${on}`;
  return `${delay.openedSeconds} opened seconds ${on}`;
}

function rowsOf(
  zone: string,
  steps: readonly NamedStep[],
  { businessDays = [], until }: Pick<ClockExplanation, 'businessDays' | 'until'>,
): Row[] {
  const numbers = new Map(businessDays.map((at, index) => [dateOf(zone, at), index + 1]));
  const lastOfDay = new Map(
    steps.flatMap((step) => (step.kind === 'counted' ? [[dateOf(zone, step.from), step] as const] : [])),
  );
  const rows = steps.map((step) => {
    const date = dateOf(zone, step.from);
    return rowOf(zone, step, lastOfDay.get(date) === step ? numbers.get(date) : undefined);
  });
  // A last day that ends with its first opening counts no time.
  const last = businessDays.at(-1);
  if (last !== until || lastOfDay.has(dateOf(zone, last))) return rows;
  return [...rows, { when: moment(zone, last), note: `business day ${businessDays.length}` }];
}

function rowOf(zone: string, step: NamedStep, businessDay: number | undefined): Row {
  const when = step.kind === 'closed' ? closedWhen(zone, step) : between(zone, step.from, step.to);
  switch (step.kind) {
    case 'counted': {
      const note = businessDay === undefined ? {} : { note: `business day ${businessDay}` };
      return { when, counted: duration(step.ms), total: duration(step.total), ...note };
    }
    case 'paused': {
      const causes = step.causes.map(causeWords).join(', ');
      return { when, note: `paused: ${causes}; ${duration(step.ms)} not counted` };
    }
    case 'closed':
      return { when, note: `closed: ${closedWords(step)}` };
    case 'moved':
      return { when, note: step.because === 'paused' ? 'paused at its end' : 'priority or terms changed' };
  }
}

function causeWords(cause: PauseCause): string {
  switch (cause) {
    case 'waiting':
      return 'waiting on the customer';
    case 'escalated':
      return 'with the publisher';
    case 'workaroundProposed':
      return 'a workaround is proposed';
    case 'fixProposed':
      return 'a fix is proposed';
    case 'deferred':
    case 'closed':
      return cause;
  }
}

type Closed = Extract<NamedStep, { kind: 'closed' }>;

function closedWords({ because, name, reason }: Closed): string {
  switch (because) {
    case 'week':
      return 'every week';
    case 'holiday':
      return name ? `${name.en} (${name.fr})` : 'holiday';
    case 'extraHoliday':
      return 'holiday of this calendar';
    case 'closure':
      return reason ? `announced closure, ${reason}` : 'announced closure';
  }
}

function closedWhen(zone: string, { from, to, firstDate, lastDate, because }: Closed): string {
  if (because === 'closure') return between(zone, from, to);
  const first = `${weekday(firstDate)} ${firstDate}`;
  return firstDate === lastDate ? first : `${first} – ${weekday(lastDate)} ${lastDate}`;
}

/** Columns of the same width: when, what counts and its total to the right, then words. */
function aligned(rows: readonly Row[]): string[] {
  const widest = (column: 'counted' | 'total') => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const whens = Math.max(0, ...rows.map(({ when }) => when.length));
  const [counts, totals] = [widest('counted'), widest('total')];
  return rows.map(({ when, counted = '', total = '', note = '' }) =>
    `  ${when.padEnd(whens)}  ${counted.padStart(counts)}  ${total.padStart(totals)}  ${note}`.trimEnd(),
  );
}

function localText(zone: string, at: number): string {
  return new Date(at + offsetAt(zone, at)).toISOString();
}

function dateOf(zone: string, at: number): string {
  return localText(zone, at).slice(0, 10);
}

function timeOf(zone: string, at: number): string {
  const time = localText(zone, at).slice(11, 19);
  return time.endsWith(':00') ? time.slice(0, 5) : time;
}

function weekday(date: string): string {
  return WEEKDAYS[new Date(date).getUTCDay()] ?? '';
}

/** `Wed 2026-12-23 16:20`. */
function moment(zone: string, at: number): string {
  const date = dateOf(zone, at);
  return `${weekday(date)} ${date} ${timeOf(zone, at)}`;
}

/** `Wed 2026-12-23 16:20–18:00`; with the second date when it is another one, midnight being 24:00 of the first. */
function between(zone: string, from: number, to: number): string {
  const isWithin = dateOf(zone, from) === dateOf(zone, to - 1);
  if (!isWithin) return `${moment(zone, from)} – ${moment(zone, to)}`;
  return `${moment(zone, from)}–${dateOf(zone, from) === dateOf(zone, to) ? timeOf(zone, to) : '24:00'}`;
}

/** `9:00` hours and minutes; with seconds when there are any. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const parts = [Math.floor(seconds / 60) % 60, ...(seconds % 60 === 0 ? [] : [seconds % 60])];
  return [Math.floor(seconds / 3_600), ...parts.map((part) => String(part).padStart(2, '0'))].join(':');
}

function offset(zone: string, at: number): string {
  const minutes = Math.round(offsetAt(zone, at) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
