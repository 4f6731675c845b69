/** Timelines of escalations, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { EscalationAudience, EscalationEntry, EscalationEntryType } from '../domain/escalation/timeline.ts';
import type { Channel, Who } from '../domain/events.ts';
import type { Queryable } from './pool.ts';
import type { TimelinePage } from './timeline.ts';

/** A line of an escalation's timeline, with the text that belongs to it. */
export interface EscalationLineRow {
  readonly seq: number;
  readonly line: number;
  readonly at: Date;
  readonly type: EscalationEntryType;
  readonly audience: EscalationAudience;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy: Who | null;
  readonly enteredAt: Date | null;
  /** What was written with it: the text, or what is new in the mail. */
  readonly text: string | null;
  readonly mail: string | null;
  readonly facts: NonNullable<EscalationEntry['facts']>;
}

/** Lines of an escalation in order: publishers see `publisher` lines, staff see all. */
export async function readEscalationTimeline(
  db: Queryable,
  id: string,
  audience: EscalationAudience,
  page: TimelinePage,
): Promise<EscalationLineRow[]> {
  const { rows } = await db.query<EscalationLineRow>(
    `SELECT l.seq, l.line, l.at, l.type, l.audience, l.who, l.channel, l.entered_by AS "enteredBy",
            l.entered_at AS "enteredAt", coalesce(t.body, m.body_new) AS text, l.mail_id AS mail, l.facts
     FROM escalation_timeline l
     LEFT JOIN texts t ON t.id = l.text_id
     LEFT JOIN inbound_mails m ON m.id = l.mail_id AND m.escalation = l.escalation
       AND (m.disposition IN ('publisherAction', 'publisherNote')
            -- what staff let count, where it is the publisher's own: a customer's mail went astray
            OR m.disposition = 'accepted' AND (l.who LIKE 'publisher:%' OR $2 @> '{staff}'::text[]))
     WHERE l.escalation = $1 AND l.audience = ANY($2) AND (l.seq, l.line) > ($3, $4)
     ORDER BY l.seq, l.line LIMIT $5`,
    [
      id,
      audience === 'staff' ? ['staff', 'publisher'] : ['publisher'],
      page.after?.seq ?? -1,
      page.after?.line ?? -1,
      page.limit,
    ],
  );
  return rows;
}
