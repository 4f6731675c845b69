/**
 * How the two sides come to the priority (C §4.4.2): the distributor proposes, the publisher confirms or contests, the
 * distributor agrees or proposes again. Until they agree the higher of the two counts.
 */
import { newBudgets } from '../clockChanges.ts';
import { record, withText } from '../draft.ts';
import { type Refusal, wrongField } from '../failures.ts';
import { requirePriority } from '../transitions.ts';
import { closeTasks, type EscalationDraft, openTask, orderMail } from './draft.ts';
import type { EscalationEventOf } from './events.ts';
import type { NamedPriority, PriorityAgreement } from './state.ts';
import type { EscalationTerms } from './terms.ts';

/** The priority that counts: agreed, or the higher of those that the two sides name. */
function countingPriority({ proposed, contested, agreed }: PriorityAgreement, terms: EscalationTerms): string {
  if (agreed) return agreed.priority;
  const named = [proposed.priority, ...(contested ? [contested.priority] : [])];
  return Object.keys(terms.priorities).find((priority) => named.includes(priority)) ?? proposed.priority;
}

/** The publisher: it is as the distributor proposes. */
export function confirmPriority(draft: EscalationDraft, event: EscalationEventOf<'confirmPriority'>): void {
  const { priorities } = draft.state;
  agree(draft, event, priorities.proposed.priority);
}

/** The publisher names another. @throws Refusal `ValidationFailed` */
export function contestPriority(draft: EscalationDraft, event: EscalationEventOf<'contestPriority'>): void {
  const { priorities } = draft.state;
  requirePriority(draft.rules, event.priority);
  if (event.priority === priorities.proposed.priority) {
    throw wrongPriority('This is what the distributor proposes: confirm it.');
  }
  record(draft, event.at, event, {
    type: 'priorityContested',
    text: event.text,
    facts: { priority: event.priority },
  });
  judgeBy(draft, event.at, { ...priorities, contested: named(event, event.priority) });
  closeTasks(draft, 'settlePriority');
  openTask(draft, { kind: 'settlePriority', since: event.at }, { priority: event.priority, text: event.text });
}

/**
 * The distributor names another, or agrees by naming the publisher's. Once agreed, what was agreed stays the publisher's word:
 * nobody lowers a priority alone. @throws Refusal `ValidationFailed`
 */
export function proposePriority(draft: EscalationDraft, event: EscalationEventOf<'proposePriority'>): void {
  const { proposed, contested, agreed } = draft.state.priorities;
  requirePriority(draft.rules, event.priority);
  const theirs = agreed ?? contested;
  if (event.priority === (agreed ?? proposed).priority) {
    throw wrongPriority(agreed ? 'This is the priority that was agreed.' : 'This is what was proposed already.');
  }
  record(draft, event.at, event, {
    type: 'priorityProposed',
    text: event.text,
    facts: { priority: event.priority },
  });
  if (theirs?.priority === event.priority) return agreeToTheirs(draft, event, theirs, event.text);
  judgeBy(draft, event.at, {
    proposed: named(event, event.priority),
    ...(theirs ? { contested: theirs } : {}),
  });
  closeTasks(draft, 'settlePriority');
  orderMail(draft, { kind: 'priority', priority: event.priority, agreed: false, text: event.text });
}

/** The distributor: it is as the publisher says. */
export function agreePriority(draft: EscalationDraft, event: EscalationEventOf<'agreePriority'>): void {
  const { contested } = draft.state.priorities;
  if (contested) agreeToTheirs(draft, event, contested);
}

function agreeToTheirs(
  draft: EscalationDraft,
  event: EscalationEventOf<'agreePriority' | 'proposePriority'>,
  { priority }: NamedPriority,
  text?: string,
): void {
  agree(draft, event, priority);
  orderMail(draft, { kind: 'priority', priority, agreed: true, ...withText(text) });
}

function agree(
  draft: EscalationDraft,
  event: EscalationEventOf<'confirmPriority' | 'agreePriority' | 'proposePriority'>,
  priority: string,
): void {
  record(draft, event.at, event, { type: 'priorityAgreed', facts: { priority } });
  judgeBy(draft, event.at, { ...draft.state.priorities, agreed: named(event, priority) });
  closeTasks(draft, 'settlePriority');
}

/** Another priority has other budgets, from the old start, with the old pauses. */
function judgeBy(draft: EscalationDraft, at: number, priorities: PriorityAgreement): void {
  const priority = countingPriority(priorities, draft.rules.terms);
  draft.state.priorities = priorities;
  if (priority === draft.state.priority) return;
  draft.state.priority = priority;
  newBudgets(draft, at);
}

function named({ at, who }: Pick<NamedPriority, 'at' | 'who'>, priority: string): NamedPriority {
  return { priority, at, who };
}

function wrongPriority(message: string): Refusal {
  return wrongField('priority', message);
}
