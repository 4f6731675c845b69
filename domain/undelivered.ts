/** What could not be delivered, once staff have corrected the address. */
import { type Draft, isOpen, orderMail, record, type Source } from './draft.ts';
import type { MailOrder } from './effects.ts';
import { nextReminderMoment } from './reminders.ts';
import type { RequestState } from './state.ts';

/** The cycle goes on by itself with the step that was not delivered; the latest mail of each other kind is sent again. */
export function correctAddress(draft: Draft, at: number, source: Source): void {
  const lost = draft.state.tasks.filter((task) => task.kind === 'correctAddress');
  draft.state.tasks = draft.state.tasks.filter((task) => task.kind !== 'correctAddress');
  record(draft, at, source, { type: 'addressCorrected' });
  const latest = new Map(lost.flatMap(({ order }) => (order ? [[order.kind, order] as const] : [])));
  for (const order of latest.values())
    if (isStillTrue(order, draft.state)) orderMail(draft, upToDate(draft, order, at));
}

/** What was asked and is answered, or closed and open again, is not told any more. */
function isStillTrue(order: MailOrder, { waiting, proposal, priority, escalations = [] }: RequestState): boolean {
  switch (order.kind) {
    case 'receipt':
    case 'acknowledgement':
    case 'recovery':
    case 'reopened':
      return true;
    case 'requalified':
      return order.priority === priority;
    case 'question':
      return waiting?.for === 'information';
    case 'workaround':
    case 'fix':
      return waiting?.for === 'confirmation' && proposal?.kind === order.kind;
    case 'production':
      return waiting?.for === 'production';
    case 'escalated':
    case 'escalationAcknowledged':
      return escalations.some((escalation) => escalation.n === order.escalation && isOpen(escalation));
    case 'reminder':
    case 'closing':
    case 'refusal':
    case 'warning':
    case 'breach':
    case 'task':
    case 'lateReport':
      return false;
  }
}

/** What asks the customer for something says anew when it will be reminded of, unless that is past. */
function upToDate(draft: Draft, order: MailOrder, at: number): MailOrder {
  switch (order.kind) {
    case 'question':
    case 'workaround':
    case 'fix':
    case 'production': {
      const { firstReminderAt: _, ...rest } = order;
      const moment = nextReminderMoment(draft.state, draft.rules);
      if (moment?.what !== 'reminder' || moment.step > 1 || 'beyond' in moment.due || moment.due.at <= at) return rest;
      return { ...rest, firstReminderAt: moment.due.at };
    }
    default:
      return order;
  }
}
