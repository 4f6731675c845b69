import { describe, expect, it } from 'vitest';
import { USUAL_ALERTS } from '../../../domain/ledger/terms.ts';
import { alertOf, creditActs, lowAt, nextCreditMoment, type WatchedLot } from '../../../domain/ledger/watch.ts';

const DAY = 86_400_000;
const END = 400 * DAY;
const steps = (...days: number[]) => days.map((each) => ({ days: each, at: END - each * DAY }));

function lot(over: Partial<WatchedLot> = {}): WatchedLot {
  return { lot: 1, available: 4, pending: 0, since: 0, endsAt: END, announce: steps(60, 30, 7), ...over };
}
const watched = (...lots: WatchedLot[]) => ({ lots, alerts: [] });

describe('the end of a lot', () => {
  it('is announced on each day, and then happens', () => {
    expect(creditActs(watched(lot()), END - 61 * DAY)).toEqual([]);
    expect(nextCreditMoment(watched(lot()), END - 61 * DAY)).toBe(END - 60 * DAY);
    expect(creditActs(watched(lot()), END - 60 * DAY)).toEqual([{ does: 'announce', lot: 1, days: 60, tells: true }]);
    const told = lot({ announce: [] });
    expect(nextCreditMoment(watched(told), END - DAY)).toBe(END);
    expect(creditActs(watched(told), END)).toEqual([{ does: 'expire', lot: 1 }]);
  });

  it('is announced by the nearest day alone when several have passed', () => {
    expect(creditActs(watched(lot()), END - 20 * DAY)).toEqual([
      { does: 'announce', lot: 1, days: 60, tells: false },
      { does: 'announce', lot: 1, days: 30, tells: true },
    ]);
  });

  it('is not announced for days before the lot was bought, nor once it is over', () => {
    const late = lot({ since: END - 20 * DAY });
    expect(creditActs(watched(late), END - 19 * DAY).every((act) => act.does === 'announce' && !act.tells)).toBe(true);
    expect(creditActs(watched(lot({ available: 0, pending: 2 })), END)).toEqual(
      [60, 30, 7].map((days) => ({ does: 'announce', lot: 1, days, tells: false })),
    );
  });

  it('never comes for units that last as long as the contract', () => {
    const forever: WatchedLot = { lot: 1, available: 4, pending: 0, since: 0, announce: [] };
    expect(creditActs(watched(forever), END)).toEqual([]);
    expect(nextCreditMoment(watched(forever), 0)).toBeUndefined();
  });
});

describe('alerts of the balance', () => {
  const of = (available: number, pending = 0, renews = false) =>
    alertOf({ available, pending, renews, newest: { lot: 3, units: 10 } }, USUAL_ALERTS)?.key;

  it('come at a fifth of what was bought last, rounded up', () => {
    expect([4, 10, 20, 40].map((units) => lowAt(units, USUAL_ALERTS))).toEqual([1, 2, 4, 8]);
    expect([of(3), of(2), of(0, 1)]).toEqual([undefined, 'low:3', 'low:3']);
  });

  it('and when nothing is left, but for a base that renews', () => {
    expect([of(0), of(0, 0, true)]).toEqual(['gone:3', undefined]);
  });

  it('do not where the terms want none', () => {
    const none = { ...USUAL_ALERTS, lowShare: 0, nothingLeft: false };
    const unit = { pending: 0, renews: false, newest: { lot: 3, units: 10 } };
    expect(alertOf({ ...unit, available: 0 }, none)).toBeUndefined();
    expect(alertOf({ ...unit, available: 1 }, none)).toBeUndefined();
  });
});
