/** The search attributes that workflows set; each change of them is one event in the history. */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SEARCH_ATTRIBUTES } from './messages.ts';

/** By the names in `SEARCH_ATTRIBUTES`. */
export const SEARCH_ATTRIBUTE_KEYS = {
  RequestStatus: defineSearchAttributeKey('RequestStatus', SearchAttributeType.KEYWORD),
  RequestPriority: defineSearchAttributeKey('RequestPriority', SearchAttributeType.KEYWORD),
  ContractReference: defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD),
  Assignee: defineSearchAttributeKey('Assignee', SearchAttributeType.KEYWORD),
  EscalationStatus: defineSearchAttributeKey('EscalationStatus', SearchAttributeType.KEYWORD),
  Publisher: defineSearchAttributeKey('Publisher', SearchAttributeType.KEYWORD),
  InterventionStatus: defineSearchAttributeKey('InterventionStatus', SearchAttributeType.KEYWORD),
  SlaBreached: defineSearchAttributeKey('SlaBreached', SearchAttributeType.BOOL),
  NextDueAt: defineSearchAttributeKey('NextDueAt', SearchAttributeType.DATETIME),
  NextReminderAt: defineSearchAttributeKey('NextReminderAt', SearchAttributeType.DATETIME),
  PlannedAt: defineSearchAttributeKey('PlannedAt', SearchAttributeType.DATETIME),
};

type Name = keyof typeof SEARCH_ATTRIBUTES;
const NAMES = Object.keys(SEARCH_ATTRIBUTE_KEYS) as Name[];

/** Values by name; instants in epoch milliseconds, null for none. What is not there is not this workflow's. */
export type Shown = { [name in Name]?: string | boolean | number | null };

/** What a workflow has said of itself. */
export interface SaidAttributes {
  /** What was said last; at first, what the run was started with. */
  last(shown: Shown): Shown;
  /** Says what differs from that. */
  say(shown: Shown): void;
}

/** The caller's clock said when it is due, for a run that was started by it: so much later is the same. Milliseconds. */
const START_SLACK = 10_000;

/** Nothing said yet. */
export function createAttributes(): SaidAttributes {
  let said: Shown | undefined;
  const last = (shown: Shown) => {
    said ??= shownAtStart(shown.NextDueAt);
    return said;
  };
  return {
    last,
    say(shown) {
      const before = last(shown);
      const changed = NAMES.filter((name) => name in shown && shown[name] !== (before[name] ?? null));
      if (changed.length > 0) upsertSearchAttributes(changed.map((name) => pair(name, shown)));
      said = shown;
    },
  };
}

/** What the run was started with need not be said again. */
function shownAtStart(due: Shown['NextDueAt']): Shown {
  const given = workflowInfo().typedSearchAttributes;
  const last: Shown = {};
  for (const name of NAMES) {
    const value = given.get<SearchAttributeType>(SEARCH_ATTRIBUTE_KEYS[name]);
    if (value instanceof Date) last[name] = value.getTime();
    else if (typeof value === 'string' || typeof value === 'boolean') last[name] = value;
  }
  if (due !== undefined && Math.abs(Number(last.NextDueAt) - Number(due)) < START_SLACK) last.NextDueAt = due;
  return last;
}

function pair(name: Name, shown: Shown): SearchAttributeUpdatePair {
  const value = shown[name];
  if (name === 'NextDueAt' || name === 'NextReminderAt' || name === 'PlannedAt') {
    return { key: SEARCH_ATTRIBUTE_KEYS[name], value: typeof value === 'number' ? new Date(value) : null };
  }
  return { key: SEARCH_ATTRIBUTE_KEYS[name], value } as SearchAttributeUpdatePair;
}
