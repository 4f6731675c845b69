/** Counts and ages of everything, for those who watch the product. */
import type { Queryable } from './pool.ts';
import { PREPAID_MEASURES, PREPAID_WAITING, type PrepaidMeasures } from './prepaidMeasures.ts';

/** Ages in seconds; 0 when nothing waits. */
export interface Measures extends PrepaidMeasures {
  readonly requests: readonly { readonly status: string; readonly count: number }[];
  readonly breached: number;
  readonly overdue: number;
  readonly dueSoon: number;
  readonly tasks: readonly { readonly kind: string; readonly count: number }[];
  readonly outbound: readonly { readonly kind: string; readonly status: string; readonly count: number }[];
  readonly inbound: readonly { readonly disposition: string; readonly count: number }[];
  readonly unopened: number;
  readonly outboundAge: number;
  readonly inboundAge: number;
  readonly openingAge: number;
}

/** One statement, so that the figures are of one moment. */
export async function readMeasures(db: Queryable): Promise<Measures> {
  const { rows } = await db.query<{ measures: Measures }>(MEASURES);
  const [row] = rows;
  if (!row) throw new Error('no measures');
  return row.measures;
}

const MEASURES = `
  SELECT json_build_object(
    'requests', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT status, count(*) FROM requests WHERE status IS NOT NULL GROUP BY status) g),
    'breached', (SELECT count(*) FROM requests WHERE breached AND status <> 'closed'),
    'overdue', (SELECT count(*) FROM requests WHERE status <> 'closed' AND next_due_at < now()),
    'dueSoon', (SELECT count(*) FROM requests
      WHERE status <> 'closed' AND next_due_at BETWEEN now() AND now() + interval '1 hour'),
    'tasks', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT task->>'kind' AS kind, count(*) FROM requests, jsonb_array_elements(state->'tasks') task
       WHERE open_tasks > 0 GROUP BY 1) g),
    'outbound', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT kind, status, count(*) FROM outbound_mails GROUP BY kind, status) g),
    'inbound', (SELECT coalesce(json_agg(g), '[]') FROM
      (SELECT coalesce(disposition, 'undecided') AS disposition, count(*) FROM inbound_mails GROUP BY 1) g),
    'unopened', (SELECT count(*) FROM requests WHERE stage = 'opening'),
    'outboundAge', (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbound_mails WHERE status = 'waiting'),
    'inboundAge', (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM inbound_mails WHERE stage = 'received'),
    'openingAge', (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM requests WHERE stage = 'opening'),${PREPAID_MEASURES}
  ) AS measures FROM ${PREPAID_WAITING}`;
