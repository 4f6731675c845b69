/** The catalogue: services that may be bought with credit units. */
import { z } from 'zod';
import { Name, Words } from '../fields.ts';
import { type Finding, field, itemsOf, membersOf, numberOf, unknownName } from '../inspection.ts';
import { Units } from './fields.ts';

const CatalogueService = z.strictObject({
  kind: z
    .enum(['installation', 'coaching', 'methodology', 'configuration'])
    .meta({ description: 'Range of the catalogue (A).' }),
  label: Words.meta({ description: 'What the service is (A catalogue).' }),
  unit: Name.meta({ description: 'Credit unit, in `credits`, that pays for it (A catalogue).' }),
  recommendedPack: Units.meta({ description: 'Size of the recommended pack, in units. A catalogue: 4, 10 or 20.' }),
  limits: z
    .array(
      z.strictObject({
        of: Words.meta({ description: 'What is limited.' }),
        most: z.int().positive().max(10_000).meta({ description: 'How many of it at most, as a count.' }),
      }),
    )
    .default([])
    .meta({ description: 'How much the service takes in (A catalogue).' }),
  leftOut: z.array(Words).default([]).meta({ description: 'What the sheet leaves out by name (A catalogue).' }),
  prerequisites: z.array(Words).default([]).meta({ description: 'What must be there first (A catalogue).' }),
  software: z.array(Words).default([]).meta({ description: 'Software it is about, by kind (A catalogue).' }),
  steps: z.array(Words).default([]).meta({ description: 'What is done (A catalogue).' }),
  tests: z.array(Words).default([]).meta({ description: 'Tests, only where the sheet has any (A catalogue).' }),
  deliverables: z.array(Words).default([]).meta({ description: 'What the customer gets (A catalogue).' }),
});
/** A service of the catalogue, as it is written. */
export type CatalogueServiceInput = z.input<typeof CatalogueService>;

/** The services by their code. */
export const Catalogue = z.record(Name, CatalogueService);

/** Services that are paid with a unit that is not there, or with a pack that is not sold. */
export function catalogueContradictions(terms: unknown): Finding[] {
  const units = membersOf(field(terms, 'credits'));
  const names = units.map(([name]) => name);
  return membersOf(field(terms, 'catalogue')).flatMap(([code, service]) => {
    const path = `catalogue.${code}`;
    const unitName = field(service, 'unit');
    const [, unit] = units.find(([name]) => name === unitName) ?? [];
    const sizes = itemsOf(field(unit, 'packs')).map((pack) => numberOf(field(pack, 'units')));
    const recommended = numberOf(field(service, 'recommendedPack'));
    const found = unknownName(`${path}.unit`, unitName, names, 'credit unit');
    if (recommended !== undefined && sizes.length > 0 && !sizes.includes(recommended)) {
      const message = `There is no pack of this size; there are: ${sizes.join(', ')}.`;
      found.push({ path: `${path}.recommendedPack`, message });
    }
    return found;
  });
}
