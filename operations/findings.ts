/** What is not as it should be of requests, escalations, prepaid work and its credit, and how far that can be repaired. */
import type { RepairingContractDoor } from '../client/contractDoor.ts';
import type { RepairingEscalationDoor } from '../client/escalationDoor.ts';
import type { RepairingHotlineDoor } from '../client/hotlineDoor.ts';
import type { RepairingInterventionDoor } from '../client/interventionDoor.ts';
import type { RepairingDoor } from '../client/requestDoor.ts';
import { sendAgain } from '../client/sendAgain.ts';
import type { RepairingVisitDoor } from '../client/visitDoor.ts';
import { startVisit } from '../client/visitKeeping.ts';
import { readEscalationRow } from '../db/escalations.ts';
import { listOldReports, listUnheard, releaseReport } from '../db/escalationVerification.ts';
import { listReservationOddities } from '../db/interventionVerification.ts';
import { listLedgerOddities } from '../db/ledger/verification.ts';
import { type LeftSending, listLeftSending } from '../db/leftSending.ts';
import { type LeftVisit, listAllowanceOddities, listLeftVisits, visitName } from '../db/prepaidVerification.ts';
import {
  listConflicts,
  listOldInbound,
  listOldOpenings,
  listOldOutbound,
  listTimelineGaps,
  type OddRow,
  releaseInbound,
} from '../db/verification.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import { isOver } from '../domain/escalation/transitions.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import { parseEscalationId } from '../workflows/escalationMessages.ts';
import { type HotlineCallId, parseHotlineCallId } from '../workflows/hotlineMessages.ts';
import { parseInterventionId } from '../workflows/interventionMessages.ts';
import { contractWorkflowId } from '../workflows/messages.ts';
import { type ComparedDoors, compareAll, SETTLE_SECONDS } from './comparison.ts';
import { findUnscheduled, scheduleNow } from './schedules.ts';

/**
 * `effectConflict`: an effect's key was used with other content · `outboundOld`, `inboundOld`: a mail waits · `unopened`: registered,
 * not started · `unsent`: an escalation is on its way for too long · `reportOld`: a report waits for its request · `lost`: no
 * execution, though it is not over · `differs`: Temporal and Postgres have other versions or status · `unanswered`: nobody told
 * Temporal's · `unheard`: request and escalation disagree on whether it is over · `unscheduled`: Temporal was not told of planned visits, or has no schedule of them ·
 * `timelineGap`: a version without a line · `ledger`: a balance that is not the sum of its entries, a lot other than its order, units that an
 * intervention does not know of, or a module's time that is not the sum of its moves.
 */
export type FindingKind =
  | 'effectConflict'
  | 'outboundOld'
  | 'inboundOld'
  | 'unopened'
  | 'unsent'
  | 'reportOld'
  | 'lost'
  | 'differs'
  | 'unanswered'
  | 'unheard'
  | 'unscheduled'
  | 'timelineGap'
  | 'ledger';

export interface Finding {
  readonly kind: FindingKind;
  /** Number of a request, id of an escalation, an intervention, a call, a planned visit, a schedule, a report or a mail that came, `contract:<reference>` of its run, or the reference. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly detail: string;
  /** What repairing yielded. */
  readonly repair?: 'done' | 'failed';
}

export interface VerifyDependencies extends ComparedDoors {
  readonly door: Pick<RepairingDoor, 'open' | 'command' | 'revive' | 'isRunning' | 'read'>;
  readonly escalations: Pick<RepairingEscalationDoor, 'revive' | 'isRunning' | 'read'>;
  readonly interventions: Pick<RepairingInterventionDoor, 'open' | 'revive' | 'isRunning' | 'read'>;
  readonly calls: Pick<RepairingHotlineDoor, 'begin' | 'isRunning'>;
  readonly contracts: Pick<RepairingContractDoor, 'creditChanged' | 'isRunning'>;
  readonly visits: Pick<RepairingVisitDoor, 'keep' | 'isThere'>;
  /** How long a mail may wait, seconds; 15 minutes without it. */
  readonly mailSeconds?: number;
  /** How long an escalation may be on its way, or a report wait, seconds; a minute without it. */
  readonly sendingSeconds?: number;
}

const PAGE = 200;

