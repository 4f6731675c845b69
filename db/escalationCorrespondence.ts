/** Mails of an escalation, out and in, for staff. */
import type { EscalationMailKind } from '../domain/escalation/effects.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { Disposition } from './mailReading.ts';
import type { Queryable } from './pool.ts';

/** A mail of an escalation: to the publisher or about it to staff, or from whoever wrote there. */
export interface EscalationMailRow {
  readonly direction: 'in' | 'out';
  /** When it was written, or received. */
  readonly at: Date;
  /** Out: whom it went to. In: the sender that it names. */
  readonly address: string | null;
  readonly subject: string | null;
  readonly body: string | null;
  /** Out. */
  readonly kind: EscalationMailKind | null;
  readonly audience: 'publisher' | 'staff' | null;
  readonly status: 'waiting' | 'accepted' | 'refused' | 'superseded' | null;
  readonly endedAt: Date | null;
  readonly attempts: number | null;
  readonly lastError: string | null;
  readonly bouncedAt: Date | null;
  /** In. */
  readonly mail: string | null;
  readonly disposition: Disposition | null;
}

/** All mails of an escalation, oldest first. */
export async function readEscalationMails(db: Queryable, id: EscalationId): Promise<EscalationMailRow[]> {
  const { rows } = await db.query<EscalationMailRow>(
    `SELECT 'out' AS direction, created_at AS at, address, subject, body, kind, audience, status, ended_at AS "endedAt",
            attempts, last_error AS "lastError", bounced_at AS "bouncedAt", NULL::uuid AS mail, NULL AS disposition
     FROM outbound_mails WHERE escalation = $1
     UNION ALL
     SELECT 'in', received_at, sender, subject, coalesce(body_new, body_full), NULL, NULL, NULL, NULL,
            NULL, NULL, NULL, id, disposition
     FROM inbound_mails WHERE escalation = $1
     ORDER BY at`,
    [id],
  );
  return rows;
}
