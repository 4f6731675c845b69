/** What an intervention asks of the world. Each effect has a key, `intervention:<number>:<n>:<effect>:<seq>`. */
import type { EffectKey } from '../effects.ts';
import type { TextId, Who } from '../events.ts';
import type { CancellationCost } from './cancellation.ts';
import type { UnitAmounts } from './terms.ts';
import type { InterventionEntry } from './timeline.ts';

/** Every mail that an intervention orders. */
export const INTERVENTION_MAIL_KINDS = [
  'infeasible',
  'estimate',
  'orderNeeded',
  'moreAsked',
  'waitingReminder',
  'estimateExpired',
  'scheduled',
  'dayBefore',
  'postponed',
  'cancelled',
  'report',
  'interventionTask',
  'interventionNews',
] as const;
/** What a mail of an intervention is about. */
export type InterventionMailKind = (typeof INTERVENTION_MAIL_KINDS)[number];

/** Mails of these kinds go to staff, all others to the customer. */
export const INTERVENTION_STAFF_MAILS = [
  'interventionTask',
  'interventionNews',
] as const satisfies readonly InterventionMailKind[];

/**
 * What only a person of staff can do: agree a date; agree another, because hours changed or the date passed without work;
 * decide what to do with a customer who does not answer while work is stopped, or who refused more; correct an address;
 * look at an effect whose key was used before.
 */
export type InterventionTaskKind =
  | 'agreeDate'
  | 'agreeOtherDate'
  | 'moreUnanswered'
  | 'moreDeclined'
  | 'correctAddress'
  | 'effectConflict';

/** Every piece of news. */
export const INTERVENTION_NEWS = [
  'declined',
  'expired',
  'orderLacking',
  'moreReserved',
  'dateChanged',
  'cancelled',
] as const;
/**
 * What staff would else find out by looking: the customer did not want the estimate, or let it expire; approved what the
 * balance lacks; agreed to more, which is reserved; changed the date; cancelled.
 */
export type InterventionNews = (typeof INTERVENTION_NEWS)[number];

/** What the customer is waited for: approval of the estimate, an order form to sign, agreement to more than the estimate. */
export type CustomersTurn = 'approval' | 'order' | 'more';

/** What a mail is about, without a word that names a person: the activity adds names, texts, the estimate, addresses. */
export type InterventionMailOrder =
  | { readonly kind: 'infeasible'; readonly text: TextId }
  /** With the link to the page on which it is approved or declined; the link dies at `expiresAt`. */
  | { readonly kind: 'estimate'; readonly estimate: string; readonly amounts: UnitAmounts; readonly expiresAt?: number }
  /** Units that the balance lacks; none: on-call work, ordered apart. */
  | { readonly kind: 'orderNeeded'; readonly missing: UnitAmounts }
  /**
   * The estimate is at risk: `share` of it is used; `usedUp`: all of it, and work is stopped; `agent`: by an agent, who
   * says how much more. With the link to the page on which it is agreed to.
   */
  | {
      readonly kind: 'moreAsked';
      readonly because: 'share' | 'usedUp' | 'agent';
      readonly used: UnitAmounts;
      readonly approved: UnitAmounts;
      readonly amounts?: UnitAmounts;
      /** Work that what is approved still pays for, whole seconds. */
      readonly secondsLeft: number;
      readonly text?: TextId;
    }
  /** `step` counts from 1. */
  | {
      readonly kind: 'waitingReminder';
      readonly waitingFor: CustomersTurn;
      readonly step: number;
      readonly since: number;
    }
  | { readonly kind: 'estimateExpired'; readonly estimate: string }
  /**
   * `freeBefore`: first instant at which cancelling costs; absent where it never does. `late`: it costs from now on.
   * `wasFrom`: of the date that this one takes the place of.
   */
  | {
      readonly kind: 'scheduled';
      readonly from: number;
      readonly to: number;
      readonly backup: boolean;
      readonly freeBefore?: number;
      readonly late?: true;
      readonly wasFrom?: number;
    }
  /** On the business day before. `backup`: asks for a full backup. */
  | { readonly kind: 'dayBefore'; readonly from: number; readonly to: number; readonly backup: boolean }
  | { readonly kind: 'postponed'; readonly wasFrom: number; readonly text: TextId }
  /** `text`: the provider's reason. */
  | {
      readonly kind: 'cancelled';
      readonly by: 'customer' | 'provider';
      /** The customer wished another date when that counted as cancelling. */
      readonly otherDate?: true;
      readonly cost: CancellationCost;
      readonly text?: TextId;
    }
  | {
      readonly kind: 'report';
      readonly text: TextId;
      readonly actionPlan?: TextId;
      readonly qualityIndex?: number;
      readonly seconds: number;
      /** Of these: paid by the time of the module whose planned visit it was. */
      readonly included?: number;
      readonly used: UnitAmounts;
      readonly returned: UnitAmounts;
    }
  | { readonly kind: 'interventionTask'; readonly task: InterventionTaskKind }
  /** `from`, `wasFrom`: of a date that was changed. */
  | {
      readonly kind: 'interventionNews';
      readonly news: InterventionNews;
      readonly from?: number;
      readonly wasFrom?: number;
    };

/** Something an intervention asks of the world, under a key of its own. */
export type InterventionEffect =
  /** Write state, read model and timeline in one transaction. */
  | {
      readonly kind: 'save';
      readonly key: EffectKey;
      readonly seq: number;
      readonly entries: readonly InterventionEntry[];
    }
  | { readonly kind: 'mail'; readonly key: EffectKey; readonly order: InterventionMailOrder }
  /**
   * Reserve units for work on a local date (YYYY-MM-DD): all of them or none. Its key names the reservation. `instead`: keys
   * of reservations that are given back first, because they are no longer valid on that date.
   */
  | {
      readonly kind: 'reserve';
      readonly key: EffectKey;
      readonly amounts: UnitAmounts;
      readonly validOn: string;
      readonly instead: readonly EffectKey[];
      readonly by: Who;
    }
  /** End a reservation: work done on a local date is debited, a late cancellation loses units, what is left returns. */
  | {
      readonly kind: 'settle';
      readonly key: EffectKey;
      readonly reservation: EffectKey;
      readonly post: UnitAmounts;
      readonly forfeit: UnitAmounts;
      readonly on: string;
      readonly by: Who;
    }
  /** Take time of a module's allowance of a period (`2027-03`, `2027`): as much as is left of it, at most. */
  | {
      readonly kind: 'takeAllowance';
      readonly key: EffectKey;
      readonly module: string;
      readonly period: string;
      readonly seconds: number;
      readonly by: Who;
    }
  /** What was taken and not used returns to its period. */
  | {
      readonly kind: 'returnAllowance';
      readonly key: EffectKey;
      readonly module: string;
      readonly period: string;
      readonly seconds: number;
      readonly by: Who;
    }
  | { readonly kind: 'extendWindow'; readonly key: EffectKey };
