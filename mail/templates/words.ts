/** Everything that a mail says, in one language: `french.ts` and `english.ts` fill it in. */
import type {
  ClosingReason,
  MailOrder,
  ProposalKind,
  ReminderStep,
  TaskKind,
  WaitingFor,
} from '../../domain/effects.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import type { ClockName } from '../../domain/terms.ts';

/** Said dates come ready for reading, with their zone. */
export interface Words {
  readonly greeting: (name: string) => string;
  readonly clocks: { readonly [name in ClockName]: string };
  readonly priority: string;
  readonly subject: string;
  /** Lead of a list of due moments; the zone is named here once. */
  readonly dueList: (zone: string) => string;
  readonly backUpFirst: string;
  /** Before a person's own words that go with a mail. */
  readonly remark: string;
  readonly yourMessage: string;
  /** Before what a request says that the customer has not written. */
  readonly itsContent: string;
  readonly footerRequest: (number: string) => string;
  readonly footerAnswer: string;
  readonly footerAutomatic: string;
  readonly footerStaff: string;

  readonly receipt: (number: string) => string;
  readonly receiptNext: string;
  /** Of a planned visit, which nobody has asked for. */
  readonly unaskedReceipt: (number: string) => string;
  readonly unaskedReceiptNext: string;
  readonly acknowledgement: string;
  readonly requalified: string;
  readonly recovery: string;
  readonly recoveryNext: string;
  readonly question: (automatic: boolean) => string;
  readonly questionNext: string;
  /** `byPublisher`: the publisher of the product delivered it. */
  readonly proposal: (kind: ProposalKind, byPublisher: boolean) => string;
  readonly proposalNext: (kind: ProposalKind) => readonly string[];
  readonly production: readonly string[];
  readonly firstReminder: (when: string) => string;

  readonly reminderTitle: (step: ReminderStep) => string;
  readonly reminder: string;
  /** What is waited for, and since when; said before the quoted question or proposal, if there is one. */
  readonly waitingFor: (waitingFor: WaitingFor, proposal: ProposalKind | undefined, since: string) => string;
  readonly whatWeWrote: (kind: 'question' | ProposalKind) => string;
  readonly howToAnswer: (waitingFor: WaitingFor) => string;
  readonly nextReminder: (step: ReminderStep, when: string | undefined) => string;
  readonly nextClosing: (waitingFor: WaitingFor, when: string | undefined) => string;

  readonly closingTitle: string;
  /** `since` only when silence closed it. */
  readonly closing: (
    reason: ClosingReason,
    facts: { readonly waitingFor?: WaitingFor; readonly since?: string; readonly duplicateOf?: string },
  ) => string;
  readonly reopenUntil: (when: string) => string;
  readonly refusalTitle: string;
  readonly refusal: (exclusion: string) => string;
  readonly refusalNext: string;
  readonly reopened: string;
  /** Milestones of an escalation: it has gone to the publisher; the publisher works on it. */
  readonly escalated: string;
  readonly escalationAcknowledged: string;
  readonly escalatedNext: string;

  readonly staffGreeting: string;
  readonly warningTitle: (clock: string) => string;
  readonly warning: (clock: string, due: string) => string;
  readonly breachTitle: (clock: string) => string;
  readonly breach: (clock: string, due: string) => string;
  readonly taskTitle: (task: TaskKind) => string;
  readonly task: (task: TaskKind) => readonly string[];
  readonly lateReportTitle: string;
  readonly lateReport: (escalation: number, what: EscalationReport['what']) => readonly string[];
  readonly contract: string;
  readonly customer: string;
  readonly contact: string;
  readonly message: string;
  readonly sender: string;
  readonly due: string;
}

/** Orders by kind: what a letter is written from. */
export type OrderOf<K extends MailOrder['kind']> = Extract<MailOrder, { readonly kind: K }>;
