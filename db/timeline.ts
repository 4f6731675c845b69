/** Timelines, as far as the reader may see them: the audience is filtered here, in SQL. */
import type { Channel, Who } from '../domain/events.ts';
import type { Audience, TimelineEntry, TimelineLine } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';

/** What any timeline has, whatever its types and facts. */
type AnyEntry = TimelineLine<string> & { readonly facts?: object };

/** A line of a timeline that has such entries and audiences, with the text that belongs to it. */
export interface LineRow<Entry extends AnyEntry, Seen extends string> {
  readonly seq: number;
  readonly line: number;
  readonly at: Date;
  readonly type: Entry['type'];
  readonly audience: Seen;
  readonly who: Who;
  readonly channel: Channel;
  readonly enteredBy: Who | null;
  readonly enteredAt: Date | null;
  /** What was written with it: the text, or what is new in the mail. */
  readonly text: string | null;
  readonly mail: string | null;
  readonly facts: NonNullable<Entry['facts']>;
}

/** A line of a request's timeline. */
export type TimelineRow = LineRow<TimelineEntry, Audience>;

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
  const showsMail = "m.disposition IN ('answer', 'opening', 'accepted')";
  return await readLines(db, { table: 'timeline', owner: 'number', showsMail }, number, visibleTo(audience), page);
}

/** The audiences whose matter this reader sees. */
export function visibleTo(audience: Audience): Audience[] {
  return audience === 'staff' ? ['staff', 'customer'] : ['customer'];
}

/** Where the lines of a timeline are. */
interface LineSource {
  readonly table: 'timeline' | 'escalation_timeline' | 'intervention_timeline';
  /** Column that says whose they are. */
  readonly owner: 'number' | 'escalation' | 'intervention';
  /** Condition in SQL on the mail `m` of a line `l`: the reader sees what is new in it. */
  readonly showsMail: string;
}

/** Lines of one owner in order, of these audiences. */
export async function readLines<Entry extends AnyEntry, Seen extends string>(
  db: Queryable,
  { table, owner, showsMail }: LineSource,
  id: string,
  audiences: readonly Seen[],
  page: TimelinePage,
): Promise<LineRow<Entry, Seen>[]> {
  const { rows } = await db.query<LineRow<Entry, Seen>>(
    `SELECT l.seq, l.line, l.at, l.type, l.audience, l.who, l.channel, l.entered_by AS "enteredBy",
            l.entered_at AS "enteredAt", coalesce(t.body, m.body_new) AS text, l.mail_id AS mail, l.facts
     FROM ${table} l
     LEFT JOIN texts t ON t.id = l.text_id
     LEFT JOIN inbound_mails m ON m.id = l.mail_id AND ${showsMail}
     WHERE l.${owner} = $1 AND l.audience = ANY($2) AND (l.seq, l.line) > ($3, $4)
     ORDER BY l.seq, l.line LIMIT $5`,
    [id, audiences, page.after?.seq ?? -1, page.after?.line ?? -1, page.limit],
  );
  return rows;
}
