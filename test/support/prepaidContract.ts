/** Contracts that sell units, each of its own: with a contact, and a request on it. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { ContractTermsInput } from '../../contracts/terms.ts';
import { storeContact } from '../../db/contracts.ts';
import type { Under } from '../../db/ledger/operations.ts';
import { registerRequest } from '../../db/requests.ts';
import { storeCreditContract } from './ledgerWorld.ts';

/** Its contact is `c-<reference>`. */
export interface PrepaidContract {
  readonly reference: string;
  /** Number of the request, whose row is in stage `opening`. */
  readonly request: string;
  readonly under: Under;
}

/** Stores one; `today` is what operations take for today. */
export async function storePrepaidContract(
  pool: Pool,
  terms: ContractTermsInput,
  today?: string,
): Promise<PrepaidContract> {
  const reference = `${terms.family}-${randomUUID().slice(0, 8)}`;
  const under = await storeCreditContract(pool, reference, terms, today);
  const contact = { id: `c-${reference}`, contract: reference, name: 'Contact', email: `${reference}@customer.test` };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  const request = await registerRequest(pool, {
    ...{ contract: reference, zone: 'Europe/Paris', termsVersion: 1, contact: contact.id, language: 'fr' },
    ...{ priority: 'standard', subject: 'Server', description: 'It is slow.', who: 'staff:s-agent', channel: 'api' },
  });
  return { reference, request, under };
}
