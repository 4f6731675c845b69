/** Who the sender of a mail may be. */
import type { EscalationId } from '../domain/escalation/state.ts';
import type { ContactRow } from './contracts.ts';
import type { Queryable } from './pool.ts';

/** The current contacts who have this address, in whatever case, on any contract. */
export async function findContactsByAddress(db: Queryable, address: string): Promise<ContactRow[]> {
  const { rows } = await db.query<ContactRow>(
    `SELECT id, contract, name, email, language, trained, active FROM contacts
     WHERE lower(email) = lower($1) AND active ORDER BY contract, id`,
    [address],
  );
  return rows;
}

/** A publisher that an address belongs to; `person` is null for the publisher's own address. */
export interface PublisherSender {
  readonly publisher: string;
  readonly person: string | null;
}

/** The publishers of whom this is the address, or that of one of their active people; people first. */
export async function findPublishersByAddress(db: Queryable, address: string): Promise<PublisherSender[]> {
  const { rows } = await db.query<PublisherSender>(
    `SELECT publisher, id AS person FROM publisher_people WHERE lower(email) = lower($1) AND active
     UNION ALL
     SELECT id, NULL FROM publishers WHERE lower(email) = lower($1)
     ORDER BY publisher, person NULLS LAST`,
    [address],
  );
  return rows;
}

/** The publisher of an escalation. */
export async function readPublisherOf(db: Queryable, escalation: EscalationId): Promise<string | undefined> {
  const { rows } = await db.query<{ publisher: string }>('SELECT publisher FROM escalations WHERE id = $1', [
    escalation,
  ]);
  return rows[0]?.publisher;
}

/** What a subject quotes, as far as it can be told without knowing the escalations. */
export interface QuotedInSubject {
  readonly ids: readonly string[];
  /** SRs of our own numbering. */
  readonly ours: readonly string[];
  /** Of whose escalations any SR in the subject counts. */
  readonly publishers: readonly string[];
  readonly subject: string;
}

/** Escalations that a subject may quote, those named by their id first (`sr` is null). Drafts have told nobody of themselves. */
export async function listQuotedEscalations(
  db: Queryable,
  { ids, ours, publishers, subject }: QuotedInSubject,
): Promise<{ readonly id: EscalationId; readonly sr: string | null }[]> {
  if (ids.length + ours.length + publishers.length === 0) return [];
  const { rows } = await db.query<{ id: EscalationId; sr: string | null }>(
    `SELECT id, NULL AS sr FROM escalations WHERE id = ANY($1) AND stage <> 'draft'
     UNION ALL
     SELECT id, sr FROM escalations
     WHERE stage <> 'draft'
       AND (sr_issued_by = 'distributor' AND sr = ANY($2)
            OR publisher = ANY($3) AND position(lower(sr) IN lower($4)) > 0)
     ORDER BY sr NULLS FIRST, id`,
    [[...ids], [...ours], [...publishers], subject],
  );
  return rows;
}
