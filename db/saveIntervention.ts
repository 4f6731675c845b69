/** What a transition of an intervention leaves behind: state, read model and timeline, in one transaction, in whatever order they come. */
import type { Pool, PoolClient } from 'pg';
import type { EffectKey } from '../domain/effects.ts';
import type { InterventionState } from '../domain/intervention/state.ts';
import { INTERVENTION_AUDIENCE, type InterventionEntry } from '../domain/intervention/timeline.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import { instant, isNotNewerThan, saveTransition } from './transitions.ts';

/** What is saved: the entries as those of version `seq`; state and view if the row is not newer. */
export interface InterventionSave {
  readonly key: EffectKey;
  readonly seq: number;
  readonly state: InterventionState;
  readonly view: InterventionView;
  readonly calendarVersions?: { readonly [calendar: string]: number };
  readonly entries: readonly InterventionEntry[];
}

/** Writes the entries once, and state and view unless the row is newer already. @throws KeyConflict */
export async function saveInterventionState(pool: Pool, save: InterventionSave): Promise<void> {
  const { id: owner } = save.state;
  const transition = { timeline: 'intervention_timeline', owner, save, audience: INTERVENTION_AUDIENCE } as const;
  await saveTransition(pool, transition, (client) => writeState(client, save));
}

async function writeState(client: PoolClient, { state, view, calendarVersions = {} }: InterventionSave): Promise<void> {
  await client.query(
    `UPDATE interventions
     SET stage = 'open', version = $2, status = $3, assignee = $4, planned_from = $5, planned_to = $6, open_tasks = $7,
         state = $8, view = $9,
         calendar_versions = (
           SELECT coalesce(jsonb_object_agg(c.calendar, v.value), '{}') FROM jsonb_each($10) v
           JOIN contract_calendars c ON c.contract = interventions.contract
             AND c.terms_version = interventions.terms_version AND c.name = v.key),
         updated_at = now()
     WHERE id = $1 AND ${isNotNewerThan('$2', '$11')}`,
    [
      state.id,
      state.seq,
      state.status,
      state.assignee ?? null,
      instant(view.plan?.from),
      instant(view.plan?.to),
      view.tasks.length,
      JSON.stringify(state),
      JSON.stringify(view),
      JSON.stringify(calendarVersions),
      state.lastAt,
    ],
  );
}
