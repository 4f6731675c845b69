/** Publishers of third-party products, their people, and the contracts with them. */
import type { Language } from '../domain/languages.ts';
import type { Queryable } from './pool.ts';

/** A publisher, to whom escalations are sent. */
export interface PublisherRow {
  readonly id: string;
  readonly name: string;
  /** Where escalations are sent. */
  readonly email: string;
  readonly language: Language;
  /** Where its escalations live, when that is not the requests' own namespace. */
  readonly temporal?: PublisherNamespace | null;
}

/** A Temporal namespace of a publisher's own. */
export interface PublisherNamespace {
  readonly namespace: string;
  /** The Nexus endpoint that leads there. */
  readonly endpoint: string;
  /** The one that leads back, to the requests' namespace. */
  readonly requestsEndpoint: string;
}

/** A person of a publisher. */
export interface PublisherPerson {
  readonly id: string;
  readonly publisher: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly active: boolean;
}

/** Stores a publisher, if it is not there. */
export async function storePublisher(
  db: Queryable,
  { id, name, email, language, temporal }: PublisherRow,
): Promise<void> {
  await db.query(
    `INSERT INTO publishers (id, name, email, language, namespace, endpoint, requests_endpoint)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [
      ...[id, name, email, language],
      ...[temporal?.namespace ?? null, temporal?.endpoint ?? null, temporal?.requestsEndpoint ?? null],
    ],
  );
}

const PUBLISHER = `p.id, p.name, p.email, p.language,
  CASE WHEN p.namespace IS NOT NULL THEN jsonb_build_object(
    'namespace', p.namespace, 'endpoint', p.endpoint, 'requestsEndpoint', p.requests_endpoint) END AS temporal`;

/** The publisher; undefined when there is none. */
export async function readPublisher(db: Queryable, id: string): Promise<PublisherRow | undefined> {
  const { rows } = await db.query<PublisherRow>(`SELECT ${PUBLISHER} FROM publishers p WHERE p.id = $1`, [id]);
  return rows[0];
}

/** Of an escalation's publisher; undefined when its escalations live where the requests do. */
export async function readNamespaceOf(db: Queryable, escalation: string): Promise<PublisherNamespace | undefined> {
  const { rows } = await db.query<PublisherNamespace>(
    `SELECT p.namespace, p.endpoint, p.requests_endpoint AS "requestsEndpoint" FROM escalations e JOIN publishers p ON p.id = e.publisher
     WHERE e.id = $1 AND p.namespace IS NOT NULL`,
    [escalation],
  );
  return rows[0];
}

/** All publishers with the references of the contracts with them, by name. */
export async function listPublishers(db: Queryable): Promise<(PublisherRow & { readonly contracts: string[] })[]> {
  const { rows } = await db.query<PublisherRow & { contracts: string[] }>(
    `SELECT ${PUBLISHER},
            array(SELECT reference FROM contracts WHERE publisher = p.id ORDER BY reference) AS contracts
     FROM publishers p ORDER BY p.name, p.id`,
  );
  return rows;
}

/** Says with which publisher a contract is. False when there is no such contract, or it is with another. */
export async function nameContractPublisher(db: Queryable, contract: string, publisher: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE contracts SET publisher = $2 WHERE reference = $1 AND (publisher IS NULL OR publisher = $2)',
    [contract, publisher],
  );
  return rowCount === 1;
}

/** With which publisher a contract is; undefined when none is named. */
export async function publisherOf(db: Queryable, contract: string): Promise<string | undefined> {
  const { rows } = await db.query<{ publisher: string | null }>(
    'SELECT publisher FROM contracts WHERE reference = $1',
    [contract],
  );
  return rows[0]?.publisher ?? undefined;
}

/** Replaces a publisher's address, where it still is `from`. */
export async function changePublisherAddress(db: Queryable, id: string, from: string, to: string): Promise<void> {
  await db.query('UPDATE publishers SET email = $3 WHERE id = $1 AND email = $2', [id, from, to]);
}

/**
 * Stores a person of a publisher, if it is not there. Throws a unique violation of `publisher_people_address` when another
 * active one has the address.
 */
export async function storePublisherPerson(db: Queryable, person: Omit<PublisherPerson, 'active'>): Promise<void> {
  const { id, publisher, name, email, language } = person;
  await db.query(
    `INSERT INTO publisher_people (id, publisher, name, email, language) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO NOTHING`,
    [id, publisher, name, email, language],
  );
}

/** The people of a publisher, by name. */
export async function listPublisherPeople(db: Queryable, publisher: string): Promise<PublisherPerson[]> {
  const { rows } = await db.query<PublisherPerson>(
    `SELECT id, publisher, name, email, language, active FROM publisher_people WHERE publisher = $1 ORDER BY name, id`,
    [publisher],
  );
  return rows;
}

/** Retires a person: tokens of theirs open nothing from now on. False when the publisher has no such person. */
export async function retirePublisherPerson(db: Queryable, publisher: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('UPDATE publisher_people SET active = false WHERE publisher = $1 AND id = $2', [
    publisher,
    id,
  ]);
  return rowCount === 1;
}
