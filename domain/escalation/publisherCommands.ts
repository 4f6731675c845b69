/** What each command of the publisher does. `requirePossible` has been passed. */
import { meet } from '../clockChanges.ts';
import { record, startPause, withText } from '../draft.ts';
import type { ProposalKind } from '../effects.ts';
import { closeTasks, type EscalationDraft, openTask, report } from './draft.ts';
import type { EscalationEventOf } from './events.ts';

/** The SR is issued, with what it records (C §4.4.3), and the clocks start. */
export function acknowledge(draft: EscalationDraft, event: EscalationEventOf<'acknowledge'>): void {
  const { at, who, sr, srIssuedBy } = event;
  const { state } = draft;
  state.status = 'acknowledged';
  state.acknowledgedAt = at;
  state.sr = {
    number: sr,
    issuedBy: srIssuedBy,
    at,
    sentBy: state.sentBy,
    receivedBy: who,
    priority: state.priority,
  };
  delete state.chasing;
  closeTasks(draft, 'publisherSilent');
  meet(draft, 'acknowledgement', at);
  record(draft, at, event, { type: 'acknowledged', facts: { sr, priority: state.priority } });
  report(draft, at, who, { what: 'acknowledged', sr });
}

/** Somebody of the publisher works on it. */
export function startWork(draft: EscalationDraft, event: EscalationEventOf<'startWork'>): void {
  draft.state.status = 'inProgress';
  meet(draft, 'workStarted', event.at);
  record(draft, event.at, event, { type: 'workStarted', ...withText(event.text) });
}

/** Back to the distributor, for information: the clocks pause where the terms say so. */
export function ask(draft: EscalationDraft, event: EscalationEventOf<'ask'>): void {
  const { at, who, text } = event;
  draft.state.status = 'waiting';
  startPause(draft, 'waiting', at);
  record(draft, at, event, { type: 'asked', text });
  report(draft, at, who, { what: 'asked', text });
  openTask(draft, { kind: 'answerPublisher', since: at }, { text });
}

/** The clocks that it may meet stand still from here, until the distributor has judged it. */
export function deliver(
  draft: EscalationDraft,
  kind: ProposalKind,
  event: EscalationEventOf<'deliverWorkaround' | 'deliverFix'>,
): void {
  const { at, who, text } = event;
  draft.state.status = kind === 'workaround' ? 'workaroundDelivered' : 'resolved';
  draft.state.delivery = { kind, at, text };
  startPause(draft, kind === 'workaround' ? 'workaroundProposed' : 'fixProposed', at);
  record(draft, at, event, { type: kind === 'workaround' ? 'workaroundDelivered' : 'fixDelivered', text });
  report(draft, at, who, { what: 'delivered', kind, text });
}
