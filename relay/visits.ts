/** Planned visits of modules: keeps Temporal's schedules of them as the contracts in force say, and starts what they opened. */
import type { Pool } from 'pg';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import type { RequestDoor } from '../client/requestDoor.ts';
import { isAway } from '../client/unavailable.ts';
import type { VisitDoor } from '../client/visitDoor.ts';
import { startVisit, tellSchedule, wantedVisits } from '../client/visitKeeping.ts';
import { visitOpensAt, visitPeriod } from '../contracts/visits.ts';
import { contentHash } from '../db/contentHash.ts';
import { listUnstartedVisits } from '../db/plannedVisits.ts';
import { forgetSchedule, listVisitSchedules, type VisitScheduleRow } from '../db/visitSchedules.ts';
import { type ModuleVisits, visitTimes } from '../domain/visits.ts';
import { errorName } from './errorName.ts';
import { type Loop, startLoop } from './loop.ts';

interface Log {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What keeping schedules needs. */
export interface VisitSchedulesDeps {
  readonly pool: Pool;
  readonly door: VisitDoor;
  readonly log: Log;
  /** Pause between two looks, milliseconds; 10 seconds without it. */
  readonly pauseMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const HOUR_MS = 3_600_000;
/** Told again so often, whatever is known: a schedule that was deleted by hand, or lost, comes back. */
const TOLD_AGAIN_MS = 24 * HOUR_MS;
/** So long after its time a visit that nobody has opened is missing; asked for again as often. */
const MISSING_MS = HOUR_MS;

/** Starts to look. Telling twice does no harm: several relays may do it. */
export function startVisitSchedules({ pool, door, log, pauseMs = 10_000, now = Date.now }: VisitSchedulesDeps): Loop {
  return startLoop(
    async () => {
      for (const row of await listVisitSchedules(pool)) {
        try {
          const visits = wantedVisits(row);
          if (visits) await keep({ pool, door, log }, row, visits, now());
          else await remove({ pool, door }, row);
        } catch (error) {
          if (isAway(error)) throw error;
          const { contract, module } = row;
          log.error({ contract, module, error: errorName(error) }, 'a schedule of visits cannot be kept');
        }
      }
      return false;
    },
    { name: 'visitSchedules', pauseMs, log },
  );
}

async function keep(
  { pool, door, log }: Pick<VisitSchedulesDeps, 'pool' | 'door' | 'log'>,
  { toldAt, contentHash: told, opened }: VisitScheduleRow,
  visits: ModuleVisits,
  now: number,
): Promise<void> {
  const { contract, module, every, zone } = visits;
  const isTold = told?.equals(contentHash(visitTimes(visits))) ?? false;
  const sinceTold = toldAt === null ? Number.POSITIVE_INFINITY : now - toldAt.getTime();
  const period = visitPeriod(every, zone, now);
  const isMissing = !opened.includes(period) && now >= visitOpensAt(period, zone) + MISSING_MS;
  if (isTold && sinceTold < (isMissing ? MISSING_MS : TOLD_AGAIN_MS)) return;
  const done = await tellSchedule({ pool, door }, visits, isMissing, now);
  if (!isTold) return;
  if (done === 'created') log.warn({ contract, module }, 'a schedule of planned visits was gone, and made again');
  else if (isMissing) log.warn({ contract, module, period, schedule: done }, 'a planned visit is missing');
}

async function remove(
  { pool, door }: Pick<VisitSchedulesDeps, 'pool' | 'door'>,
  { contract, module }: VisitScheduleRow,
): Promise<void> {
  await door.remove({ contract, module });
  await forgetSchedule(pool, contract, module);
}

/** What starting visits needs. */
export interface VisitsDeps {
  readonly pool: Pool;
  readonly requests: Pick<RequestDoor, 'open'>;
  readonly interventions: Pick<InterventionDoor, 'open'>;
  readonly log: Log;
  /** Pause between two looks, milliseconds; 3 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts the workflows of visits that were opened, at once: nobody else does. Opening is idempotent. */
export function startVisits({ pool, requests, interventions, log, pauseMs = 3_000 }: VisitsDeps): Loop {
  return startLoop(
    async () => {
      let started = 0;
      const unstarted = await listUnstartedVisits(pool, AT_ONCE);
      for (const visit of unstarted) {
        try {
          await startVisit({ pool, requests, interventions }, visit);
          started++;
        } catch (error) {
          if (isAway(error)) throw error;
          const { contract, module, period } = visit;
          log.error({ contract, module, period, error: errorName(error) }, 'a visit cannot be started');
        }
      }
      return started === AT_ONCE;
    },
    { name: 'visits', pauseMs, log },
  );
}
