/** What a supervisor sees in the Temporal UI without opening a payload: search attributes, current details, summaries. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { Windows } from '../domain/events.ts';
import { localMinute, localSecond } from '../domain/localTime.ts';
import type { DueMoment } from '../domain/passing.ts';
import { type ClockView, joinView, type RequestView } from '../domain/view.ts';
import type { RequestShell } from './requestShell.ts';
import { createAttributes, type Shown } from './searchAttributes.ts';

/** Publishes what changed since the last call; each change is one event in the history. */
export function createVisibility(): (shell: RequestShell) => void {
  const attributes = createAttributes();
  return (shell) => {
    const view = joinView(shell.state, shell.derived);
    const shown = shownOf(view);
    // While a reminder is under way its moment stays shown: when the next one goes out is known once it is accepted.
    if (shell.state.waiting?.sending) shown.NextReminderAt = attributes.last(shown).NextReminderAt ?? null;
    attributes.say(shown);
    setCurrentDetails(details(view, shell));
  };
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

/** A window to tell local times by; every terms have a calendar. */
export function tell(shell: { readonly windows: Windows }): (at: number) => string {
  const window = Object.values(shell.windows)[0];
  return (at) => (window ? localMinute(window, at) : new Date(at).toISOString());
}

/** The local time of what may happen within the hour. */
export function tellSecond(shell: { readonly windows: Windows }, at: number): string {
  const window = Object.values(shell.windows)[0];
  return window ? localSecond(window, at) : new Date(at).toISOString();
}

/** Summary of the timer that wakes the request: "2nd reminder, Thu 2026-11-26 10:12:00". */
export function timerSummary(moment: DueMoment, shell: RequestShell): string {
  const at = tellSecond(shell, moment.at);
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
  return [...lines, ...clockTable(view.clocks, at)].join('\n');
}

/** A line for each clock, below a heading. */
export function clockTable(clocks: readonly ClockView[], at: (instant: number) => string): string[] {
  const heading = ['', '| clock | status | due | |', '| --- | --- | --- | --- |'];
  return [...heading, ...clocks.map((clock) => clockLine(clock, at))];
}

function clockLine(clock: ClockView, at: (instant: number) => string): string {
  const due = clock.dueAt === undefined ? '' : at(clock.dueAt);
  const status = clock.metAt === undefined ? clock.status : `met ${at(clock.metAt)}`;
  const breach = clock.breachedAt === undefined ? '' : `breached at ${at(clock.breachedAt)}`;
  return `| ${clock.name} | ${status} | ${due} | ${breach} |`;
}
