/** Mails as the API shows them, out and in. */
import type { MailKind } from '../domain/effects.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { Audience } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';
import { visibleTo } from './timeline.ts';

/** Everything that a mail may turn out to be. */
export const DISPOSITIONS = [
  'answer',
  'opening',
  'unverified',
  'unmatched',
  'automatic',
  'bounce',
  'own',
  'duplicate',
  'accepted',
  'attached',
  'dismissed',
  'publisherAction',
  'publisherNote',
] as const;
/** What a mail turned out to be. */
export type Disposition = (typeof DISPOSITIONS)[number];

/** What the customer said to us; anything else is for staff only. */
const CUSTOMERS_OWN: readonly Disposition[] = ['answer', 'opening', 'accepted'];

/** A mail of a request, out or in. */
export interface CorrespondenceRow {
  readonly direction: 'in' | 'out';
  readonly at: Date;
  readonly subject: string | null;
  readonly body: string | null;
  /** Out. */
  readonly kind: MailKind | null;
  readonly status: string | null;
  readonly bouncedAt: Date | null;
  readonly audience: Audience;
  /** In. */
  readonly mail: string | null;
  readonly disposition: Disposition | null;
}

/** Mails of a request, in and out, oldest first, as far as this audience may see them; those of its escalations are not among them. */
export async function readCorrespondence(
  db: Queryable,
  number: string,
  audience: Audience,
): Promise<CorrespondenceRow[]> {
  const { rows } = await db.query<CorrespondenceRow>(
    `SELECT 'out' AS direction, coalesce(ended_at, created_at) AS at, subject, body, kind, status,
            bounced_at AS "bouncedAt", audience, NULL::uuid AS mail, NULL AS disposition
     FROM outbound_mails WHERE number = $1 AND escalation IS NULL AND audience = ANY($2) AND ($3 OR status = 'accepted')
     UNION ALL
     SELECT 'in', received_at, subject, coalesce(body_new, body_full), NULL, NULL, NULL,
            CASE WHEN disposition = ANY($4) THEN 'customer' ELSE 'staff' END, id, disposition
     FROM inbound_mails WHERE number = $1 AND escalation IS NULL AND ($3 OR disposition = ANY($4))
     ORDER BY at`,
    [number, visibleTo(audience), audience === 'staff', CUSTOMERS_OWN],
  );
  return rows;
}

/** A mail that came in, without its text. */
export interface InboundMailRow {
  readonly id: string;
  readonly receivedAt: Date;
  readonly stage: 'received' | 'relayed' | 'unreadable';
  readonly disposition: Disposition | null;
  readonly reason: string | null;
  readonly number: string | null;
  readonly contact: string | null;
  readonly escalation: EscalationId | null;
  readonly publisherPerson: string | null;
  /** publisherAction: the command that it gave. */
  readonly action: string | null;
  readonly sender: string | null;
  readonly subject: string | null;
  readonly attachments: readonly { readonly name?: string; readonly type?: string; readonly size?: number }[];
  readonly lookedAt: Date | null;
  readonly lookedBy: string | null;
  readonly dismissedBecause: string | null;
}

/** A mail that came in, whole. */
export interface InboundMailText extends InboundMailRow {
  readonly bodyNew: string | null;
  readonly bodyFull: string | null;
  /** Sanitised. */
  readonly bodyHtml: string | null;
}

const COLUMNS = `id, received_at AS "receivedAt", stage, disposition, reason, number, contact, escalation,
  publisher_person AS "publisherPerson", action, sender, subject, attachments,
  looked_at AS "lookedAt", looked_by AS "lookedBy", dismissed_because AS "dismissedBecause"`;

/** What a list of mails may be narrowed by. */
export interface InboundMailFilter {
  readonly disposition?: Disposition | undefined;
  readonly number?: string | undefined;
  readonly escalation?: string | undefined;
  /** Those that wait for a person's look. */
  readonly toLookAt?: boolean | undefined;
  /** Where the last page ended. */
  readonly before?: { readonly receivedAt: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** Mails that came in, newest first. */
export async function listInboundMails(db: Queryable, filter: InboundMailFilter): Promise<InboundMailRow[]> {
  const { rows } = await db.query<InboundMailRow>(
    `SELECT ${COLUMNS} FROM inbound_mails
     WHERE ($1::text IS NULL OR disposition = $1)
       AND ($2::text IS NULL OR number = $2)
       AND ($7::text IS NULL OR escalation = $7)
       AND ($3::boolean IS NULL
            OR $3 = (disposition IS NOT NULL AND disposition IN ('unverified', 'unmatched', 'publisherNote')
                  AND looked_at IS NULL))
       AND ($4::timestamptz IS NULL OR (date_trunc('milliseconds', received_at), id) < ($4, $5::uuid))
     ORDER BY date_trunc('milliseconds', received_at) DESC, id DESC LIMIT $6`,
    [
      filter.disposition ?? null,
      filter.number ?? null,
      filter.toLookAt ?? null,
      filter.before?.receivedAt ?? null,
      filter.before?.id ?? null,
      filter.limit,
      filter.escalation ?? null,
    ],
  );
  return rows;
}

/** One mail with all its text; undefined when there is none. */
export async function readInboundMail(db: Queryable, id: string): Promise<InboundMailText | undefined> {
  const { rows } = await db.query<InboundMailText>(
    `SELECT ${COLUMNS}, body_new AS "bodyNew", body_full AS "bodyFull", body_html AS "bodyHtml"
     FROM inbound_mails WHERE id = $1`,
    [id],
  );
  return rows[0];
}
