import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lot, takeAvailable } from '../../../domain/ledger/lots.ts';
import { onSale, priceOf } from '../../../domain/ledger/orders.ts';
import { basesFor, exhausted } from '../../../domain/ledger/renewal.ts';
import { isOver, isValidOn, validDays } from '../../../domain/ledger/validity.ts';
import { FIGURES, hosting, parsed } from '../../support/commercialTerms.ts';

const tickets = parsed(FIGURES.A).credits ?? {};
const units = parsed(hosting()).credits ?? {};
const YEAR = tickets.ticket?.validity ?? expect.unreachable();

function lot(id: number, lastDay: string | null, available: number, over: Partial<Lot> = {}): Lot {
  return { id, unit: 'ticket', validFrom: null, lastDay, available, pending: 0, ...over };
}

describe('validity', () => {
  it.each([
    ['2026-03-10', '2027-03-10'],
    ['2028-02-29', '2029-02-28'],
    ['2027-02-28', '2028-02-28'],
    ['2026-12-31', '2027-12-31'],
  ])('signed on %s: to the end of %s', (signed, last) => {
    const days = validDays(signed, YEAR);
    expect(days).toEqual({ validFrom: signed, lastDay: last });
    expect([isValidOn(days, signed), isValidOn(days, last)]).toEqual([true, true]);
    expect([isOver(days, last), isOver(days, `${last}x`)]).toEqual([false, true]);
  });

  it('may end the day before, or with the contract', () => {
    expect(validDays('2026-03-10', { ...YEAR, lastDay: 'dayBefore' } as typeof YEAR).lastDay).toBe('2027-03-09');
    const forever = validDays('2026-03-10', units.timeUnit?.validity ?? expect.unreachable());
    expect(forever).toEqual({ validFrom: null, lastDay: null });
    expect(isOver(forever, '2999-01-01')).toBe(false);
  });

  it('does not begin before the signature', () => {
    expect(isValidOn(validDays('2026-03-10', YEAR), '2026-03-09')).toBe(false);
  });
});

describe('which lots pay', () => {
  it('the earliest end first, then the first bought; those without an end last', () => {
    const lots = [lot(1, null, 5), lot(2, '2027-02-01', 2), lot(4, '2027-01-01', 1), lot(3, '2027-01-01', 1)];
    const { takings, missing } = takeAvailable(lots, [{ unit: 'ticket', units: 5 }], '2026-11-21');
    expect(takings).toEqual([
      { lot: 3, units: 1 },
      { lot: 4, units: 1 },
      { lot: 2, units: 2 },
      { lot: 1, units: 1 },
    ]);
    expect(missing).toEqual([]);
  });

  it('only those that are valid on the date of the work', () => {
    const lots = [lot(1, '2026-11-20', 9), lot(2, '2026-11-21', 1), lot(3, null, 9, { validFrom: '2026-11-22' })];
    const taken = takeAvailable(lots, [{ unit: 'ticket', units: 3 }], '2026-11-21');
    expect(taken).toEqual({ takings: [{ lot: 2, units: 1 }], missing: [{ unit: 'ticket', units: 2 }] });
  });

  it('neither lose nor invent a unit', () => {
    const lots = fc.array(fc.tuple(fc.nat(20), fc.constantFrom(null, '2026-12-01', '2027-01-01')), { maxLength: 6 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 60 }), (some, asked) => {
        const all = some.map(([available, last], id) => lot(id, last, available));
        const { takings, missing } = takeAvailable(all, [{ unit: 'ticket', units: asked }], '2026-11-21');
        const taken = takings.reduce((sum, { units: each }) => sum + each, 0);
        const has = all.reduce((sum, { available }) => sum + available, 0);
        expect(taken).toBe(Math.min(asked, has));
        expect(taken + (missing[0]?.units ?? 0)).toBe(asked);
        expect(new Set(takings.map((one) => one.lot)).size).toBe(takings.length);
        for (const one of takings) expect(one.units).toBeLessThanOrEqual(all[one.lot]?.available ?? 0);
      }),
    );
  });
});

describe('renewal', () => {
  it.each([
    [1, 1],
    [16, 1],
    [17, 2],
    [40, 3],
  ])('%i missing units need %i bases of 16', (missing, bases) => {
    expect(basesFor(units, { unit: 'timeUnit', units: missing })).toBe(bases);
    expect(basesFor(tickets, { unit: 'ticket', units: missing })).toBe(0);
  });

  it('buys nothing for a debit that may not span it', () => {
    const { timeUnit } = units;
    const apart = { timeUnit: { ...(timeUnit ?? expect.unreachable()), debitMaySpanRenewal: false } };
    expect(basesFor(apart, { unit: 'timeUnit', units: 17 })).toBe(0);
    expect(exhausted(apart, [], ['timeUnit'])).toEqual(['timeUnit']);
  });

  it('comes when nothing is left, neither available nor reserved', () => {
    const empty = lot(1, null, 0, { unit: 'timeUnit' });
    expect(exhausted(units, [empty], ['timeUnit', 'timeUnit'])).toEqual(['timeUnit']);
    expect(exhausted(units, [{ ...empty, pending: 1 }], ['timeUnit'])).toEqual([]);
    expect(exhausted(tickets, [], ['ticket'])).toEqual([]);
  });
});

describe('prices', () => {
  it.each([
    [4, 60_000],
    [10, 150_000],
    [20, 275_000],
    [40, 500_000],
  ])('%i tickets: %i cents', (count, cents) => {
    expect(priceOf(tickets, 'ticket', count)).toEqual({ cents, vatBasisPoints: 2_000 });
  });

  it('time units singly from the base on, tickets in packs only', () => {
    expect(priceOf(units, 'timeUnit', 16).cents).toBe(40_000);
    expect(priceOf(units, 'timeUnit', 20).cents).toBe(50_000);
    expect(priceOf(units, 'halfDay', 4).cents).toBe(144_000);
    expect(() => priceOf(units, 'timeUnit', 15)).toThrow('At least 16');
    expect(() => priceOf(tickets, 'ticket', 5)).toThrow('4, 10, 20, 40');
  });

  it('are none of a unit that the contract does not have any more', () => {
    const { timeUnit } = units;
    const without = { ...units, timeUnit: { ...(timeUnit ?? expect.unreachable()), active: false } };
    expect(() => priceOf(without, 'timeUnit', 16)).toThrow('it has halfDay');
    expect(onSale(without).map(({ unit }) => unit)).toEqual(['halfDay']);
  });

  it('are shown of what is on sale', () => {
    expect(onSale(tickets).map(({ units: count }) => count)).toEqual([4, 10, 20, 40]);
    expect(onSale(units)).toContainEqual({
      ...{ unit: 'timeUnit', units: 16, price: { cents: 40_000, vatBasisPoints: 2_000 }, isLeast: true },
    });
  });
});
