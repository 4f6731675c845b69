/** What cancelling costs the customer (A art. 1, 4a). */
import type { UnitAmounts } from './terms.ts';

/** What cancelling at one instant does. Amounts in units; expenses in cents, excluding VAT. */
export interface CancellationCost {
  /** No unit is lost. */
  readonly free: boolean;
  /** First instant at which it costs, epoch milliseconds; absent without a date, or where it never does. */
  readonly freeBefore?: number;
  /** Planned and not yet performed: neither refunded nor postponed. */
  readonly lost: UnitAmounts;
  /** Work done: debited. */
  readonly used: UnitAmounts;
  readonly returned: UnitAmounts;
  /** Expenses that stay due. */
  readonly expensesDue: number;
}
