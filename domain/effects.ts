/** What the core asks of the world. Each effect has a key of its own and waits in the state until it is done. */
import type { EscalationReport, EscalationVerdict } from './escalation/messages.ts';
import type { InboundMailId, TextId } from './events.ts';
import type { ClockName } from './terms.ts';
import type { TimelineEntry } from './timeline.ts';

/** Every mail that the core orders. */
export const MAIL_KINDS = [
  'receipt',
  'acknowledgement',
  'requalified',
  'recovery',
  'question',
  'workaround',
  'fix',
  'production',
  'reminder',
  'closing',
  'refusal',
  'escalated',
  'escalationAcknowledged',
  'reopened',
  'warning',
  'breach',
  'task',
  'lateReport',
] as const;
/** What a mail is about. */
export type MailKind = (typeof MAIL_KINDS)[number];

/** What the customer is waited for. */
export type WaitingFor = 'information' | 'confirmation' | 'production';
/** What the customer is asked to try. */
export type ProposalKind = 'workaround' | 'fix';
/** Which reminder of the cycle (D §1.4.2). */
export type ReminderStep = 1 | 2 | 3;
/** Why a request was closed. */
export type ClosingReason = 'confirmed' | 'noAnswer' | 'refused' | 'withdrawn' | 'duplicate';
/** What only a person of staff can do. */
export type TaskKind = 'correctAddress' | 'lookAtMessage' | 'effectConflict';

/** When a clock is due; epoch milliseconds. */
export interface ClockDue {
  readonly clock: ClockName;
  readonly at: number;
}

/** What a mail is about, without a word that names a person: the activity adds names, texts, addresses, language. */
export type MailOrder =
  /** `unasked`: the program opened it, of a planned visit; the customer has not asked. */
  | {
      readonly kind: 'receipt';
      readonly priority: string;
      readonly text: TextId;
      readonly due: readonly ClockDue[];
      readonly unasked?: true;
    }
  | { readonly kind: 'acknowledgement'; readonly priority: string; readonly due: readonly ClockDue[] }
  | {
      readonly kind: 'requalified';
      readonly priority: string;
      readonly text: TextId;
      readonly due: readonly ClockDue[];
    }
  | { readonly kind: 'recovery'; readonly text: TextId }
  | { readonly kind: 'question'; readonly text: TextId; readonly firstReminderAt?: number; readonly automatic: boolean }
  | {
      readonly kind: 'workaround' | 'fix';
      readonly text: TextId;
      readonly firstReminderAt?: number;
      /** The escalation whose publisher delivered it. */
      readonly escalation?: number;
    }
  | { readonly kind: 'production'; readonly firstReminderAt?: number }
  | {
      readonly kind: 'reminder';
      readonly step: ReminderStep;
      readonly waitingFor: WaitingFor;
      readonly proposal?: ProposalKind;
      /** When the request was set waiting: a genuine answer after it overtakes this mail. */
      readonly waitingSince: number;
      /** What follows if there is no answer. */
      readonly next: { readonly what: 'reminder' | 'closing'; readonly at?: number };
    }
  | {
      readonly kind: 'closing';
      readonly reason: ClosingReason;
      readonly reopenUntil?: number;
      /** Set when silence closed it: a genuine answer after it overtakes this mail. */
      readonly waitingSince?: number;
      readonly waitingFor?: WaitingFor;
      readonly duplicateOf?: string;
      readonly text?: TextId;
    }
  | { readonly kind: 'refusal'; readonly exclusion: string; readonly text?: TextId }
  /** Milestones of an escalation, in words for the customer: it has gone to the publisher; the publisher has it. */
  | { readonly kind: 'escalated' | 'escalationAcknowledged'; readonly escalation: number }
  | { readonly kind: 'reopened'; readonly text?: TextId }
  | {
      readonly kind: 'warning' | 'breach';
      readonly clock: ClockName;
      readonly dueAt: number;
      readonly priority: string;
    }
  | { readonly kind: 'task'; readonly task: TaskKind; readonly mail?: InboundMailId }
  /** An escalation that is over, or of a request that is closed, told something: it was filed, nothing else happened. */
  | { readonly kind: 'lateReport'; readonly escalation: number; readonly what: EscalationReport['what'] };

/** Mails of these kinds go to staff, all others to the customer. */
export const STAFF_MAILS = ['warning', 'breach', 'task', 'lateReport'] as const satisfies readonly MailKind[];

/** `<workflowId>:<effect>:<seq>`: the same effect has the same key in every run and attempt. */
export type EffectKey = string;

/** Something the core asks of the world, under a key of its own. */
export type Effect =
  /** Write state, read model and timeline in one transaction. */
  | { readonly kind: 'save'; readonly key: EffectKey; readonly seq: number; readonly entries: readonly TimelineEntry[] }
  | { readonly kind: 'mail'; readonly key: EffectKey; readonly order: MailOrder }
  /** Build opening windows that reach further. */
  | { readonly kind: 'extendWindow'; readonly key: EffectKey }
  | EscalationMessage;

/** To one of the request's escalations; one after the other, in their order. */
export type EscalationMessage =
  | { readonly kind: 'startEscalation'; readonly key: EffectKey; readonly n: number }
  /** The verdict's id is the key. */
  | {
      readonly kind: 'tellEscalation';
      readonly key: EffectKey;
      readonly n: number;
      readonly verdict: EscalationVerdict;
    };
