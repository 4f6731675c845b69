/** Everything that an escalation's mails say, in one language: `publisherFrench.ts` and `publisherEnglish.ts` fill it in. */
import type { ProposalKind } from '../../domain/effects.ts';
import type { EscalationTaskKind } from '../../domain/escalation/effects.ts';
import type { PackagePart } from '../../domain/escalation/package.ts';
import type { ClockName } from '../../domain/terms.ts';
import type { PublisherAction } from '../tokens.ts';

/** Said dates come ready for reading, with their zone. */
export interface PublisherWords {
  readonly greeting: string;
  readonly reference: string;
  readonly priority: string;
  readonly proposedPriority: string;
  /** What the contract means by a priority. */
  readonly meaning: string;
  readonly distributor: string;
  readonly sentBy: string;
  readonly contract: string;
  readonly due: string;
  readonly remark: string;
  readonly clocks: { readonly [name in ClockName]: string };

  readonly actionsLead: string;
  readonly actions: { readonly [action in Exclude<PublisherAction, 'note'>]: string };
  readonly atAcknowledgement: string;
  readonly plainReply: string;
  readonly footer: (reference: string) => string;
  readonly footerAutomatic: string;

  readonly escalatedTitle: (priority: string) => string;
  readonly escalated: (distributor: string, contract: string) => string;
  readonly parts: { readonly [part in PackagePart]: string };
  readonly notApplicable: (part: string, reason: string) => string;
  readonly attached: (size: string) => string;
  readonly notAttached: (size: string) => string;
  /** Units of a file's size, from bytes on. */
  readonly units: readonly [string, string, string];
  readonly chaserTitle: (step: number) => string;
  readonly chaser: (sentAt: string) => string;
  readonly providedTitle: string;
  readonly provided: string;
  readonly providedNext: string;
  readonly acceptedTitle: (ends: boolean) => string;
  readonly accepted: (of: ProposalKind, ends: boolean) => readonly string[];
  readonly rejectedTitle: string;
  readonly rejected: (of: ProposalKind) => string;
  readonly rejectedNext: (due: string | undefined) => string;
  readonly withdrawnTitle: string;
  readonly withdrawn: string;
  readonly priorityTitle: (agreed: boolean) => string;
  readonly prioritySaid: (agreed: boolean) => string;
  readonly priorityNext: string;

  readonly publisher: string;
  readonly request: string;
  readonly subject: string;
  readonly sender: string;
  readonly message: string;
  readonly question: string;
  readonly publisherSays: string;
  readonly footerStaff: string;
  readonly warningTitle: (clock: string) => string;
  readonly warning: (clock: string, due: string) => string;
  readonly breachTitle: (clock: string) => string;
  readonly breach: (clock: string, due: string) => string;
  readonly taskTitle: (task: EscalationTaskKind) => string;
  /** `exclusion`: in the words of the contract with the publisher. */
  readonly task: (task: EscalationTaskKind, exclusion: string | undefined) => readonly string[];
}
