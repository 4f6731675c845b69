/** Whether Temporal has the schedules of planned visits that the contracts in force want. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Unavailable } from '../client/unavailable.ts';
import type { RepairingVisitDoor } from '../client/visitDoor.ts';
import { tellSchedule, wantedVisits } from '../client/visitKeeping.ts';
import { listVisitSchedules, type VisitScheduleRow } from '../db/visitSchedules.ts';
import { type ModuleVisits, visitScheduleId } from '../domain/visits.ts';

/** What was found of the visits of a module. */
export interface ScheduleFinding {
  readonly kind: 'unscheduled' | 'unanswered';
  /** Id of the schedule. */
  readonly subject: string;
  readonly detail: string;
}

interface Dependencies {
  readonly pool: Pool;
  readonly visits: Pick<RepairingVisitDoor, 'keep' | 'isThere'>;
}

/** A relay looks each ten seconds at what is wanted: what is found is looked at again after so many. */
const SECOND_LOOK_SECONDS = 15;

/** Visits in force of which Temporal was not told, or has no schedule. It looks twice, so many seconds apart at most. */
export async function findUnscheduled(deps: Dependencies, settleSeconds: number): Promise<ScheduleFinding[]> {
  const found = await lookAtAll(deps);
  if (!found.some(({ kind }) => kind === 'unscheduled')) return found;
  await sleep(Math.min(SECOND_LOOK_SECONDS, settleSeconds) * 1_000);
  const before = new Set(found.map(({ subject }) => subject));
  return (await lookAtAll(deps)).filter(({ subject }) => before.has(subject));
}

async function lookAtAll({ pool, visits: door }: Dependencies): Promise<ScheduleFinding[]> {
  const found: ScheduleFinding[] = [];
  for (const row of await listVisitSchedules(pool)) {
    const visits = wantedVisits(row);
    if (!visits) continue;
    const subject = visitScheduleId(visits);
    try {
      const detail = await oddityOf(door, row, visits);
      if (detail !== undefined) found.push({ kind: 'unscheduled', subject, detail });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      // No other would be answered either.
      return [...found, { kind: 'unanswered', subject, detail: 'Temporal is away' }];
    }
  }
  return found;
}

async function oddityOf(
  door: Pick<RepairingVisitDoor, 'isThere'>,
  { toldAt }: VisitScheduleRow,
  visits: ModuleVisits,
): Promise<string | undefined> {
  if (toldAt === null) return 'Temporal was not told';
  return (await door.isThere(visits)) ? undefined : 'Temporal has no such schedule';
}

/** Makes it, which opens the visit of the current period. @throws Error: none is wanted any more @throws Unavailable */
export async function scheduleNow({ pool, visits: door }: Dependencies, subject: string): Promise<void> {
  const wanted = (await listVisitSchedules(pool)).map(wantedVisits);
  const visits = wanted.find((one) => one && visitScheduleId(one) === subject);
  if (!visits) throw new Error('no visits of this module are wanted');
  await tellSchedule({ pool, door }, visits, false, Date.now());
}
