/** What the ledger reads of a contract's credit units. */
import type { Period } from '../localDates.ts';

/** What is added up before it is rounded to started units. */
export type RoundedPer = 'intervention' | 'call' | 'incident' | 'workLog';

/** How long units may be used. */
export type Validity =
  | {
      readonly lasts: 'period';
      readonly period: Period;
      readonly lastDay: 'sameDate' | 'dayBefore';
    }
  | { readonly lasts: 'contract' };

/** How a trip is paid. */
export type Travel =
  | { readonly counted: 'returnTrip'; readonly units: number }
  | { readonly counted: 'included' }
  | { readonly counted: 'expenses' };

/** Whole euro cents without VAT; the rate on top in basis points. */
export interface Price {
  readonly cents: number;
  readonly vatBasisPoints: number;
}

/** When somebody is told of their credit. */
export interface CreditAlerts {
  /** Share of the units last bought, in basis points, at or below which the balance is low; 0: never told. */
  readonly lowShare: number;
  /** Days before the last valid day on which its end is announced. */
  readonly expiryDays: readonly number[];
  /** Whether it is told that nothing is left. */
  readonly nothingLeft: boolean;
  /** Of the customer's side. */
  readonly to: 'mainContact' | 'designatedContacts';
}

/** A credit unit of a contract, as its terms write it. */
export interface CreditUnitTerms {
  readonly active: boolean;
  /** Minutes of work that one unit pays at most. */
  readonly minutes: number;
  readonly roundedPer: RoundedPer;
  /** Name of the unit that counts what goes beyond whole ones of this. */
  readonly restIn?: string | undefined;
  readonly travel: Travel;
  readonly packs?: readonly { readonly units: number; readonly price: Price }[] | undefined;
  readonly unitPrice?: Price | undefined;
  readonly minimumUnits: number;
  readonly base?: number | undefined;
  readonly renewal: 'none' | 'automaticAtZero';
  readonly debitMaySpanRenewal: boolean;
  readonly validity: Validity;
  readonly alerts?: CreditAlerts | undefined;
}

/** The credit units of a contract, by name. */
export type CreditTerms = { readonly [unit: string]: CreditUnitTerms };

/** Of terms that were stored before alerts were part of them. Our reading, see `docs/contracts.md`. */
export const USUAL_ALERTS: CreditAlerts = {
  lowShare: 2_000,
  expiryDays: [60, 30, 7],
  nothingLeft: true,
  to: 'mainContact',
};

/** So many of a unit. */
export interface Amount {
  readonly unit: string;
  /** Whole, more than none. */
  readonly units: number;
}
