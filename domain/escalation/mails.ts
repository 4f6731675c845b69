/** What becomes of the mails of an escalation. */
import { record, type Source, SYSTEM, settle } from '../draft.ts';
import { closeTasks, type EscalationDraft, openTask, orderMail } from './draft.ts';
import { ESCALATION_STAFF_MAILS, type EscalationMailOrder } from './effects.ts';
import type { EscalationEventOf } from './events.ts';
import type { EscalationState } from './state.ts';
import { isOver } from './transitions.ts';

/** A chaser counts from here. */
export function mailAccepted(draft: EscalationDraft, event: EscalationEventOf<'mailAccepted'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind !== 'mail' || effect.order.kind !== 'chaser') return;
  record(draft, event.at, SYSTEM, { type: 'chased', facts: { step: effect.order.step } });
  if (draft.state.chasing !== event.key) return;
  delete draft.state.chasing;
  draft.state.chased = [...draft.state.chased, { key: event.key, at: event.at }];
}

/** The mail server refused it for good. */
export function mailRefused(draft: EscalationDraft, event: EscalationEventOf<'mailRefused'>): void {
  const effect = settle(draft, event.key);
  if (effect?.kind === 'mail') undeliverable(draft, event.at, effect.key, effect.order);
}

/** A chaser that bounced reached nobody: it, and what followed it, does not count. */
export function mailBounced(draft: EscalationDraft, { key, at, order }: EscalationEventOf<'mailBounced'>): void {
  if (draft.state.tasks.some((task) => task.effect === key)) return;
  const index = draft.state.chased.findIndex((chaser) => chaser.key === key);
  if (index >= 0) {
    draft.state.chased = draft.state.chased.slice(0, index);
    delete draft.state.chasing;
    delete draft.state.silentSince;
  }
  undeliverable(draft, at, key, order);
}

/** The publisher cannot be reached until a person has corrected its address: nobody is chased meanwhile. */
function undeliverable(draft: EscalationDraft, at: number, key: string, order: EscalationMailOrder): void {
  if (draft.state.chasing === key) delete draft.state.chasing;
  record(draft, at, SYSTEM, { type: 'mailUndeliverable', facts: { effect: key } });
  // An alert about an alert would go the same lost way.
  if ((ESCALATION_STAFF_MAILS as readonly string[]).includes(order.kind)) return;
  if (isOver(draft.state)) {
    orderMail(draft, { kind: 'publisherTask', task: 'correctAddress' });
    return;
  }
  openTask(draft, { kind: 'correctAddress', since: at, effect: key, order });
}

/** The chasers go on by themselves; the latest mail of each other kind is sent again, if it is still true. */
export function correctAddress(draft: EscalationDraft, at: number, source: Source): void {
  const lost = draft.state.tasks.filter((task) => task.kind === 'correctAddress');
  closeTasks(draft, 'correctAddress');
  record(draft, at, source, { type: 'taskDone', facts: { task: 'correctAddress' } });
  const latest = new Map(lost.flatMap(({ order }) => (order ? [[order.kind, order] as const] : [])));
  for (const order of latest.values()) if (isStillTrue(order, draft.state)) orderMail(draft, order);
}

function isStillTrue(order: EscalationMailOrder, { delivery, priorities }: EscalationState): boolean {
  switch (order.kind) {
    case 'escalated':
    case 'provided':
    case 'accepted':
      return true;
    case 'rejected':
      return delivery === undefined;
    case 'priority':
      return order.priority === (order.agreed ? priorities.agreed : priorities.proposed)?.priority;
    case 'chaser':
    case 'withdrawn':
    case 'publisherWarning':
    case 'publisherBreach':
    case 'publisherTask':
      return false;
  }
}
