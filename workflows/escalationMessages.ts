/** Names, payloads and ids of what crosses Temporal about escalations. Safe to import anywhere. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationMailOrder } from '../domain/escalation/effects.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../domain/escalation/events.ts';
import type { EscalationReport, EscalationVerdict } from '../domain/escalation/messages.ts';
import type { EscalationId, EscalationResult, EscalationState } from '../domain/escalation/state.ts';
import type { EscalationTerms } from '../domain/escalation/terms.ts';
import type { EscalationEntry } from '../domain/escalation/timeline.ts';
import type { EscalationView } from '../domain/escalation/view.ts';
import type { Windows } from '../domain/events.ts';
import type { ShortTerms } from '../domain/shortTerms.ts';
import type { MailFact, MailOutcome } from './messages.ts';

/** Workflow id of a request's n-th escalation. */
export function escalationWorkflowId(request: string, n: number): EscalationId {
  return `escalation:${request}:${n}`;
}

/** Request number and n of an escalation's id; undefined when it is none. */
export function parseEscalationId(id: string): { readonly request: string; readonly n: number } | undefined {
  const [, request, n] = /^escalation:([^:]+):([1-9]\d{0,5})$/.exec(id) ?? [];
  return request === undefined || n === undefined ? undefined : { request, n: Number(n) };
}

/** What `escalation` runs on: `send` for a new one, `state` for one that goes on. Exactly one of the two. */
export interface EscalationInput {
  readonly id: EscalationId;
  readonly request: string;
  readonly n: number;
  readonly publisher: string;
  readonly terms: Omit<EscalationTerms, keyof ShortTerms> & ShortTerms;
  readonly windows: Windows;
  /** Nexus endpoint of the request's namespace; without it the request is in the escalation's own. */
  readonly reportsTo?: string;
  readonly send?: EscalationCommandOf<'send'>;
  readonly state?: EscalationState;
}

/** Every command is an Update of its own name. Answers once its save is committed. */
export function escalationUpdate<T extends EscalationCommandName>(name: T) {
  return defineUpdate<EscalationResult, [EscalationCommandOf<T>]>(name);
}

/** The request tells its escalation. */
export const verdictGiven = defineSignal<[EscalationVerdict]>('verdictGiven');
/** The escalation tells its request. */
export const escalationReported = defineSignal<[EscalationReport]>('escalationReported');
/** A publisher's message that names no intent, or whose sender is doubtful, was filed. */
export const publisherMessageHeld = defineSignal<[MailFact]>('publisherMessageHeld');
/** A person looked at it. */
export const publisherMessageDismissed =
  defineSignal<[MailFact & { readonly who: `staff:${string}` }]>('publisherMessageDismissed');
/** A bounce came back for a mail to the publisher. */
export const escalationMailBounced =
  defineSignal<[{ readonly key: EffectKey; readonly order: EscalationMailOrder; readonly receivedAt: number }]>(
    'escalationMailBounced',
  );

/** The escalation as its workflow knows it. */
export const getEscalation = defineQuery<EscalationView>('getEscalation');

/** What `saveEscalation` writes in one transaction. */
export interface SaveEscalation {
  readonly key: EffectKey;
  readonly seq: number;
  readonly state: EscalationState;
  readonly view: EscalationView;
  readonly calendarVersions?: { readonly [calendar: string]: number };
  readonly entries: readonly EscalationEntry[];
}

/** What `sendEscalationMail` sends: an order, under its key. */
export interface SendEscalationMail {
  readonly key: EffectKey;
  readonly escalation: EscalationId;
  readonly order: EscalationMailOrder;
}

/** Activities about escalations, by name. All may run twice: each is idempotent by its key. */
export interface EscalationActivities {
  /** The input of a new escalation, from its row: terms and opening hours of the publisher's contract. For the request. */
  prepareEscalation(input: { readonly id: EscalationId; readonly commandId: string }): Promise<EscalationInput>;
  /**
   * The input that makes the lost run of an escalation again: from its stored state or, where it has saved nothing, from its
   * package. Nothing when none ought to run. For the request.
   */
  storedEscalation(input: {
    readonly id: EscalationId;
    readonly commandId: string;
  }): Promise<EscalationInput | undefined>;
  saveEscalation(input: SaveEscalation): Promise<void>;
  sendEscalationMail(input: SendEscalationMail): Promise<MailOutcome>;
  /** Opening windows of the publisher's contract that reach further. */
  extendPublisherWindows(input: {
    readonly contract: string;
    readonly termsVersion: number;
    readonly from: number;
  }): Promise<Windows>;
  /** The request's workflow has ended: the relay files the report. */
  fileReport(input: { readonly request: string; readonly report: EscalationReport }): Promise<void>;
}
