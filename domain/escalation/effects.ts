/** What an escalation asks of the world. Each effect has a key, `escalation:<number>:<n>:<effect>:<seq>`. */
import type { EffectKey, ProposalKind } from '../effects.ts';
import type { InboundMailId, TextId } from '../events.ts';
import type { ClockName } from '../terms.ts';
import type { EscalationReport } from './messages.ts';
import type { EscalationEntry } from './timeline.ts';

/** Every mail that an escalation orders. */
export const ESCALATION_MAIL_KINDS = [
  'escalated',
  'chaser',
  'provided',
  'accepted',
  'rejected',
  'withdrawn',
  'priority',
  'publisherWarning',
  'publisherBreach',
  'publisherTask',
] as const;
/** What a mail of an escalation is about. */
export type EscalationMailKind = (typeof ESCALATION_MAIL_KINDS)[number];

/** Mails of these kinds go to the distributor's staff, all others to the publisher. */
export const ESCALATION_STAFF_MAILS = [
  'publisherWarning',
  'publisherBreach',
  'publisherTask',
] as const satisfies readonly EscalationMailKind[];

/**
 * What only a person of the distributor can do: answer the publisher's question; look at a message that names no intent;
 * call a publisher that does not acknowledge; correct the publisher's address; have refused work quoted; settle the priority.
 */
export type EscalationTaskKind =
  | 'answerPublisher'
  | 'lookAtMessage'
  | 'publisherSilent'
  | 'correctAddress'
  | 'quote'
  | 'settlePriority'
  | 'effectConflict';

/** What a mail is about, without a word that names a person: the activity adds names, texts, the package, addresses. */
export type EscalationMailOrder =
  | { readonly kind: 'escalated'; readonly priority: string }
  /** `step` counts from 1. */
  | { readonly kind: 'chaser'; readonly step: number; readonly sentAt: number }
  /** What the publisher asked for. */
  | { readonly kind: 'provided'; readonly text: TextId }
  | { readonly kind: 'accepted'; readonly of: ProposalKind; readonly ends: boolean }
  | { readonly kind: 'rejected'; readonly of: ProposalKind; readonly text?: TextId; readonly dueAt?: number }
  | { readonly kind: 'withdrawn'; readonly text?: TextId }
  /** The distributor names another priority, or agrees to the publisher's. */
  | { readonly kind: 'priority'; readonly priority: string; readonly agreed: boolean; readonly text?: TextId }
  | {
      readonly kind: 'publisherWarning' | 'publisherBreach';
      readonly clock: ClockName;
      readonly dueAt: number;
      readonly priority: string;
    }
  | {
      readonly kind: 'publisherTask';
      readonly task: EscalationTaskKind;
      readonly text?: TextId;
      readonly mail?: InboundMailId;
      readonly exclusion?: string;
      readonly priority?: string;
    };

/** Something an escalation asks of the world, under a key of its own. */
export type EscalationEffect =
  /** Write state, read model and timeline in one transaction. */
  | {
      readonly kind: 'save';
      readonly key: EffectKey;
      readonly seq: number;
      readonly entries: readonly EscalationEntry[];
    }
  | { readonly kind: 'mail'; readonly key: EffectKey; readonly order: EscalationMailOrder }
  /** Tell the request; one after the other, in their order. */
  | { readonly kind: 'report'; readonly key: EffectKey; readonly report: EscalationReport }
  | { readonly kind: 'extendWindow'; readonly key: EffectKey };
