/**
 * Starts the workflows of requests, interventions and calls that were registered and then left: Temporal was away, or the API
 * ended in between.
 */
import type { Pool } from 'pg';
import type { HotlineDoor } from '../client/hotlineDoor.ts';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import type { RequestDoor } from '../client/requestDoor.ts';
import { isAway } from '../client/unavailable.ts';
import { listUnfollowedCalls, markHotlineCallFollowed } from '../db/hotlineCalls.ts';
import { discardIntervention, listUnopenedInterventions, readInterventionRow } from '../db/interventions.ts';
import { listUnopened } from '../db/requests.ts';
import { deleteText } from '../db/texts.ts';
import { Refusal } from '../domain/failures.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import { errorName } from './errorName.ts';
import { type Loop, startLoop } from './loop.ts';

/** What opening what was left needs. */
export interface OpeningsDeps {
  readonly pool: Pool;
  readonly door: Pick<RequestDoor, 'open'>;
  readonly interventions: Pick<InterventionDoor, 'open'>;
  readonly calls: Pick<HotlineDoor, 'begin'>;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** How long a row is left to whoever registered it, seconds; 60 without it. */
  readonly afterSeconds?: number;
  /** Pause between two looks, milliseconds; 15 seconds without it. */
  readonly pauseMs?: number;
}

/** Rows of one kind that may have been left. */
interface Left<Id extends string> {
  /** One of them, for the log. */
  readonly what: string;
  list(): Promise<readonly Id[]>;
  open(id: Id): Promise<unknown>;
  /** What becomes of one that is refused, so that it is not tried for ever. */
  refused?(id: Id): Promise<void>;
}

const AT_ONCE = 20;

/** Starts to look for them. Opening is idempotent: several relays may do it. */
export function startOpenings(deps: OpeningsDeps): Loop {
  const { log, afterSeconds = 60, pauseMs = 15_000 } = deps;
  return startLoop(
    async () => {
      // What is on a request comes after it.
      await openEach(leftRequests(deps, afterSeconds), log);
      await openEach(leftInterventions(deps, afterSeconds), log);
      await openEach(leftCalls(deps, afterSeconds), log);
      return false;
    },
    { name: 'openings', pauseMs, log },
  );
}

function leftRequests({ pool, door }: OpeningsDeps, afterSeconds: number): Left<string> {
  return {
    what: 'a request',
    list: () => listUnopened(pool, afterSeconds, AT_ONCE),
    open: (number) => door.open(number),
  };
}

function leftInterventions({ pool, interventions }: OpeningsDeps, afterSeconds: number): Left<InterventionId> {
  return {
    what: 'an intervention',
    list: () => listUnopenedInterventions(pool, afterSeconds, AT_ONCE),
    open: (id) => interventions.open(id),
    // As the API does for a caller who is there to read the refusal.
    async refused(id) {
      const opening = (await readInterventionRow(pool, id))?.opening;
      await discardIntervention(pool, id);
      // The text of this very call; one that it only names is somebody else's.
      if (opening && opening.text === opening.commandId) await deleteText(pool, opening.text);
    },
  };
}

function leftCalls({ pool, calls }: OpeningsDeps, afterSeconds: number): Left<Parameters<HotlineDoor['begin']>[0]> {
  return {
    what: 'a call',
    list: () => listUnfollowedCalls(pool, afterSeconds, AT_ONCE),
    open: (id) => calls.begin(id),
    // It was made, and may have to be paid for: it is looked at again each day.
    refused: (id) => markHotlineCallFollowed(pool, id),
  };
}

async function openEach<Id extends string>(left: Left<Id>, log: OpeningsDeps['log']): Promise<void> {
  const { what } = left;
  for (const id of await left.list()) {
    try {
      await left.open(id);
      log.warn({ id }, `${what} that was left runs now`);
    } catch (error) {
      if (isAway(error)) throw error;
      if (error instanceof Refusal) await left.refused?.(id);
      log.error({ id, error: errorName(error) }, `${what} that was left cannot be opened`);
    }
  }
}
