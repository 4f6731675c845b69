/** What a mail says besides its order: names, texts, labels; and what it hangs on. */
import type { MailOrder } from '../domain/effects.ts';
import type { Words } from '../domain/languages.ts';
import { type MailPeople, PEOPLE, type PeopleRow, withPeople } from './mailPeople.ts';
import type { Queryable } from './pool.ts';

/** The request of a mail, with the people who may receive it. */
export interface MailSubject extends MailPeople {
  readonly subject: string;
  readonly contract: string;
  readonly zone: string;
  readonly customer: string;
  readonly priorityLabels: { readonly [priority: string]: Words };
  readonly exclusionWords: { readonly [code: string]: Words };
}

/** Reads what every mail on a request needs; throws when there is no such request. */
export async function readMailSubject(db: Queryable, number: string): Promise<MailSubject> {
  const { rows } = await db.query<
    PeopleRow & {
      subject: string;
      contract: string;
      zone: string;
      customer: string;
      priorities: { [priority: string]: { label: Words } } | null;
      exclusions: { [code: string]: { words: Words } } | null;
    }
  >(
    `SELECT r.subject, r.contract, c.zone, c.customer, ${PEOPLE}, t.terms->'priorities' AS priorities, t.terms->'exclusions' AS exclusions
     FROM requests r
     JOIN contracts c ON c.reference = r.contract
     JOIN contract_terms t ON t.contract = r.contract AND t.version = r.terms_version
     JOIN contacts p ON p.id = r.contact
     LEFT JOIN staff s ON 'staff:' || s.id = r.assignee AND s.active
     WHERE r.number = $1`,
    [number],
  );
  const row = rows[0];
  if (!row) throw new Error(`no request ${number}`);
  const { priorities, exclusions, ...subject } = withPeople(row);
  return {
    ...subject,
    priorityLabels: mapValues(priorities ?? {}, ({ label }) => label),
    exclusionWords: mapValues(exclusions ?? {}, ({ words }) => words),
  };
}

/** A text of the request; throws when it is not there. */
export async function readText(db: Queryable, number: string, id: string): Promise<string> {
  const { rows } = await db.query<{ body: string }>('SELECT body FROM texts WHERE id::text = $1 AND number = $2', [
    id,
    number,
  ]);
  if (!rows[0]) throw new Error('the text of the mail is not there');
  return rows[0].body;
}

/** The last question or proposal sent on a request, among these kinds. */
export async function readLastAsked(
  db: Queryable,
  number: string,
  kinds: readonly ('question' | 'workaround' | 'fix')[],
): Promise<{ readonly kind: 'question' | 'workaround' | 'fix'; readonly text: string } | undefined> {
  const { rows } = await db.query<{ kind: 'question' | 'workaround' | 'fix'; body: string }>(
    `SELECT m.kind, t.body FROM outbound_mails m JOIN texts t ON t.id::text = m.mail_order->>'text'
     WHERE m.number = $1 AND m.escalation IS NULL AND m.kind = ANY($2) ORDER BY m.created_at DESC LIMIT 1`,
    [number, [...kinds]],
  );
  return rows[0] && { kind: rows[0].kind, text: rows[0].body };
}

/** Sender and subject of a message that someone has to look at. */
export async function readMessageToLookAt(
  db: Queryable,
  id: string,
): Promise<{ readonly sender: string; readonly subject: string } | undefined> {
  const { rows } = await db.query<{ sender: string | null; subject: string | null }>(
    'SELECT sender, subject FROM inbound_mails WHERE id::text = $1',
    [id],
  );
  return rows[0] && { sender: rows[0].sender ?? '?', subject: rows[0].subject ?? '' };
}

/** Message-IDs that a new mail to the customer hangs on, oldest first; at most three. */
export async function readThread(db: Queryable, number: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ message_id: string }>(
    `WITH thread AS (
       SELECT message_id, received_at AS at, 'in' AS way FROM inbound_mails
       WHERE message_id IS NOT NULL
         AND (number = $1 AND escalation IS NULL AND disposition IN ('opening', 'answer', 'accepted', 'attached')
              -- the mail that opens a request may not be filed on it yet when the receipt is written
              OR id::text = (SELECT opening->>'mail' FROM requests WHERE number = $1))
       UNION ALL
       SELECT message_id, ended_at, 'out' FROM outbound_mails
       WHERE number = $1 AND escalation IS NULL AND audience = 'customer' AND status = 'accepted')
     SELECT message_id FROM thread
     WHERE at = (SELECT min(at) FROM thread) OR (way, at) IN (SELECT way, max(at) FROM thread GROUP BY way)
     ORDER BY at`,
    [number],
  );
  return rows.map((row) => row.message_id);
}

/** How things stand with the customer's answer since the request was set waiting. */
export type AnswerSince = 'none' | 'answered' | 'unread';

/** How long a message that just came in, and is not read yet, holds back a reminder. */
const UNREAD_MINUTES = 10;

/**
 * Looks for a genuine answer after `since` (epoch milliseconds), by mail or any other way. `unread`: something came in to
 * one of the request's addresses and is not classified yet. For a reminder, a request closed since is answered too.
 */
export async function readAnswerSince(
  db: Queryable,
  number: string,
  since: number,
  kind: MailOrder['kind'],
): Promise<AnswerSince> {
  const types = ['answered', 'confirmed', 'putInProduction', 'rejected'];
  if (kind === 'reminder') types.push('closed', 'refused');
  const { rows } = await db.query<{ answered: boolean; unread: boolean }>(
    `SELECT
       EXISTS (SELECT FROM timeline WHERE number = $1 AND type = ANY($3) AND at > $2)
       OR EXISTS (SELECT FROM inbound_mails WHERE number = $1 AND escalation IS NULL AND disposition IN ('answer', 'accepted')
                    AND received_at > $2)
         AS answered,
       EXISTS (
         SELECT FROM inbound_mails i
         WHERE i.stage = 'received' AND i.disposition IS NULL
           AND i.received_at > greatest($2, now() - $4 * interval '1 minute')
           AND EXISTS (
             SELECT FROM outbound_mails o, unnest(i.envelope_to) AS rcpt
             WHERE o.number = $1 AND o.escalation IS NULL AND lower(rcpt) LIKE 'sr+' || o.token || '@%'))
         AS unread`,
    [number, new Date(since), types, UNREAD_MINUTES],
  );
  const [row] = rows;
  if (row?.answered) return 'answered';
  return row?.unread ? 'unread' : 'none';
}

function mapValues<A, B>(record: { readonly [key: string]: A }, map: (value: A) => B): { [key: string]: B } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
