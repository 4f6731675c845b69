import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommercialTerms, commercialContradictions, commercialWarnings } from '../../contracts/commercial/shape.ts';
import { contradictionsOf, type Family, FIGURES, warningsOf, withValue } from '../support/commercialTerms.ts';

const commitment = 'availability.commitment';

describe('terms that are wrong in any way', () => {
  const places = Object.entries(FIGURES).flatMap(([family, figures]) =>
    pathsOf(figures, '').map((path) => ({ family: family as Family, path })),
  );

  it('never stop the search for contradictions, which are in fields that exist', () => {
    const fields = Object.keys(CommercialTerms.shape);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), ({ family, path }, value) => {
        const terms = withValue(FIGURES[family], path, value);
        for (const { path: where, message } of [...contradictionsOf(terms), ...warningsOf(terms)]) {
          expect(fields).toContain(where.split('.')[0]);
          expect(message).toMatch(/^[A-Z].*\.$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('may be anything at all', () => {
    fc.assert(
      fc.property(fc.anything(), (terms) => {
        expect(() => [commercialContradictions(terms), commercialWarnings(terms)]).not.toThrow();
      }),
    );
  });

  it('a deep nest of lists is no danger', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    expect(commercialWarnings({ credits: deep })).toEqual([]);
  });
});

describe('packs and bands of any figures', () => {
  it('a larger pack at the same price for a unit is not odd, and a cent more is', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 4, max: 500 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 100_000 }), (units, price) => {
        const ascending = units.toSorted((one, other) => one - other);
        const packs = ascending.map((size) => ({ units: size, price: { cents: size * price } }));
        const terms = withValue(FIGURES.A, 'credits.ticket.packs', packs);
        expect(warningsOf(terms)).toEqual([]);
        const dearer = withValue(
          terms,
          `credits.ticket.packs.${packs.length - 1}.price.cents`,
          (packs.at(-1)?.price.cents ?? 0) + 1,
        );
        expect(warningsOf(dearer)).toHaveLength(1);
      }),
    );
  });

  it('bands are accepted when they ascend and the last is open, and only then', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 8 }), (edges) => {
        const bands = [...edges.map((upTo) => ({ upTo, penalty: 100 })), { penalty: 100 }];
        const ascends = edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? 0));
        const found = contradictionsOf(withValue(FIGURES.B, `${commitment}.penalties.bands`, bands));
        expect(found.length === 0).toBe(ascends);
      }),
    );
  });
});

/** Every path of a value, itself left out. */
function pathsOf(value: unknown, parent: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const path = parent === '' ? key : `${parent}.${key}`;
    return [path, ...pathsOf(member, path)];
  });
}
