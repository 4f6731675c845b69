/** The state of one intervention. JSON: it is stored in Postgres and carried across continue-as-new. */
import type { EffectKey } from '../effects.ts';
import type { TextId, Who } from '../events.ts';
import type { RecentCommand } from '../recentCommands.ts';
import type { CustomersTurn, InterventionEffect, InterventionMailOrder, InterventionTaskKind } from './effects.ts';
import type { EstimateFigures, ExpenseKind } from './events.ts';
import type { UnitAmounts } from './terms.ts';

/** Every status. */
export const INTERVENTION_STATUSES = [
  'studied',
  'estimated',
  'reserving',
  'awaitingOrder',
  'ready',
  'scheduled',
  'inProgress',
  'done',
  'infeasible',
  'declined',
  'expired',
  'cancelled',
] as const;
/**
 * Where an intervention is in its life. `studied`: its feasibility is, or was, looked into. `estimated`: the estimate is
 * the customer's to approve. `reserving`: approved, the ledger is being asked. `awaitingOrder`: credit is lacking, or
 * on-call work is to be ordered. `ready`: paid for, a date is to be agreed. The last five are the ends.
 */
export type InterventionStatus = (typeof INTERVENTION_STATUSES)[number];

/** The ends: nothing more can happen but the settling of effects. */
export const ENDED = ['done', 'infeasible', 'declined', 'expired', 'cancelled'] as const;

/** `intervention:<request number>:<n>`: also the workflow's id. */
export type InterventionId = `intervention:${string}:${number}`;

/** The estimate that counts. */
export interface Estimate extends EstimateFigures {
  readonly sentAt: number;
  readonly approved?: { readonly at: number; readonly who: Who };
}

/** Units that the ledger holds. `key`: of the effect that reserved them. */
export interface Reservation {
  readonly key: EffectKey;
  readonly amounts: UnitAmounts;
  /** Local date on which it was reserved: what was ordered for it may not be valid on earlier ones. */
  readonly on: string;
  /** Last local date on which all of it is valid; absent for what lasts as long as the contract. */
  readonly validUntil?: string;
}

/** The date that was agreed. */
export interface Plan {
  readonly from: number;
  readonly to: number;
  readonly scheduledAt: number;
  /** The part of the approved units that is to be performed on it, and what was used when it was agreed. */
  readonly units: UnitAmounts;
  readonly usedBefore: UnitAmounts;
  /** When the customer is reminded, on the business day before; absent when the date was agreed later than that. */
  readonly remindAt?: number;
  readonly reminded?: EffectKey;
  /** First instant at which cancelling costs; no later closure brings it forward. Absent where it never does. */
  readonly freeBefore?: number;
  /** Opened milliseconds between `from` and `to` when it was agreed. */
  readonly opened?: number;
  /** Opening hours changed since, and not all of those are open any more: to be agreed anew, and free to cancel. */
  readonly uncovered?: true;
}

/** Work done: timed from `from` to `to`, or written down. Whole seconds. */
export interface WorkLog {
  readonly seconds: number;
  readonly at: number;
  readonly who: Who;
  readonly from?: number;
}

/** An expense; `cents` excluding VAT. */
export interface Expense {
  readonly kind: ExpenseKind;
  readonly cents: number;
  readonly nonRefundable: boolean;
  readonly at: number;
}

/** What the customer is waited for, and the reminders of it that the mail server accepted. */
export interface CustomersWaiting {
  readonly for: CustomersTurn;
  readonly since: number;
  readonly sent: readonly { readonly key: EffectKey; readonly at: number }[];
  /** Key of the reminder that is on its way. */
  readonly sending?: EffectKey;
}

/** More than the estimate. */
export interface Overrun {
  /** The share of the terms was reached, then all of what is approved; of the amounts approved at the time. */
  readonly warnedAt?: number;
  readonly usedUpAt?: number;
  /** What the customer is asked for now; without amounts: how much, if anything. */
  readonly asked?: { readonly at: number; readonly amounts?: UnitAmounts };
}

/** What only a person of staff can do. */
export interface InterventionTask {
  readonly kind: InterventionTaskKind;
  readonly since: number;
  readonly effect?: EffectKey;
  /** correctAddress: what to send again once the address is right. */
  readonly order?: InterventionMailOrder;
}

/** A command that was carried out, and what it yielded. */
export interface InterventionResult {
  readonly id: InterventionId;
  readonly version: number;
  readonly at: number;
  readonly status: InterventionStatus;
}

/** How it ended, and what became of the units. */
export interface Ending {
  readonly at: number;
  readonly by: 'customer' | 'provider' | 'time';
  readonly used: UnitAmounts;
  readonly lost: UnitAmounts;
  readonly returned: UnitAmounts;
  readonly expensesDue: number;
}

/** What the customer got at its end. Texts by their ids. */
export interface Delivered {
  readonly report: TextId;
  readonly actionPlan?: TextId;
  /** 0 to 100. */
  readonly qualityIndex?: number;
}

/** All that is known of an intervention: plain JSON, instants in epoch milliseconds. No personal data. */
export interface InterventionState {
  readonly id: InterventionId;
  /** Number of the request. */
  readonly request: string;
  readonly n: number;
  readonly contract: string;
  readonly termsVersion: number;
  /** Contact who approves. */
  readonly contact: string;
  /** A planned visit of this module. */
  readonly module?: string;
  /** Counts transitions; the `version` of every view, and part of effect keys. */
  readonly seq: number;
  readonly lastAt: number;
  readonly status: InterventionStatus;
  readonly openedAt: number;
  readonly assignee?: Who;
  readonly study?: { readonly at: number; readonly feasible: boolean };
  readonly estimate?: Estimate;
  /** More that the customer agreed to, beyond the estimate. */
  readonly agreed: UnitAmounts;
  /** Approved or agreed to, and not reserved yet: asked of the ledger, again whenever credit was added. */
  readonly wanted: UnitAmounts;
  /** What the ledger holds for it. */
  readonly reservations: readonly Reservation[];
  /** What the balance lacked. */
  readonly missing: UnitAmounts;
  /** Reference of the order form of on-call work. */
  readonly order?: string;
  /** What the module's allowance gave. */
  readonly allowance?: { readonly period: string; readonly seconds: number };
  readonly plan?: Plan;
  /** The date that holds on if what is reserved cannot be reserved for the later one that was wished for. */
  readonly fallback?: Plan;
  /** Work is being timed. */
  readonly running?: { readonly since: number; readonly who: Who };
  readonly logs: readonly WorkLog[];
  /** Return trips made. */
  readonly trips: number;
  readonly expenses: readonly Expense[];
  readonly waiting?: CustomersWaiting;
  readonly overrun: Overrun;
  readonly tasks: readonly InterventionTask[];
  /** The last 50. */
  readonly commands: readonly RecentCommand<InterventionResult>[];
  /** Effects issued and not done. */
  readonly pending: readonly InterventionEffect[];
  /** Set in a run that began on the first release, see release.ts. */
  readonly asFirstReleased?: true;
  readonly ended?: Ending;
  /** Versions of the calendars by which the date was worked out, where something was announced for them. */
  readonly hours?: { readonly [calendar: string]: number };
  readonly delivered?: Delivered;
  /** Set once a date that passed without work was told to staff. */
  readonly missedFrom?: number;
  /** Set while a wider opening window is being built. */
  readonly extending?: boolean;
  readonly extendNotBefore?: number;
}
