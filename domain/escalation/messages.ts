/**
 * What a request and its escalations tell each other. Each message has an id, so that one that arrives twice counts once;
 * each side sends its messages one after the other.
 */
import type { ProposalKind } from '../effects.ts';
import type { InboundMailId, TextId, Who } from '../events.ts';

/** What every report has. */
interface Reported {
  /** Its effect key, `<escalation id>:report.<what>:<seq>`; of a mail after the end `mail:<its id>`. */
  readonly id: string;
  readonly n: number;
  /** When it happened at the publisher's; epoch milliseconds. */
  readonly at: number;
  readonly who: Who;
}

/** What an escalation tells its request. */
export type EscalationReport = Reported &
  (
    | { readonly what: 'acknowledged'; readonly sr: string }
    /** The publisher needs to know something: the distributor answers, or asks the customer first. */
    | { readonly what: 'asked'; readonly text: TextId }
    /** The distributor has answered: the publisher goes on. */
    | { readonly what: 'provided' }
    | { readonly what: 'delivered'; readonly kind: ProposalKind; readonly text: TextId }
    | { readonly what: 'refused'; readonly exclusion: string; readonly text?: TextId }
    /** Withdrawn by the distributor on the escalation itself. */
    | { readonly what: 'withdrawn' }
    | { readonly what: 'breached'; readonly dueAt: number }
    /** The publisher has written after the end; its mail is under those to be looked at. */
    | { readonly what: 'wrote'; readonly mail: InboundMailId }
  );

/** What a request tells one of its escalations. */
export type EscalationVerdict = {
  /** Effect key of the request. */
  readonly id: string;
  readonly at: number;
  readonly who: Who;
} & (
  | { readonly what: 'accepted'; readonly kind: ProposalKind; readonly ends: boolean }
  | { readonly what: 'rejected'; readonly kind: ProposalKind; readonly text?: TextId }
  /** The request was closed, refused or withdrawn. */
  | { readonly what: 'withdrawn'; readonly text?: TextId }
);
