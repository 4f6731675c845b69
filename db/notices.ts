/** Mails that belong to no request: what is told to somebody whose request was not taken, and to those who may ask. */
import type { Language } from '../domain/languages.ts';
import type { CreditNotice } from '../domain/ledger/watch.ts';
import type { CreditFacts } from './ledger/notices.ts';
import type { Queryable } from './pool.ts';

/** What a notice says. */
export type NoticeKind =
  /** The contract takes requests by another way. */
  | 'wrongChannel'
  /** The contract takes requests from its designated contacts. */
  | 'notDesignated'
  /** The contract had ended when the mail came. */
  | 'contractEnded'
  /** To the designated contacts: somebody else has asked. */
  | 'askedByAnother';

/** A notice to be sent. */
export interface NewNotice {
  readonly kind: NoticeKind;
  readonly contract: string;
  readonly inboundMail?: string;
  readonly address: string;
  readonly name: string;
  readonly language: Language;
  /** askedByAnother: the name of who asked; contractEnded: the last day, YYYY-MM-DD. */
  readonly about?: string;
}

/** Orders a notice, unless the address has had one of the kind today, in the contract's zone. */
export async function orderNotice(db: Queryable, notice: NewNotice): Promise<void> {
  const { kind, contract, inboundMail = null, address, name, language, about = null } = notice;
  await db.query(
    `INSERT INTO notices (kind, contract, inbound_mail, address, name, language, about, day)
     SELECT $1, reference, $3, $4, $5, $6, $7, (now() AT TIME ZONE zone)::date FROM contracts WHERE reference = $2
     ON CONFLICT (kind, lower(address), day) WHERE key IS NULL DO NOTHING`,
    [kind, contract, inboundMail, address, name, language, about],
  );
}

/** Tells every designated contact who may ask, but the one who asked, that somebody else has. */
export async function tellDesignated(
  db: Queryable,
  { contract, asker, inboundMail }: { contract: string; asker: { id: string; name: string }; inboundMail?: string },
): Promise<void> {
  const { rows } = await db.query<{ email: string; name: string; language: Language }>(
    'SELECT email, name, language FROM contacts WHERE contract = $1 AND active AND trained AND id <> $2',
    [contract, asker.id],
  );
  for (const { email, name, language } of rows) {
    const of = { contract, address: email, name, language, about: asker.name };
    await orderNotice(db, { kind: 'askedByAnother', ...of, ...(inboundMail === undefined ? {} : { inboundMail }) });
  }
}

/** A notice that waits to be sent, with what it says it about. */
export interface WaitingNotice extends Omit<NewNotice, 'kind' | 'inboundMail' | 'about'> {
  readonly id: string;
  readonly kind: NoticeKind | CreditNotice;
  /** Of a notice of credit: what it says. */
  readonly credit: CreditFacts | null;
  readonly about: string | null;
  /** Message-ID and subject of the mail that it answers. */
  readonly inReplyTo: string | null;
  readonly subject: string | null;
}

/** Takes the oldest notice for so long; undefined when none waits. Each attempt makes the next one wait longer. */
export async function claimNotice(db: Queryable, leaseSeconds: number): Promise<WaitingNotice | undefined> {
  const { rows } = await db.query<WaitingNotice>(
    `UPDATE notices n
     SET claimed_until = now() + least($1 * 2 ^ least(n.attempts, 6), 900) * interval '1 second', attempts = n.attempts + 1
     FROM (SELECT id FROM notices
           WHERE status = 'waiting' AND (claimed_until IS NULL OR claimed_until < now())
           ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) next
     LEFT JOIN notices o ON o.id = next.id LEFT JOIN inbound_mails m ON m.id = o.inbound_mail
     WHERE n.id = next.id
     RETURNING n.id, n.kind, n.contract, n.address, n.name, n.language, n.about, n.facts AS credit,
               m.message_id AS "inReplyTo", m.subject`,
    [leaseSeconds],
  );
  return rows[0];
}

/** Marks the end of a notice; or, with `waiting`, notes why it was not sent yet. */
export async function endNotice(
  db: Queryable,
  id: string,
  status: 'accepted' | 'refused' | 'waiting',
  reason: string | null,
): Promise<void> {
  await db.query(
    `UPDATE notices SET status = $2, last_error = $3, ended_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE now() END
     WHERE id = $1`,
    [id, status, reason],
  );
}
