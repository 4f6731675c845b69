/** What a request makes of the reports of its escalations. */
import {
  backStatus,
  type Draft,
  endPauses,
  isOpen,
  orderMail,
  record,
  type Source,
  SYSTEM,
  withText,
} from './draft.ts';
import type { EscalationReport } from './escalation/messages.ts';
import type { EventOf } from './events.ts';
import { propose, stopWaiting } from './proposals.ts';
import type { RequestEscalation, RequestState } from './state.ts';
import { changeEscalation, endEscalation, forgetDelivered } from './verdicts.ts';

type ReportOf<W extends EscalationReport['what']> = Extract<EscalationReport, { readonly what: W }>;

/** Never refused: what comes too late is filed. */
export function reported(draft: Draft, event: EventOf<'escalationReported'>): void {
  const { report, at } = event;
  const { n } = report;
  const known = draft.state.escalations?.find((escalation) => escalation.n === n);
  if (!known || !isOpen(known) || draft.state.status === 'closed') return file(draft, event, known);
  switch (report.what) {
    case 'acknowledged':
      return acknowledged(draft, report, event);
    case 'asked':
      changeEscalation(draft, n, { status: 'waiting' });
      return record(draft, at, event, { type: 'publisherAsked', text: report.text, facts: { escalation: n } });
    case 'provided':
      changeEscalation(draft, n, { status: 'inProgress' });
      return record(draft, at, event, { type: 'publisherProvided', facts: { escalation: n } });
    case 'delivered':
      return delivered(draft, report, event);
    case 'refused': {
      const facts = { escalation: n, exclusion: report.exclusion };
      record(draft, at, event, { type: 'publisherRefused', ...withText(report.text), facts });
      return over(draft, n, 'refused', at);
    }
    case 'withdrawn':
      record(draft, at, event, { type: 'escalationWithdrawn', facts: { escalation: n } });
      return over(draft, n, 'withdrawn', at);
    case 'breached':
      return record(draft, at, event, { type: 'publisherBreached', facts: { escalation: n, dueAt: report.dueAt } });
    case 'wrote':
      return file(draft, event, known);
  }
}

/** The customer hears that the publisher has it; the publisher's number is for staff. */
function acknowledged(draft: Draft, { n, sr }: ReportOf<'acknowledged'>, event: EventOf<'escalationReported'>): void {
  changeEscalation(draft, n, { status: 'acknowledged', sr });
  record(draft, event.at, event, { type: 'publisherAcknowledged', facts: { escalation: n, sr } });
  record(draft, event.at, SYSTEM, { type: 'escalationAcknowledged', facts: { escalation: n } });
  orderMail(draft, { kind: 'escalationAcknowledged', escalation: n });
}

/** Goes to the customer at once; while something else is being judged, when that verdict is given. */
function delivered(draft: Draft, report: ReportOf<'delivered'>, event: EventOf<'escalationReported'>): void {
  const { n, kind, text } = report;
  const { at } = event;
  const held = isJudging(draft.state);
  changeEscalation(draft, n, {
    status: kind === 'workaround' ? 'workaroundDelivered' : 'resolved',
    delivered: { kind, at, text },
  });
  const facts = { escalation: n, kind, ...(held ? { held } : {}) };
  record(draft, at, event, { type: 'publisherDelivered', text, facts });
}

/** Whether the customer has a proposal without a verdict, or one that is on its way into production. */
function isJudging({ proposal }: RequestState): boolean {
  return proposal !== undefined;
}

/**
 * Proposes what was delivered, the earliest first, once nothing else is being judged. The customer reads that it comes from
 * the publisher, not from whom there.
 */
export function proposeDelivered(draft: Draft, at: number): void {
  if (draft.state.status === 'closed' || isJudging(draft.state)) return;
  const waiting = draft.state.escalations?.filter((one) => isOpen(one) && one.delivered !== undefined) ?? [];
  const [first] = waiting.sort((a, b) => (a.delivered?.at ?? 0) - (b.delivered?.at ?? 0));
  if (!first?.delivered) return;
  const { kind, text } = first.delivered;
  // A question to the customer falls away: they have something to try.
  if (draft.state.status === 'waiting') stopWaiting(draft, at);
  endPauses(draft, ['deferred'], at);
  forgetDelivered(draft, first.n);
  propose(draft, { kind, text, escalation: first.n }, at, SYSTEM);
}

/** Back to the distributor, unless another publisher has it or the customer is waited for. */
function over(draft: Draft, n: number, status: 'refused' | 'withdrawn', at: number): void {
  endEscalation(draft, n, status, at);
  if (draft.state.status === 'escalated') draft.state.status = backStatus(draft);
}

/** Of an escalation that is over, or of a request that is closed: staff are told, and nothing else happens. */
function file(draft: Draft, event: EventOf<'escalationReported'>, known: RequestEscalation | undefined): void {
  const { report, at } = event;
  const { n, what } = report;
  // What we withdrew ourselves is no news.
  if (what === 'withdrawn' && known?.status === 'withdrawn') return;
  if (what === 'acknowledged' && known) changeEscalation(draft, n, { sr: report.sr });
  record(draft, at, event satisfies Source, {
    type: 'reportFiled',
    ...('text' in report ? withText(report.text) : {}),
    ...('mail' in report ? { mail: report.mail } : {}),
    facts: { escalation: n, report: what, ...particulars(report) },
  });
  orderMail(draft, { kind: 'lateReport', escalation: n, what });
}

function particulars(report: EscalationReport) {
  switch (report.what) {
    case 'acknowledged':
      return { sr: report.sr };
    case 'delivered':
      return { kind: report.kind };
    case 'refused':
      return { exclusion: report.exclusion };
    case 'breached':
      return { dueAt: report.dueAt };
    case 'asked':
    case 'provided':
    case 'withdrawn':
    case 'wrote':
      return {};
  }
}
