/** Compares what Postgres and Temporal say of every request and escalation, and finds what has been waiting for too long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RepairingEscalationDoor } from '../client/escalationDoor.ts';
import type { RepairingDoor } from '../client/requestDoor.ts';
import { sendAgain } from '../client/sendAgain.ts';
import { Unavailable } from '../client/unavailable.ts';
import { readEscalationRow } from '../db/escalations.ts';
import {
  listEscalationConflicts,
  listEscalationGaps,
  listOldReports,
  listOngoingEscalations,
  listUnheard,
  readOngoingEscalation,
  releaseReport,
} from '../db/escalationVerification.ts';
import { listLedgerOddities } from '../db/ledger/verification.ts';
import { type LeftSending, listLeftSending } from '../db/leftSending.ts';
import { readRequestRow } from '../db/requests.ts';
import {
  listConflicts,
  listOldInbound,
  listOldOpenings,
  listOldOutbound,
  listOngoing,
  listTimelineGaps,
  type OddRow,
  releaseInbound,
} from '../db/verification.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import { isOver } from '../domain/escalation/transitions.ts';
import { parseEscalationId } from '../workflows/escalationMessages.ts';

/**
 * `effectConflict`: an effect's key was used with other content · `outboundOld`, `inboundOld`: a mail waits · `unopened`: registered,
 * not started · `unsent`: an escalation is on its way for too long · `reportOld`: a report waits for its request · `lost`: no
 * execution, though it is not over · `differs`: Temporal and Postgres have other versions or status · `unanswered`: nobody told
 * Temporal's · `unheard`: request and escalation disagree on whether it is over · `timelineGap`: a version without a line · `ledger`: a balance
 * that is not the sum of its entries, or a lot other than its order.
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
  | 'timelineGap'
  | 'ledger';

export interface Finding {
  readonly kind: FindingKind;
  /** Number of a request, id of an escalation, a report or a mail that came, or reference of a contract. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly detail: string;
  /** What repairing yielded. */
  readonly repair?: 'done' | 'failed';
}

export interface VerifyDependencies {
  readonly pool: Pool;
  readonly door: Pick<RepairingDoor, 'open' | 'command' | 'revive' | 'isRunning' | 'read'>;
  readonly escalations: Pick<RepairingEscalationDoor, 'revive' | 'isRunning' | 'read'>;
  /** How long a mail may wait, seconds; 15 minutes without it. */
  readonly mailSeconds?: number;
  /** How long an opening, or the lines of a save, may take, seconds; 2 minutes without it. */
  readonly settleSeconds?: number;
  /** How long an escalation may be on its way, or a report wait, seconds; a minute without it. */
  readonly sendingSeconds?: number;
}

const PAGE = 200;
const AT_ONCE = 8;
/** After so many without an answer no others are asked: no worker runs. */
const UNANSWERED_MAX = 8;
/** A save may be on its way: asked again after so many milliseconds. */
const SECOND_LOOK_MS = 1_500;

