import { describe, expect, it } from 'vitest';
import { FIGURES, parsed } from '../support/commercialTerms.ts';

describe('the catalogue of prepaid tickets (A)', () => {
  it.each<[code: string, kind: string, pack: number, limits: number[], tests: number]>([
    ['pdmInstallation', 'installation', 10, [5], 1],
    ['pdmServerMove', 'installation', 10, [], 1],
    ['sqlRestore', 'installation', 10, [], 1],
    ['licenceServer', 'installation', 4, [], 1],
    ['applicationReinstall', 'installation', 4, [5], 1],
    ['featureCoaching', 'coaching', 4, [5, 2, 2, 2, 3], 0],
    ['slownessAndCrashes', 'methodology', 4, [5, 5], 0],
    ['largeDesigns', 'methodology', 4, [5, 5], 0],
    ['sqlQuery', 'configuration', 10, [1], 1],
    ['dispatch', 'configuration', 10, [1], 1],
    ['macro', 'configuration', 10, [1], 1],
    ['pdmConfiguration', 'configuration', 20, [], 1],
    ['documentTemplates', 'configuration', 4, [20, 20, 8], 0],
    ['toolOptions', 'configuration', 4, [1], 0],
  ])('service %s is of %s, with a pack of %i, limits %j and %i tests', (code, kind, pack, limits, tests) => {
    const service = parsed(FIGURES.A).catalogue?.[code];
    expect(service).toMatchObject({ kind, recommendedPack: pack, unit: 'ticket' });
    expect(service?.limits.map(({ most }) => most)).toEqual(limits);
    expect(service?.tests).toHaveLength(tests);
    expect(service?.prerequisites.length).toBeGreaterThanOrEqual(5);
    expect(service?.software).not.toEqual([]);
    expect(service?.steps).not.toEqual([]);
    expect(service?.deliverables).not.toEqual([]);
  });

  it('has 14 services', () => {
    expect(Object.keys(parsed(FIGURES.A).catalogue ?? {})).toHaveLength(14);
  });

  it('leaves specific development out of a PDM configuration', () => {
    expect(parsed(FIGURES.A).catalogue?.pdmConfiguration?.leftOut.map(({ en }) => en)).toEqual([
      'Specific development',
    ]);
  });
});
