/** The search attributes that workflows set, as the SDK wants them named. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** By the names in `SEARCH_ATTRIBUTES`. */
export const SEARCH_ATTRIBUTE_KEYS = {
  RequestStatus: defineSearchAttributeKey('RequestStatus', SearchAttributeType.KEYWORD),
  RequestPriority: defineSearchAttributeKey('RequestPriority', SearchAttributeType.KEYWORD),
  ContractReference: defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD),
  Assignee: defineSearchAttributeKey('Assignee', SearchAttributeType.KEYWORD),
  EscalationStatus: defineSearchAttributeKey('EscalationStatus', SearchAttributeType.KEYWORD),
  Publisher: defineSearchAttributeKey('Publisher', SearchAttributeType.KEYWORD),
  SlaBreached: defineSearchAttributeKey('SlaBreached', SearchAttributeType.BOOL),
  NextDueAt: defineSearchAttributeKey('NextDueAt', SearchAttributeType.DATETIME),
  NextReminderAt: defineSearchAttributeKey('NextReminderAt', SearchAttributeType.DATETIME),
};
