/** What a supervisor sees of an escalation in the Temporal UI without opening a payload. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { EscalationDueMoment } from '../domain/escalation/passing.ts';
import type { EscalationStatus, PriorityAgreement } from '../domain/escalation/state.ts';
import { type EscalationView, joinView } from '../domain/escalation/view.ts';
import type { EscalationShell } from './escalationShell.ts';
import { requestWorkflowId } from './messages.ts';
import { clockTable, tell, tellSecond } from './requestVisibility.ts';
import { createAttributes } from './searchAttributes.ts';

/** Publishes what changed since the last call. */
export function createVisibility(): (shell: EscalationShell) => void {
  const attributes = createAttributes();
  return (shell) => {
    const view = joinView(shell.state, shell.derived);
    attributes.say({
      EscalationStatus: view.status,
      Publisher: view.publisher,
      RequestPriority: view.priority,
      ContractReference: view.contract,
      SlaBreached: view.breached,
      NextDueAt: view.nextDueAt ?? null,
    });
    setCurrentDetails(details(view, shell));
  };
}

/** Summary of the timer that wakes the escalation: "2nd chaser, Thu 2026-11-26 10:12:00". */
export function timerSummary(moment: EscalationDueMoment, shell: EscalationShell): string {
  const at = tellSecond(shell, moment.at);
  switch (moment.what) {
    case 'chaser':
      return `chaser ${moment.step}, ${at}`;
    case 'silent':
      return `nobody acknowledges, ${at}`;
    case 'warning':
    case 'breach':
      return `${moment.clock} ${moment.what}, ${at}`;
    case 'window':
      return `opening hours further ahead, ${at}`;
  }
}

const WAITS_FOR: { readonly [status in EscalationStatus]?: string } = {
  sent: 'the publisher, to acknowledge',
  waiting: 'the distributor, for information',
  workaroundDelivered: 'the distributor, to try the workaround',
  resolved: 'the distributor, to try the fix',
};

/** The current details: Markdown, no personal data. */
function details(view: EscalationView, shell: EscalationShell): string {
  const at = tell(shell);
  const { status, sr, ended } = view;
  const lines = [
    `**${view.id}** · publisher ${view.publisher} · contract ${view.contract} · ${view.priority} · **${status}**${view.breached ? ' · breached' : ''}`,
    '',
    `Times in ${shell.terms.zone}.`,
    '',
    '| | |',
    '| --- | --- |',
    `| request | ${requestWorkflowId(view.request)} |`,
    `| sent | ${at(view.sentAt)} |`,
    `| priority | ${agreement(view.priorities)} |`,
  ];
  if (sr) lines.push(`| SR | ${sr.number}, acknowledged ${at(sr.at)} |`);
  if (WAITS_FOR[status]) lines.push(`| waits for | ${WAITS_FOR[status]} |`);
  if (status === 'sent') lines.push(`| chasers sent | ${view.chasersSent} |`);
  if (view.nextChaserAt !== undefined) lines.push(`| next chaser | ${at(view.nextChaserAt)} |`);
  if (view.delivery) lines.push(`| delivered | ${view.delivery.kind}, ${at(view.delivery.at)} |`);
  if (ended) lines.push(`| ended | ${[ended.exclusion, at(ended.at)].filter(Boolean).join(', ')} |`);
  for (const task of view.tasks) lines.push(`| task for staff | ${task.kind}, since ${at(task.since)} |`);
  return [...lines, ...clockTable(view.clocks, at)].join('\n');
}

function agreement({ proposed, contested, agreed }: PriorityAgreement): string {
  if (agreed) return `${agreed.priority}, agreed`;
  return contested ? `${proposed.priority} proposed, ${contested.priority} named` : `${proposed.priority}, proposed`;
}
