/** What a supervisor sees in the Temporal UI without opening a payload: search attributes, current details, summaries. */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { localMinute, localSecond } from '../domain/localTime.ts';
import type { DueMoment } from '../domain/passing.ts';
import { type ClockView, joinView, type RequestView } from '../domain/view.ts';
import type { SEARCH_ATTRIBUTES } from './messages.ts';
import type { RequestShell } from './requestShell.ts';

type Name = Exclude<keyof typeof SEARCH_ATTRIBUTES, 'EscalationStatus' | 'Publisher'>;
type Shown = { -readonly [name in Name]: string | boolean | number | null };

const KEYS = {
  RequestStatus: defineSearchAttributeKey('RequestStatus', SearchAttributeType.KEYWORD),
  RequestPriority: defineSearchAttributeKey('RequestPriority', SearchAttributeType.KEYWORD),
  ContractReference: defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD),
  Assignee: defineSearchAttributeKey('Assignee', SearchAttributeType.KEYWORD),
  SlaBreached: defineSearchAttributeKey('SlaBreached', SearchAttributeType.BOOL),
  NextDueAt: defineSearchAttributeKey('NextDueAt', SearchAttributeType.DATETIME),
  NextReminderAt: defineSearchAttributeKey('NextReminderAt', SearchAttributeType.DATETIME),
};

/** The caller's clock said when it is due, for a run that was started by it: so much later is the same. Milliseconds. */
const START_SLACK = 10_000;

/** Publishes what changed since the last call; each change is one event in the history. */
export function createVisibility(): (shell: RequestShell) => void {
  let last: Partial<Shown> | undefined;
  return (shell) => {
    const view = joinView(shell.state, shell.derived);
    const shown = shownOf(view);
    last ??= shownAtStart(shown.NextDueAt);
    // While a reminder is under way its moment stays shown: when the next one goes out is known once it is accepted.
    if (shell.state.waiting?.sending) shown.NextReminderAt = last.NextReminderAt ?? null;
    const said = last;
    const changed = (Object.keys(KEYS) as (keyof Shown)[]).filter((name) => shown[name] !== (said[name] ?? null));
    if (changed.length > 0) upsertSearchAttributes(changed.map((name) => pair(name, shown)));
    last = shown;
    setCurrentDetails(details(view, shell));
  };
}

/** What the run was started with need not be said again. */
function shownAtStart(due: Shown['NextDueAt']): Partial<Shown> {
  const given = workflowInfo().typedSearchAttributes;
  const last: Partial<Shown> = {};
  for (const name of Object.keys(KEYS) as (keyof Shown)[]) {
    const value = given.get<SearchAttributeType>(KEYS[name]);
    if (value instanceof Date) last[name] = value.getTime();
    else if (typeof value === 'string' || typeof value === 'boolean') last[name] = value;
  }
  if (Math.abs(Number(last.NextDueAt) - Number(due)) < START_SLACK) last.NextDueAt = due;
  return last;
}

function shownOf(view: RequestView): Shown {
  return {
    RequestStatus: view.status,
    RequestPriority: view.priority,
    ContractReference: view.contract,
    Assignee: view.assignee ?? null,
    SlaBreached: view.breached,
    NextDueAt: view.nextDueAt ?? null,
    NextReminderAt: view.waiting?.nextReminder?.at ?? null,
  };
}

function pair(name: keyof Shown, shown: Shown): SearchAttributeUpdatePair {
  const value = shown[name];
  if (name === 'NextDueAt' || name === 'NextReminderAt') {
    return { key: KEYS[name], value: typeof value === 'number' ? new Date(value) : null };
  }
  return { key: KEYS[name], value } as SearchAttributeUpdatePair;
}

/** A window to tell local times by; every terms have a calendar. */
function tell(shell: RequestShell): (at: number) => string {
  const window = Object.values(shell.windows)[0];
  return (at) => (window ? localMinute(window, at) : new Date(at).toISOString());
}

/** Summary of the timer that wakes the request: "2nd reminder, Thu 2026-11-26 10:12:00". */
export function timerSummary(moment: DueMoment, shell: RequestShell): string {
  const window = Object.values(shell.windows)[0];
  const at = window ? localSecond(window, moment.at) : new Date(moment.at).toISOString();
  switch (moment.what) {
    case 'reminder':
      return `${['1st', '2nd', '3rd'][moment.step - 1]} reminder, ${at}`;
    case 'closing':
      return `closing, ${at}`;
    case 'warning':
    case 'breach':
      return `${moment.clock} ${moment.what}, ${at}`;
    case 'window':
      return `opening hours further ahead, ${at}`;
  }
}

const WAITING_FOR = {
  information: 'the customer, for information',
  confirmation: 'the customer, to confirm a workaround or fix',
  production: 'the customer, to put the fix in production',
} as const;

/** The current details: Markdown, no personal data. */
function details(view: RequestView, shell: RequestShell): string {
  const at = tell(shell);
  const lines = [
    `**${view.number}** · contract ${view.contract} · ${view.priority} · **${view.status}**${view.breached ? ' · breached' : ''}`,
    '',
    `Times in ${shell.terms.zone}.`,
    '',
    '| | |',
    '| --- | --- |',
    `| registered | ${at(view.registeredAt)} |`,
  ];
  if (view.assignee) lines.push(`| assignee | ${view.assignee} |`);
  if (view.waiting) {
    const { waiting } = view;
    lines.push(`| waiting on | ${WAITING_FOR[waiting.for]}, since ${at(waiting.since)} |`);
    lines.push(`| reminders sent | ${waiting.remindersSent} of 3 |`);
    if (waiting.nextReminder)
      lines.push(`| next reminder | no. ${waiting.nextReminder.step}, ${at(waiting.nextReminder.at)} |`);
    if (waiting.closesAt) lines.push(`| closes if silent | ${at(waiting.closesAt)} |`);
  }
  if (view.closed) lines.push(`| closed | ${view.closed.reason}, ${at(view.closed.at)} |`);
  for (const task of view.tasks) lines.push(`| task for staff | ${task.kind}, since ${at(task.since)} |`);
  lines.push('', '| clock | status | due | |', '| --- | --- | --- | --- |');
  for (const clock of view.clocks) lines.push(clockLine(clock, at));
  return lines.join('\n');
}

function clockLine(clock: ClockView, at: (instant: number) => string): string {
  const due = clock.dueAt === undefined ? '' : at(clock.dueAt);
  const status = clock.metAt === undefined ? clock.status : `met ${at(clock.metAt)}`;
  const breach = clock.breachedAt === undefined ? '' : `breached at ${at(clock.breachedAt)}`;
  return `| ${clock.name} | ${status} | ${due} | ${breach} |`;
}
