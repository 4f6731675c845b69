/** The hotline: what of it is free, and in which credit unit the rest is counted. */
import { z } from 'zod';
import { Name } from '../fields.ts';
import { type Finding, field, isGiven, membersOf, unknownName } from '../inspection.ts';
import { Minutes } from './fields.ts';

/** Terms of a hotline whose calls are paid by time. */
export const Hotline = z.strictObject({
  allowance: z
    .strictObject({
      minutes: Minutes.meta({ description: 'Minutes that are free. E module hotline: 30.' }),
      per: z.enum(['incident', 'call']).default('incident').meta({
        description: 'What the free minutes are for: an incident over all its calls (E module hotline).',
      }),
      remoteWorkIncluded: z.boolean().default(true).meta({
        description: 'Whether remote maintenance uses the free minutes too (E module hotline).',
      }),
      calls: z.enum(['unlimited']).default('unlimited').meta({ description: 'How many calls (E module hotline).' }),
    })
    .optional()
    .meta({ description: 'What the flat-rate hotline gives; none: billed from the first minute (E CP 6).' }),
  unit: Name.meta({ description: 'Credit unit, in `credits`, that counts what is not free (E CP 6).' }),
  roundedPer: z.enum(['call', 'incident']).default('call').meta({
    description: 'What is rounded up to started units by itself: each call (E CP 6).',
  }),
  curativeOnly: z.boolean().default(true).meta({
    description: 'Whether calls for lack of training are left out (E CP 6, CP 8.3).',
  }),
});

/** A hotline without a unit, or an allowance that no active module gives. */
export function hotlineContradictions(terms: unknown): Finding[] {
  const hotline = field(terms, 'hotline');
  const units = membersOf(field(terms, 'credits'));
  const names = units.map(([name]) => name);
  const found = unknownName('hotline.unit', field(hotline, 'unit'), names, 'credit unit');
  const [, unit] = units.find(([name]) => name === field(hotline, 'unit')) ?? [];
  if (field(unit, 'active') === false) {
    found.push({ path: 'hotline.unit', message: 'The contract does not have this credit unit: it is not active.' });
  }
  const modules = field(terms, 'modules');
  const isActive = field(modules, 'list', 'hotline', 'active') === true;
  const hasAllowance = isGiven(field(hotline, 'allowance'));
  if (isGiven(modules) && hasAllowance && !isActive) {
    found.push({
      path: 'hotline.allowance',
      message: 'Free minutes come with the hotline module, which is not active.',
    });
  }
  if (isActive && !hasAllowance) {
    found.push({
      path: 'modules.list.hotline',
      message: 'The hotline module is active: say its free minutes in hotline.allowance.',
    });
  }
  return found;
}
