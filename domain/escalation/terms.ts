/** What a running escalation needs of the contract with the publisher. Plain JSON: it is in the workflow's input. */
import type { Delay, RequestTerms } from '../terms.ts';

/** How a publisher that does not acknowledge is chased. */
export interface ChaserTerms {
  /** After the escalation was sent; strictly increasing. After the last, staff are told that nobody answers. */
  readonly after: readonly Delay[];
}

/**
 * The publisher's contract. Priorities are in order: the first is the highest. Clocks start at the publisher's
 * acknowledgement (C §4.4.3).
 */
export interface EscalationTerms extends RequestTerms {
  readonly chasers?: ChaserTerms;
  /** Priorities that count in the platform's availability when they are not resolved in time (C §4.4.3). */
  readonly countedInAvailability: readonly string[];
}
