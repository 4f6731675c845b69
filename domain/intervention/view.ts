/** What the outside sees of an intervention. */
import type { CancellationCost } from './cancellation.ts';
import type { CustomersTurn } from './effects.ts';
import type { InterventionCommandName } from './events.ts';
import type { Ending, Estimate, Expense, InterventionId, InterventionStatus, InterventionTask } from './state.ts';
import type { UnitAmounts } from './terms.ts';

/** Instants are epoch milliseconds. */
export interface InterventionView {
  readonly id: InterventionId;
  readonly request: string;
  readonly n: number;
  readonly contract: string;
  readonly termsVersion: number;
  readonly version: number;
  readonly status: InterventionStatus;
  readonly contact: string;
  readonly assignee?: string;
  readonly module?: string;
  readonly openedAt: number;
  readonly feasible?: boolean;
  readonly estimate?: Estimate & { readonly expiresAt?: number };
  /** What the customer approved: the estimate and what was agreed beyond it. */
  readonly approved: UnitAmounts;
  readonly reserved: UnitAmounts;
  readonly missing: UnitAmounts;
  readonly order?: string;
  readonly plan?: {
    readonly from: number;
    readonly to: number;
    readonly units: UnitAmounts;
    readonly remindAt?: number;
    readonly reminded: boolean;
    readonly freeBefore?: number;
  };
  readonly work: {
    /** Logged; what is being timed comes on top. */
    readonly seconds: number;
    readonly trips: number;
    readonly runningSince?: number;
    readonly used: UnitAmounts;
    /** Work that may be done before more has to be agreed. */
    readonly secondsLeft: number;
    /** What the module gave. */
    readonly allowanceSeconds?: number;
  };
  readonly expenses: readonly Expense[];
  readonly waiting?: {
    readonly for: CustomersTurn;
    readonly since: number;
    readonly remindersSent: number;
    readonly nextReminderAt?: number;
  };
  readonly moreAsked?: { readonly at: number; readonly amounts?: UnitAmounts };
  /** What cancelling would cost at the instant of the last event; asked anew for any other. Absent once it ended. */
  readonly cancelling?: CancellationCost;
  readonly ended?: Ending;
  readonly tasks: readonly InterventionTask[];
  /** Commands that would be accepted now. */
  readonly possible: readonly InterventionCommandName[];
}
