/** Estimates as they are drafted from the catalogue, for the contact who approves them. */
import { describe, expect, it } from 'vitest';
import { draftEstimate } from '../../api/estimateDraft.ts';
import type { ContractTerms } from '../../contracts/terms.ts';
import { FIGURES, hosting, parsed } from '../support/commercialTerms.ts';

const A = parsed(FIGURES.A) as ContractTerms;
const E = parsed(hosting()) as ContractTerms;

describe('an estimate from the catalogue', () => {
  it('has the recommended pack, what is done, what must be there, and the limits', () => {
    const estimate = draftEstimate({ service: 'pdmConfiguration' }, A, 'en');
    expect(estimate).toMatchObject({ service: 'pdmConfiguration', figures: { unit: 'ticket', units: 20 } });
    expect(estimate.limits).toEqual([
      'Not included: Specific development',
      "Validation in the customer's environment is up to the customer",
      'No warranty period',
    ]);
    expect(estimate.scope.split('\n').length).toBeGreaterThan(1);
    expect(estimate.prerequisites.length).toBeGreaterThan(4);
    const templates = draftEstimate({ service: 'documentTemplates' }, A, 'fr');
    expect(templates.limits.slice(0, 3).map((limit) => limit.replace(/^.* : /, ''))).toEqual([
      '20 au plus',
      '20 au plus',
      '8 au plus',
    ]);
  });

  it('is there for every service, in both languages', () => {
    for (const [service, sheet] of Object.entries(A.catalogue ?? {})) {
      for (const language of ['fr', 'en'] as const) {
        const said = (words: readonly { readonly fr: string; readonly en: string }[]) =>
          words.map((one) => one[language]);
        const estimate = draftEstimate({ service }, A, language);
        expect(estimate.figures).toEqual({ unit: 'ticket', units: sheet.recommendedPack });
        expect(estimate.prerequisites).toEqual(said(sheet.prerequisites));
        expect(estimate.deliverables).toEqual(said(sheet.deliverables));
        for (const line of [sheet.label[language], ...said(sheet.steps)]) expect(estimate.scope).toContain(line);
      }
    }
  });

  it('is changed where something else is given', () => {
    const given = { scope: 'Two of them.', prerequisites: [], limits: ['One.'], deliverables: ['A note.'], units: 7 };
    const { units, ...texts } = given;
    const estimate = draftEstimate({ service: 'licenceServer', ...given }, A, 'en');
    expect(estimate).toEqual({ service: 'licenceServer', ...texts, figures: { unit: 'ticket', units } });
  });

  it.each(['nothing', 'constructor'])('knows no service %s', (service) => {
    expect(() => draftEstimate({ service }, A, 'en')).toThrow('Correct service');
  });
});

describe('an estimate without a service', () => {
  it('says its scope, in the contract’s only unit', () => {
    expect(draftEstimate({ scope: 'All of it.', units: 2 }, A, 'en')).toEqual({
      ...{ service: null, scope: 'All of it.', prerequisites: [], limits: [], deliverables: [] },
      figures: { unit: 'ticket', units: 2 },
    });
    expect(() => draftEstimate({ units: 2 }, A, 'en')).toThrow('Correct scope');
    expect(draftEstimate({ scope: 'All of it.', units: 2 }, E, 'en').figures).toEqual({ units: 2 });
    expect(draftEstimate({ scope: 'At night.', onCall: true }, A, 'en').figures).toEqual({ onCall: true });
  });
});
