/** What an intervention's timeline shows, and to whom. */
import type { Who } from '../events.ts';
import type { Audience, TimelineLine } from '../timeline.ts';
import type { CustomersTurn, InterventionTaskKind } from './effects.ts';
import type { ExpenseKind } from './events.ts';
import type { UnitAmounts } from './terms.ts';

/** Every entry type with its audience: `customer` entries are seen by staff too. */
export const INTERVENTION_AUDIENCE = {
  opened: 'customer',
  studied: 'customer',
  estimateSent: 'customer',
  approved: 'customer',
  declined: 'customer',
  estimateExpired: 'customer',
  unitsReserved: 'customer',
  creditLacking: 'customer',
  ordered: 'customer',
  allowanceTaken: 'customer',
  scheduled: 'customer',
  dateChanged: 'customer',
  postponed: 'customer',
  remindedDayBefore: 'customer',
  dayBeforeMissed: 'staff',
  reminderSent: 'customer',
  workStarted: 'customer',
  workStopped: 'customer',
  workLogged: 'staff',
  tripLogged: 'customer',
  expenseAdded: 'customer',
  shareUsed: 'customer',
  usedUp: 'customer',
  moreAsked: 'customer',
  moreAgreed: 'customer',
  moreDeclined: 'customer',
  completed: 'customer',
  actionPlanDelivered: 'customer',
  cancelled: 'customer',
  withdrawn: 'customer',
  unitsPosted: 'customer',
  unitsReturned: 'customer',
  unitsLost: 'customer',
  assigned: 'staff',
  noted: 'staff',
  openingHoursChanged: 'staff',
  taskOpened: 'staff',
  taskDone: 'staff',
  mailUndeliverable: 'staff',
  addressCorrected: 'staff',
  effectConflict: 'staff',
} as const satisfies Record<string, Audience>;
/** Type of a line. */
export type InterventionEntryType = keyof typeof INTERVENTION_AUDIENCE;

/** One line of the timeline. */
export interface InterventionEntry extends TimelineLine<InterventionEntryType> {
  readonly facts?: {
    readonly feasible?: boolean;
    readonly estimate?: string;
    readonly service?: string;
    readonly unit?: string;
    readonly units?: number;
    readonly amounts?: UnitAmounts;
    readonly available?: number;
    readonly validUntil?: string;
    readonly order?: string;
    readonly from?: number;
    readonly to?: number;
    readonly wasFrom?: number;
    readonly seconds?: number;
    readonly qualityIndex?: number;
    /** Why the clock was stopped by itself. */
    readonly because?: 'usedUp' | 'closing';
    readonly waitingFor?: CustomersTurn;
    readonly step?: number;
    readonly expense?: ExpenseKind;
    readonly cents?: number;
    readonly nonRefundable?: boolean;
    readonly used?: UnitAmounts;
    readonly lost?: UnitAmounts;
    readonly returned?: UnitAmounts;
    readonly module?: string;
    readonly period?: string;
    readonly assignee?: Who;
    readonly task?: InterventionTaskKind;
    readonly effect?: string;
  };
}
