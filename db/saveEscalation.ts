/** What a transition of an escalation leaves behind: state, read model and timeline, in one transaction, in whatever order they come. */
import type { Pool, PoolClient } from 'pg';
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationReport } from '../domain/escalation/messages.ts';
import type { EscalationState } from '../domain/escalation/state.ts';
import { ESCALATION_AUDIENCE, type EscalationEntry } from '../domain/escalation/timeline.ts';
import type { EscalationView } from '../domain/escalation/view.ts';
import type { Queryable } from './pool.ts';
import { instant, isNotNewerThan, saveTransition } from './transitions.ts';

/** What is saved: the entries as those of version `seq`; state and view if the row is not newer. */
export interface EscalationSave {
  readonly key: EffectKey;
  readonly seq: number;
  readonly state: EscalationState;
  readonly view: EscalationView;
  readonly calendarVersions?: { readonly [calendar: string]: number };
  readonly entries: readonly EscalationEntry[];
}

/** Writes the entries once, and state and view unless the row is newer already. @throws KeyConflict */
export async function saveEscalationState(pool: Pool, save: EscalationSave): Promise<void> {
  const { id: owner } = save.state;
  const transition = { timeline: 'escalation_timeline', owner, save, audience: ESCALATION_AUDIENCE } as const;
  await saveTransition(pool, transition, async (client) => {
    if (await writeState(client, save)) await writeLateness(client, save);
  });
}

async function writeState(
  client: PoolClient,
  { state, view, calendarVersions = {} }: EscalationSave,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE escalations
     SET stage = 'sent', version = $2, status = $3, priority = $4, breached = $5, next_due_at = $6, open_tasks = $7,
         state = $8, view = $9,
         calendar_versions = (
           SELECT coalesce(jsonb_object_agg(c.calendar, v.value), '{}') FROM jsonb_each($10) v
           JOIN contract_calendars c ON c.contract = escalations.contract
             AND c.terms_version = escalations.terms_version AND c.name = v.key),
         updated_at = now()
     WHERE id = $1 AND ${isNotNewerThan('$2', '$11')}`,
    [
      state.id,
      state.seq,
      state.status,
      state.priority,
      view.breached,
      instant(view.nextDueAt),
      view.tasks.length,
      JSON.stringify(state),
      JSON.stringify(view),
      JSON.stringify(calendarVersions),
      state.lastAt,
    ],
  );
  return rowCount === 1;
}

/** As the view says it: what the two sides agree was of a lower priority does not count any more. */
async function writeLateness(client: PoolClient, { state, view }: EscalationSave): Promise<void> {
  const { late } = view;
  if (!late) {
    await client.query('DELETE FROM late_escalations WHERE escalation = $1', [state.id]);
    return;
  }
  await client.query(
    `INSERT INTO late_escalations (escalation, contract, priority, acknowledged_at, due_at, resolved_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (escalation) DO UPDATE SET priority = excluded.priority, acknowledged_at = excluded.acknowledged_at,
       due_at = excluded.due_at, resolved_at = excluded.resolved_at`,
    [
      state.id,
      state.contract,
      state.priority,
      instant(late.fromAcknowledgement.from),
      instant(late.fromDue.from),
      instant(late.fromDue.to),
    ],
  );
}

/** Files, once, a report whose request has no workflow to hear it. */
export async function fileEscalationReport(db: Queryable, request: string, report: EscalationReport): Promise<void> {
  await db.query(
    'INSERT INTO escalation_reports (id, request, report) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
    [report.id, request, JSON.stringify(report)],
  );
}
