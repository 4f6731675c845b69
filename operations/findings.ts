/** Compares what Postgres and Temporal say of every request, and finds what has been waiting for too long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RepairingDoor } from '../client/requestDoor.ts';
import { Unavailable } from '../client/unavailable.ts';
import { listLedgerOddities } from '../db/ledger/verification.ts';
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
  type StoredVersion,
} from '../db/verification.ts';

/**
 * `effectConflict`: an effect's key was used with other content · `outboundOld`, `inboundOld`: a mail waits · `unopened`: registered,
 * not started · `lost`: no execution, though the request is not closed · `differs`: Temporal and Postgres have other
 * versions or status · `unanswered`: nobody told Temporal's · `timelineGap`: a version without a line · `ledger`: a balance
 * that is not the sum of its entries, or a lot other than its order.
 */
export type FindingKind =
  | 'effectConflict'
  | 'outboundOld'
  | 'inboundOld'
  | 'unopened'
  | 'lost'
  | 'differs'
  | 'unanswered'
  | 'timelineGap'
  | 'ledger';

export interface Finding {
  readonly kind: FindingKind;
  /** Number of a request, id of a mail that came, or reference of a contract. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly detail: string;
  /** What repairing yielded. */
  readonly repair?: 'done' | 'failed';
}

export interface VerifyDependencies {
  readonly pool: Pool;
  readonly door: Pick<RepairingDoor, 'open' | 'revive' | 'isRunning' | 'read'>;
  /** How long a mail may wait, seconds; 15 minutes without it. */
  readonly mailSeconds?: number;
  /** How long an opening, or the lines of a save, may take, seconds; 2 minutes without it. */
  readonly settleSeconds?: number;
}

const PAGE = 200;
const AT_ONCE = 8;
/** After so many without an answer no others are asked: no worker runs. */
const UNANSWERED_MAX = 8;
/** A save may be on its way: asked again after so many milliseconds. */
const SECOND_LOOK_MS = 1_500;

/** Everything that is found. It changes nothing. */
export async function findAll(deps: VerifyDependencies): Promise<Finding[]> {
  const { pool, mailSeconds = 900, settleSeconds = 120 } = deps;
  return [
    ...found('effectConflict', await listConflicts(pool)),
    ...found('outboundOld', await listOldOutbound(pool, mailSeconds)),
    ...found('inboundOld', await listOldInbound(pool, mailSeconds)),
    ...found('unopened', await listOldOpenings(pool, settleSeconds)),
    ...(await compareOngoing(deps)),
    ...found('timelineGap', await listTimelineGaps(pool, settleSeconds)),
    ...found('ledger', await listLedgerOddities(pool)),
  ];
}

/**
 * Repairs what can be repaired without a decision: starts what was left opening, makes lost executions again from the stored
 * state, lets mails that came be tried now. The findings, with what became of them.
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

function repairOf(
  { pool, door }: VerifyDependencies,
  { kind, subject }: Finding,
): (() => Promise<unknown>) | undefined {
  switch (kind) {
    case 'unopened':
      return () => door.open(subject);
    case 'lost':
      return () => door.revive(subject);
    case 'inboundOld':
      return () => releaseInbound(pool, subject);
    case 'effectConflict':
    case 'outboundOld':
    case 'differs':
    case 'unanswered':
    case 'timelineGap':
    case 'ledger':
      return undefined;
  }
}

function found(kind: FindingKind, rows: readonly OddRow[]): Finding[] {
  return rows.map(({ subject, since, detail }) => ({ kind, subject, since: since.toISOString(), detail }));
}

async function compareOngoing(deps: VerifyDependencies): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let above = ''; ; ) {
    const page = await listOngoing(deps.pool, above, PAGE);
    for (let first = 0; first < page.length; first += AT_ONCE) {
      const some = page.slice(first, first + AT_ONCE);
      findings.push(...(await Promise.all(some.map((stored) => compare(deps, stored)))).flat());
      if (findings.filter(({ kind }) => kind === 'unanswered').length >= UNANSWERED_MAX) return findings;
    }
    const last = page.at(-1);
    if (!last) return findings;
    above = last.number;
  }
}

async function compare(deps: VerifyDependencies, stored: StoredVersion): Promise<Finding[]> {
  const first = await lookAt(deps, stored);
  if (first?.kind !== 'differs' && first?.kind !== 'lost') return first ? [first] : [];
  await sleep(SECOND_LOOK_MS);
  const row = await readRequestRow(deps.pool, stored.number);
  if (!row?.state || row.state.status === 'closed') return [];
  const second = await lookAt(deps, { number: row.number, version: row.version, status: row.state.status });
  return second ? [second] : [];
}

async function lookAt({ door }: VerifyDependencies, stored: StoredVersion): Promise<Finding | undefined> {
  const { number: subject, version, status } = stored;
  try {
    if (!(await door.isRunning(subject))) {
      return { kind: 'lost', subject, detail: `no execution of version ${version} (${status})` };
    }
    const view = await door.read(subject);
    if (view.version === version && view.status === status) return undefined;
    const detail = `Postgres has version ${version} (${status}), Temporal ${view.version} (${view.status})`;
    return { kind: 'differs', subject, detail };
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'unanswered', subject, detail: 'Temporal or a worker is away' };
    throw error;
  }
}
