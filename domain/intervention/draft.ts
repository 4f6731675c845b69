/** One transition of an intervention being written; see domain/draft.ts. */
import { type DraftOf, draftOf, effectKey, issue, type Source } from '../draft.ts';
import type { EffectKey } from '../effects.ts';
import { amountOf } from './amounts.ts';
import type { InterventionEffect, InterventionMailOrder, InterventionNews, InterventionTaskKind } from './effects.ts';
import { isAsFirstReleased } from './release.ts';
import type { InterventionRules } from './rules.ts';
import type { InterventionState, InterventionTask } from './state.ts';
import type { UnitAmounts } from './terms.ts';
import type { InterventionEntry } from './timeline.ts';

/** A transition of an intervention. */
export type InterventionDraft = DraftOf<InterventionState, InterventionEffect, InterventionEntry, InterventionRules>;

/** A draft that leaves `state` itself alone. */
export function startDraft(state: InterventionState, rules: InterventionRules): InterventionDraft {
  return draftOf(state.id, state, rules);
}

/** Name of a mail's step within its key: what may happen twice in one transition has names of its own. */
function mailStep(order: InterventionMailOrder): string {
  switch (order.kind) {
    case 'waitingReminder':
      return `${order.kind}.${order.waitingFor}${order.step}`;
    case 'moreAsked':
      return `${order.kind}.${order.because}`;
    case 'interventionTask':
      return `${order.kind}.${order.task}`;
    case 'interventionNews':
      return `${order.kind}.${order.news}`;
    default:
      return order.kind;
  }
}

/** Orders a mail and returns its key. */
export function orderMail(draft: InterventionDraft, order: InterventionMailOrder): EffectKey {
  const key = effectKey(draft, mailStep(order));
  issue(draft, { kind: 'mail', key, order });
  return key;
}

/** Opens a task for staff and tells them; one that is already open is not opened twice. */
export function openTask(draft: InterventionDraft, at: number, task: Omit<InterventionTask, 'since'>): void {
  const known = draft.state.tasks.some((open) => open.kind === task.kind && open.effect === task.effect);
  if (known) return;
  draft.state.tasks = [...draft.state.tasks, { ...task, since: at }];
  orderMail(draft, { kind: 'interventionTask', task: task.kind });
}

/** Tells staff what the customer did by themselves; what staff wrote down for them, they know. */
export function tellStaff(
  draft: InterventionDraft,
  { enteredBy }: Pick<Source, 'enteredBy'>,
  news: InterventionNews,
  dates: { readonly from?: number; readonly wasFrom?: number } = {},
): void {
  if (enteredBy !== undefined || isAsFirstReleased(draft.state)) return;
  orderMail(draft, { kind: 'interventionNews', news, ...dates });
}

/** What staff had to do is done, or needs no doing any more. */
export function closeTasks(draft: InterventionDraft, ...kinds: readonly InterventionTaskKind[]): void {
  if (!draft.state.tasks.some(({ kind }) => kinds.includes(kind))) return;
  draft.state.tasks = draft.state.tasks.filter(({ kind }) => !kinds.includes(kind));
}

/** Units of an estimate. */
export function estimated({ estimate }: Pick<InterventionState, 'estimate'>): UnitAmounts {
  return estimate?.unit === undefined ? {} : amountOf(estimate.unit, estimate.units ?? 0);
}
