/** What relays, and `verify`, do for planned visits: tell Temporal when they come, and start what they opened. */
import type { Pool } from 'pg';
import { contentHash } from '../db/contentHash.ts';
import { noteVisitStarted, type OpenedVisit, type VisitKey } from '../db/plannedVisits.ts';
import { noteScheduleTold, noteScheduleWanted, type VisitScheduleRow } from '../db/visitSchedules.ts';
import { type ModuleVisits, visitTimes } from '../domain/visits.ts';
import type { InterventionDoor } from './interventionDoor.ts';
import type { RequestDoor } from './requestDoor.ts';
import type { VisitDoor } from './visitDoor.ts';

/** The visits that a row wants; undefined where its contract has none of the module any more. */
export function wantedVisits({ contract, module, every, zone }: VisitScheduleRow): ModuleVisits | undefined {
  return every === null || zone === null ? undefined : { contract, module, every, zone };
}

/** Tells Temporal of a module's visits and notes it, at `now` (epoch milliseconds). @throws Unavailable */
export async function tellSchedule(
  { pool, door }: { readonly pool: Pool; readonly door: Pick<VisitDoor, 'keep'> },
  visits: ModuleVisits,
  isMissing: boolean,
  now: number,
): ReturnType<VisitDoor['keep']> {
  const { contract, module } = visits;
  // First of all: a schedule of which nothing is known would never be taken away.
  await noteScheduleWanted(pool, contract, module);
  const done = await door.keep(visits, isMissing);
  await noteScheduleTold(pool, contract, module, { contentHash: contentHash(visitTimes(visits)), at: now });
  return done;
}

/** Starts the workflows of a visit that was opened, and notes it. Done twice they are started once. @throws Refusal, Unavailable */
export async function startVisit(
  {
    pool,
    requests,
    interventions,
  }: {
    readonly pool: Pool;
    readonly requests: Pick<RequestDoor, 'open'>;
    readonly interventions: Pick<InterventionDoor, 'open'>;
  },
  visit: VisitKey & OpenedVisit,
): Promise<void> {
  await requests.open(visit.request);
  await interventions.open(visit.intervention);
  await noteVisitStarted(pool, visit);
}
