/** Contracts with the versions of their terms, and the people who speak for the customer. */
import type { ContractTerms } from '../contracts/terms.ts';
import type { Language } from '../domain/languages.ts';
import { storeCalendars } from './calendars.ts';
import type { Queryable } from './pool.ts';

/** A contract with the terms in force today. */
export interface ContractRow {
  readonly reference: string;
  readonly family: string;
  readonly customer: string;
  readonly zone: string;
  /** Version of the terms in force. */
  readonly version: number;
  readonly terms: ContractTerms;
  /** Its last local day, YYYY-MM-DD; null while no end is known. */
  readonly endsOn: string | null;
}

/** A person who speaks for the customer on one contract. */
export interface ContactRow {
  readonly id: string;
  readonly contract: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly trained: boolean;
  readonly active: boolean;
  readonly main: boolean;
  /** Who alone calls the publisher (C §4.1.2). */
  readonly referent: boolean;
  /** Other means of being reached, by priority (B §9). */
  readonly reach: Reach;
}

/** Means of reaching a person, by priority. */
export interface Reach {
  readonly [priority: string]: readonly { readonly by: 'phone' | 'sms' | 'mail'; readonly to: string }[];
}

/** A contract to be stored; its terms come in versions of their own. */
export interface NewContract {
  readonly reference: string;
  readonly terms: ContractTerms;
}

/** Stores a contract of these terms, if it is not there. */
export async function storeContract(db: Queryable, { reference, terms }: NewContract): Promise<void> {
  await db.query(
    `INSERT INTO contracts (reference, family, customer, zone) VALUES ($1, $2, $3, $4)
     ON CONFLICT (reference) DO NOTHING`,
    [reference, terms.family, terms.parties.customer.name, terms.zone],
  );
}

/**
 * Stores a version of a contract's terms, which must have passed `parseTerms`; a version that is there stays as it is.
 * `effectiveFrom`: local date in the contract's zone, YYYY-MM-DD.
 */
export async function storeTerms(
  db: Queryable,
  reference: string,
  version: number,
  effectiveFrom: string,
  terms: ContractTerms,
): Promise<void> {
  const { rowCount } = await db.query(
    `INSERT INTO contract_terms (contract, version, effective_from, terms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (contract, version) DO NOTHING`,
    [reference, version, effectiveFrom, JSON.stringify(terms)],
  );
  const stored = rowCount === 0 ? await readTerms(db, reference, version) : terms;
  await storeCalendars(db, reference, version, stored ?? terms);
}

/** One version of a contract's terms, and how it came about. */
export interface TermsVersion {
  readonly version: number;
  /** Local date in the contract's zone, YYYY-MM-DD. */
  readonly effectiveFrom: string;
  readonly reason: string | null;
  /** Why it takes effect without the notice, or the signature, that the contract asks for. */
  readonly noticeOverride: string | null;
  readonly storedBy: string | null;
  readonly createdAt: Date;
  readonly terms: ContractTerms;
}

const VERSION = `
  SELECT version, effective_from::text AS "effectiveFrom", reason, notice_override AS "noticeOverride",
         stored_by AS "storedBy", created_at AS "createdAt", terms
  FROM contract_terms`;

/** Every version of a contract's terms, the newest first. */
export async function listTerms(db: Queryable, reference: string): Promise<TermsVersion[]> {
  const { rows } = await db.query<TermsVersion>(`${VERSION} WHERE contract = $1 ORDER BY version DESC`, [reference]);
  return rows;
}

/**
 * Adds the version after the newest one. False, and nothing is written, when that is not `after` any more: somebody else
 * was faster. To be called in a transaction: its calendars are noted with it.
 */
