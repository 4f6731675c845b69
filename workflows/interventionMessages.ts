/** Names, payloads and ids of what crosses Temporal about interventions. Safe to import anywhere. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EffectKey } from '../domain/effects.ts';
import type { Who, Windows } from '../domain/events.ts';
import type { CancellationCost } from '../domain/intervention/cancellation.ts';
import type { InterventionMailOrder } from '../domain/intervention/effects.ts';
import type { InterventionCommandName, InterventionCommandOf } from '../domain/intervention/events.ts';
import type { InterventionId, InterventionResult, InterventionState } from '../domain/intervention/state.ts';
import type { InterventionTerms, UnitAmounts } from '../domain/intervention/terms.ts';
import type { InterventionEntry } from '../domain/intervention/timeline.ts';
import type { LoggingCost } from '../domain/intervention/usage.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import type { ChangedHours, MailOutcome } from './messages.ts';

/** Request number and n of an intervention's id; undefined when it is none. */
export function parseInterventionId(id: string): { readonly request: string; readonly n: number } | undefined {
  const [, request, n] = /^intervention:([^:]+):([1-9]\d{0,5})$/.exec(id) ?? [];
  return request === undefined || n === undefined ? undefined : { request, n: Number(n) };
}

/** What `intervention` runs on: `open` for a new one, `state` for one that goes on. Exactly one of the two. */
export interface InterventionInput {
  readonly id: InterventionId;
  readonly request: string;
  readonly n: number;
  readonly terms: InterventionTerms;
  readonly windows: Windows;
  readonly open?: InterventionCommandOf<'open'>;
  readonly state?: InterventionState;
}

/** Update `open`: the intervention is in the input; answers once its first save is committed. Used with start. */
export const interventionOpenUpdate = defineUpdate<InterventionResult, [{ readonly commandId: string }]>('open');
/** Every command is an Update of its own name. Answers once its save is committed. */
export function interventionUpdate<T extends InterventionCommandName>(name: T) {
  return defineUpdate<InterventionResult, [InterventionCommandOf<T>]>(name);
}

/** An order was signed, or units came back: an intervention that lacks credit asks for it again. */
export const creditAdded = defineSignal('creditAdded');
/** A bounce came back for a mail of an intervention. */
export const interventionMailBounced =
  defineSignal<[{ readonly key: EffectKey; readonly order: InterventionMailOrder; readonly receivedAt: number }]>(
    'interventionMailBounced',
  );
/** The opening hours of the contract's calendars changed. */
export const interventionHoursChanged = defineSignal<[ChangedHours]>('interventionHoursChanged');

/** The intervention as its workflow knows it. */
export const getIntervention = defineQuery<InterventionView>('getIntervention');
/** What cancelling would cost at an instant (epoch milliseconds), by default now: to be shown before it is done. */
export const whatCancellingCosts = defineQuery<CancellationCost, [{ readonly at?: number }]>('whatCancellingCosts');

/** What logging so many seconds of work would cost now: to be shown before it is done. */
export const whatLoggingCosts = defineQuery<LoggingCost, [{ readonly seconds: number }]>('whatLoggingCosts');

/** What `saveIntervention` writes in one transaction. */
export interface SaveIntervention {
  readonly key: EffectKey;
  readonly seq: number;
  readonly state: InterventionState;
  readonly view: InterventionView;
  readonly calendarVersions?: { readonly [calendar: string]: number };
  readonly entries: readonly InterventionEntry[];
}

/** What `sendInterventionMail` sends: an order, under its key. */
export interface SendInterventionMail {
  readonly key: EffectKey;
  readonly intervention: InterventionId;
  readonly order: InterventionMailOrder;
}

/** What the ledger is told of every operation. */
interface LedgerOperation {
  /** Idempotency key: the same operation yields the same answer, however often it is asked for. */
  readonly key: EffectKey;
  readonly contract: string;
  readonly request: string;
  readonly intervention: InterventionId;
  readonly who: Who;
}

/** Keep units for work on a local date; all or none. Its key names the reservation. */
export interface ReserveUnits extends LedgerOperation {
  readonly amounts: UnitAmounts;
  readonly validOn: string;
  /** Reservations that are given back first. */
  readonly instead: readonly EffectKey[];
}

/** End a reservation. What neither `post` nor `forfeit` names is given back. */
export interface SettleUnits extends LedgerOperation {
  readonly reservation: EffectKey;
  readonly post: UnitAmounts;
  readonly forfeit: UnitAmounts;
  /** Local date of the work, or of the cancellation. */
  readonly on: string;
}

/** `validUntil`: last local date on which all of it is valid; absent for what lasts as long as the contract. */
export type Reserved =
  | { readonly result: 'done'; readonly validUntil?: string }
  | { readonly result: 'insufficient'; readonly missing: UnitAmounts };

/** Time of a module's allowance in one of its periods. */
export interface AllowanceMove extends LedgerOperation {
  readonly module: string;
  /** `2027-03` or `2027`. */
  readonly period: string;
  readonly seconds: number;
}

/** Activities about interventions, by name. All may run twice: each is idempotent by its key. */
export interface InterventionActivities {
  saveIntervention(input: SaveIntervention): Promise<void>;
  sendInterventionMail(input: SendInterventionMail): Promise<MailOutcome>;
  /** Opening windows of the contract that reach further. */
  extendInterventionWindows(input: {
    readonly contract: string;
    readonly termsVersion: number;
    readonly from: number;
  }): Promise<Windows>;
  reserveUnits(input: ReserveUnits): Promise<Reserved>;
  settleUnits(input: SettleUnits): Promise<void>;
  /** As much as is left in the period, at most `seconds`: how much it was. */
  takeAllowance(input: AllowanceMove): Promise<{ readonly seconds: number }>;
  returnAllowance(input: AllowanceMove): Promise<void>;
}
