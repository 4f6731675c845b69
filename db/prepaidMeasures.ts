/** Counts and ages of prepaid work: interventions, calls, planned visits, credit. */

/** What waits for units, or for its workflow. */
export interface Waiting {
  readonly intervention: number;
  readonly call: number;
}

/** Ages in seconds; 0 when nothing waits. */
export interface PrepaidMeasures {
  /** Those that are not over. */
  readonly interventions: readonly { readonly status: string; readonly count: number }[];
  readonly interventionTasks: readonly { readonly kind: string; readonly count: number }[];
  /** How many wait for units. */
  readonly creditLacking: Waiting;
  /** How many of these wait although the units are there. */
  readonly creditUnclaimed: Waiting;
  readonly creditUntoldAge: number;
  readonly interventionOpeningAge: number;
  readonly callOpeningAge: number;
  readonly visitOpeningAge: number;
  readonly callAge: number;
  readonly callOwedAge: number;
  readonly visitsMissing: number;
  readonly billingUndecided: number;
  readonly billingUndecidedAge: number;
}

/** As the indexes have it. */
const NOT_OVER = "status NOT IN ('done', 'infeasible', 'declined', 'expired', 'cancelled')";
const age = (since: string, rows: string) =>
  `(SELECT coalesce(extract(epoch FROM now() - min(${since})), 0) FROM ${rows})`;

/**
 * Each that waits, with the day for which it wants units, and whether the ledger would give them: the rules are those of
 * `domain/ledger/validity.ts`.
 */
const WAITING = `
  (SELECT w.kind, w.id, bool_and(w.units <= coalesce((
     SELECT sum(b.available) FROM credit_lots l JOIN lot_balances b ON b.lot = l.id
     WHERE l.contract = w.contract AND l.unit = w.unit AND b.available > 0 AND coalesce(l.valid_from <= w.day, true)
       AND coalesce(w.day <= least(l.last_day, c.ends_on), true)), 0)) AS claimable
   FROM (
     SELECT 'intervention' AS kind, i.id, i.contract, wanted.key AS unit, wanted.value::int AS units,
            (greatest(now(), to_timestamp((i.state->'plan'->>'from')::float8 / 1000)) AT TIME ZONE c.zone)::date AS day
     FROM interventions i JOIN contracts c ON c.reference = i.contract, jsonb_each_text(i.state->'wanted') wanted
     WHERE i.view->'missing' <> '{}' AND i.${NOT_OVER}
     UNION ALL
     SELECT 'call', h.id, h.contract, h.unit, h.units, (h.began_at AT TIME ZONE c.zone)::date
     FROM hotline_calls h JOIN contracts c ON c.reference = h.contract
     WHERE h.ended_at IS NOT NULL AND h.debited_at IS NULL) w
   JOIN contracts c ON c.reference = w.contract GROUP BY w.kind, w.id)`;

const countOf = (kind: keyof Waiting, and = '') => `'${kind}', count(*) FILTER (WHERE kind = '${kind}'${and})`;
const counts = (and = '') => `json_build_object(${countOf('intervention', and)}, ${countOf('call', and)})`;

/** An hour after its time, as the relay has it: the first of the month or the year at nine. */
const DUE_PERIOD = `to_char((now() AT TIME ZONE c.zone) - interval '9 hours',
  CASE length(newest.period) WHEN 4 THEN 'YYYY' ELSE 'YYYY-MM' END)`;

/** Names and values of {@link PrepaidMeasures}, for `json_build_object`; `waiting` is to be in FROM. */
export const PREPAID_MEASURES = `
    'interventions', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT status, count(*) FROM interventions WHERE ${NOT_OVER} GROUP BY status) g),
    'interventionTasks', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT task->>'kind' AS kind, count(*) FROM interventions, jsonb_array_elements(state->'tasks') task
       WHERE open_tasks > 0 GROUP BY 1) g),
    'creditLacking', waiting.lacking,
    'creditUnclaimed', waiting.unclaimed,
    'creditUntoldAge', ${age(
      'e.at',
      `credit_contracts c CROSS JOIN LATERAL (SELECT at FROM credit_entries
         WHERE contract = c.contract AND id > c.told_entry ORDER BY id LIMIT 1) e`,
    )},
    'interventionOpeningAge', ${age('created_at', "interventions WHERE stage = 'opening'")},
    'callOpeningAge', ${age('began_at', 'hotline_calls WHERE followed_at IS NULL AND debited_at IS NULL')},
    'visitOpeningAge', ${age('opened_at', 'planned_visits WHERE started_at IS NULL')},
    'callAge', ${age('began_at', 'hotline_calls WHERE ended_at IS NULL')},
    'callOwedAge', ${age('ended_at', 'hotline_calls WHERE ended_at IS NOT NULL AND debited_at IS NULL')},
    'visitsMissing', (SELECT count(*) FROM visit_schedules s JOIN contracts c ON c.reference = s.contract
      LEFT JOIN LATERAL (SELECT period FROM planned_visits v WHERE v.contract = s.contract AND v.module = s.module
                         ORDER BY opened_at DESC LIMIT 1) newest ON true
      WHERE NOT EXISTS (SELECT FROM planned_visits v
        WHERE v.contract = s.contract AND v.module = s.module AND v.period >= ${DUE_PERIOD})),
    'billingUndecided', (SELECT count(*) FROM billing_proposals WHERE decision IS NULL),
    'billingUndecidedAge', ${age('proposed_at', 'billing_proposals WHERE decision IS NULL')}`;

/** What {@link PREPAID_MEASURES} reads from. */
export const PREPAID_WAITING = `(SELECT ${counts()} AS lacking, ${counts(' AND claimable')} AS unclaimed
  FROM ${WAITING} each) waiting`;
