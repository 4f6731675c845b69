/** Planned visits of modules: each period's is opened once, with its request and its intervention, whoever asks. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { InterventionId } from '../domain/intervention/state.ts';
import { insertIntervention } from './interventions.ts';
import { isUniqueViolation, type Queryable } from './pool.ts';
import { type NewRequest, registerRequest } from './requests.ts';

/** A module's visit of one period. */
export interface VisitKey {
  readonly contract: string;
  readonly module: string;
  /** `2027-03` or `2027`. */
  readonly period: string;
}

/** What was opened for it. */
export interface OpenedVisit {
  readonly request: string;
  readonly intervention: InterventionId;
}

/** The visit of a period, if it has been opened. */
export async function readPlannedVisit(db: Queryable, visit: VisitKey): Promise<OpenedVisit | undefined> {
  const { rows } = await db.query<OpenedVisit>(
    'SELECT request, intervention FROM planned_visits WHERE contract = $1 AND module = $2 AND period = $3',
    [visit.contract, visit.module, visit.period],
  );
  return rows[0];
}

/**
 * Registers the request of a visit and its intervention, in stage `opening`, and notes both as the period's: all in one
 * transaction. What was opened first is found by whoever comes later, or at the same time.
 */
export async function openPlannedVisit(
  pool: Pool,
  visit: VisitKey,
  request: Omit<NewRequest, 'commandId' | 'who' | 'channel'>,
): Promise<OpenedVisit> {
  const known = (await readPlannedVisit(pool, visit)) ?? (await adoptVisit(pool, visit));
  if (known) return known;
  const { termsVersion, contact } = request;
  const bySystem = { who: 'system', channel: 'system' } as const;
  const text = randomUUID();
  let intervention: InterventionId | undefined;
  try {
    const number = await registerRequest(
      pool,
      { ...request, ...bySystem, commandId: text },
      async (client, registered) => {
        const { module, period } = visit;
        const opened = { request: registered, termsVersion, contact, text, module, period, ...bySystem };
        intervention = await insertIntervention(client, opened);
        await client.query(
          `INSERT INTO planned_visits (contract, module, period, request, intervention) VALUES ($1, $2, $3, $4, $5)`,
          [visit.contract, module, period, registered, intervention],
        );
      },
    );
    if (intervention === undefined) throw new Error('the request of a visit was registered without its intervention');
    return { request: number, intervention };
  } catch (error) {
    if (!isUniqueViolation(error, 'planned_visits_pkey')) throw error;
    const faster = await readPlannedVisit(pool, visit);
    if (!faster) throw error;
    return faster;
  }
}

/** A visit that staff have opened of their own accord, and that has taken time of the period, is the period's. */
async function adoptVisit(db: Queryable, { contract, module, period }: VisitKey): Promise<OpenedVisit | undefined> {
  const { rows } = await db.query<OpenedVisit>(
    `INSERT INTO planned_visits (contract, module, period, request, intervention, started_at)
     SELECT $1, $2, $3, request, intervention, now() FROM module_allowance_moves
     WHERE contract = $1 AND module = $2 AND period = $3 GROUP BY request, intervention
     HAVING sum(seconds) > 0 ORDER BY min(at) LIMIT 1
     ON CONFLICT DO NOTHING RETURNING request, intervention`,
    [contract, module, period],
  );
  return rows[0];
}

/** Visits whose workflows nobody has started yet, the oldest first; for the relay. */
export async function listUnstartedVisits(db: Queryable, limit: number): Promise<(VisitKey & OpenedVisit)[]> {
  const { rows } = await db.query<VisitKey & OpenedVisit>(
    `SELECT contract, module, period, request, intervention FROM planned_visits
     WHERE started_at IS NULL ORDER BY opened_at LIMIT $1`,
    [limit],
  );
  return rows;
}

/** The workflows of both run. */
export async function noteVisitStarted(db: Queryable, { contract, module, period }: VisitKey): Promise<void> {
  await db.query('UPDATE planned_visits SET started_at = now() WHERE contract = $1 AND module = $2 AND period = $3', [
    contract,
    module,
    period,
  ]);
}
