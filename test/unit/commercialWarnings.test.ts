import { describe, expect, it } from 'vitest';
import { commercialWarnings } from '../../contracts/commercial/shape.ts';
import { type Family, FIGURES, hosting, schemaErrors, warningsOf, withValue } from '../support/commercialTerms.ts';

const commitment = 'availability.commitment';

describe('what is legal but odd is warned of', () => {
  it.each<[Family, string[]]>([
    ['A', []],
    ['B', []],
    ['C', []],
    ['D', []],
    ['E', ['latePayment.interest.legalRateShare', 'latePayment.recoveryCharge']],
  ])('figures of %s: %j', (family, paths) => {
    expect(warningsOf(FIGURES[family]).map(({ path }) => path)).toEqual(paths);
  });

  const packs = 'credits.ticket.packs';
  const bands = `${commitment}.penalties.bands`;
  it.each<[Family, path: string, value: unknown, where: string, message: string]>([
    [
      'E',
      'latePayment.interest.legalRateShare',
      29_999,
      'latePayment.interest.legalRateShare',
      "This is below the law's floor for business debts, 3 times the legal rate (L441-10).",
    ],
    [
      'A',
      'latePayment.recoveryCharge.cents',
      3_999,
      'latePayment.recoveryCharge.cents',
      "This is below the law's charge of 40 € (L441-10).",
    ],
    [
      'A',
      'latePayment.recoveryCharge',
      undefined,
      'latePayment.recoveryCharge',
      'The law adds a recovery charge of 40 € to business debts even where terms are silent (L441-10).',
    ],
    [
      'A',
      `${packs}.3.price.cents`,
      550_001,
      `${packs}.3.price`,
      'A unit of this pack is dearer than one of a smaller pack.',
    ],
    ['E', 'credits.timeUnit.base', 32, 'credits.timeUnit.base', 'Each renewal buys more than the minimum of 16 units.'],
    [
      'A',
      'interventions.overrun.warnAt',
      10_000,
      'interventions.overrun.warnAt',
      'The customer is warned only when the whole estimate is used up.',
    ],
    ['B', `${bands}.2.penalty`, 400, `${bands}.2.penalty`, 'This band costs no more than the one before.'],
    ['B', `${bands}.3.penalty`, 1_500, `${bands}.3.penalty`, 'This penalty is above the cap, which applies instead.'],
    [
      'E',
      'recoveryPenalties.perYear.bands.1.penalty',
      50,
      'recoveryPenalties.perYear.bands.1.penalty',
      'This band costs no more than the one before.',
    ],
    [
      'E',
      'revision.indexShare',
      8_000,
      'revision.indexShare',
      'The two shares do not make 10000: prices would change while the index stands still.',
    ],
    [
      'E',
      'duration.termination.notice',
      { years: 1 },
      'duration.termination.notice',
      'The notice is as long as a renewal, or longer.',
    ],
    [
      'E',
      'duration.termination.notice',
      { years: 3 },
      'duration.termination.notice',
      'The notice is as long as the first term, or longer.',
    ],
    [
      'E',
      'modules.flatRate.services.vatBasisPoints',
      1_960,
      'modules.flatRate.services.vatBasisPoints',
      'This is no rate of VAT in France.',
    ],
    [
      'A',
      `${packs}.1.price.vatBasisPoints`,
      1_500,
      `${packs}.1.price.vatBasisPoints`,
      'This is no rate of VAT in France.',
    ],
  ])('%s: %s of %j', (family, path, value, where, message) => {
    const terms = withValue(FIGURES[family], path, value);
    expect(schemaErrors(terms)).toEqual([]);
    expect(warningsOf(terms)).toContainEqual({ path: where, message });
  });

  it('a window on the holidays of a calendar without any', () => {
    const calendars = { support: { holidays: 'none' } };
    expect(commercialWarnings({ ...FIGURES.B, calendars }).map(({ path }) => path)).toEqual(['maintenance.holidays']);
  });

  it('a price of a module that is not active', () => {
    const terms = withValue(hosting(['hosting']), 'modules.list.workstations.price', { cents: 100 });
    expect(warningsOf(terms)).toContainEqual({
      path: 'modules.list.workstations.price',
      message: 'This module has a price and is not active.',
    });
  });
});
