/** Mails that came in: committed before they are acknowledged, decided once, relayed until that succeeds. */

import type { EscalationId } from '../domain/escalation/state.ts';
import type { InboundMailId, Who } from '../domain/events.ts';
import type { Disposition } from './mailReading.ts';
import type { Queryable } from './pool.ts';

/** NOTIFY channel on which a new mail, or a new decision, is told to the relays. */
export const INBOUND_CHANNEL = 'inbound_mails';

/** A message as the listener took it. */
export interface NewInboundMail {
  /** Empty for delivery reports. */
  readonly envelopeFrom: string;
  readonly envelopeTo: readonly string[];
  readonly remoteIp: string;
  readonly helo: string;
  readonly raw: Buffer;
  readonly contentHash: Buffer;
}

/** Commits a message, received now, and wakes the relays. */
export async function insertInboundMail(db: Queryable, mail: NewInboundMail): Promise<InboundMailId> {
  const { rows } = await db.query<{ id: string }>(
    `WITH mail AS (
       INSERT INTO inbound_mails (received_at, envelope_from, envelope_to, remote_ip, helo, raw, content_hash)
       VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6) RETURNING id)
     SELECT id, pg_notify('${INBOUND_CHANNEL}', '') FROM mail`,
    [mail.envelopeFrom, [...mail.envelopeTo], mail.remoteIp, mail.helo, mail.raw, mail.contentHash],
  );
  const [row] = rows;
  if (!row) throw new Error('the mail was not stored');
  return row.id;
}

/** A mail of which nothing is decided yet. */
export interface UndecidedMail {
  readonly id: InboundMailId;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly envelopeFrom: string;
  readonly envelopeTo: readonly string[];
  readonly remoteIp: string;
  readonly helo: string;
  readonly raw: Buffer;
  /** Counting this one. */
  readonly attempts: number;
}

/**
 * Takes the oldest mail that nobody decides on, for `leaseSeconds`. A copy waits until the first of its kind is decided, so
 * that only one of them can count.
 */
export async function claimUndecided(db: Queryable, leaseSeconds: number): Promise<UndecidedMail | undefined> {
  const { rows } = await db.query<Omit<UndecidedMail, 'receivedAt'> & { receivedAt: Date }>(
    `UPDATE inbound_mails
     SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + $1 * interval '1 second'
     WHERE id = (
       SELECT m.id FROM inbound_mails m
       WHERE m.stage = 'received' AND m.disposition IS NULL AND m.next_attempt_at <= clock_timestamp()
         AND NOT EXISTS (
           SELECT FROM inbound_mails o
           WHERE o.content_hash = m.content_hash AND o.stage = 'received' AND o.disposition IS NULL
             AND (o.received_at, o.id) < (m.received_at, m.id))
       ORDER BY m.received_at, m.id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, received_at AS "receivedAt", envelope_from AS "envelopeFrom", envelope_to AS "envelopeTo",
               remote_ip AS "remoteIp", helo, raw, attempts`,
    [leaseSeconds],
  );
  const [row] = rows;
  return row && { ...row, receivedAt: row.receivedAt.getTime() };
}

/** What a publisher may do by mail: commands on its escalation. */
export type PublisherMailAction = 'acknowledge' | 'ask' | 'deliverWorkaround' | 'deliverFix';

/** Dispositions that have an effect when they are delivered: of two copies, one. */
const COUNTING: readonly Disposition[] = ['answer', 'opening', 'publisherAction', 'publisherNote'];

/** What is known of a mail once it is decided. Texts are cleaned of what Postgres does not take. */
export interface Decision {
  readonly disposition: Exclude<Disposition, 'accepted' | 'attached' | 'dismissed'>;
  /** Why unverified, unmatched or automatic, in a word. */
  readonly reason?: string;
  readonly number?: string;
  readonly contact?: string;
  /** Of a mail from a publisher, or on its thread: it has no `number`. */
  readonly escalation?: EscalationId;
  readonly publisherPerson?: string;
  /** publisherAction: the command that it gives. */
  readonly action?: PublisherMailAction;
  /** Key of the mail of ours that came back. */
  readonly bounced?: string;
  readonly content: MailContent;
}

/** What a mail says. Missing where it could not be read. */
export interface MailContent {
  readonly messageId: string | undefined;
  readonly sender: string | undefined;
  readonly subject: string;
  readonly newText: string;
  readonly fullText: string;
  /** Sanitised. */
  readonly html: string | undefined;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: number }[];
}

