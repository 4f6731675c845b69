/** The end of a contract: noted once it is certain, and shown beforehand, because units end with it. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { noteContractEnd, readEndingUnits } from '../../db/contractEnds.ts';
import { readContract } from '../../db/contracts.ts';
import { readCreditContract } from '../../db/ledger/under.ts';
import { Refusal } from '../../domain/failures.ts';
import { isNone, isSame } from '../../domain/intervention/amounts.ts';
import type { UnitAmounts } from '../../domain/intervention/terms.ts';
import { Contract } from '../contractSchemas.ts';
import { Amounts, LocalDay, Text } from '../inputs.ts';
import { contractOut } from '../present.ts';
import { notFound } from '../problems.ts';
import { whoOf } from '../rights.ts';
import { changing, param, type Route } from '../route.ts';

const EndBody = z.strictObject({
  lastDay: LocalDay.nullable().meta({
    description: 'last local day in the contract’s zone; null: it does not end after all',
  }),
  reason: Text.max(2_000).meta({ description: 'who ended it, and how; or why it goes on' }),
  expires: Amounts.optional().meta({
    description:
      'units that expire at once, as the dry run showed them; wanted where the day is past and units are left',
  }),
});
const EndShown = z.strictObject({
  expires: Amounts.meta({ description: 'units that last as long as the contract, and are left' }),
  atOnce: z.boolean().meta({ description: 'the day is past: they expire as soon as it is noted' }),
});
type EndBody = z.output<typeof EndBody>;

/** The route that notes it. */
export function contractEndRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    changing({
      path: '/v1/contracts/{reference}/end',
      tag: 'contracts',
      summary:
        'Note the last day of a contract: what lasts as long as it expires then, and nothing new is opened after it',
      roles: ['supervisor'],
      body: EndBody,
      answer: { status: 200, description: 'The contract', schema: Contract },
      dryRun: {
        description: 'What would expire with it',
        schema: EndShown,
        show: async ({ params, body }) => ({ content: await shownOf(pool, param(params, 'reference'), body) }),
      },
      async handle({ caller, params, body }) {
        const reference = param(params, 'reference');
        const { expires, atOnce } = await shownOf(pool, reference, body);
        if (atOnce && !isNone(expires)) requireShown(expires, body.expires);
        const { lastDay, reason } = body;
        if (!(await noteContractEnd(pool, reference, { lastDay, reason, by: whoOf(caller) })))
          throw notFound('contract');
        const row = await readContract(pool, reference);
        if (!row) throw notFound('contract');
        return { content: { ...contractOut(row), terms: row.terms } };
      },
    }),
  ];
}

async function shownOf(pool: Pool, reference: string, { lastDay }: EndBody): Promise<z.output<typeof EndShown>> {
  const under = await readCreditContract(pool, reference);
  if (!under) throw notFound('contract');
  if (lastDay === null) return { expires: {}, atOnce: false };
  return { expires: await readEndingUnits(pool, reference), atOnce: lastDay < under.today };
}

/** What expires cannot be taken back: a slip of the pen in a year must not cost a customer their units. */
function requireShown(expires: UnitAmounts, shown: UnitAmounts | undefined): void {
  if (shown !== undefined && isSame(shown, expires)) return;
  const amounts = Object.entries(expires).map(([unit, units]) => `${units} ${unit}`);
  const message = `That day is past: units would expire at once, and for good: ${amounts.join(', ')}. Send them along as expires if that is meant.`;
  const field = { path: 'expires', message: `${amounts.join(', ')} would expire at once.` };
  throw new Refusal('Conflict', message, { fields: [field] });
}
