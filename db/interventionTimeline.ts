/** Timelines of interventions, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { InterventionEntry } from '../domain/intervention/timeline.ts';
import type { Audience } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';
import { type LineRow, readLines, type TimelinePage, visibleTo } from './timeline.ts';

/** A line of an intervention's timeline. */
export type InterventionLineRow = LineRow<InterventionEntry, Audience>;

/** Lines of an intervention in order: customers see `customer` lines, staff see all. */
export async function readInterventionTimeline(
  db: Queryable,
  id: string,
  audience: Audience,
  page: TimelinePage,
): Promise<InterventionLineRow[]> {
  // What comes by mail is its request's.
  const source = { table: 'intervention_timeline', owner: 'intervention', showsMail: 'false' } as const;
  return await readLines(db, source, id, visibleTo(audience), page);
}