/** Everything that is found. It changes nothing. */
export async function findAll(deps: VerifyDependencies): Promise<Finding[]> {
  const { pool, mailSeconds = 900, settleSeconds = 120, sendingSeconds = 60 } = deps;
  return [
    ...found('effectConflict', [...(await listConflicts(pool)), ...(await listEscalationConflicts(pool))]),
    ...found('outboundOld', await listOldOutbound(pool, mailSeconds)),
    ...found('inboundOld', await listOldInbound(pool, mailSeconds)),
    ...found('unopened', await listOldOpenings(pool, settleSeconds)),
    ...found('unsent', (await listLeftSending(pool, sendingSeconds, PAGE)).map(unsent)),
    ...found('reportOld', await listOldReports(pool, sendingSeconds)),
    ...(await compareAll(requestsOf(deps))),
    ...(await compareAll(escalationsOf(deps))),
    ...found('unheard', await listUnheard(pool, settleSeconds)),
    ...found('timelineGap', [
      ...(await listTimelineGaps(pool, settleSeconds)),
      ...(await listEscalationGaps(pool, settleSeconds)),
    ]),
    ...found('ledger', await listLedgerOddities(pool)),
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
  const { pool, door, escalations } = deps;
  switch (kind) {
    case 'unopened':
      return () => door.open(subject);
    case 'unsent':
      return () => sendNow(deps, subject);
    case 'lost':
      return () => (isEscalation(subject) ? escalations.revive(subject) : door.revive(subject));
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

function unsent({ id, since }: LeftSending): OddRow {
  return { subject: id, since, detail: 'on its way to the publisher' };
}

function found(kind: FindingKind, rows: readonly OddRow[]): Finding[] {
  return rows.map(({ subject, since, detail }) => ({ kind, subject, since: since.toISOString(), detail }));
}

/** What runs, or ought to: its id, and how the rows and the doors of its kind are read. */
interface Compared {
  readonly subject: string;
  readonly version: number;
  readonly status: string;
}

interface Comparison {
  list(above: string): Promise<readonly Compared[]>;
  /** Nothing when it ought not to run any more. */
  again(subject: string): Promise<Compared | undefined>;
  isRunning(subject: string): Promise<boolean>;
  read(subject: string): Promise<{ readonly version: number; readonly status: string }>;
}

function requestsOf({ pool, door }: VerifyDependencies): Comparison {
  return {
    list: async (above) => (await listOngoing(pool, above, PAGE)).map((one) => ({ ...one, subject: one.number })),
    async again(subject) {
      const row = await readRequestRow(pool, subject);
      if (!row?.state || row.state.status === 'closed') return undefined;
      return { subject, version: row.version, status: row.state.status };
    },
    isRunning: (subject) => door.isRunning(subject),
    read: (subject) => door.read(subject),
  };
}

function escalationsOf({ pool, escalations }: VerifyDependencies): Comparison {
  return {
    list: async (above) =>
      (await listOngoingEscalations(pool, above, PAGE)).map((one) => ({ ...one, subject: one.id })),
    async again(subject) {
      const now = await readOngoingEscalation(pool, subject);
      return now && { ...now, subject };
    },
    isRunning: (subject) => escalations.isRunning(subject as EscalationId),
    read: (subject) => escalations.read(subject as EscalationId),
  };
}

async function compareAll(comparison: Comparison): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let above = ''; ; ) {
    const page = await comparison.list(above);
    for (let first = 0; first < page.length; first += AT_ONCE) {
      const some = page.slice(first, first + AT_ONCE);
      findings.push(...(await Promise.all(some.map((stored) => compare(comparison, stored)))).flat());
      if (findings.filter(({ kind }) => kind === 'unanswered').length >= UNANSWERED_MAX) return findings;
    }
    const last = page.at(-1);
    if (!last) return findings;
    above = last.subject;
  }
}

async function compare(comparison: Comparison, stored: Compared): Promise<Finding[]> {
  const first = await lookAt(comparison, stored);
  if (first?.kind !== 'differs' && first?.kind !== 'lost') return first ? [first] : [];
  await sleep(SECOND_LOOK_MS);
  const now = await comparison.again(stored.subject);
  const second = now && (await lookAt(comparison, now));
  return second ? [second] : [];
}

async function lookAt(comparison: Comparison, { subject, version, status }: Compared): Promise<Finding | undefined> {
  try {
    if (!(await comparison.isRunning(subject))) {
      return { kind: 'lost', subject, detail: `no execution of version ${version} (${status})` };
    }
    const view = await comparison.read(subject);
    if (view.version === version && view.status === status) return undefined;
    const detail = `Postgres has version ${version} (${status}), Temporal ${view.version} (${view.status})`;
    return { kind: 'differs', subject, detail };
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'unanswered', subject, detail: 'Temporal or a worker is away' };
    throw error;
  }
}
