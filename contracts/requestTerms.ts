/** What a request, or an escalation, takes along of its contract: the terms that its workflow needs, and the opening hours they count on. */
import type { EscalationTerms } from '../domain/escalation/terms.ts';
import type { OpeningWindow } from '../domain/openingHours.ts';
import {
  CLOCK_NAMES,
  type ClockName,
  type ClockTerms,
  type Delay,
  type PriorityTerms,
  type RequestTerms,
} from '../domain/terms.ts';
import { buildOpeningWindow, type Closure } from './calendar.ts';
import type { ContractTerms } from './terms.ts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** The part of a contract's terms that a running request needs. */
export function requestTerms(reference: string, version: number, terms: ContractTerms): RequestTerms {
  const priorities = Object.entries(terms.priorities).map(
    ([name, priority]) => [name, priorityTerms(priority)] as const,
  );
  const { priorityScheme } = terms;
  return {
    contract: reference,
    version,
    family: terms.family,
    zone: terms.zone,
    priorities: Object.fromEntries(priorities),
    ...(priorityScheme.by === 'matrix' ? { matrix: priorityScheme.cells } : {}),
    productionFollowsFix: terms.productionFollowsFix,
    reopenWithin: reopenWithin(terms),
    ...publisherContracts(terms),
    exclusions: Object.keys(terms.exclusions),
  };
}

/** The part of a publisher's contract that a running escalation needs. */
export function escalationTerms(reference: string, version: number, terms: ContractTerms): EscalationTerms {
  const after = chasersOf(terms);
  return {
    ...requestTerms(reference, version, terms),
    ...(after.length === 0 ? {} : { chasers: { after } }),
    countedInAvailability: terms.availability?.countedRequests?.priorities ?? [],
  };
}

/** When a publisher that does not acknowledge is chased. */
function chasersOf(terms: ContractTerms): readonly Delay[] {
  return terms.escalation?.chasers?.after ?? [];
}

/** References of the contracts with publishers that products name; no field where none does. */
function publisherContracts({ products }: ContractTerms): Pick<RequestTerms, 'publisherContracts'> {
  const named = Object.values(products?.list ?? {}).flatMap(({ publisherContract }) => publisherContract ?? []);
  return named.length === 0 ? {} : { publisherContracts: [...new Set(named)] };
}

/** How long a closed request may be reopened: 10 business days of the support calendar where the terms are silent. */
export function reopenWithin(terms: ContractTerms): Delay {
  return terms.reopenWithin ?? { businessDays: 10, calendar: terms.supportCalendar };
}

function priorityTerms({ clocks, reminders }: ContractTerms['priorities'][string]): PriorityTerms {
  const { after, closeAfterThird } = reminders ?? {};
  return {
    clocks: Object.fromEntries(promisesOf(clocks)),
    deferrable: clocks.resolution === 'inFutureMinorVersion',
    ...(after && closeAfterThird ? { reminders: { after, closeAfterThird } } : {}),
  };
}

/** The clocks that are promised, without those of which the terms say that there is none. */
function promisesOf(clocks: ContractTerms['priorities'][string]['clocks']): [ClockName, ClockTerms][] {
  return CLOCK_NAMES.flatMap((name) => {
    const clock = clocks[name];
    return typeof clock === 'object' ? [[name, clock] as [ClockName, ClockTerms]] : [];
  });
}

/** Closures announced for one calendar, and the version that the last of them made. */
export interface Announced {
  readonly version: number;
  readonly closures: readonly Closure[];
}

/** What the windows of a request must span; epoch milliseconds. */
export interface WindowSpan {
  /** Start of the request's oldest running clock. */
  readonly from: number;
  readonly now: number;
  /** By the calendar's name; a calendar without closures is in version 1. */
  readonly announced?: { readonly [calendar: string]: Announced };
}

/**
 * Opening windows of every calendar that the terms count on. Each reaches from the local day of `from` to past what the
 * longest delay, or the whole reminder cycle, may need from `now` on, and 20 business days more.
 *
 * @throws RangeError when a calendar never opens, or does not admit the closures.
 */
export function requestWindows(terms: ContractTerms, span: WindowSpan): Record<string, OpeningWindow> {
  const delays = delaysOf(terms);
  const windows: Record<string, OpeningWindow> = {};
  for (const [name, calendar] of Object.entries(terms.calendars)) {
    const counted = delays.filter((delay) => 'calendar' in delay && delay.calendar === name);
    if (counted.length === 0) continue;
    const { version, closures } = span.announced?.[name] ?? { version: 1, closures: [] };
    windows[name] = buildOpeningWindow(calendar, {
      name,
      version,
      from: Math.min(span.from, span.now),
      ahead: {
        now: span.now,
        openedMs: Math.max(...counted.map(openedMsOf)),
        businessDays: Math.max(...counted.map(businessDaysOf)),
      },
      closures,
    });
  }
  return windows;
}

/** Names of the calendars that clocks, reminders or reopening count on: those that requests have windows of. */
export function countedCalendars(terms: ContractTerms): string[] {
  const delays = delaysOf(terms);
  return Object.keys(terms.calendars).filter((name) =>
    delays.some((delay) => 'calendar' in delay && delay.calendar === name),
  );
}

/** Every delay that may run from now on; a reminder cycle as the sum of its third reminder and its closing. */
function delaysOf(terms: ContractTerms): Delay[] {
  const ofPriorities = Object.values(terms.priorities).flatMap(({ clocks, reminders }) => [
    ...promisesOf(clocks).map(([, { delay }]) => delay),
    ...(reminders ? [sumOf(reminders.after[2], reminders.closeAfterThird)] : []),
  ]);
  const chasers = chasersOf(terms);
  const last = chasers.at(-1);
  // After the last chaser its spacing passes once more: never longer than all that was before it.
  const silence = last ? [sumOf(last, last)] : [];
  return [...ofPriorities, ...chasers, ...silence, reopenWithin(terms)];
}

/** Validated reminders, and chasers, are all of one kind and on one calendar. */
function sumOf(one: Delay, other: Delay): Delay {
  if ('businessDays' in one) return { ...one, businessDays: one.businessDays + businessDaysOf(other) };
  if ('calendarHours' in one) return one;
  return { openedSeconds: (openedMsOf(one) + openedMsOf(other)) / SECOND_MS, calendar: one.calendar };
}

function openedMsOf(delay: Delay): number {
  if ('businessHours' in delay) return delay.businessHours * HOUR_MS;
  return 'openedSeconds' in delay ? delay.openedSeconds * SECOND_MS : 0;
}

function businessDaysOf(delay: Delay): number {
  return 'businessDays' in delay ? delay.businessDays : 0;
}
