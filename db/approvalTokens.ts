/** Links on which a contact decides about an intervention: one a mail, used once. The token itself is never stored, only its SHA-256. */
import { createHash } from 'node:crypto';
import type { InterventionMailOrder } from '../domain/intervention/effects.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Language } from '../domain/languages.ts';
import type { Queryable } from './pool.ts';

/** A link as its mail has it. */
export interface NewApproval {
  readonly token: string;
  readonly purpose: 'estimate' | 'more';
  /** Id of the estimate that is decided about, or that more is asked for than; none of a planned visit. */
  readonly estimate: string | null;
  readonly contact: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What a link was given for, and whether it still opens anything. */
export interface ApprovalLink {
  readonly intervention: InterventionId;
  readonly purpose: 'estimate' | 'more';
  readonly estimate: string | null;
  readonly contact: string;
  readonly contactName: string;
  readonly language: Language;
  /** Whether the contact may still decide anything. */
  readonly active: boolean;
  /** Whether the mail went to an address that is the contact's still: whoever reads another is not known. */
  readonly addressed: boolean;
  /** Effect key of the mail, and its order. */
  readonly mail: string;
  readonly order: InterventionMailOrder;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

/** The link of a token; undefined when there is none. Its signature is not verified yet. */
export async function findApproval(db: Queryable, token: string): Promise<ApprovalLink | undefined> {
  const { rows } = await db.query<ApprovalLink>(
    `SELECT t.intervention, t.purpose, t.estimate, t.contact, c.name AS "contactName", c.language, c.active, t.mail,
            lower(m.address) = lower(c.email) AS addressed, m.mail_order AS order, t.expires_at AS "expiresAt", t.used_at AS "usedAt"
     FROM approval_tokens t JOIN contacts c ON c.id = t.contact JOIN outbound_mails m ON m.key = t.mail
     WHERE t.hash = $1`,
    [hashOfToken(token)],
  );
  return rows[0];
}

/** From now on the link opens nothing. */
export async function markApprovalUsed(db: Queryable, token: string): Promise<void> {
  await db.query('UPDATE approval_tokens SET used_at = now() WHERE hash = $1 AND used_at IS NULL', [
    hashOfToken(token),
  ]);
}

/** SHA-256 of a token. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
