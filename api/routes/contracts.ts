/** Contracts: their terms, and who speaks for the customer. And who the caller is. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { listContacts, listContracts, readContract } from '../../db/contracts.ts';
import { Contract, ContractList } from '../contractSchemas.ts';
import { contractOut } from '../present.ts';
import { notFound } from '../problems.ts';
import { CONTRACT_READERS, EVERYBODY, sees, whoOf } from '../rights.ts';
import { param, type Route, reading } from '../route.ts';
import { CallerOut } from '../schemas.ts';

/** The routes under `/v1/contracts`, and `/v1/me`. */
export function contractRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    reading({
      path: '/v1/contracts',
      tag: 'contracts',
      summary: 'List contracts; a customer has one',
      roles: CONTRACT_READERS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The contracts that the caller may see', schema: ContractList },
      async handle({ caller }) {
        const rows = await listContracts(pool, caller.role === 'customer' ? caller.contract : undefined);
        return { content: { items: rows.map(contractOut) } };
      },
    }),
    reading({
      path: '/v1/contracts/{reference}',
      tag: 'contracts',
      summary: 'Read a contract with the terms in force; staff see its contacts too',
      roles: CONTRACT_READERS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The contract', schema: Contract },
      async handle({ caller, params }) {
        const reference = param(params, 'reference');
        const row = sees(caller, reference) ? await readContract(pool, reference) : undefined;
        if (!row) throw notFound('contract');
        const shown = { ...contractOut(row), terms: row.terms };
        if (caller.role === 'customer') return { content: shown };
        const contacts = (await listContacts(pool, reference)).map(({ contract: _, ...contact }) => contact);
        return { content: { ...shown, contacts } };
      },
    }),
    reading({
      path: '/v1/me',
      tag: 'callers',
      summary: 'Say whom the access token stands for',
      roles: EVERYBODY,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The caller', schema: CallerOut },
      async handle({ caller }) {
        const contract = caller.role === 'customer' ? { contract: caller.contract } : {};
        const publisher = caller.role === 'publisher' ? { publisher: caller.publisher } : {};
        return { content: { who: whoOf(caller), role: caller.role, ...contract, ...publisher } };
      },
    }),
  ];
}
