/** Timelines, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { Channel, Who } from '../domain/events.ts';
import type { Audience, TimelineEntry, TimelineType } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';

/** A line of a timeline, with the text that belongs to it. */
export interface TimelineRow {
  readonly seq: number;
  readonly line: number;
  readonly at: Date;
  readonly type: TimelineType;
  readonly audience: Audience;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy: Who | null;
  readonly enteredAt: Date | null;
  /** What was written with it: the text, or what is new in the mail. */
  readonly text: string | null;
  readonly mail: string | null;
  readonly facts: NonNullable<TimelineEntry['facts']>;
}

/** Which part of a timeline is read. */
export interface TimelinePage {
  /** Where the last page ended. */
  readonly after?: { readonly seq: number; readonly line: number };
  readonly limit: number;
}

/** Lines of a request in order, for this audience: customers see `customer` lines, staff see all. */
export async function readTimeline(
  db: Queryable,
  number: string,
  audience: Audience,
  page: TimelinePage,
): Promise<TimelineRow[]> {
  const { rows } = await db.query<TimelineRow>(
    `SELECT l.seq, l.line, l.at, l.type, l.audience, l.who, l.channel, l.entered_by AS "enteredBy",
            l.entered_at AS "enteredAt", coalesce(t.body, m.body_new) AS text, l.mail_id AS mail, l.facts
     FROM timeline l
     LEFT JOIN texts t ON t.id = l.text_id
     LEFT JOIN inbound_mails m ON m.id = l.mail_id AND m.disposition IN ('answer', 'opening', 'accepted')
     WHERE l.number = $1 AND l.audience = ANY($2) AND (l.seq, l.line) > ($3, $4)
     ORDER BY l.seq, l.line LIMIT $5`,
    [number, visibleTo(audience), page.after?.seq ?? -1, page.after?.line ?? -1, page.limit],
  );
  return rows;
}

/** The audiences whose matter this reader sees. */
export function visibleTo(audience: Audience): Audience[] {
  return audience === 'staff' ? ['staff', 'customer'] : ['customer'];
}
