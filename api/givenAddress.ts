/** A contact's corrected address: in Postgres before the command is given, because that sends mail to it at once. */
import type { Pool } from 'pg';
import { changeContactAddress, readContact } from '../db/contracts.ts';
import { isUniqueViolation } from '../db/pool.ts';
import { Refusal } from '../domain/failures.ts';
import { validationFailed } from './problems.ts';

/** What has a mail that was lost, and whose it was. */
interface Undelivered {
  readonly contact: string;
  readonly view: { readonly possible: readonly string[] } | null;
}

/**
 * Changes the address, and puts it back when the command is refused. Where no mail was lost it stays as it is, even if Temporal
 * is away: answers and links are the contact's by it.
 *
 * @throws Problem `validation-failed`: it is another contact's
 */
export async function withAddress(
  pool: Pool,
  { contact: contactId, view }: Undelivered,
  email: string,
  command: () => Promise<unknown>,
): Promise<void> {
  if (!view?.possible.includes('correctAddress')) {
    await command();
    return;
  }
  const contact = await readContact(pool, contactId);
  if (!contact) throw new Error('the contact whose address is corrected is not there');
  try {
    await changeContactAddress(pool, contact.id, contact.email, email);
  } catch (error) {
    if (!isUniqueViolation(error, 'contacts_address')) throw error;
    throw validationFailed([{ path: 'email', message: 'Another contact of the contract has this address.' }]);
  }
  try {
    await command();
  } catch (error) {
    if (error instanceof Refusal) await changeContactAddress(pool, contact.id, email, contact.email);
    throw error;
  }
}