export async function addTerms(
  db: Queryable,
  reference: string,
  after: number,
  version: Omit<TermsVersion, 'version' | 'createdAt'>,
): Promise<boolean> {
  const { effectiveFrom, reason, noticeOverride, storedBy, terms } = version;
  const { rowCount } = await db.query(
    `INSERT INTO contract_terms (contract, version, effective_from, terms, reason, notice_override, stored_by)
     SELECT $1, $2 + 1, $3, $4, $5, $6, $7
     WHERE $2 = (SELECT coalesce(max(version), 0) FROM contract_terms WHERE contract = $1)
     ON CONFLICT (contract, version) DO NOTHING`,
    [reference, after, effectiveFrom, JSON.stringify(terms), reason, noticeOverride, storedBy],
  );
  if (rowCount !== 1) return false;
  // Closures are announced for calendars: one that is not noted would not be closed.
  await storeCalendars(db, reference, after + 1, terms);
  return true;
}

/** One version of a contract's terms; undefined when there is none. */
export async function readTerms(db: Queryable, reference: string, version: number): Promise<ContractTerms | undefined> {
  const { rows } = await db.query<{ terms: ContractTerms }>(
    'SELECT terms FROM contract_terms WHERE contract = $1 AND version = $2',
    [reference, version],
  );
  return rows[0]?.terms;
}

// The newest version that is in force on today's date in the contract's zone.
const CONTRACTS_IN_FORCE = `
  SELECT c.reference, c.family, c.customer, c.zone, t.version, t.terms, c.ends_on::text AS "endsOn"
  FROM contracts c CROSS JOIN LATERAL (
    SELECT version, terms FROM contract_terms
    WHERE contract = c.reference AND effective_from <= (now() AT TIME ZONE c.zone)::date
    ORDER BY version DESC LIMIT 1) t`;

/** A contract with the terms in force; undefined when there is none. */
export async function readContract(db: Queryable, reference: string): Promise<ContractRow | undefined> {
  const { rows } = await db.query<ContractRow>(`${CONTRACTS_IN_FORCE} WHERE c.reference = $1`, [reference]);
  return rows[0];
}

/** All contracts with the terms in force, or only this one, by reference. */
export async function listContracts(db: Queryable, only?: string): Promise<ContractRow[]> {
  const { rows } = await db.query<ContractRow>(
    `${CONTRACTS_IN_FORCE} WHERE $1::text IS NULL OR c.reference = $1 ORDER BY c.reference`,
    [only ?? null],
  );
  return rows;
}

const CONTACT = 'SELECT id, contract, name, email, language, trained, active, main, referent, reach FROM contacts';

/** A contact, active or not; undefined when there is none. */
export async function readContact(db: Queryable, id: string): Promise<ContactRow | undefined> {
  const { rows } = await db.query<ContactRow>(`${CONTACT} WHERE id = $1`, [id]);
  return rows[0];
}

/** Stores a contact, if it is not there. */
export async function storeContact(
  db: Queryable,
  contact: Omit<ContactRow, 'active' | 'main' | 'referent' | 'reach'>,
): Promise<void> {
  const { id, contract, name, email, language, trained } = contact;
  await db.query(
    `INSERT INTO contacts (id, contract, name, email, language, trained) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO NOTHING`,
    [id, contract, name, email, language, trained],
  );
}

/** Who is told first: the main contact, or without one the first active contact; undefined when there is none. */
export async function readMainContact(db: Queryable, contract: string): Promise<ContactRow | undefined> {
  const { rows } = await db.query<ContactRow>(
    `${CONTACT} WHERE contract = $1 AND active ORDER BY main DESC, id LIMIT 1`,
    [contract],
  );
  return rows[0];
}

/** The contacts of a contract, by name. */
export async function listContacts(db: Queryable, contract: string): Promise<ContactRow[]> {
  const { rows } = await db.query<ContactRow>(`${CONTACT} WHERE contract = $1 ORDER BY name, id`, [contract]);
  return rows;
}

/**
 * Replaces a contact's address, where it still is `from`. Throws a unique violation of `contacts_address` when another
 * active contact of the contract has it.
 */
export async function changeContactAddress(db: Queryable, id: string, from: string, to: string): Promise<void> {
  await db.query('UPDATE contacts SET email = $3 WHERE id = $1 AND email = $2', [id, from, to]);
}

/** Whether an active agent or supervisor has this id. */
export async function isActiveStaff(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "SELECT FROM staff WHERE id = $1 AND active AND role IN ('agent', 'supervisor')",
    [id],
  );
  return rowCount === 1;
}
