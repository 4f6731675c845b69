/** Names, payloads, ids and task queues of everything that crosses Temporal. Safe to import anywhere. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EffectKey, MailOrder } from '../domain/effects.ts';
import type { EscalationReport } from '../domain/escalation/messages.ts';
import type { CommandName, CommandOf, Windows } from '../domain/events.ts';
import type { CreditNotice, WatchedCredit } from '../domain/ledger/watch.ts';
import type { PackedSave } from '../domain/packing.ts';
import type { ShortTerms } from '../domain/shortTerms.ts';
import type { CommandResult, RequestState } from '../domain/state.ts';
import type { RequestTerms } from '../domain/terms.ts';
import type { RequestView } from '../domain/view.ts';
import { type ModuleVisits, visitScheduleId } from '../domain/visits.ts';

/** Task queue of requests: workflows and their activities. */
export const REQUEST_TASK_QUEUE = 'requests';

/** Workflow id of a request, from its number. */
export function requestWorkflowId(number: string): string {
  return `request:${number}`;
}

/**
 * Search attributes that the stack registers. Of Keyword at most 10 exist in a namespace's default store: seven are used
 * here, three are free.
 */
export const SEARCH_ATTRIBUTES = {
  RequestStatus: 'Keyword',
  RequestPriority: 'Keyword',
  ContractReference: 'Keyword',
  Assignee: 'Keyword',
  /** Of an escalation, and of a request its newest open one's. */
  EscalationStatus: 'Keyword',
  Publisher: 'Keyword',
  InterventionStatus: 'Keyword',
  SlaBreached: 'Bool',
  /** Earliest due moment of a running clock; empty when none runs. */
  NextDueAt: 'Datetime',
  NextReminderAt: 'Datetime',
  /** When an intervention is to begin. */
  PlannedAt: 'Datetime',
} as const;

/**
 * What `supportRequest` runs on: `open` for a new request, `state` for one that goes on (continue-as-new, reopening,
 * rebuilding). Exactly one of the two.
 */
export interface SupportRequestInput {
  readonly number: string;
  readonly terms: RequestTerms;
  readonly windows: Windows;
  readonly open?: CommandOf<'open'>;
  readonly state?: RequestState;
}

/** The same as the argument of a run; terms written out in full are taken too. */
export type ShortInput = Omit<SupportRequestInput, 'terms'> & { readonly terms: ShortTerms };

/** A verified answer of the customer by mail, or its writing down; `receivedAt` is the instant of our 250. */
export type AnswerSignal = CommandOf<'answer'>;

/** A mail that a request is told of; `receivedAt` is the instant of our 250. */
export interface MailFact {
  readonly mail: string;
  readonly receivedAt: number;
}

/** What `reopen` does: by an agent's command, or by a customer's answer or an escalation's report that found the request closed. */
export type ReopenPayload =
  | ({ readonly by: 'command' } & CommandOf<'reopen'>)
  | ({ readonly by: 'answer' } & CommandOf<'answer'>)
  | ReportPayload;

/** A report that found the request closed: it is filed, nothing is reopened. The report's id is the command's. */
export interface ReportPayload {
  readonly by: 'report';
  readonly report: EscalationReport;
  readonly commandId: string;
}

/** Update `open`: the request is in the input; answers once its first save is committed. Used with start. */
export const openUpdate = defineUpdate<CommandResult, [{ readonly commandId: string }]>('open');
/** Update `reopen`, used with start from the stored state. */
export const reopenUpdate = defineUpdate<CommandResult, [ReopenPayload]>('reopen');
/** Every other command is an Update of its own name. Answers once its save is committed. */
export function commandUpdate<T extends Exclude<CommandName, 'reopen'>>(name: T) {
  return defineUpdate<CommandResult, [CommandOf<T>]>(name);
}

/** A contact answered by mail. */
export const answerReceived = defineSignal<[AnswerSignal]>('answerReceived');
/** An unverified or doubtful message was filed on the request. */
export const messageHeld = defineSignal<[MailFact]>('messageHeld');
/** A person looked at a held message: it is no answer. */
export const messageDismissed = defineSignal<[MailFact & { readonly who: `staff:${string}` }]>('messageDismissed');
/** A bounce came back for a mail that the server had accepted; `order` is what was sent, as stored with the mail. */
export const mailBounced =
  defineSignal<[{ readonly key: EffectKey; readonly order: MailOrder; readonly receivedAt: number }]>('mailBounced');
