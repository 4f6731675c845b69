/** What can happen to an intervention: commands of staff and of the customer, facts from outside, results of effects, time. */
import type { CommandOf, Happening, TextId, Who, Windows } from '../events.ts';
import type { InterventionMailOrder } from './effects.ts';
import type { UnitAmounts } from './terms.ts';

/** Instants [from, to); epoch milliseconds. */
export interface PlannedTime {
  readonly from: number;
  readonly to: number;
}

/** Expenses that no unit pays (A art. 4a). */
export const EXPENSE_KINDS = ['travel', 'accommodation', 'meals'] as const;
/** Kind of an expense. */
export type ExpenseKind = (typeof EXPENSE_KINDS)[number];

/** What an estimate says, as far as the core counts with it. Scope, prerequisites and limits are in its row. */
export interface EstimateFigures {
  /** Id of its row in `intervention_estimates`. */
  readonly estimate: string;
  /** Code in the catalogue, where it is one of its services. */
  readonly service?: string;
  /** Credit unit that pays for the work; absent for on-call work, which is billed apart. */
  readonly unit?: string;
  /** Units of work and of return trips, in `unit`; of on-call work none. */
  readonly units?: number;
  /** Of these units: return trips, where they cost units. */
  readonly trips?: number;
  readonly onSite?: boolean;
  /** Out of hours: proposed, agreed, ordered and billed apart (B). */
  readonly onCall?: boolean;
}

/** The payloads, by event type. */
export interface InterventionPayloads {
  /**
   * The first event. `module`: a planned visit, paid by the module's allowance before credit; that of `period` (`2027-03`,
   * `2027`), or without it of the one in which it is opened.
   */
  open: { readonly contact: string; readonly text: TextId; readonly module?: string; readonly period?: string };

  /** By staff. The feasibility study, by a call (A catalogue). */
  study: { readonly feasible: boolean; readonly text: TextId };
  /** Sends the estimate; a new one takes the place of one that is not approved yet. */
  sendEstimate: EstimateFigures;
  /** The order form was signed: credit is there, or on-call work is ordered. `order`: its reference. */
  confirmOrder: { readonly order: string };
  /** `units`: those of the work on this date; without it all that is approved and not used. */
  schedule: PlannedTime & { readonly units?: UnitAmounts; readonly participants?: number };
  /** By the provider: the date falls through, the units stay reserved, another date is to be agreed. */
  postpone: { readonly text: TextId };
  startWork: { readonly text?: TextId };
  stopWork: { readonly text?: TextId };
  /** Work that was not timed. `minutes` and `seconds` add up. `from`: when it began, epoch milliseconds. */
  logWork: { readonly minutes?: number; readonly seconds?: number; readonly from?: number; readonly text?: TextId };
  /** A return trip was made. */
  logTrip: { readonly text?: TextId };
  /** `cents` excluding VAT. */
  addExpense: {
    readonly kind: ExpenseKind;
    readonly cents: number;
    readonly nonRefundable: boolean;
    readonly text?: TextId;
  };
  /** Asks the customer for more than the estimate. `units` by name: half-days may go on in time units. */
  askMore: { readonly units: UnitAmounts; readonly text?: TextId };
  /**
   * The work is done: the report goes to the customer, what was used is debited, the rest returns. Planned visits of some
   * modules deliver an action plan, or an index of quality from 0 to 100, too.
   */
  complete: { readonly text: TextId; readonly actionPlan?: TextId; readonly qualityIndex?: number };
  /** By the provider: ends it; nothing is lost. Work done is debited only where the customer owes it: `debitWork`. */
  withdraw: { readonly text: TextId; readonly debitWork?: boolean };
  assign: { readonly assignee: `staff:${string}` };
  note: { readonly text: TextId };
  settleTask: { readonly task: 'moreUnanswered' | 'moreDeclined' | 'effectConflict' | 'agreeOtherDate' };
  correctAddress: Record<never, never>;

  /** By the customer, never by a mere mail. `estimate`: the one that was read; another one is refused. */
  approve: { readonly estimate: string };
  decline: { readonly estimate: string; readonly text?: TextId };
  /** Without units: those that were asked for. */
  agreeMore: { readonly units?: UnitAmounts };
  declineMore: { readonly text?: TextId };
  /** `lost`: what the customer was shown; if it costs something else by now, it is refused with `Conflict`. */
  cancel: { readonly lost?: UnitAmounts; readonly text?: TextId };
  /** Inside the limit it counts as cancelling, where the terms say so; then `lost` as of `cancel`. */
  changeDate: PlannedTime & { readonly lost?: UnitAmounts; readonly text?: TextId };

  /** Facts. An order was signed, or units came back: what was lacking is asked for again. */
  creditAdded: Record<never, never>;
  openingHoursChanged: { readonly windows: Windows };
  windowExtended: { readonly key: string; readonly windows: Windows };
  /** `validUntil`: last local date on which all that was reserved is valid; absent for what lasts as long as the contract. */
  unitsReserved: { readonly key: string; readonly validUntil?: string };
  unitsLacking: { readonly key: string; readonly missing: UnitAmounts };
  unitsSettled: { readonly key: string };
  /** Seconds that the module's allowance gave. */
  allowanceTaken: { readonly key: string; readonly seconds: number };
  allowanceReturned: { readonly key: string };
  mailAccepted: { readonly key: string };
  mailRefused: { readonly key: string };
  mailBounced: { readonly key: string; readonly order: InterventionMailOrder };
  saved: { readonly key: string };
  effectConflict: { readonly key: string };
  time: Record<never, never>;
}

/** Name of an event. */
export type InterventionEventType = keyof InterventionPayloads;
/** An event of one type. */
export type InterventionEventOf<T extends InterventionEventType> = Happening & {
  readonly type: T;
} & InterventionPayloads[T];
/** Anything that may happen to an intervention. */
export type InterventionEvent = { [T in InterventionEventType]: InterventionEventOf<T> }[InterventionEventType];

/** Commands of staff: one Update and one URL each, of the same name. */
const INTERVENTION_STAFF_COMMANDS = [
  'study',
  'sendEstimate',
  'confirmOrder',
  'schedule',
  'postpone',
  'startWork',
  'stopWork',
  'logWork',
  'logTrip',
  'addExpense',
  'askMore',
  'complete',
  'withdraw',
  'assign',
  'note',
  'settleTask',
  'correctAddress',
] as const satisfies readonly InterventionEventType[];
/** Commands of the customer. Those that spend are taken from a contact only, and never by mail. */
export const INTERVENTION_CUSTOMER_COMMANDS = [
  'approve',
  'decline',
  'agreeMore',
  'declineMore',
  'cancel',
  'changeDate',
] as const satisfies readonly InterventionEventType[];
/** Every command on an intervention. */
export const INTERVENTION_COMMANDS = [...INTERVENTION_STAFF_COMMANDS, ...INTERVENTION_CUSTOMER_COMMANDS] as const;
/** Name of a command on an intervention. */
export type InterventionCommandName = (typeof INTERVENTION_COMMANDS)[number];

/** A command as the API sends it: the workflow adds `at`. */
export type InterventionCommandOf<T extends InterventionCommandName | 'open'> = InterventionPayloads[T] &
  Pick<CommandOf<'acknowledge'>, 'who' | 'channel' | 'commandId' | 'receivedAt' | 'enteredBy'> & { readonly who: Who };
