/** Timelines of escalations, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { EscalationAudience, EscalationEntry } from '../domain/escalation/timeline.ts';
import type { Queryable } from './pool.ts';
import { type LineRow, readLines, type TimelinePage } from './timeline.ts';

/** A line of an escalation's timeline. */
export type EscalationLineRow = LineRow<EscalationEntry, EscalationAudience>;

/** Lines of an escalation in order: publishers see `publisher` lines, staff see all. */
export async function readEscalationTimeline(
  db: Queryable,
  id: string,
  audience: EscalationAudience,
  page: TimelinePage,
): Promise<EscalationLineRow[]> {
  const isStaff = audience === 'staff';
  // What staff let count is the publisher's to read where it is their own: a customer's mail went astray.
  const accepted = `m.disposition = 'accepted' ${isStaff ? '' : "AND l.who LIKE 'publisher:%'"}`;
  const showsMail = `m.escalation = l.escalation
       AND (m.disposition IN ('publisherAction', 'publisherNote') OR ${accepted})`;
  const source = { table: 'escalation_timeline', owner: 'escalation', showsMail } as const;
  return await readLines(db, source, id, isStaff ? ['staff', 'publisher'] : ['publisher'], page);
}
