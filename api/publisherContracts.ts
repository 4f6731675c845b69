/** What terms say of publishers, against the contracts that are there: what no schema can see. */
import type { Pool } from 'pg';
import { type Finding, field, membersOf, namesIn, unknownName } from '../contracts/inspection.ts';
import { listTerms } from '../db/contracts.ts';
import { publisherOf } from '../db/publishers.ts';

/**
 * Products whose `publisherContract` is no contract with a publisher, or that map to priorities which it does not know. The
 * terms may be wrong in any other way: what has not the right shape is passed over.
 */
export async function publisherContractFindings(pool: Pool, terms: unknown): Promise<Finding[]> {
  const products = membersOf(field(terms, 'products', 'list'));
  const found = await Promise.all(products.map(([name, product]) => inProduct(pool, `products.list.${name}`, product)));
  return found.flat();
}

async function inProduct(pool: Pool, path: string, product: unknown): Promise<Finding[]> {
  const contract = field(product, 'publisherContract');
  if (typeof contract !== 'string') return [];
  const wrong = (message: string): Finding[] => [{ path: `${path}.publisherContract`, message }];
  const [newest] = await listTerms(pool, contract);
  if (newest?.terms.family !== 'C') {
    return wrong(`There is no contract ${contract} with a publisher (family C): enter it first.`);
  }
  if ((await publisherOf(pool, contract)) === undefined) {
    return wrong(`No publisher is entered for the contract ${contract}: enter it first, by POST /v1/publishers.`);
  }
  const known = namesIn(newest.terms, 'priorities');
  return membersOf(field(product, 'publisherPriorities')).flatMap(([priority, theirs]) =>
    unknownName(`${path}.publisherPriorities.${priority}`, theirs, known, `priority in the contract ${contract}`),
  );
}
