/** Contracts of hosting whose modules are visited, over a real Postgres. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { ModuleName } from '../../contracts/commercial/modules.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';

const MODULES = ['plannedMaintenance', 'coordinationDay', 'hosting'] as const;

/** Terms with these modules; without them with a visit each month and one each year. */
export function visitedHosting(activeModules: readonly ModuleName[] = MODULES): ContractTermsInput {
  const monthlyCents = { hosting: 80_000, equipment: 20_000, services: 30_000 };
  return managedHosting({ customer: 'Customer', provider: 'Host' }, { activeModules, monthlyCents });
}

/** Stores a contract of its own, with a contact for each language; the last one is the main one. */
export async function storeVisited(
  pool: Pool,
  contacts: readonly ('fr' | 'en')[] = ['fr'],
  input: ContractTermsInput = visitedHosting(),
): Promise<string> {
  const reference = `E-${randomUUID().slice(0, 8)}`;
  await amendVisited(pool, reference, 1, input);
  for (const [index, language] of contacts.entries()) {
    const id = `${reference}-${index}`;
    const contact = { id, contract: reference, name: `Person ${index}`, email: `${id}@customer.test`, language };
    await storeContact(pool, { ...contact, trained: true });
    if (index === contacts.length - 1) await pool.query('UPDATE contacts SET main = true WHERE id = $1', [id]);
  }
  return reference;
}

/** Puts a version of its terms in force. */
export async function amendVisited(
  pool: Pool,
  reference: string,
  version: number,
  input: ContractTermsInput,
  from = '2026-01-01',
): Promise<void> {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  await storeContract(pool, { reference, terms: parsed.terms });
  await storeTerms(pool, reference, version, from, parsed.terms);
}
