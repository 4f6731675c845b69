/** Price revision by an index: P = P0 × (fixed share + index share × S/S0). */
import { z } from 'zod';
import { Words } from '../fields.ts';
import { type Finding, field, numberOf } from '../inspection.ts';
import { Rate, Share } from './fields.ts';

const WHOLE = 10_000;

/** Terms of a price revision. */
export const Revision = z.strictObject({
  when: z
    .enum(['eachAnniversary'])
    .meta({ description: 'When prices are revised. E 21.4: on each anniversary of the contract.' }),
  fixedShare: Share.meta({
    description: 'Share of the price that stays, in basis points. E 21.4: 1500, which is 0.15.',
  }),
  indexShare: Share.meta({
    description: 'Share that follows the index, in basis points. E 21.4: 8500, which is 0.85.',
  }),
  index: z
    .strictObject({
      words: Words.meta({
        description: 'Name of the index S. E 21.4: hourly labour cost, all employees, whole of France.',
      }),
      publishedBy: Words.meta({ description: 'Who publishes it. E 21.4: the French statistics institute.' }),
      replacedBy: Words.optional().meta({
        description: 'Index of the same kind that took its place when it ceased (E 21.4).',
      }),
    })
    .meta({ description: 'The index of the formula (E 21.4).' }),
  base: z
    .enum(['lastRevision', 'signature'])
    .meta({ description: 'When P0 and S0 are taken. E 21.4: at the last revision, not at the signature.' }),
  leastIncrease: Rate.meta({ description: 'Least increase of a year, in basis points. E 21.4: 300, which is 3 %.' }),
  suppliersRises: z.enum(['combinedByAPersonWithReason', 'no']).default('no').meta({
    description: "Whether a supplier's price rise may be added. E 21.4: by a person, with its reason.",
  }),
});

/** A formula that changes prices while the index stands still. */
export function revisionWarnings(terms: unknown): Finding[] {
  const fixed = numberOf(field(terms, 'revision', 'fixedShare'));
  const index = numberOf(field(terms, 'revision', 'indexShare'));
  if (fixed === undefined || index === undefined || fixed + index === WHOLE) return [];
  const message = 'The two shares do not make 10000: prices would change while the index stands still.';
  return [{ path: 'revision.indexShare', message }];
}
