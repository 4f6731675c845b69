/** The part of a contract's terms that an intervention needs. Plain JSON: it is in the workflow's input. */
import type { Delay, Family } from '../terms.ts';
import type { Deliverable, VisitEvery } from '../visits.ts';

/** Credit units by their names in the terms: whole numbers, none is left out rather than 0. */
export type UnitAmounts = { readonly [unit: string]: number };

/** What is added up before it is rounded up to started units. */
export type RoundedPer = 'intervention' | 'call' | 'incident' | 'workLog';

/** How travel is paid: each return trip in units, as part of the time, or on top as expenses. */
export type TravelTerms =
  | { readonly counted: 'returnTrip'; readonly units: number }
  | { readonly counted: 'included' }
  | { readonly counted: 'expenses' };

/** One credit unit. */
export interface UnitTerms {
  /** Work that one unit pays at most. */
  readonly minutes: number;
  readonly roundedPer: RoundedPer;
  /** Unit that counts what goes beyond those approved: half-days go on in time units (E). */
  readonly restIn?: string;
  readonly travel: TravelTerms;
}

/** What cancelling by the customer costs (A art. 1). */
export interface CancellationTerms {
  /** Free while so many whole business days are left: the day of cancelling excluded, the planned date included. */
  readonly businessDays: number;
  readonly calendar: string;
  readonly lost: 'plannedNotYetPerformed' | 'wholeIntervention';
  /** A change of date that the customer asks inside the limit counts as cancelling. */
  readonly dateChangeCounts: boolean;
  readonly nonRefundableExpensesDue: boolean;
}

/** Time of a module that is consumed before credit (E, modules). */
export interface ModuleAllowance {
  readonly seconds: number;
  /** Resets with each calendar month or year of the contract's zone. */
  readonly every: VisitEvery;
  /** What the work ends with. Absent in visits that were opened before it was asked for. */
  readonly deliverables?: readonly Deliverable[];
}

/** What an intervention needs of its contract. */
export interface InterventionTerms {
  /** Contract reference. */
  readonly contract: string;
  readonly version: number;
  readonly family: Family;
  /** IANA zone of the contract's dates. */
  readonly zone: string;
  /** Calendar of the opening hours inside which work is planned and done. */
  readonly calendar: string;
  readonly beforeWork: readonly (
    | 'feasibilityStudyByCall'
    | 'signedOrderOrBalance'
    | 'scopeAndEstimateValidatedByCustomer'
  )[];
  /** Credit units that the contract has; none where nothing is prepaid (B). */
  readonly units: { readonly [unit: string]: UnitTerms };
  /** Share of the approved units at which the customer is told and asked, in basis points. */
  readonly warnAt: number;
  /** Absent: cancelling is always free. */
  readonly cancellation?: CancellationTerms;
  readonly onSite: 'never' | 'withProvidersAgreement' | 'asAgreed';
  /** Most people of the customer's in a session. */
  readonly mostParticipants?: number;
  /** Whether the customer is asked for a full backup before the work. */
  readonly backup: boolean;
  /** Work out of hours: never (A), or proposed, agreed, ordered and billed apart, never debited (B). */
  readonly onCall: 'never' | 'asAnOption';
  /** How long an estimate may be approved. */
  readonly approvalWithin: Delay;
  /** After the customer was asked to approve, to order, or to agree to more; in order, of one kind and calendar. */
  readonly reminders: readonly Delay[];
  /** Of the modules that are active, by name. */
  readonly allowances: { readonly [module: string]: ModuleAllowance };
}
