/** What a mail of an escalation says besides its order, what it hangs on, and the addresses by which it is acted upon. */
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationPackage } from '../domain/escalation/package.ts';
import type { EscalationId, EscalationStatus } from '../domain/escalation/state.ts';
import type { Words } from '../domain/languages.ts';
import { type MailPeople, PEOPLE, type PeopleRow, withPeople } from './mailPeople.ts';
import type { Queryable } from './pool.ts';

/** An escalation with the people who may receive its mails. */
export interface EscalationSubject extends Pick<MailPeople, 'assignee'> {
  readonly id: EscalationId;
  readonly request: string;
  /** The SR, once there is one. */
  readonly sr: string | null;
  /** Null until the first save. */
  readonly status: EscalationStatus | null;
  readonly parts: EscalationPackage;
  /** The one that counts. */
  readonly priority: string;
  /** The contract with the publisher, its zone, and whose it is: the distributor. */
  readonly contract: string;
  readonly zone: string;
  readonly distributor: string;
  readonly publisher: MailPeople['contact'];
  /** Name of who sends it. */
  readonly referent: string | null;
  readonly priorities: { readonly [priority: string]: { readonly label: Words; readonly meaning?: Words } };
  readonly exclusions: { readonly [code: string]: { readonly words: Words } };
  /** For staff: the request's subject. */
  readonly subject: string;
}

/** Reads what every mail of an escalation needs; throws when there is no such escalation. */
export async function readEscalationSubject(db: Queryable, id: EscalationId): Promise<EscalationSubject> {
  const { rows } = await db.query<
    Omit<EscalationSubject, 'publisher' | 'assignee' | 'priorities' | 'exclusions'> &
      PeopleRow & {
        priorities: EscalationSubject['priorities'] | null;
        exclusions: EscalationSubject['exclusions'] | null;
      }
  >(
    `SELECT e.id, e.request, e.sr, e.status, e.parts, e.priority, e.contract, c.zone, c.customer AS distributor,
            ${PEOPLE}, f.name AS referent, t.terms->'priorities' AS priorities, t.terms->'exclusions' AS exclusions, r.subject
     FROM escalations e
     JOIN requests r ON r.number = e.request
     JOIN contracts c ON c.reference = e.contract
     JOIN contract_terms t ON t.contract = e.contract AND t.version = e.terms_version
     JOIN publishers p ON p.id = e.publisher
     LEFT JOIN contacts f ON f.id = e.referent
     LEFT JOIN staff s ON 'staff:' || s.id = r.assignee AND s.active
     WHERE e.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error(`no escalation ${id}`);
  // A publisher has the columns of a contact.
  const { contact: publisher, priorities, exclusions, ...subject } = withPeople(row);
  return { ...subject, publisher, priorities: priorities ?? {}, exclusions: exclusions ?? {} };
}

/** Message-IDs that a new mail to the publisher hangs on, oldest first, at most three: of this escalation's mails alone. */
export async function readEscalationThread(db: Queryable, id: EscalationId): Promise<readonly string[]> {
  const { rows } = await db.query<{ message_id: string }>(
    `WITH thread AS (
       SELECT message_id, received_at AS at, 'in' AS way FROM inbound_mails
       WHERE message_id IS NOT NULL AND escalation = $1
         AND disposition IN ('publisherAction', 'publisherNote', 'accepted')
       UNION ALL
       SELECT message_id, ended_at, 'out' FROM outbound_mails
       WHERE escalation = $1 AND audience = 'publisher' AND status = 'accepted')
     SELECT message_id FROM thread
     WHERE at = (SELECT min(at) FROM thread) OR (way, at) IN (SELECT way, max(at) FROM thread GROUP BY way)
     ORDER BY at`,
    [id],
  );
  return rows.map((row) => row.message_id);
}

/** An address that a mail offers. */
export interface ActionToken {
  readonly mail: EffectKey;
  readonly action: string;
}

/** What a token was given for. It is not verified yet. */
export async function findActionToken(db: Queryable, token: string): Promise<ActionToken | undefined> {
  const { rows } = await db.query<ActionToken>('SELECT mail, action FROM action_tokens WHERE token = $1', [token]);
  return rows[0];
}

/** Where a plain reply to a mail goes; undefined for a mail that offers nothing. */
export async function readNoteToken(db: Queryable, mail: EffectKey): Promise<string | undefined> {
  const { rows } = await db.query<{ token: string }>(
    `SELECT token FROM action_tokens WHERE mail = $1 AND action = 'note'`,
    [mail],
  );
  return rows[0]?.token;
}