/** Why a decision was not written. */
export class AlreadyDecided extends Error {
  override readonly name = 'AlreadyDecided';
}

/** A copy of this mail was decided before: this one is to have no effect. */
export class DuplicateMail extends Error {
  override readonly name = 'DuplicateMail';
}

/** The one rule by which a copy counts again: the first was not believed, and nobody has looked at it. */
const NOT_BELIEVED = `(disposition IN ('unverified', 'unmatched') AND looked_at IS NULL)`;

/**
 * Writes the decision, within a transaction, once: a mail that is decided keeps it. With `toDeliver` it waits for its
 * delivery. @throws AlreadyDecided · @throws DuplicateMail
 */
export async function writeDecision(
  db: Queryable,
  id: InboundMailId,
  decision: Decision,
  toDeliver: boolean,
): Promise<void> {
  const { disposition, content } = decision;
  if (disposition !== 'duplicate') await requireFirst(db, id, COUNTING.includes(disposition));
  const { rowCount } = await db.query(
    `UPDATE inbound_mails
     SET disposition = $2, reason = $3, number = $4, contact = $5, bounced = $6, message_id = $7, sender = $8,
         subject = $9, body_new = $10, body_full = $11, body_html = $12, attachments = $13, attempts = 0,
         escalation = $15, publisher_person = $16, action = $17,
         next_attempt_at = clock_timestamp(), last_error = NULL,
         stage = CASE WHEN $14 THEN 'received' WHEN $3 = 'unreadable' THEN 'unreadable' ELSE 'relayed' END
     WHERE id = $1 AND stage = 'received' AND disposition IS NULL`,
    [
      id,
      disposition,
      decision.reason ?? null,
      decision.number ?? null,
      decision.contact ?? null,
      decision.bounced ?? null,
      content.messageId ?? null,
      content.sender ?? null,
      content.subject,
      content.newText,
      content.fullText,
      content.html ?? null,
      JSON.stringify(content.attachments),
      toDeliver,
      decision.escalation ?? null,
      decision.publisherPerson ?? null,
      decision.action ?? null,
    ],
  );
  if (rowCount !== 1) throw new AlreadyDecided(id);
}

/** Copies are decided one after the other; the lock is held until the transaction ends. */
async function requireFirst(db: Queryable, id: InboundMailId, counts: boolean): Promise<void> {
  await db.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(encode(content_hash, 'hex'), 0)) FROM inbound_mails WHERE id = $1`,
    [id],
  );
  const { rowCount } = await db.query(
    `SELECT FROM inbound_mails
     WHERE content_hash = (SELECT content_hash FROM inbound_mails WHERE id = $1) AND id <> $1
       AND disposition IS NOT NULL AND NOT ($2 AND (disposition = 'duplicate' OR ${NOT_BELIEVED})) LIMIT 1`,
    [id, counts],
  );
  if (rowCount) throw new DuplicateMail(id);
}

/** Openings by mail of a contact since an instant (epoch milliseconds). */
export async function countOpenings(db: Queryable, contact: string, since: number): Promise<number> {
  const { rows } = await db.query<{ openings: number }>(
    `SELECT count(*)::int AS openings FROM inbound_mails
     WHERE contact = $1 AND disposition = 'opening' AND received_at >= $2`,
    [contact, new Date(since)],
  );
  return rows[0]?.openings ?? 0;
}

/** Whether the contact has opened a request with this subject and text since an instant (epoch milliseconds). */
export async function hasOpenedWith(
  db: Queryable,
  contact: string,
  since: number,
  { subject, fullText }: Pick<MailContent, 'subject' | 'fullText'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM inbound_mails
     WHERE contact = $1 AND disposition = 'opening' AND received_at >= $2 AND subject = $3 AND body_full = $4 LIMIT 1`,
    [contact, new Date(since), subject, fullText],
  );
  return rowCount === 1;
}

/** A decided mail, as far as its delivery and its review need it. */
export interface DecidedMail {
  readonly id: InboundMailId;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly stage: 'received' | 'relayed' | 'unreadable';
  readonly disposition: Disposition;
  readonly number: string | null;
  readonly contact: string | null;
  readonly escalation: EscalationId | null;
  readonly publisherPerson: string | null;
  readonly action: PublisherMailAction | null;
  readonly bounced: string | null;
  readonly sender: string | null;
  readonly subject: string | null;
  readonly bodyNew: string | null;
  readonly bodyFull: string | null;
  readonly lookedAt: Date | null;
  readonly lookedBy: Who | null;
  readonly attempts: number;
}

