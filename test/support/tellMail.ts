/** Mails told shortly, for tests that read like stories. */
import type { MailOrder } from '../../domain/effects.ts';

/** A mail order in few words: `reminder 1`, `breach resolution`, `closing noAnswer`. */
export function tellMail(order: MailOrder): string {
  switch (order.kind) {
    case 'reminder':
      return `reminder ${order.step}`;
    case 'warning':
    case 'breach':
      return `${order.kind} ${order.clock}`;
    case 'closing':
      return `closing ${order.reason}`;
    case 'task':
      return `task ${order.task}`;
    default:
      return order.kind;
  }
}
