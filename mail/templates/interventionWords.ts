/** Everything that a mail of an intervention says, in one language. Said dates and amounts come ready for reading. */
import type { CustomersTurn, InterventionNews, InterventionTaskKind } from '../../domain/intervention/effects.ts';

/** The words of one language. */
export interface InterventionWords {
  readonly greeting: (name: string) => string;
  readonly staffGreeting: string;
  readonly none: string;
  readonly remark: string;
  readonly footerRequest: (number: string) => string;
  readonly footerAnswer: string;
  readonly footerAutomatic: string;
  readonly footerStaff: string;
  readonly contract: string;
  readonly customer: string;
  readonly contact: string;
  readonly subject: string;
  readonly intervention: string;

  readonly infeasibleTitle: string;
  readonly infeasible: string;
  readonly estimateTitle: string;
  readonly estimate: string;
  readonly replaces: (wasSent: string) => string;
  readonly scope: string;
  readonly prerequisites: string;
  readonly limits: string;
  readonly deliverables: string;
  readonly cost: string;
  /** In the place of an amount where the work is ordered and billed apart. */
  readonly onCall: string;
  readonly onCallCost: string;
  readonly estimateNext: string;
  readonly estimateUntil: (lastDay: string, zone: string) => string;
  readonly decide: string;
  readonly orderTitle: string;
  readonly orderNeeded: (missing: string | undefined) => readonly string[];
  readonly moreTitle: (because: 'share' | 'usedUp' | 'agent') => string;
  /** `amounts`: in units; undefined where a flat rate has paid for everything so far. */
  readonly more: (
    because: 'share' | 'usedUp' | 'agent',
    amounts: { readonly used: string; readonly approved: string } | undefined,
  ) => readonly string[];
  readonly workLeft: (seconds: number) => string;
  readonly moreAmounts: (amounts: string | undefined) => string;
  readonly moreNext: { readonly approved: string; readonly flatRate: string };
  readonly decideMore: string;
  readonly reminderTitle: (step: number) => string;
  readonly reminder: (turn: CustomersTurn, since: string) => readonly string[];
  readonly expiredTitle: string;
  readonly expired: readonly string[];
  readonly scheduledTitle: string;
  /** `span` says its own preposition. */
  readonly scheduled: (span: string) => string;
  readonly insteadOf: (wasFrom: string) => string;
  readonly freeUntil: (lastDay: string, zone: string) => string;
  readonly neverFree: string;
  readonly dayBeforeTitle: string;
  readonly dayBefore: (span: string) => string;
  readonly backup: string;
  readonly postponedTitle: string;
  readonly postponed: (wasFrom: string) => readonly string[];
  readonly cancelledTitle: string;
  /** `isWorkDue`: work that was done is debited. */
  readonly cancelled: (by: 'customer' | 'provider', isWorkDue: boolean) => string;
  /** The customer wished another date when that counted as cancelling. */
  readonly cancelledByOtherDate: string;
  readonly planned: string;
  readonly used: string;
  readonly lost: string;
  readonly returned: string;
  readonly expenses: string;
  readonly reportTitle: string;
  readonly report: string;
  readonly actionPlan: string;
  readonly qualityIndex: string;
  readonly outOfHundred: (index: number) => string;
  readonly included: string;
  readonly time: string;
  readonly statement: string;
  readonly taskTitle: (task: InterventionTaskKind) => string;
  /** In the place of agreeing a date: a visit to which nothing of its module's time was left. */
  readonly uncovered: readonly string[];
  readonly task: (task: InterventionTaskKind) => readonly string[];
  readonly news: (news: InterventionNews) => readonly [title: string, said: string];
  readonly newDate: (from: string, wasFrom: string) => string;
  readonly callTitle: (because: 'freeMinutesEnd' | 'creditLacking') => string;
  /** Of a contract without free minutes. */
  readonly callCounted: string;
  readonly call: (because: 'freeMinutesEnd' | 'creditLacking') => readonly string[];
}
