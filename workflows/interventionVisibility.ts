/** What a supervisor sees of an intervention in the Temporal UI without opening a payload. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { InterventionMoment } from '../domain/intervention/passing.ts';
import type { UnitAmounts } from '../domain/intervention/terms.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import type { InterventionShell } from './interventionShell.ts';
import { requestWorkflowId } from './messages.ts';
import { tell, tellSecond } from './requestVisibility.ts';
import { createAttributes } from './searchAttributes.ts';

/** Publishes what changed since the last call. */
export function createVisibility(): (shell: InterventionShell) => void {
  const attributes = createAttributes();
  return (shell) => {
    const view = shell.derived;
    attributes.say({
      InterventionStatus: view.status,
      ContractReference: view.contract,
      Assignee: view.assignee ?? null,
      PlannedAt: view.plan?.from ?? null,
      NextReminderAt: view.waiting?.nextReminderAt ?? null,
    });
    setCurrentDetails(details(view, shell));
  };
}

const MOMENTS: { readonly [what in InterventionMoment['what']]: string } = {
  share: 'the share of the estimate to tell of',
  workEnds: 'the work stops',
  expiry: 'the estimate expires',
  dayBefore: 'reminder of the day before',
  reminder: 'reminder to the customer',
  missed: 'the date is over',
  window: 'opening hours further ahead',
  hours: 'opening hours that changed',
};

/** Summary of the timer that wakes the intervention: "the estimate expires, Thu 2026-11-26 10:12:00". */
export function timerSummary({ what, at }: InterventionMoment, shell: InterventionShell): string {
  return `${MOMENTS[what]}, ${tellSecond(shell, at)}`;
}

/** The current details: Markdown, no personal data. */
function details(view: InterventionView, shell: InterventionShell): string {
  const at = tell(shell);
  const { estimate, plan, work, waiting, ended, missing } = view;
  const lines = [
    `**${view.id}** · contract ${view.contract} · **${view.status}**`,
    '',
    `Times in ${shell.terms.zone}.`,
    '',
    '| | |',
    '| --- | --- |',
    `| request | ${requestWorkflowId(view.request)} |`,
    `| opened | ${at(view.openedAt)} |`,
  ];
  const add = (what: string, told: string) => lines.push(`| ${what} | ${told} |`);
  if (view.module) add('planned visit', view.module);
  if (estimate) add('estimate', estimateOf(estimate, at));
  add('approved', amountsOf(view.approved));
  add('reserved', amountsOf(view.reserved));
  if (Object.keys(missing).length > 0) add('missing', amountsOf(missing));
  if (plan) add('date', `${at(plan.from)} to ${at(plan.to)}`);
  if (plan?.freeBefore !== undefined) add('cancelling costs from', at(plan.freeBefore));
  add('work', `${Math.floor(work.seconds / 60)} minutes, ${amountsOf(work.used)}`);
  if (work.runningSince !== undefined) add('being timed since', at(work.runningSince));
  if (waiting) add('waiting on the customer for', `${waiting.for}, since ${at(waiting.since)}`);
  if (waiting) add('reminders sent', String(waiting.remindersSent));
  if (waiting?.nextReminderAt !== undefined) add('next reminder', at(waiting.nextReminderAt));
  if (ended) add('ended', `${at(ended.at)}: ${amountsOf(ended.used)} debited, ${amountsOf(ended.lost)} lost`);
  for (const task of view.tasks) add('task for staff', `${task.kind}, since ${at(task.since)}`);
  return lines.join('\n');
}

function estimateOf(estimate: NonNullable<InterventionView['estimate']>, at: (instant: number) => string): string {
  const { units, unit, onCall, sentAt, expiresAt } = estimate;
  const what = onCall ? 'on-call' : `${units} ${unit}`;
  const until = expiresAt === undefined ? '' : `, to be approved before ${at(expiresAt)}`;
  return `${what}, sent ${at(sentAt)}${until}`;
}

function amountsOf(amounts: UnitAmounts): string {
  const parts = Object.entries(amounts).map(([unit, units]) => `${units} ${unit}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
