/** The end of a contract: noted once it is certain. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { noteContractEnd } from '../../db/contractEnds.ts';
import { readContract } from '../../db/contracts.ts';
import { Contract } from '../contractSchemas.ts';
import { LocalDay, Text } from '../inputs.ts';
import { contractOut } from '../present.ts';
import { notFound } from '../problems.ts';
import { whoOf } from '../rights.ts';
import { changing, param, type Route } from '../route.ts';

const EndBody = z.strictObject({
  lastDay: LocalDay.nullable().meta({
    description: 'last local day in the contract’s zone; null: it does not end after all',
  }),
  reason: Text.max(2_000).meta({ description: 'who ended it, and how; or why it goes on' }),
});

/** The route that notes it. */
export function contractEndRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    changing({
      path: '/v1/contracts/{reference}/end',
      tag: 'contracts',
      summary: 'Note the last day of a contract: what lasts as long as the contract expires with it',
      roles: ['supervisor'],
      body: EndBody,
      answer: { status: 200, description: 'The contract', schema: Contract },
      async handle({ caller, params, body }) {
        const reference = param(params, 'reference');
        if (!(await noteContractEnd(pool, reference, { ...body, by: whoOf(caller) }))) throw notFound('contract');
        const row = await readContract(pool, reference);
        if (!row) throw notFound('contract');
        return { content: { ...contractOut(row), terms: row.terms } };
      },
    }),
  ];
}
