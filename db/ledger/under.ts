/** What operations on a contract's ledger are done under: its terms in force, and today's date where it is. */
import type { ContractTerms } from '../../contracts/terms.ts';
import { localDate } from '../../contracts/zone.ts';
import { readContract } from '../contracts.ts';
import type { Queryable } from '../pool.ts';
import type { Under } from './operations.ts';

/** Terms in force, with the zone in which dates are said. */
export interface CreditContract extends Under {
  readonly zone: string;
  readonly terms: ContractTerms;
}

/** A contract as the ledger needs it; undefined when there is none. @param now epoch milliseconds */
export async function readCreditContract(
  db: Queryable,
  reference: string,
  now = Date.now(),
): Promise<CreditContract | undefined> {
  const row = await readContract(db, reference);
  if (!row) return undefined;
  const { terms, zone, version, endsOn } = row;
  const today = localDate(zone, now);
  const end = endsOn === null ? {} : { endsOn };
  return { credits: terms.credits ?? {}, termsVersion: version, today, ...end, zone, terms };
}
