/** Who the sender of a mail may be. */
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
