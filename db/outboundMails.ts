/** Mails of ours: a row before sending, claimed while sending, ended once. */
import type { EffectKey, MailKind, MailOrder } from '../domain/effects.ts';
import type { EscalationMailKind, EscalationMailOrder } from '../domain/escalation/effects.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { InterventionMailKind, InterventionMailOrder } from '../domain/intervention/effects.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Audience } from '../domain/timeline.ts';
import { hashOfToken, type NewApproval } from './approvalTokens.ts';
import type { Queryable } from './pool.ts';

interface NewMail {
  readonly key: EffectKey;
  readonly contentHash: Buffer;
  /** Of the request, also for a mail of one of its escalations or interventions. */
  readonly number: string;
  /** `contact:<id>`, `staff` or `publisher:<id of the publisher>`. */
  readonly recipient: string;
  readonly address: string;
  readonly messageId: string;
  readonly token: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
}

interface OfRequest {
  readonly escalation?: undefined;
  readonly intervention?: undefined;
  readonly order: MailOrder;
  readonly audience: Audience;
}

interface OfEscalation {
  readonly escalation: EscalationId;
  readonly intervention?: undefined;
  readonly order: EscalationMailOrder;
  readonly audience: 'staff' | 'publisher';
  /** The addresses that it offers; read back by `findActionToken`. */
  readonly actions?: readonly { readonly token: string; readonly action: string }[];
}

interface OfIntervention {
  readonly escalation?: undefined;
  readonly intervention: InterventionId;
  readonly order: InterventionMailOrder;
  readonly audience: Audience;
  /** The link that it has. */
  readonly approval?: NewApproval;
}

/** What is written when a mail is ordered; never changed after. Message-IDs have their angle brackets. */
export type NewOutboundMail = NewMail & (OfRequest | OfEscalation | OfIntervention);

/** How sending a mail ended. */
export type MailEnd = 'accepted' | 'refused' | 'superseded';

interface HowFar {
  readonly kind: MailKind | EscalationMailKind | InterventionMailKind;
  readonly createdAt: Date;
  readonly ended: { readonly status: MailEnd; readonly at: Date } | undefined;
  readonly attempts: number;
  /** SMTP reply and enhanced codes, or an error code. */
  readonly lastError: string | undefined;
  readonly bouncedAt: Date | undefined;
}

/** A mail of ours, and how far it is. */
export type OutboundMail = NewOutboundMail & HowFar;

interface Row {
  key: string;
  content_hash: Buffer;
  mail_order: MailOrder | EscalationMailOrder | InterventionMailOrder;
  number: string;
  escalation: EscalationId | null;
  intervention: InterventionId | null;
  kind: MailKind | EscalationMailKind | InterventionMailKind;
  audience: Audience | 'publisher';
  recipient: string;
  address: string;
  message_id: string;
  token: string;
  subject: string;
  body: string;
  body_html: string;
  in_reply_to: string | null;
  reference_ids: string[];
  status: 'waiting' | MailEnd;
  attempts: number;
  last_error: string | null;
  ended_at: Date | null;
  bounced_at: Date | null;
  created_at: Date;
}

/** The mail of an effect key. */
export async function findOutboundMail(db: Queryable, key: EffectKey): Promise<OutboundMail | undefined> {
  const { rows } = await db.query<Row>('SELECT * FROM outbound_mails WHERE key = $1', [key]);
  return rows[0] && mailOf(rows[0]);
}

/** The mail that a reply or bounce address names. The token is not verified yet. */
export async function findOutboundMailByToken(db: Queryable, token: string): Promise<OutboundMail | undefined> {
  const { rows } = await db.query<Row>('SELECT * FROM outbound_mails WHERE token = $1', [token]);
  return rows[0] && mailOf(rows[0]);
}

const INSERT = `
  INSERT INTO outbound_mails (key, content_hash, mail_order, number, kind, audience, recipient, address, message_id,
    token, subject, body, body_html, in_reply_to, reference_ids, escalation, intervention, claimed_until, attempts)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
    clock_timestamp() + $18 * interval '1 millisecond', 1)
  ON CONFLICT (key) DO NOTHING RETURNING *`;

/** In one statement: no mail is there without its addresses. */
const INSERT_WITH_ACTIONS = `
  WITH mail AS (${INSERT}), offered AS (
    INSERT INTO action_tokens (token, mail, action)
    SELECT one.token, mail.key, one.action FROM mail, unnest($19::text[], $20::text[]) AS one (token, action))
  SELECT * FROM mail`;

/** The same of the link on which a contact approves. */
const INSERT_WITH_APPROVAL = `
  WITH mail AS (${INSERT}), linked AS (
    INSERT INTO approval_tokens (hash, intervention, purpose, estimate, contact, mail, expires_at)
    SELECT $19, mail.intervention, $20, $21, $22, mail.key, $23 FROM mail)
  SELECT * FROM mail`;