type DecidedRow = Omit<DecidedMail, 'receivedAt'> & { readonly receivedAt: Date };

const DECIDED = `id, received_at AS "receivedAt", stage, disposition, number, contact, escalation,
  publisher_person AS "publisherPerson", action, bounced, sender, subject, body_new AS "bodyNew", body_full AS "bodyFull", looked_at AS "lookedAt", looked_by AS "lookedBy", attempts`;

/** How often an undecided mail may fail before those behind it no longer wait. */
export const DECISION_ATTEMPTS = 5;

/**
 * Takes decided mails for delivery, for `leaseSeconds`: of each request and escalation the oldest only, and none before an older mail is
 * decided, which may be of the same request.
 */
export async function claimUndelivered(db: Queryable, leaseSeconds: number, limit: number): Promise<DecidedMail[]> {
  const { rows } = await db.query<DecidedRow>(
    `UPDATE inbound_mails
     SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + $1 * interval '1 second'
     WHERE id IN (
       SELECT m.id FROM inbound_mails m
       WHERE m.stage = 'received' AND m.disposition IS NOT NULL AND m.next_attempt_at <= clock_timestamp()
         AND NOT EXISTS (
           SELECT FROM inbound_mails o
           WHERE o.stage = 'received' AND (o.received_at, o.id) < (m.received_at, m.id)
             AND (o.number = m.number OR o.escalation = m.escalation OR (o.disposition IS NULL AND o.attempts < $3)))
       ORDER BY m.received_at, m.id LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING ${DECIDED}`,
    [leaseSeconds, limit, DECISION_ATTEMPTS],
  );
  return rows.map(decidedOf);
}

/** A mail that is decided; undefined when it is unknown, or not decided. */
export async function readDecidedMail(db: Queryable, id: InboundMailId): Promise<DecidedMail | undefined> {
  const { rows } = await db.query<DecidedRow>(
    `SELECT ${DECIDED} FROM inbound_mails WHERE id::text = $1 AND disposition IS NOT NULL`,
    [id],
  );
  return rows[0] && decidedOf(rows[0]);
}

/** The mail is where it belongs, unless it was judged otherwise meanwhile. */
export async function settleMail(db: Queryable, id: InboundMailId, disposition: Disposition): Promise<void> {
  await db.query(
    `UPDATE inbound_mails
     SET stage = CASE WHEN reason = 'unreadable' THEN 'unreadable' ELSE 'relayed' END, last_error = NULL
     WHERE id = $1 AND disposition = $2 AND stage = 'received'`,
    [id, disposition],
  );
}

/** Keeps a mail for `seconds` more, unless it is decided otherwise by now. `disposition`: null while it is undecided. */
export async function renewMail(
  db: Queryable,
  id: InboundMailId,
  disposition: Disposition | null,
  seconds: number,
): Promise<void> {
  await db.query(
    `UPDATE inbound_mails SET next_attempt_at = clock_timestamp() + $3 * interval '1 second'
     WHERE id = $1 AND disposition IS NOT DISTINCT FROM $2 AND stage = 'received'`,
    [id, disposition, seconds],
  );
}

/** Another attempt after `seconds`. `error`: codes and types only. */
export async function postponeMail(db: Queryable, id: InboundMailId, seconds: number, error: string): Promise<void> {
  await db.query(
    `UPDATE inbound_mails SET next_attempt_at = clock_timestamp() + $2 * interval '1 second', last_error = $3
     WHERE id = $1 AND stage = 'received'`,
    [id, seconds, error],
  );
}

/** An answer that came too late went into a new request; for the transaction that registers it. @throws AlreadyDecided */
export async function moveToLinkedRequest(
  db: Queryable,
  id: InboundMailId,
  from: string,
  number: string,
): Promise<void> {
  const { rowCount } = await db.query(
    `UPDATE inbound_mails SET disposition = 'opening', number = $3
     WHERE id = $1 AND number = $2 AND disposition IN ('answer', 'accepted') AND stage = 'received'`,
    [id, from, number],
  );
  if (rowCount !== 1) throw new AlreadyDecided(id);
}

function decidedOf(row: DecidedRow): DecidedMail {
  return { ...row, receivedAt: row.receivedAt.getTime() };
}
