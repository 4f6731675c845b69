import { describe, expect, it } from 'vitest';
import { contradictionsOf, type Family, FIGURES, withValue } from '../support/commercialTerms.ts';

const commitment = 'availability.commitment';

describe('contradictions of commercial terms are named', () => {
  const ticket = 'credits.ticket';
  const unit = 'credits.timeUnit';
  const bands = `${commitment}.penalties.bands`;
  const noCalendar = 'There is no calendar of this name; there are: support, business, working.';
  const noModules = 'which is not there: give modules.';

  it.each<[Family, path: string, value: unknown, where: string, message: string]>([
    ['A', `${ticket}.packs.0.units`, 2, `${ticket}.packs.0.units`, 'This pack is smaller than the minimum of 4 units.'],
    ['A', `${ticket}.packs.1.units`, 30, `${ticket}.packs.2.units`, 'This pack is not larger than the one before.'],
    ['A', `${ticket}.packs`, undefined, ticket, 'This unit has no price: give packs or a unit price.'],
    [
      'A',
      `${ticket}.renewal`,
      'automaticAtZero',
      `${ticket}.base`,
      'An automatic renewal needs a base: how many units it buys.',
    ],
    ['A', `${ticket}.base`, 4, `${ticket}.unitPrice`, 'A base is billed by the unit: give the unit price.'],
    ['E', `${unit}.base`, undefined, `${unit}.base`, 'An automatic renewal needs a base: how many units it buys.'],
    ['E', `${unit}.base`, 8, `${unit}.base`, 'The base is less than the minimum of 16 units.'],
    [
      'E',
      `${unit}.renewal`,
      'none',
      `${unit}.debitMaySpanRenewal`,
      'No debit can span a renewal: nothing renews by itself.',
    ],
    [
      'E',
      `${unit}.carriedOver`,
      true,
      `${unit}.carriedOver`,
      'Units that last as long as the contract have nothing to be carried over into.',
    ],
    [
      'E',
      'credits.halfDay.restIn',
      'hours',
      'credits.halfDay.restIn',
      'There is no credit unit of this name; there are: timeUnit, halfDay.',
    ],
    ['E', 'credits.halfDay.restIn', 'halfDay', 'credits.halfDay.restIn', 'A unit cannot go on in itself.'],
    ['E', 'credits', undefined, 'hotline.unit', 'There is no credit unit of this name; there are: none.'],
    ['E', `${unit}.active`, false, 'hotline.unit', 'The contract does not have this credit unit: it is not active.'],
    [
      'E',
      'modules.list.hotline.active',
      false,
      'hotline.allowance',
      'Free minutes come with the hotline module, which is not active.',
    ],
    [
      'E',
      'hotline.allowance',
      undefined,
      'modules.list.hotline',
      'The hotline module is active: say its free minutes in hotline.allowance.',
    ],
    [
      'A',
      'catalogue.macro.recommendedPack',
      5,
      'catalogue.macro.recommendedPack',
      'There is no pack of this size; there are: 4, 10, 20, 40.',
    ],
    [
      'A',
      'catalogue.macro.unit',
      'coin',
      'catalogue.macro.unit',
      'There is no credit unit of this name; there are: ticket.',
    ],
    [
      'A',
      'interventions.cancellation.freeUntil.calendar',
      'night',
      'interventions.cancellation.freeUntil.calendar',
      noCalendar,
    ],
    ['B', `${bands}.1.upTo`, 150, `${bands}.1.upTo`, 'This band does not go further than the one before.'],
    ['B', `${bands}.1.upTo`, 100, `${bands}.1.upTo`, 'This band does not go further than the one before.'],
    ['B', `${bands}.1.upTo`, undefined, `${bands}.1.upTo`, 'Only the last band is open: say up to what this one goes.'],
    ['B', `${bands}.3.upTo`, 900, `${bands}.3.upTo`, 'The last band is open: beyond it there would be no penalty.'],
    [
      'B',
      `${commitment}.penalties.claim.within.calendar`,
      'night',
      `${commitment}.penalties.claim.within.calendar`,
      noCalendar,
    ],
    ['B', 'availability', {}, 'availability', 'This says nothing: give a commitment or counted requests.'],
    [
      'B',
      'invoicing.subscription',
      undefined,
      `${commitment}.penalties`,
      'These are shares of a fee that is not there: give invoicing.subscription.',
    ],
    [
      'C',
      'availability.countedRequests.priorities',
      ['p1', 'urgent'],
      'availability.countedRequests.priorities.1',
      'There is no priority of this name; there are: p1, p2, p3, p4.',
    ],
    ['B', 'maintenance.holidays', 'night', 'maintenance.holidays', noCalendar],
    [
      'B',
      'maintenance.holidays',
      undefined,
      'maintenance.holidays',
      'A window begins on public holidays: name the calendar that has them.',
    ],
    [
      'B',
      'maintenance.outsideWindows.notice.calendar',
      'night',
      'maintenance.outsideWindows.notice.calendar',
      noCalendar,
    ],
    [
      'B',
      'maintenance.variants.sundayNight.replaces',
      'mondays',
      'maintenance.variants.sundayNight.replaces',
      'There is no window of this name; there are: nights, sundays, holidays.',
    ],
    [
      'B',
      'maintenance.variants.sundayNight.window.underMinutes',
      361,
      'maintenance.variants.sundayNight.window.underMinutes',
      'The window has only 360 minutes.',
    ],
    [
      'B',
      'maintenance.windows.nights.underMinutes',
      601,
      'maintenance.windows.nights.underMinutes',
      'The window has only 600 minutes.',
    ],
    [
      'B',
      'maintenance.windows.nights.to',
      '20:00',
      'maintenance.windows.nights.to',
      'This window is empty; a whole day is 00:00 to 24:00.',
    ],
    [
      'B',
      'maintenance.windows.nights.from',
      '24:00',
      'maintenance.windows.nights.from',
      'A window does not begin at 24:00: write 00:00 of the next day.',
    ],
    [
      'E',
      'recoveryPenalties.perYear.bands.1.upTo',
      600,
      'recoveryPenalties.perYear.bands.1.upTo',
      'This band does not go further than the one before.',
    ],
    ['E', 'recoveryPenalties.counted.calendar', 'night', 'recoveryPenalties.counted.calendar', noCalendar],
    [
      'E',
      'modules.list.recoveryGuarantee.active',
      false,
      'recoveryPenalties.perInterruption',
      'This is promised only where the module recoveryGuarantee is active.',
    ],
    [
      'E',
      'recoveryPenalties',
      undefined,
      'modules.list.maximumInterruption',
      'This module is active: give recoveryPenalties.perYear.',
    ],
    ['E', 'modules', undefined, 'recoveryPenalties', `These are shares of the hosting fee, ${noModules}`],
    ['E', 'modules', undefined, 'invoicing.flatRates', 'There is no flat rate to bill: give modules.'],
    ['E', 'modules', undefined, 'liability.cap', `This is a multiple of the hosting fee, ${noModules}`],
    ['E', 'modules', undefined, 'reversibility.cost', `This is counted in months of the flat rate, ${noModules}`],
    [
      'E',
      'modules',
      undefined,
      'duration.earlyTermination',
      'This is a share of flat rates, which are not there: give modules.',
    ],
    [
      'E',
      'credits',
      undefined,
      'duration.earlyTermination.consumption',
      'This counts credit units, which are not there: give credits.',
    ],
    ['E', 'credits', undefined, 'invoicing.credits', 'There are no credit units to bill: give credits.'],
    ['E', 'invoicing.credits', undefined, 'invoicing.credits', 'There are credit units: say when they are billed.'],
    [
      'E',
      'invoicing.flatRates',
      undefined,
      'invoicing.flatRates',
      'The modules have a flat rate: say when it is billed.',
    ],
    [
      'E',
      'modules.list',
      { hosting: { active: false } },
      'modules.list',
      'No module is active: leave out modules, or activate one.',
    ],
    [
      'E',
      'latePayment.suspensionAfterDays',
      undefined,
      'latePayment.suspensionAfterDays',
      'Termination follows a suspension: say after how many days late there is one.',
    ],
    ['A', 'invoicing', undefined, 'latePayment', 'Nothing can be late without a due date: give invoicing.payment.'],
    [
      'E',
      'duration.termination',
      undefined,
      'duration.termination',
      'It renews by itself: say how a renewal is prevented.',
    ],
    ['B', 'backups.rpoHours', 12, 'backups.rpoHours', 'A backup every 24 hours may lose more than 12.'],
    ['E', 'backups.snapshots.calendar', 'night', 'backups.snapshots.calendar', noCalendar],
    [
      'E',
      'backups.snapshots.to',
      '06:00',
      'backups.snapshots.to',
      'The last snapshot, 06:00, is not after the first, 07:00.',
    ],
  ])('%s: %s of %j', (family, path, value, where, message) => {
    expect(contradictionsOf(withValue(FIGURES[family], path, value))).toContainEqual({ path: where, message });
  });

  it('of all kinds at once', () => {
    const terms = withValue(withValue(FIGURES.E, 'modules', undefined), 'credits', undefined);
    expect(contradictionsOf(terms).map(({ path }) => path)).toEqual([
      'hotline.unit',
      'recoveryPenalties',
      'invoicing.flatRates',
      'invoicing.credits',
      'duration.earlyTermination',
      'duration.earlyTermination.consumption',
      'liability.cap',
      'reversibility.cost',
    ]);
  });
});
