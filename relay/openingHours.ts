/**
 * Tells open requests, and interventions, of their calendars' new opening hours, until no row has older ones. Only few are under
 * way at a time: the next is told when a row shows that one has recomputed, so that everybody else's commands go in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import type { RequestDoor } from '../client/requestDoor.ts';
import { isAway } from '../client/unavailable.ts';
import { interventionWindows } from '../contracts/interventionTerms.ts';
import { requestWindows, type WindowSpan } from '../contracts/requestTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { HOURS_CHANNEL } from '../db/closures.ts';
import { readTerms } from '../db/contracts.ts';
import {
  CLAIM_MINUTES,
  claimOlderHours,
  forgetSettledHours,
  type HoursKind,
  INTERVENTION_HOURS,
  noteHours,
  type OlderHours,
  REQUEST_HOURS,
  releaseOlderHours,
  settleOlderHours,
} from '../db/olderHours.ts';
import type { Windows } from '../domain/events.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import type { ChangedHours } from '../workflows/messages.ts';
import { errorName } from './errorName.ts';
import { listenFor } from './listening.ts';
import { startLoop } from './loop.ts';

/** What is told of opening hours, and how. */
export interface Told {
  readonly kind: HoursKind;
  windowsOf(terms: ContractTerms, span: WindowSpan): Windows;
  tell(id: string, hours: ChangedHours): Promise<'delivered' | 'gone'>;
}

/** Requests that are not closed. */
export function toldRequests(door: Pick<RequestDoor, 'openingHoursChanged'>): Told {
  return {
    kind: REQUEST_HOURS,
    windowsOf: requestWindows,
    tell: (number, hours) => door.openingHoursChanged(number, hours),
  };
}

/** Interventions that are not over. */
export function toldInterventions(door: Pick<InterventionDoor, 'openingHoursChanged'>): Told {
  return {
    kind: INTERVENTION_HOURS,
    windowsOf: interventionWindows,
    tell: (id, hours) => door.openingHoursChanged(id as InterventionId, hours),
  };
}

/** What telling of opening hours needs. */
export interface OpeningHoursDeps {
  readonly pool: Pool;
  /** Each kind by a loop of its own. */
  readonly told: readonly Told[];
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Of each kind told and not recomputed yet; 4 without it. */
  readonly atOnce?: number;
  /** Longest pause between two looks, milliseconds; 15 seconds without it. */
  readonly pauseMs?: number;
}

/** A teller that runs. */
export interface OpeningHoursTeller {
  /** Begins nothing more and gives back what it has not begun. */
  close(): Promise<void>;
}

const AT_ONCE = 4;
const CLAIMED_AT_ONCE = 200;
const DAY_MS = 86_400_000;
/** Between two looks at what is under way; doubled while nothing moves. */
const SHORTEST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1_000;

interface UnderWay extends OlderHours {
  readonly toldAt: number;
}

/** Starts to tell. Several relays may: each that is to be told is claimed by one. */
export function startOpeningHours(deps: OpeningHoursDeps): OpeningHoursTeller {
  const tellers = deps.told.map((told) => startTelling(told, deps));
  const listening = listenFor(deps.pool, HOURS_CHANNEL, () => {
    for (const { ring } of tellers) ring();
  });
  return {
    async close() {
      await listening.close();
      await Promise.all(tellers.map((teller) => teller.close()));
    },
  };
}

function startTelling(
  { kind, windowsOf, tell: tellOne }: Told,
  { pool, log, atOnce = AT_ONCE, pauseMs = 15_000 }: OpeningHoursDeps,
): OpeningHoursTeller & { ring(): void } {
  let claimed: OlderHours[] = [];
  let underWay: UnderWay[] = [];
  let windows = createWindowCache(pool, windowsOf);
  let look = SHORTEST_LOOK_MS;

  async function work(): Promise<boolean> {
    const settled = await settle();
    if (claimed.length === 0) {
      claimed = await claimOlderHours(pool, kind, CLAIMED_AT_ONCE);
      // Made anew for each batch: what is announced meanwhile makes other windows.
      windows = createWindowCache(pool, windowsOf);
      if (claimed.length > 0) log.info({ [kind.rows]: claimed.length }, 'to be told of new opening hours');
    }
    const batch = claimed.splice(0, Math.max(0, atOnce - underWay.length));
    // Each to its end: what is still being told would otherwise be counted by nobody.
    const [failed] = (await Promise.allSettled(batch.map(begin))).filter(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    if (underWay.length === 0 && claimed.length === 0) {
      await forgetSettledHours(pool, kind);
      return false;
    }
    look = settled + batch.length > 0 ? SHORTEST_LOOK_MS : Math.min(2 * look, LONGEST_LOOK_MS);
    await sleep(look);
    return true;
  }

  /** How many need no telling any more. What shows nothing until its claim ends is claimed again. */
  async function settle(): Promise<number> {
    if (underWay.length === 0) return 0;
    const before = underWay.length;
    const done = await settleOlderHours(pool, kind, underWay);
    const keys = new Set(done.map(keyOf));
    const oldest = Date.now() - CLAIM_MINUTES * 60_000;
    underWay = underWay.filter((one) => !keys.has(keyOf(one)) && one.toldAt > oldest);
    return before - underWay.length;
  }

  async function begin(one: OlderHours): Promise<void> {
    const { id, calendar, version } = one;
    try {
      await tell(one);
      underWay.push({ ...one, toldAt: Date.now() });
    } catch (error) {
      if (isAway(error)) {
        await releaseOlderHours(pool, kind, [one]).catch(() => undefined);
        throw error;
      }
      log.error({ id, calendar, version, error: errorName(error) }, 'opening hours cannot be told');
    }
  }

  async function tell(one: OlderHours): Promise<void> {
    const { id, names, termsVersion } = one;
    const built = await windows(one);
    const told = Object.fromEntries(Object.entries(built).filter(([name]) => names.includes(name)));
    const outcome = await tellOne(id, { windows: told, termsVersion });
    // Told again after all that time, and not a word: it had these hours when it was made, and so saved nothing.
    if (one.attempts > 1 && outcome === 'delivered') await noteHours(pool, kind, one);
  }

  const loop = startLoop(work, { name: `openingHours.${kind.rows}`, pauseMs, log });
  return {
    ring: loop.ring,
    async close() {
      await loop.close();
      await releaseOlderHours(pool, kind, claimed).catch(() => undefined);
    },
  };
}

function keyOf({ id, calendar }: Pick<OlderHours, 'id' | 'calendar'>): string {
  return `${id} ${calendar}`;
}

/** Windows of a contract's terms from a day on: those that began on that day share them. */
function createWindowCache(pool: Pool, windowsOf: Told['windowsOf']): (one: OlderHours) => Promise<Windows> {
  const now = Date.now();
  const known = new Map<string, Promise<Windows>>();
  return ({ contract, termsVersion, since }) => {
    // The beginning of a day in UTC is not after it; a window that begins earlier answers the same.
    const from = Math.floor(since / DAY_MS) * DAY_MS;
    const key = JSON.stringify([contract, termsVersion, from]);
    const windows = known.get(key) ?? build(contract, termsVersion, from);
    known.set(key, windows);
    return windows;
  };

  async function build(contract: string, termsVersion: number, from: number): Promise<Windows> {
    const terms = await readTerms(pool, contract, termsVersion);
    if (!terms) throw new Error(`contract ${contract} has no terms of version ${termsVersion}`);
    const announced = await readAnnounced(pool, contract, termsVersion);
    return windowsOf(terms, { from, now, announced });
  }
}
