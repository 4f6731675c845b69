/** Compares what Postgres says of whatever ought to run with what Temporal says. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RepairingContractDoor } from '../client/contractDoor.ts';
import type { RepairingEscalationDoor } from '../client/escalationDoor.ts';
import type { RepairingHotlineDoor } from '../client/hotlineDoor.ts';
import type { RepairingInterventionDoor } from '../client/interventionDoor.ts';
import type { RepairingDoor } from '../client/requestDoor.ts';
import { Unavailable } from '../client/unavailable.ts';
import { ONGOING_ESCALATIONS } from '../db/escalationVerification.ts';
import { listOngoingCalls, ONGOING_INTERVENTIONS, readOngoingCall } from '../db/interventionVerification.ts';
import { hasEndingCredit, listEndingCredit } from '../db/prepaidVerification.ts';
import { readRequestRow } from '../db/requests.ts';
import { listOngoing, listOngoingRows, type OughtToRun, readOngoingRow } from '../db/verification.ts';
import type { HotlineCallId } from '../workflows/hotlineMessages.ts';
import { contractWorkflowId } from '../workflows/messages.ts';

/** What was found of one. */
export interface Difference {
  readonly kind: 'lost' | 'differs' | 'unanswered';
  readonly subject: string;
  readonly detail: string;
}

/** The doors through which Temporal is asked. */
export interface ComparedDoors {
  readonly pool: Pool;
  readonly door: Pick<RepairingDoor, 'isRunning' | 'read'>;
  readonly escalations: Pick<RepairingEscalationDoor, 'isRunning' | 'read'>;
  readonly interventions: Pick<RepairingInterventionDoor, 'isRunning' | 'read'>;
  readonly calls: Pick<RepairingHotlineDoor, 'isRunning'>;
  readonly contracts: Pick<RepairingContractDoor, 'isRunning'>;
  /** How long an opening, the lines of a save, or telling a contract of an entry may take, seconds; 2 minutes without it. */
  readonly settleSeconds?: number;
}

/** See {@link ComparedDoors}. */
export const SETTLE_SECONDS = 120;

const PAGE = 200;
const AT_ONCE = 8;
/** After so many without an answer no others are asked: no worker runs. */
const UNANSWERED_MAX = 8;
/** A save may be on its way: asked again after so many milliseconds. */
const SECOND_LOOK_MS = 1_500;

/** What the row of one says. */
interface Stored {
  readonly status: string;
  /** Of what has a state. */
  readonly version?: number;
}

/** How rows of a kind, and its door, are read. */
interface Kind<Id extends string> {
  list(above: string): Promise<readonly (Stored & { readonly subject: Id })[]>;
  /** Nothing when it ought not to run any more. */
  again(subject: Id): Promise<Stored | undefined>;
  isRunning(subject: Id): Promise<boolean>;
  /** Of what has a state. */
  read?(subject: Id): Promise<{ readonly version: number; readonly status: string }>;
}

/** Everything that ought to run, and does not, or is elsewhere than its row says. */
export async function compareAll(doors: ComparedDoors): Promise<Difference[]> {
  const { pool, escalations, interventions } = doors;
  return [
    ...(await compareKind(requestsOf(doors))),
    ...(await compareKind(rowsOf(pool, ONGOING_ESCALATIONS, escalations))),
    ...(await compareKind(rowsOf(pool, ONGOING_INTERVENTIONS, interventions))),
    ...(await compareKind(callsOf(doors))),
    ...(await compareKind(contractsOf(doors))),
  ];
}

function requestsOf({ pool, door }: ComparedDoors): Kind<string> {
  return {
    list: async (above) => (await listOngoing(pool, above, PAGE)).map((one) => ({ ...one, subject: one.number })),
    async again(subject) {
      const row = await readRequestRow(pool, subject);
      if (!row?.state || row.state.status === 'closed') return undefined;
      return { version: row.version, status: row.state.status };
    },
    isRunning: (subject) => door.isRunning(subject),
    read: (subject) => door.read(subject),
  };
}

/** Of escalations or interventions. */
function rowsOf<Id extends string>(
  pool: Pool,
  ongoing: OughtToRun,
  door: Pick<Required<Kind<Id>>, 'isRunning' | 'read'>,
): Kind<Id> {
  return {
    list: async (above) => named(await listOngoingRows<Id>(pool, ongoing, above, PAGE)),
    again: (subject) => readOngoingRow(pool, ongoing, subject),
    isRunning: (subject) => door.isRunning(subject),
    read: (subject) => door.read(subject),
  };
}

function callsOf({ pool, calls }: ComparedDoors): Kind<HotlineCallId> {
  return {
    list: async (above) => named(await listOngoingCalls(pool, above, PAGE)),
    again: (subject) => readOngoingCall(pool, subject),
    isRunning: (subject) => calls.isRunning(subject),
  };
}

/** Their credit is looked after while any of it will end. */
function contractsOf({ pool, contracts, settleSeconds = SETTLE_SECONDS }: ComparedDoors): Kind<string> {
  const prefix = contractWorkflowId('').length;
  const status = 'units that will end';
  return {
    async list(above) {
      const references = await listEndingCredit(pool, settleSeconds, above.slice(prefix), PAGE);
      return references.map((reference) => ({ subject: contractWorkflowId(reference), status }));
    },
    async again(subject) {
      return (await hasEndingCredit(pool, settleSeconds, subject.slice(prefix))) ? { status } : undefined;
    },
    isRunning: (subject) => contracts.isRunning(subject.slice(prefix)),
  };
}

function named<T extends { readonly id: string }>(rows: readonly T[]): (T & { readonly subject: T['id'] })[] {
  return rows.map((row) => ({ ...row, subject: row.id }));
}

async function compareKind<Id extends string>(kind: Kind<Id>): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (let above = ''; ; ) {
    const page = await kind.list(above);
    for (let first = 0; first < page.length; first += AT_ONCE) {
      const some = page.slice(first, first + AT_ONCE);
      differences.push(...(await Promise.all(some.map((one) => compare(kind, one.subject, one)))).flat());
      if (differences.filter((one) => one.kind === 'unanswered').length >= UNANSWERED_MAX) return differences;
    }
    const last = page.at(-1);
    if (!last) return differences;
    above = last.subject;
  }
}

async function compare<Id extends string>(kind: Kind<Id>, subject: Id, stored: Stored): Promise<Difference[]> {
  const first = await lookAt(kind, subject, stored);
  if (!first || first.kind === 'unanswered') return first ? [first] : [];
  await sleep(SECOND_LOOK_MS);
  const now = await kind.again(subject);
  const second = now && (await lookAt(kind, subject, now));
  return second ? [second] : [];
}

async function lookAt<Id extends string>(
  kind: Kind<Id>,
  subject: Id,
  { version, status }: Stored,
): Promise<Difference | undefined> {
  try {
    if (!(await kind.isRunning(subject))) {
      const what = version === undefined ? status : `version ${version} (${status})`;
      return { kind: 'lost', subject, detail: `no execution of ${what}` };
    }
    const view = await kind.read?.(subject);
    if (!view || (view.version === version && view.status === status)) return undefined;
    const detail = `Postgres has version ${version} (${status}), Temporal ${view.version} (${view.status})`;
    return { kind: 'differs', subject, detail };
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'unanswered', subject, detail: 'Temporal or a worker is away' };
    throw error;
  }
}
