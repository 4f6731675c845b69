import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cents } from '../../contracts/commercial/money.ts';
import { type Family, FIGURES, schemaErrors, withValue } from '../support/commercialTerms.ts';

const WHOLE_CENTS = 'Money is a whole number of cents, without fractions of a cent: 25.00 € is 2500.';
const WHOLE_SHARE = 'A percentage is a whole number of basis points: 1 % is 100.';
const commitment = 'availability.commitment';

describe('commercial fields are refused', () => {
  it.each<[Family, path: string, value: unknown, where: string, message: string]>([
    ['A', 'credits.ticket.packs.0.price.cents', 600.5, 'credits.ticket.packs.0.price.cents', WHOLE_CENTS],
    ['A', 'credits.ticket.packs.0.price.cents', '60000', 'credits.ticket.packs.0.price.cents', WHOLE_CENTS],
    ['E', 'invoicing.accountCharge.amount.cents', 9.75, 'invoicing.accountCharge.amount.cents', WHOLE_CENTS],
    ['A', 'latePayment.recoveryCharge.cents', 0.1, 'latePayment.recoveryCharge.cents', WHOLE_CENTS],
    [
      'E',
      'reversibility.cost.least.cents',
      -1,
      'reversibility.cost.least.cents',
      'Money is not negative here: write what is owed the other way as its own field.',
    ],
    [
      'E',
      'modules.flatRate.hosting.vatBasisPoints',
      5.5,
      'modules.flatRate.hosting.vatBasisPoints',
      'A VAT rate is a whole number of basis points: 20 % is 2000.',
    ],
    ['B', `${commitment}.target`, 99.5, `${commitment}.target`, WHOLE_SHARE],
    ['E', 'revision.fixedShare', 0.15, 'revision.fixedShare', WHOLE_SHARE],
    [
      'E',
      'latePayment.interest.legalRateShare',
      1.5,
      'latePayment.interest.legalRateShare',
      'A rate is a whole number of basis points: once is 10,000.',
    ],
    ['E', 'credits.timeUnit.minutes', 7.5, 'credits.timeUnit.minutes', 'Minutes are a whole number.'],
    ['E', 'credits.timeUnit.base', 1.5, 'credits.timeUnit.base', 'Credit units are a whole number.'],
    ['E', 'latePayment.suspensionAfterDays', 2.5, 'latePayment.suspensionAfterDays', 'Days are a whole number.'],
    [
      'A',
      'duration.initial',
      { weeks: 52 },
      'duration.initial',
      'A period is one of { calendarDays }, { months }, { years }.',
    ],
    [
      'A',
      'credits.ticket.validity',
      { lasts: 'forEver' },
      'credits.ticket.validity.lasts',
      'Units last a period ("period") or as long as the contract ("contract").',
    ],
    [
      'A',
      'latePayment.interest.rate',
      'usury',
      'latePayment.interest.rate',
      'Late interest is on the "refinancing" rate or on the "legal" one.',
    ],
    [
      'E',
      'liability.cap.of',
      'turnover',
      'liability.cap.of',
      'Liability is capped at what was paid ("paidInContractYear") or at months of the "hostingFee".',
    ],
    [
      'B',
      'changes.by',
      'customer',
      'changes.by',
      'Terms change by the provider\'s notice ("providersNotice") or by a "signedAmendment".',
    ],
    [
      'E',
      'credits.timeUnit.travel.counted',
      'miles',
      'credits.timeUnit.travel.counted',
      'Travel is counted by "returnTrip", "included" or as "expenses".',
    ],
    [
      'C',
      'reporting.reports.openRequests.every.unit',
      'moon',
      'reporting.reports.openRequests.every.unit',
      'A report comes every so many "months", each "intervention" or each "preventiveVisit".',
    ],
    [
      'B',
      'maintenance.windows.nights.from',
      '8pm',
      'maintenance.windows.nights.from',
      'A time of day is written HH:MM, from 00:00 to 24:00.',
    ],
    ['B', 'maintenance.zone', 'Europe/Lutece', 'maintenance.zone', 'There is no such time zone; write an IANA name.'],
    [
      'E',
      'backups.snapshots.from',
      '24:00',
      'backups.snapshots.from',
      'A time of day is written HH:MM, from 00:00 to 23:59.',
    ],
    ['A', 'catalogue.macro.label.en', ' ', 'catalogue.macro.label.en', 'This must not be empty.'],
    [
      'E',
      'hotline.unit',
      'Time Unit',
      'hotline.unit',
      'A name is made of letters and digits and begins with a small letter.',
    ],
  ])('%s: %s of %j', (family, path, value, where, message) => {
    expect(schemaErrors(withValue(FIGURES[family], path, value))).toContainEqual({ path: where, message });
  });

  it.each<[Family, path: string, value: unknown]>([
    ['E', 'credits.timeUnit.minutes', 0],
    ['E', 'credits.timeUnit.base', -16],
    ['E', 'revision.fixedShare', 10_001],
    ['A', 'latePayment.interest.pointsAbove', 1_000_001],
    ['E', 'modules.flatRate.hosting.cents', 100_000_000_001],
    ['E', 'credits.timeUnit.minutes', undefined],
  ])('out of range, and not for a fraction: %s, %s of %j', (family, path, value) => {
    const [error, ...more] = schemaErrors(withValue(FIGURES[family], path, value));
    expect(more).toEqual([]);
    expect(error?.path).toBe(path);
    expect(error?.message).not.toContain('whole');
  });

  it('modules by letters', () => {
    const terms = withValue(FIGURES.E, 'modules.list.K', { label: { fr: 'K', en: 'K' }, active: true });
    expect(schemaErrors(terms)).toEqual([{ path: 'modules.list', message: 'Unrecognized key: "K"' }]);
  });

  it('money that is not whole cents, and no other', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (amount) => {
        const { success, error } = Cents.safeParse(amount);
        expect(success).toBe(Number.isInteger(amount));
        if (!success) expect(error?.issues.map(({ message }) => message)).toEqual([WHOLE_CENTS]);
      }),
    );
  });
});
