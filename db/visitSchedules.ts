/** Schedules of planned visits: those that contracts in force want, and what Temporal was told of them. */
import type { VisitEvery } from '../domain/visits.ts';
import type { Queryable } from './pool.ts';

/** A module of a contract whose visits are scheduled, or are to be, or were. */
export interface VisitScheduleRow {
  readonly contract: string;
  readonly module: string;
  /** What the terms in force say; null where the contract has no visits of the module any more. */
  readonly every: VisitEvery | null;
  readonly zone: string | null;
  /** Null: Temporal was not told, or it is not known that it was. */
  readonly contentHash: Buffer | null;
  readonly toldAt: Date | null;
  /** Periods whose visits were opened last. */
  readonly opened: readonly string[];
}

/**
 * Every module with visits of the contracts in force, to the last day of their end, that have anybody to be told; and every
 * schedule that Temporal was told of.
 */
export async function listVisitSchedules(db: Queryable): Promise<VisitScheduleRow[]> {
  const { rows } = await db.query<VisitScheduleRow>(
    `WITH wanted AS (
       SELECT c.reference AS contract, m.key AS module, m.value->'visit'->>'every' AS every, t.terms->>'zone' AS zone
       FROM contracts c
       CROSS JOIN LATERAL (
         SELECT terms FROM contract_terms
         WHERE contract = c.reference AND effective_from <= (now() AT TIME ZONE c.zone)::date
         ORDER BY version DESC LIMIT 1) t
       CROSS JOIN LATERAL json_each(t.terms->'modules'->'list') m
       WHERE m.value->>'active' = 'true' AND m.value->'visit' IS NOT NULL
         AND coalesce(c.ends_on >= (now() AT TIME ZONE c.zone)::date, true)
         AND EXISTS (SELECT FROM contacts WHERE contract = c.reference AND active))
     SELECT contract, module, w.every, w.zone, s.content_hash AS "contentHash", s.told_at AS "toldAt",
            ARRAY(SELECT period FROM planned_visits v WHERE v.contract = coalesce(w.contract, s.contract)
                    AND v.module = coalesce(w.module, s.module) ORDER BY opened_at DESC LIMIT 3) AS opened
     FROM wanted w FULL JOIN visit_schedules s USING (contract, module) ORDER BY contract, module`,
  );
  return rows;
}

/** Notes that Temporal is about to be told: whatever becomes of it, the schedule will be found again. */
export async function noteScheduleWanted(db: Queryable, contract: string, module: string): Promise<void> {
  await db.query('INSERT INTO visit_schedules (contract, module) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    contract,
    module,
  ]);
}

/** Notes what Temporal was told, at `at` (epoch milliseconds). */
export async function noteScheduleTold(
  db: Queryable,
  contract: string,
  module: string,
  { contentHash, at }: { readonly contentHash: Buffer; readonly at: number },
): Promise<void> {
  await db.query('UPDATE visit_schedules SET content_hash = $3, told_at = $4 WHERE contract = $1 AND module = $2', [
    contract,
    module,
    contentHash,
    new Date(at),
  ]);
}

/** The schedule is gone. */
export async function forgetSchedule(db: Queryable, contract: string, module: string): Promise<void> {
  await db.query('DELETE FROM visit_schedules WHERE contract = $1 AND module = $2', [contract, module]);
}
