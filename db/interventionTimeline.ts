/** Timelines of interventions, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { Channel, Who } from '../domain/events.ts';
import type { InterventionEntry, InterventionEntryType } from '../domain/intervention/timeline.ts';
import type { Audience } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';
import { type TimelinePage, visibleTo } from './timeline.ts';

/** A line of an intervention's timeline, with the text that belongs to it. */
export interface InterventionLineRow {
  readonly seq: number;
  readonly line: number;
  readonly at: Date;
  readonly type: InterventionEntryType;
  readonly audience: Audience;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy: Who | null;
  readonly enteredAt: Date | null;
  readonly text: string | null;
  readonly facts: NonNullable<InterventionEntry['facts']>;
}

/** Lines of an intervention in order: customers see `customer` lines, staff see all. */
export async function readInterventionTimeline(
  db: Queryable,
  id: string,
  audience: Audience,
  page: TimelinePage,
): Promise<InterventionLineRow[]> {
  const { rows } = await db.query<InterventionLineRow>(
    `SELECT l.seq, l.line, l.at, l.type, l.audience, l.who, l.channel, l.entered_by AS "enteredBy",
            l.entered_at AS "enteredAt", t.body AS text, l.facts
     FROM intervention_timeline l LEFT JOIN texts t ON t.id = l.text_id
     WHERE l.intervention = $1 AND l.audience = ANY($2) AND (l.seq, l.line) > ($3, $4)
     ORDER BY l.seq, l.line LIMIT $5`,
    [id, visibleTo(audience), page.after?.seq ?? -1, page.after?.line ?? -1, page.limit],
  );
  return rows;
}
