/** Access tokens and whom they stand for. The token itself is never stored, only its SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import type { Language } from '../domain/languages.ts';
import type { Queryable } from './pool.ts';

/** Roles of the provider's people: those who work on requests, those who direct it, those who keep accounts. */
export type StaffRole = 'agent' | 'supervisor' | 'billing';

/** Who calls. A customer's contact belongs to one contract, a publisher's person to one publisher. */
export type TokenHolder =
  | { readonly role: StaffRole; readonly id: string }
  | { readonly role: 'customer'; readonly id: string; readonly contract: string }
  | { readonly role: 'publisher'; readonly id: string; readonly publisher: string };

/** Whom a new token stands for, and until when. */
export interface NewToken {
  /** Exactly one of the three. */
  readonly staff?: string;
  readonly contact?: string;
  readonly publisherPerson?: string;
  readonly expiresAt: Date;
}

/** Issues a token of 256 random bits; it is shown this once. */
export async function issueToken(
  db: Queryable,
  { staff, contact, publisherPerson, expiresAt }: NewToken,
): Promise<string> {
  const token = `rl_${randomBytes(32).toString('base64url')}`;
  await db.query(
    'INSERT INTO access_tokens (hash, staff, contact, publisher_person, expires_at) VALUES ($1, $2, $3, $4, $5)',
    [hashOf(token), staff ?? null, contact ?? null, publisherPerson ?? null, expiresAt],
  );
  return token;
}

/** Whom a token stands for: undefined when it is unknown, expired or revoked, or its holder no longer active. */
export async function findTokenHolder(db: Queryable, token: string): Promise<TokenHolder | undefined> {
  const { rows } = await db.query<{
    staff: string | null;
    role: StaffRole | null;
    contact: string | null;
    contract: string | null;
    person: string | null;
    publisher: string | null;
  }>(
    `SELECT s.id AS staff, s.role, p.id AS contact, p.contract, o.id AS person, o.publisher
     FROM access_tokens t
     LEFT JOIN staff s ON s.id = t.staff AND s.active
     LEFT JOIN contacts p ON p.id = t.contact AND p.active
     LEFT JOIN publisher_people o ON o.id = t.publisher_person AND o.active
     WHERE t.hash = $1 AND t.expires_at > now() AND t.revoked_at IS NULL`,
    [hashOf(token)],
  );
  const [row] = rows;
  if (row?.staff && row.role) return { role: row.role, id: row.staff };
  if (row?.contact && row.contract) return { role: 'customer', id: row.contact, contract: row.contract };
  if (row?.person && row.publisher) return { role: 'publisher', id: row.person, publisher: row.publisher };
  return undefined;
}

/** Lets a token live on until `expiresAt`; false when it is no longer valid. */
export async function prolongToken(db: Queryable, token: string, expiresAt: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE access_tokens SET expires_at = greatest(expires_at, $2)
     WHERE hash = $1 AND expires_at > now() AND revoked_at IS NULL`,
    [hashOf(token), expiresAt],
  );
  return rowCount === 1;
}

/** From now on the token opens nothing. */
export async function revokeToken(db: Queryable, token: string): Promise<void> {
  await db.query('UPDATE access_tokens SET revoked_at = now() WHERE hash = $1 AND revoked_at IS NULL', [hashOf(token)]);
}

/** A member of staff to be stored. */
export interface NewStaff {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: StaffRole;
  readonly language: Language;
}

/** Stores a member of staff, if it is not there. */
export async function storeStaff(db: Queryable, { id, name, email, role, language }: NewStaff): Promise<void> {
  await db.query(
    'INSERT INTO staff (id, name, email, role, language) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING',
    [id, name, email, role, language],
  );
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