/** Everything that is found. It changes nothing. */
export async function findAll(deps: VerifyDependencies): Promise<Finding[]> {
  const { pool, mailSeconds = 900, settleSeconds = SETTLE_SECONDS, sendingSeconds = 60 } = deps;
  return [
    ...found('effectConflict', await listConflicts(pool)),
    ...found('outboundOld', await listOldOutbound(pool, mailSeconds)),
    ...found('inboundOld', await listOldInbound(pool, mailSeconds)),
    ...found('unopened', await listOldOpenings(pool, settleSeconds)),
    ...found('unopened', (await listLeftVisits(pool, settleSeconds)).map(unstarted)),
    ...(await findUnscheduled(deps, settleSeconds)),
    ...found('unsent', (await listLeftSending(pool, sendingSeconds, PAGE)).map(unsent)),
    ...found('reportOld', await listOldReports(pool, sendingSeconds)),
    ...(await compareAll(deps)),
    ...found('unheard', await listUnheard(pool, settleSeconds)),
    ...found('timelineGap', await listTimelineGaps(pool, settleSeconds)),
    ...found('ledger', await listLedgerOddities(pool)),
    ...found('ledger', await listReservationOddities(pool)),
    ...found('ledger', await listAllowanceOddities(pool)),
  ];
}

/**
 * Repairs what can be repaired without a decision: starts what was left opening, sends what was left on its way, makes lost
 * executions again from the stored state, lets mails that came and reports be tried now. The findings, with what became of them.
 */
export async function repairAll(deps: VerifyDependencies, findings: readonly Finding[]): Promise<Finding[]> {
  const repaired: Finding[] = [];
  for (const finding of findings) {
    const repair = repairOf(deps, finding);
    if (!repair) repaired.push(finding);
    else {
      const result = await repair().then(
        () => 'done' as const,
        () => 'failed' as const,
      );
      repaired.push({ ...finding, repair: result });
    }
  }
  return repaired;
}

function repairOf(deps: VerifyDependencies, { kind, subject }: Finding): (() => Promise<unknown>) | undefined {
  const { pool } = deps;
  switch (kind) {
    case 'unopened':
      return () => openNow(deps, subject);
    case 'unscheduled':
      return () => scheduleNow(deps, subject);
    case 'unsent':
      return () => sendNow(deps, subject);
    case 'lost':
      return () => reviveNow(deps, subject);
    case 'unheard':
      return () => tellAgain(deps, subject);
    case 'inboundOld':
      return () => releaseInbound(pool, subject);
    case 'reportOld':
      return () => releaseReport(pool, subject);
    case 'effectConflict':
    case 'outboundOld':
    case 'differs':
    case 'unanswered':
    case 'timelineGap':
    case 'ledger':
      return undefined;
  }
}

async function openNow(deps: VerifyDependencies, subject: string): Promise<unknown> {
  const { pool, door, interventions } = deps;
  const visit = (await listLeftVisits(pool, 0)).find((one) => visitName(one) === subject);
  if (visit) return await startVisit({ pool, requests: door, interventions }, visit);
  return await (isIntervention(subject) ? interventions.open(subject) : door.open(subject));
}

async function reviveNow(
  { door, escalations, interventions, calls, contracts }: VerifyDependencies,
  subject: string,
): Promise<unknown> {
  const contract = subject.slice(contractWorkflowId('').length);
  if (subject === contractWorkflowId(contract)) return await contracts.creditChanged(contract);
  if (isEscalation(subject)) return await escalations.revive(subject);
  if (isIntervention(subject)) return await interventions.revive(subject);
  if (isCall(subject)) return await calls.begin(subject);
  return await door.revive(subject);
}

async function sendNow(deps: VerifyDependencies, id: string): Promise<void> {
  const left = (await listLeftSending(deps.pool, 0, PAGE)).find((one) => one.id === id);
  if (left) await sendAgain(deps, left);
}

/** A run that was lost before it had told everything is made again, and tells it. @throws Error: nothing was lost */
async function tellAgain({ pool, door, escalations }: VerifyDependencies, id: string): Promise<void> {
  const row = await readEscalationRow(pool, id);
  const isOnItsWay =
    row?.state && isOver(row.state)
      ? (await escalations.revive(row.id)) === 'running'
      : row && (await door.revive(row.request)) === 'running';
  if (!isOnItsWay) throw new Error('it is not known what was not heard');
}

function isEscalation(subject: string): subject is EscalationId {
  return parseEscalationId(subject) !== undefined;
}

function isIntervention(subject: string): subject is InterventionId {
  return parseInterventionId(subject) !== undefined;
}

function isCall(subject: string): subject is HotlineCallId {
  return parseHotlineCallId(subject) !== undefined;
}

function unstarted(visit: LeftVisit): OddRow {
  return { subject: visitName(visit), since: visit.openedAt, detail: 'opened, not started' };
}

function unsent({ id, since }: LeftSending): OddRow {
  return { subject: id, since, detail: 'on its way to the publisher' };
}

function found(kind: FindingKind, rows: readonly OddRow[]): Finding[] {
  return rows.map(({ subject, since, detail }) => ({ kind, subject, since: since.toISOString(), detail }));
}
