/** What a supervisor sees of an intervention in the Temporal UI without opening a payload. */
import { setCurrentDetails } from '@temporalio/workflow';
import { isNone } from '../domain/intervention/amounts.ts';
import type { CustomersTurn, InterventionTaskKind } from '../domain/intervention/effects.ts';
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
  const { estimate, plan, work, waiting, ended, missing, approved, reserved } = view;
  const lines = [
    `**${view.id}** · contract ${view.contract} · **${view.status}**`,
    '',
    `Times in ${shell.terms.zone}.`,
    '',
    '| | |',
    '| --- | --- |',
  ];
  const add = (what: string, told: string) => lines.push(`| ${what} | ${told} |`);
  // The page shows the first lines only: what somebody is waited for comes before what is known anyway.
  if (ended) add('ended', `${at(ended.at)}: ${amountsOf(ended.used)} debited, ${amountsOf(ended.lost)} lost`);
  for (const task of view.tasks) add('task for staff', `${TASKS[task.kind]}, since ${at(task.since)}`);
  if (waiting) add('waiting on the customer for', waitingOf(waiting, at));
  if (!isNone(missing)) add('missing', amountsOf(missing));
  if (plan) add('date', `${at(plan.from)} to ${at(plan.to)}`);
  if (work.runningSince !== undefined) add('being timed since', at(work.runningSince));
  add('work', workOf(work));
  if (!ended && plan?.freeBefore !== undefined) add('cancelling costs from', at(plan.freeBefore));
  if (view.module) add('planned visit', view.module);
  if (estimate) add('estimate', estimateOf(estimate, at));
  if (!isNone(approved)) add('approved', amountsOf(approved));
  if (!isNone(reserved)) add('reserved', amountsOf(reserved));
  add('request', requestWorkflowId(view.request));
  add('opened', at(view.openedAt));
  return lines.join('\n');
}

const TASKS: { readonly [task in InterventionTaskKind]: string } = {
  agreeDate: 'agree a date',
  agreeOtherDate: 'agree another date',
  moreUnanswered: 'no answer about more work',
  moreDeclined: 'more work was declined',
  correctAddress: 'correct the address',
  effectConflict: 'look at an internal fault',
};
const TURNS: { readonly [turn in CustomersTurn]: string } = {
  approval: 'approval of the estimate',
  order: 'a signed order form',
  more: 'agreement to more work',
};

function waitingOf(waiting: NonNullable<InterventionView['waiting']>, at: (instant: number) => string): string {
  const next = waiting.nextReminderAt === undefined ? '' : `, next ${at(waiting.nextReminderAt)}`;
  return `${TURNS[waiting.for]}, since ${at(waiting.since)}; reminders sent: ${waiting.remindersSent}${next}`;
}

function workOf({ seconds, used, secondsLeft, allowanceSeconds }: InterventionView['work']): string {
  const minutes = (given: number) => `${Math.floor(given / 60)} minutes`;
  const spent = isNone(used) ? '' : `, ${amountsOf(used)} used`;
  const left = secondsLeft === undefined ? '' : `, ${minutes(secondsLeft)} left`;
  const module = allowanceSeconds === undefined ? '' : ` (${minutes(allowanceSeconds)} of the module)`;
  return `${minutes(seconds)}${spent}${left}${module}`;
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
