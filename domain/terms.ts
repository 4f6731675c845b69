/**
 * The part of a contract's terms that a running request needs.
 *
 * `contracts/terms.ts` holds the whole terms and their validation; what is here has passed it. Plain JSON: it is in
 * the workflow's input.
 */

/** A length of time as contracts write it. The calendar is a name in the terms' `calendars`. */
export type Delay =
  | { readonly businessHours: number; readonly calendar: string }
  /** Same local time of day on the n-th business day after. */
  | { readonly businessDays: number; readonly calendar: string }
  /** Plain hours, day and night. */
  | { readonly calendarHours: number }
  /** Opened seconds: for demonstrations, where a day lasts a blink. */
  | { readonly openedSeconds: number; readonly calendar: string };

/** The promises a contract may make, in the order in which they are shown. */
export const CLOCK_NAMES = ['acknowledgement', 'intervention', 'workaround', 'resolution', 'recovery'] as const;
/** Name of a promise. */
export type ClockName = (typeof CLOCK_NAMES)[number];

/** What a clock may be paused by, where its terms say so. Deferring and closing stop every clock, whatever the terms. */
export type PausingStatus = 'waiting' | 'escalated';

/** What may start a clock. `registration` is the instant at which the request reached us, its `receivedAt`. */
export const CLOCK_STARTS = ['registration', 'acknowledgement'] as const;
/** What starts a clock. */
export type ClockStart = (typeof CLOCK_STARTS)[number];

/** What may meet a clock. A delivered fix or workaround meets it at the instant of its proposal, once confirmed. */
export const MEETING = [
  'acknowledgement',
  'workStarted',
  'workaround',
  'permanentWorkaround',
  'fix',
  'recovery',
] as const;
/** What meets a clock. */
export type MetBy = (typeof MEETING)[number];

/** One promise for one priority. */
export interface ClockTerms {
  readonly delay: Delay;
  /** A clock that starts at the acknowledgement does not exist before it. */
  readonly starts: ClockStart;
  readonly pausedWhile: readonly PausingStatus[];
  readonly metBy: readonly MetBy[];
  readonly commitment: 'firm' | 'bestEffort';
  /** Share of the budget, 0 < share < 1, after which staff are warned. */
  readonly warnAt: number;
}

/**
 * Reminders to a customer who is silent while the request is waiting (D §1.4.2). All delays are of the same kind and on
 * the same calendar.
 */
export interface ReminderTerms {
  /** After the request was set waiting; strictly increasing. */
  readonly after: readonly [Delay, Delay, Delay];
  /** After the third reminder was accepted by the mail server. */
  readonly closeAfterThird: Delay;
}

/** Which priority an urgency and an impact yield (B §7): by urgency, then by impact. */
export interface PriorityMatrix {
  readonly [urgency: string]: { readonly [impact: string]: string };
}

/** What the contract promises for one priority (a severity, in family D). */
export interface PriorityTerms {
  /** A clock that is not here is not promised. */
  readonly clocks: { readonly [name in ClockName]?: ClockTerms };
  /** A fix is planned for a future minor version: the request may be deferred, and has no resolution clock. */
  readonly deferrable: boolean;
  /** Absent: waiting has no end but an answer or a person. */
  readonly reminders?: ReminderTerms;
}

/** Contract families of the digest. */
export type Family = 'A' | 'B' | 'C' | 'D' | 'E';

/** What a running request needs of its contract. */
export interface RequestTerms {
  /** Contract reference. */
  readonly contract: string;
  /** Version of the terms, from 1. */
  readonly version: number;
  readonly family: Family;
  /** IANA zone in which the contract's dates and times are said. */
  readonly zone: string;
  readonly priorities: { readonly [priority: string]: PriorityTerms };
  /** Present where a priority is never chosen, but follows from urgency and impact. */
  readonly matrix?: PriorityMatrix;
  /** Whether a confirmed fix waits for its move to production (D §1.4.2). */
  readonly productionFollowsFix: boolean;
  /** How long after closing an answer, or staff, may reopen the request. */
  readonly reopenWithin: Delay;
  /** References of the contracts with publishers to whom a request may be escalated; missing where there are none. */
  readonly publisherContracts?: readonly string[];
  /** Exclusion codes with which a request may be refused. */
  readonly exclusions: readonly string[];
}
