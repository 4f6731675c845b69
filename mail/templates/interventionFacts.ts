/** What the mails of an intervention name besides their orders. */
import type { Language } from '../../domain/languages.ts';
import type { Travel } from './travel.ts';

/** What a mail of an intervention says besides its order. */
export interface InterventionFacts {
  readonly number: string;
  /** The request's subject. */
  readonly subject: string;
  readonly intervention: string;
  readonly language: Language;
  /** IANA zone of the contract. */
  readonly zone: string;
  readonly signature: string;
  readonly contract: string;
  readonly customer: string;
  readonly contact: { readonly name: string; readonly email: string };
  /** Labels of credit units, in the reader's language. */
  readonly units: { readonly [unit: string]: string };
  /** The text that the order names. */
  readonly text?: string;
  /** Of a report. */
  readonly actionPlan?: string;
  readonly estimate?: EstimateText;
  /** The work is out of hours: no units pay for it. */
  readonly onCall?: boolean;
  /** Of what is cancelled: the date that it had, epoch milliseconds. */
  readonly planned?: { readonly from: number; readonly to: number };
  /** A visit to which nothing of its module's time was left. */
  readonly isUncovered?: boolean;
  /** Of a report: what comes on top of units, euro cents without VAT. */
  readonly expensesDue?: number;
  /** Where the customer decides. */
  readonly link?: string;
  /** Of a reminder to approve: the first instant at which it is too late, epoch milliseconds. */
  readonly expiresAt?: number;
}

/** An estimate as its customer reads it. */
export interface EstimateText {
  readonly scope: string;
  readonly prerequisites: readonly string[];
  readonly limits: readonly string[];
  readonly deliverables: readonly string[];
  readonly onCall: boolean;
  readonly travel?: Travel;
  /** When the one was sent that it replaces, epoch milliseconds. */
  readonly replaces?: number;
}
