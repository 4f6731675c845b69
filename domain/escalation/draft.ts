/** One transition of an escalation being written; see domain/draft.ts. */
import { type DraftOf, draftOf, effectKey, issue } from '../draft.ts';
import type { EffectKey } from '../effects.ts';
import type { Who } from '../events.ts';
import type { Rules } from '../rules.ts';
import type { EscalationEffect, EscalationMailOrder, EscalationTaskKind } from './effects.ts';
import type { EscalationReport } from './messages.ts';
import type { EscalationState, EscalationTask } from './state.ts';
import type { EscalationTerms } from './terms.ts';
import type { EscalationEntry } from './timeline.ts';

/** What the core of an escalation decides by, beside the state. */
export type EscalationRules = Rules<EscalationTerms>;

/** A transition of an escalation. */
export type EscalationDraft = DraftOf<EscalationState, EscalationEffect, EscalationEntry, EscalationRules>;

/** A draft that leaves `state` itself alone. */
export function startDraft(state: EscalationState, rules: EscalationRules): EscalationDraft {
  return draftOf(state.id, state, rules);
}

/** Name of a mail's step within its key: what may happen twice in one transition has names of its own. */
function mailStep(order: EscalationMailOrder): string {
  switch (order.kind) {
    case 'chaser':
      return `chaser${order.step}`;
    case 'publisherWarning':
    case 'publisherBreach':
      return `${order.kind}.${order.clock}`;
    case 'publisherTask':
      return `${order.kind}.${order.task}${order.mail ? `.${order.mail}` : ''}`;
    case 'escalated':
    case 'provided':
    case 'accepted':
    case 'rejected':
    case 'withdrawn':
    case 'priority':
      return order.kind;
  }
}

/** Orders a mail and returns its key. */
export function orderMail(draft: EscalationDraft, order: EscalationMailOrder): EffectKey {
  const key = effectKey(draft, mailStep(order));
  issue(draft, { kind: 'mail', key, order });
  return key;
}

type Omitting<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** Tells the request. A report's id is its effect's key. */
export function report(
  draft: EscalationDraft,
  at: number,
  who: Who,
  said: Omitting<EscalationReport, 'id' | 'n' | 'at' | 'who'>,
): void {
  const key = effectKey(draft, `report.${said.what}`);
  issue(draft, { kind: 'report', key, report: { id: key, n: draft.state.n, at, who, ...said } as EscalationReport });
}

type TaskMail = Extract<EscalationMailOrder, { kind: 'publisherTask' }>;

/** Opens a task for staff and tells them, with more for them to read; one that is already open is not opened twice. */
export function openTask(
  draft: EscalationDraft,
  task: EscalationTask,
  more: Omit<TaskMail, 'kind' | 'task' | 'mail'> = {},
): void {
  const { kind, mail, effect } = task;
  if (draft.state.tasks.some((open) => open.kind === kind && open.mail === mail && open.effect === effect)) return;
  draft.state.tasks = [...draft.state.tasks, task];
  orderMail(draft, { kind: 'publisherTask', task: kind, ...(mail === undefined ? {} : { mail }), ...more });
}

/** Tasks of these kinds are done. */
export function closeTasks(draft: EscalationDraft, ...kinds: readonly EscalationTaskKind[]): void {
  draft.state.tasks = draft.state.tasks.filter((task) => !kinds.includes(task.kind));
}

/** Nobody is to look at this message any more. */
export function closeMessage(draft: EscalationDraft, mail: string): void {
  draft.state.tasks = draft.state.tasks.filter((task) => task.mail !== mail);
}