/** The opening hours of calendars changed: their new windows, and the version of terms whose calendars they are. */
export interface ChangedHours {
  readonly windows: Windows;
  readonly termsVersion?: number;
}
/** Ignored for windows that the request has, and under other terms. */
export const openingHoursChanged = defineSignal<[ChangedHours]>('openingHoursChanged');

/** The request as its workflow knows it. */
export const getRequest = defineQuery<RequestView>('getRequest');

/** How a mail ended. `at` (epoch milliseconds): when the server accepted or refused it. */
export interface MailOutcome {
  readonly result: 'accepted' | 'refused' | 'superseded';
  readonly at: number;
}

/**
 * What `saveRequest` writes in one transaction: the entries as those of version `seq`; state and view if the row is not
 * newer. Issued again by a later run it carries the same entries and a newer state: only the entries are its content.
 */
export type SaveRequest = PackedSave;

/** What `sendMail` sends: an order, under its key. */
export interface SendMail {
  readonly key: EffectKey;
  readonly number: string;
  readonly order: MailOrder;
}

/** Where the new windows must reach back to: the start of the oldest running clock, epoch milliseconds. */
export interface ExtendWindows {
  readonly contract: string;
  readonly termsVersion: number;
  readonly from: number;
}

/**
 * Activities of a request, by name. All may run twice: each is idempotent by its key. Failures that will not heal are
 * `EffectConflict` (never retried).
 */
export interface RequestActivities {
  saveRequest(input: SaveRequest): Promise<void>;
  sendMail(input: SendMail): Promise<MailOutcome>;
  extendWindows(input: ExtendWindows): Promise<Windows>;
}

/** Header of messages and activities that names the span above them (W3C `traceparent`); only there when traces are on. */
export const TRACE_HEADER = '_tracer-data';

/** What the header holds, as Temporal's SDKs write it. */
export interface TraceCarrier {
  readonly traceparent?: string;
}

/** A span that a workflow had: from a message's task to its answer, epoch milliseconds of the workflow's time. */
export interface FinishedSpan {
  readonly name: string;
  /** W3C `traceparent` of the span above. */
  readonly parent: string;
  readonly spanId: string;
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Workflow id of a contract, from its reference. */
export function contractWorkflowId(reference: string): string {
  return `contract:${reference}`;
}

/** What `contract` runs on. */
export interface ContractInput {
  readonly contract: string;
}

/** Entries were made in the contract's ledger: look at it again. Used with start. */
export const creditChanged = defineSignal<[]>('creditChanged');

/** A moment of a contract; `now`: the workflow's, epoch milliseconds. */
export interface CreditAt {
  readonly contract: string;
  readonly now: number;
}

/** Activities of a contract. All may run twice: what they do happens once. */
export interface ContractActivities {
  readCredit(input: CreditAt): Promise<WatchedCredit>;
  expireCredit(input: CreditAt & { readonly lot: number }): Promise<void>;
  /** Tells the customer's side and staff; `key` once. */
  tellCredit(input: CreditAt & CreditTold): Promise<void>;
}

/** What is told: by ids, since histories have no names. Without `tells` it is noted as overtaken. */
export interface CreditTold {
  readonly kind: CreditNotice;
  readonly key: string;
  readonly lot: number;
  readonly days?: number;
  readonly tells: boolean;
}

/** What `plannedVisit` runs on. */
export type PlannedVisitInput = Pick<ModuleVisits, 'contract' | 'module'>;

/** Workflow id of the visits of a module: each run's is followed by the time at which it was to start. */
export function plannedVisitWorkflowId(visits: PlannedVisitInput): string {
  return `planned:${visitScheduleId(visits)}`;
}

/** A visit to be opened: that of the period in which `at` (epoch milliseconds) lies. */
export interface OpenVisit extends PlannedVisitInput {
  readonly at: number;
}

/** What came of it. `noVisits`: the contract in force has none of the module. `noContact`: it has nobody to be told. */
export type VisitOutcome =
  | { readonly result: 'opened'; readonly period: string; readonly request: string; readonly intervention: string }
  | { readonly result: 'noVisits' | 'noContact' };

/** Activities of planned visits. May run twice: a period's visit is opened once. */
export interface VisitActivities {
  openVisit(input: OpenVisit): Promise<VisitOutcome>;
}
