/** What the outside sees of an intervention. */
import { plus } from './amounts.ts';
import { type CancellationCost, costsFrom, whatCancellingCosts } from './cancellation.ts';
import { hasEnded } from './credit.ts';
import { estimated } from './draft.ts';
import type { CustomersTurn } from './effects.ts';
import type { InterventionCommandName } from './events.ts';
import type { InterventionRules } from './rules.ts';
import type {
  Delivered,
  Ending,
  Estimate,
  Expense,
  InterventionId,
  InterventionState,
  InterventionStatus,
  InterventionTask,
} from './state.ts';
import type { UnitAmounts } from './terms.ts';
import { possibleCommands } from './transitions.ts';
import { reservedOf, secondsLeft, secondsWorked, usedOf } from './usage.ts';
import { expiresAt, nextReminder } from './waiting.ts';

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
    /** Work that may be done before more has to be agreed to; absent where no units are debited. */
    readonly secondsLeft?: number;
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
  readonly delivered?: Delivered;
  readonly tasks: readonly InterventionTask[];
  /** Commands that would be accepted now. */
  readonly possible: readonly InterventionCommandName[];
}

/** The view of a state under its rules. */
export function interventionView(state: InterventionState, rules: InterventionRules): InterventionView {
  const { id, request, n, contract, termsVersion, seq, status, contact, openedAt, missing, expenses, tasks } = state;
  const { estimate, plan, waiting, overrun } = state;
  return {
    ...{ id, request, n, contract, termsVersion, version: seq, status, contact, openedAt },
    ...defined({ assignee: state.assignee, module: state.module, order: state.order, ended: state.ended }),
    ...defined({ delivered: state.delivered }),
    ...(state.study ? { feasible: state.study.feasible } : {}),
    ...(estimate ? { estimate: { ...estimate, ...defined({ expiresAt: expiresAt(state, rules) }) } } : {}),
    approved: estimate?.approved ? plus(estimated(state), state.agreed) : state.agreed,
    reserved: reservedOf(state),
    missing,
    ...(plan ? { plan: planView(plan) } : {}),
    work: workView(state, rules),
    expenses,
    ...(waiting ? { waiting: waitingView(state, rules, waiting) } : {}),
    ...(overrun.asked ? { moreAsked: overrun.asked } : {}),
    ...(hasEnded(state) ? {} : { cancelling: whatCancellingCosts(state, rules, state.lastAt) }),
    tasks,
    possible: possibleCommands(state, rules),
  };
}

function planView(plan: NonNullable<InterventionState['plan']>) {
  const { from, to, units, remindAt, reminded } = plan;
  const freeBefore = costsFrom(plan);
  return { from, to, units, reminded: reminded !== undefined, ...defined({ remindAt, freeBefore }) };
}

function workView(state: InterventionState, { terms }: InterventionRules): InterventionView['work'] {
  const left = secondsLeft(state, terms);
  return {
    seconds: secondsWorked(state),
    trips: state.trips,
    used: state.ended ? state.ended.used : usedOf(state, terms),
    ...defined({
      runningSince: state.running?.since,
      secondsLeft: Number.isFinite(left) && !hasEnded(state) ? left : undefined,
      allowanceSeconds: state.allowance?.seconds,
    }),
  };
}

function waitingView(
  state: InterventionState,
  rules: InterventionRules,
  { for: turn, since, sent }: NonNullable<InterventionState['waiting']>,
) {
  const due = nextReminder(state, rules)?.due;
  const next = due && 'at' in due ? { nextReminderAt: due.at } : {};
  return { for: turn, since, remindersSent: sent.length, ...next };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined: a missing field, not a null one. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
