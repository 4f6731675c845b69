/** Penalties by bands: the further from what was promised, the more. */
import { z } from 'zod';
import { type Finding, field, itemsOf, numberOf } from '../inspection.ts';
import { Share } from './fields.ts';

/** A list of bands, each up to a limit in the unit that the description says; the last one is open. */
export function bandsUpTo(limit: z.ZodType<number, number>, description: string) {
  return z
    .array(
      z.strictObject({
        upTo: limit.optional().meta({ description }),
        penalty: Share.meta({ description: 'Penalty in basis points of the fee: 1 % is 100.' }),
      }),
    )
    .min(1);
}

/** On which side of an edge between two bands the exact figure lies. */
export const Edges = z.enum(['lowerBand', 'upperBand']).default('lowerBand');

/** Bands that are not ascending, or that leave what lies beyond the last one without a penalty. */
export function bandContradictions(path: string, bands: unknown): Finding[] {
  const found: Finding[] = [];
  let last = 0;
  const items = itemsOf(bands);
  items.forEach((band, index) => {
    const upTo = numberOf(field(band, 'upTo'));
    const at = `${path}.${index}.upTo`;
    if (upTo === undefined) {
      const isOpen = field(band, 'upTo') === undefined && field(band, 'penalty') !== undefined;
      if (isOpen && index < items.length - 1)
        found.push({ path: at, message: 'Only the last band is open: say up to what this one goes.' });
      return;
    }
    if (index > 0 && upTo <= last)
      found.push({ path: at, message: 'This band does not go further than the one before.' });
    if (index === items.length - 1)
      found.push({ path: at, message: 'The last band is open: beyond it there would be no penalty.' });
    last = Math.max(last, upTo);
  });
  return found;
}

/** Bands whose penalty is not above that of the band before. */
export function bandWarnings(path: string, bands: unknown): Finding[] {
  const penalties = itemsOf(bands).map((band) => numberOf(field(band, 'penalty')));
  return penalties.flatMap((penalty, index) => {
    const before = penalties[index - 1];
    if (penalty === undefined || before === undefined || penalty > before) return [];
    return [{ path: `${path}.${index}.penalty`, message: 'This band costs no more than the one before.' }];
  });
}