/**
 * Inserts a mail unless its key exists, taken for one attempt as `claimOutboundMail` would; returns the row that is there then,
 * and whether it is ours to send.
 */
export async function insertOutboundMail(
  db: Queryable,
  mail: NewOutboundMail,
  milliseconds: number,
): Promise<{ readonly mail: OutboundMail; readonly isClaimed: boolean }> {
  const values = [
    ...[mail.key, mail.contentHash, JSON.stringify(mail.order), mail.number, mail.order.kind, mail.audience],
    ...[mail.recipient, mail.address, mail.messageId, mail.token, mail.subject, mail.text, mail.html],
    ...[mail.inReplyTo ?? null, [...mail.references], mail.escalation ?? null, mail.intervention ?? null, milliseconds],
  ];
  const { rows } = await db.query<Row>(...withLinks(mail, values));
  if (rows[0]) return { mail: mailOf(rows[0]), isClaimed: true };
  const stored = await findOutboundMail(db, mail.key);
  if (!stored) throw new Error('outbound mail vanished after it was written');
  return { mail: stored, isClaimed: false };
}

/** The statement for what the mail offers, and its values. */
function withLinks(mail: NewOutboundMail, values: readonly unknown[]): [string, unknown[]] {
  if (mail.escalation !== undefined && mail.actions && mail.actions.length > 0) {
    const { actions } = mail;
    return [INSERT_WITH_ACTIONS, [...values, actions.map(({ token }) => token), actions.map(({ action }) => action)]];
  }
  if (mail.intervention !== undefined && mail.approval) {
    const { token, purpose, estimate, contact, expiresAt } = mail.approval;
    return [INSERT_WITH_APPROVAL, [...values, hashOfToken(token), purpose, estimate, contact, new Date(expiresAt)]];
  }
  return [INSERT, [...values]];
}

/**
 * Takes a waiting mail for one attempt; the claim runs out after `milliseconds`, so that a dead attempt does not keep it.
 * False when the mail has ended or another attempt holds it.
 */
export async function claimOutboundMail(db: Queryable, key: EffectKey, milliseconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE outbound_mails
     SET claimed_until = clock_timestamp() + $2 * interval '1 millisecond', attempts = attempts + 1
     WHERE key = $1 AND status = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())`,
    [key, milliseconds],
  );
  return rowCount === 1;
}

/** Gives a claimed mail back, with what stood in the way: codes only. */
export async function releaseOutboundMail(db: Queryable, key: EffectKey, error: string): Promise<void> {
  await db.query(
    `UPDATE outbound_mails SET claimed_until = NULL, last_error = $2 WHERE key = $1 AND status = 'waiting'`,
    [key, error],
  );
}

/** Ends a waiting mail at `at` (epoch milliseconds) and returns how it ended; an end that is there already stays. */
export async function endOutboundMail(
  db: Queryable,
  key: EffectKey,
  status: MailEnd,
  at: number,
  error?: string,
): Promise<{ readonly status: MailEnd; readonly at: Date }> {
  const { rowCount } = await db.query(
    `UPDATE outbound_mails SET status = $2, ended_at = $3, last_error = $4, claimed_until = NULL
     WHERE key = $1 AND status = 'waiting'`,
    [key, status, new Date(at), error ?? null],
  );
  if (rowCount === 1) return { status, at: new Date(at) };
  const ended = (await findOutboundMail(db, key))?.ended;
  if (!ended) throw new Error('outbound mail did not end');
  return ended;
}

/** Notes that a bounce came back at `at` (epoch milliseconds); false when one had come before. */
export async function markBounced(db: Queryable, key: EffectKey, at: number): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE outbound_mails SET bounced_at = $2 WHERE key = $1 AND bounced_at IS NULL',
    [key, new Date(at)],
  );
  return rowCount === 1;
}

function mailOf(row: Row): OutboundMail {
  const mail = {
    key: row.key,
    contentHash: row.content_hash,
    number: row.number,
    kind: row.kind,
    recipient: row.recipient,
    address: row.address,
    messageId: row.message_id,
    token: row.token,
    subject: row.subject,
    text: row.body,
    html: row.body_html,
    inReplyTo: row.in_reply_to ?? undefined,
    references: row.reference_ids,
    createdAt: row.created_at,
    ended: row.status === 'waiting' || !row.ended_at ? undefined : { status: row.status, at: row.ended_at },
    attempts: row.attempts,
    lastError: row.last_error ?? undefined,
    bouncedAt: row.bounced_at ?? undefined,
  };
  // The columns say which of the three an order is: they were written together.
  if (row.intervention !== null) {
    const order = row.mail_order as InterventionMailOrder;
    return { ...mail, intervention: row.intervention, order, audience: row.audience as Audience };
  }
  if (row.escalation === null) {
    return { ...mail, order: row.mail_order as MailOrder, audience: row.audience as Audience };
  }
  const audience = row.audience === 'publisher' ? 'publisher' : 'staff';
  return { ...mail, escalation: row.escalation, order: row.mail_order as EscalationMailOrder, audience };
}
