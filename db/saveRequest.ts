/** What a transition leaves behind: state, read model and timeline, in one transaction, in whatever order they come. */
import type { Pool, PoolClient } from 'pg';
import type { RequestSave } from '../domain/packing.ts';
import { TIMELINE_AUDIENCE } from '../domain/timeline.ts';
import { instant, isNotNewerThan, saveTransition } from './transitions.ts';

/**
 * Writes the entries once, and state and view unless the row is newer already. @throws KeyConflict
 */
export async function saveRequestState(pool: Pool, save: RequestSave): Promise<void> {
  const transition = { timeline: 'timeline', owner: save.state.number, save, audience: TIMELINE_AUDIENCE } as const;
  await saveTransition(pool, transition, (client) => writeState(client, save));
}

async function writeState(client: PoolClient, { state, view, calendarVersions = {} }: RequestSave): Promise<void> {
  await client.query(
    `UPDATE requests
     SET stage = 'open', terms_version = $2, version = $3, status = $4, priority = $5, assignee = $6, breached = $7,
         next_due_at = $8, next_reminder_at = $9, reopen_until = $10, open_tasks = $11, state = $12, view = $13,
         calendar_versions = (
           SELECT coalesce(jsonb_object_agg(c.calendar, v.value), '{}') FROM jsonb_each($15) v
           JOIN contract_calendars c ON c.contract = $16 AND c.terms_version = $2 AND c.name = v.key),
         updated_at = now()
     WHERE number = $1 AND ${isNotNewerThan('$3', '$14')}`,
    [
      state.number,
      state.termsVersion,
      state.seq,
      state.status,
      state.priority,
      state.assignee ?? null,
      view.breached,
      instant(view.nextDueAt),
      instant(view.waiting?.nextReminder?.at),
      instant(view.closed?.reopenUntil),
      view.tasks.length,
      JSON.stringify(state),
      JSON.stringify(view),
      state.lastAt,
      JSON.stringify(calendarVersions),
      state.contract,
    ],
  );
}
