/** The people whom a side designates: entered, retired, and made referent or main contact, under the contract's rules. */
import type { Pool, PoolClient } from 'pg';
import type { ContractTerms } from '../contracts/terms.ts';
import { Refusal } from '../domain/failures.ts';
import { type ContactRow, listContacts } from './contracts.ts';
import { inTransaction } from './pool.ts';

/** A signed writing by which the main contact changes (B §9). `signedOn`: local date, YYYY-MM-DD. */
export interface SignedWriting {
  readonly signedBy: string;
  readonly signedOn: string;
  /** Where the document is kept. */
  readonly reference: string;
}

type NewContact = Pick<ContactRow, 'id' | 'name' | 'email' | 'language' | 'trained' | 'reach'>;

/**
 * Adds a person. The first one is the main contact, and the referent where the contract has one.
 *
 * @throws Refusal `Conflict`: there are as many as the contract allows. Throws a unique violation for an address that
 * another of its contacts has.
 */
export async function addContact(pool: Pool, contract: string, rules: ContractTerms['contacts'], contact: NewContact) {
  await changing(pool, contract, async (client, active) => {
    if (rules.atMost !== undefined && active.length >= rules.atMost) {
      throw new Refusal('Conflict', `The contract has ${rules.atMost} contacts at most: retire one first.`);
    }
    const { id, name, email, language, trained, reach } = contact;
    const isFirst = active.length === 0;
    await client.query(
      `INSERT INTO contacts (id, contract, name, email, language, trained, main, referent, reach)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, contract, name, email, language, trained, isFirst, isFirst && rules.referent, JSON.stringify(reach)],
    );
  });
}

/** Retires a person, for good. @throws Refusal `NotFound`; `Conflict`: too few would be left, or the place is to be filled first */
export async function retireContact(pool: Pool, contract: string, rules: ContractTerms['contacts'], id: string) {
  await changing(pool, contract, async (client, active) => {
    const contact = requireContact(active, id);
    if (active.length <= rules.atLeast) {
      throw new Refusal(
        'Conflict',
        `The contract needs ${rules.atLeast} contact${rules.atLeast === 1 ? '' : 's'}: add one first.`,
      );
    }
    if (contact.main) throw new Refusal('Conflict', 'This is the main contact: make another one that first.');
    if (contact.referent) throw new Refusal('Conflict', 'This is the referent: make another contact that first.');
    await client.query('UPDATE contacts SET active = false WHERE id = $1', [id]);
  });
}

/** Makes a trained person the one referent (C §4.1.2). @throws Refusal `NotFound`, `Conflict` */
export async function makeReferent(pool: Pool, contract: string, rules: ContractTerms['contacts'], id: string) {
  await changing(pool, contract, async (client, active) => {
    const contact = requireContact(active, id);
    if (!rules.referent) throw new Refusal('Conflict', 'The contract knows no referent.');
    if (!contact.trained) throw new Refusal('Conflict', 'Only a trained contact can be the referent.');
    await client.query('UPDATE contacts SET referent = false WHERE contract = $1 AND referent', [contract]);
    await client.query('UPDATE contacts SET referent = true WHERE id = $1', [id]);
  });
}

/**
 * Replaces the main contact, and records by what writing. @param enteredBy `staff:<id>`
 *
 * @throws Refusal `NotFound`; `Conflict`: the contract asks for a signed writing
 */
export async function makeMainContact(
  pool: Pool,
  contract: string,
  rules: ContractTerms['contacts'],
  id: string,
  change: { readonly writing?: SignedWriting | undefined; readonly enteredBy: string },
) {
  await changing(pool, contract, async (client, active) => {
    requireContact(active, id);
    const { writing, enteredBy } = change;
    if (rules.mainContactChange === 'bySignedWriting' && !writing) {
      throw new Refusal(
        'Conflict',
        'The main contact changes by a signed writing only: say who signed it, when, and where it is.',
      );
    }
    const previous = active.find((one) => one.main)?.id ?? null;
    await client.query('UPDATE contacts SET main = false WHERE contract = $1 AND main', [contract]);
    await client.query('UPDATE contacts SET main = true WHERE id = $1', [id]);
    await client.query(
      `INSERT INTO main_contact_changes (contract, contact, previous, signed_by, signed_on, writing, entered_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        contract,
        id,
        previous,
        writing?.signedBy ?? null,
        writing?.signedOn ?? null,
        writing?.reference ?? null,
        enteredBy,
      ],
    );
  });
}

/** One change at a time on the people of a contract: counting and writing must not be two things. */
async function changing(
  pool: Pool,
  contract: string,
  change: (client: PoolClient, active: readonly ContactRow[]) => Promise<void>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Not for update: what only refers to the contract waits for no such lock.
    await client.query('SELECT FROM contracts WHERE reference = $1 FOR NO KEY UPDATE', [contract]);
    await change(
      client,
      (await listContacts(client, contract)).filter(({ active }) => active),
    );
  });
}

function requireContact(active: readonly ContactRow[], id: string): ContactRow {
  const contact = active.find((one) => one.id === id);
  if (!contact) throw new Refusal('NotFound', 'The contract has no such contact.');
  return contact;
}
