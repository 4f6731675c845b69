import { describe, expect, it } from 'vitest';
import { type CorrectedEntry, corrected, spentMore } from '../../../domain/ledger/corrections.ts';
import { applied, type Change } from '../../../domain/ledger/entries.ts';
import type { Lot } from '../../../domain/ledger/lots.ts';
import { settled } from '../../../domain/ledger/settlement.ts';

const ON = '2026-11-20';
const TODAY = '2026-11-21';
const OVER = '2026-11-20';
const NONE = { post: [], forfeit: [], on: ON };

function lot(id: number, lastDay: string | null, available: number, pending = 0): Lot {
  return { id, unit: 'ticket', validFrom: null, lastDay, available, pending };
}
const tickets = (units: number) => [{ unit: 'ticket', units }];
const shown = (changes: readonly Change[]) => changes.map((one) => [one.kind, one.lot, one.available, one.pending]);

describe('a reservation', () => {
  const held = [lot(1, '2027-01-01', 0, 2), lot(2, null, 4, 3)];

  it('is posted in part, the earliest end first; the rest returns', () => {
    expect(shown(settled(held, { ...NONE, post: tickets(3) }, TODAY))).toEqual([
      ['post', 1, 0, -2],
      ['post', 2, 0, -1],
      ['release', 2, 2, -2],
    ]);
  });

  it('returns whole, or is lost, or both in part', () => {
    expect(shown(settled(held, NONE, TODAY))).toEqual([
      ['release', 1, 2, -2],
      ['release', 2, 3, -3],
    ]);
    expect(shown(settled(held, { ...NONE, forfeit: tickets(5) }, TODAY))).toEqual([
      ['forfeit', 1, 0, -2],
      ['forfeit', 2, 0, -3],
    ]);
    expect(shown(settled(held, { on: ON, post: tickets(1), forfeit: tickets(2) }, TODAY))).toEqual([
      ['post', 1, 0, -1],
      ['forfeit', 1, 0, -1],
      ['forfeit', 2, 0, -1],
      ['release', 2, 2, -2],
    ]);
  });

  it('is lost the earliest end first too, whatever was bought first and whether it is over', () => {
    const lots = [lot(1, '2027-06-01', 0, 2), lot(2, '2027-01-01', 0, 2), lot(3, OVER, 0, 1)];
    expect(shown(settled(lots, { ...NONE, on: TODAY, forfeit: tickets(2) }, TODAY))).toEqual([
      ['forfeit', 3, 0, -1],
      ['forfeit', 2, 0, -1],
      ['release', 1, 2, -2],
      ['release', 2, 1, -1],
    ]);
  });

  it('expires as it returns to a lot whose last day is over', () => {
    expect(shown(settled([lot(1, OVER, 0, 2)], { ...NONE, post: tickets(1) }, TODAY))).toEqual([
      ['post', 1, 0, -1],
      ['release', 1, 1, -1],
      ['expire', 1, -1, 0],
    ]);
  });

  it('does not pay for work after the last day of its lot', () => {
    expect(() => settled([lot(1, OVER, 0, 2)], { ...NONE, on: TODAY, post: tickets(1) }, TODAY)).toThrow(
      'Missing: 1 ticket',
    );
  });

  it('yields no more than it holds, and nothing twice', () => {
    expect(() => settled(held, { ...NONE, post: tickets(4), forfeit: tickets(2) }, TODAY)).toThrow('Missing: 1 ticket');
    expect(() =>
      settled(
        held.map((one) => ({ ...one, pending: 0 })),
        NONE,
        TODAY,
      ),
    ).toThrow('is settled');
  });
});

describe('a correction', () => {
  const debit: CorrectedEntry[] = [
    { lot: 1, kind: 'debit', available: -2, pending: 0 },
    { lot: 2, kind: 'debit', available: -3, pending: 0 },
  ];
  const lots = [lot(1, '2027-01-01', 0), lot(2, null, 4)];
  const when = { on: ON, today: TODAY };

  it('gives back what was spent last first', () => {
    expect(shown(corrected(debit, lots, tickets(1), when))).toEqual([
      ['correct', 2, 3, 0],
      ['correct', 1, 1, 0],
    ]);
  });

  it('spends on top what was forgotten', () => {
    expect(shown(corrected(debit, lots, tickets(7), when))).toEqual([['correct', 2, -2, 0]]);
    expect(() => corrected(debit, lots, tickets(10), when)).toThrow('Missing: 1 ticket');
  });

  it('spends on top only what was valid on the day of the work', () => {
    const valid = { ...lot(3, '2027-06-01', 5), validFrom: ON };
    const not = [lot(4, '2026-11-19', 5), { ...lot(5, '2027-03-01', 5), validFrom: TODAY }];
    expect(shown(corrected(debit, [...lots.slice(0, 1), ...not, valid], tickets(3), when))).toEqual([
      ['correct', 3, -1, 0],
    ]);
    expect(() => corrected(debit, [...lots.slice(0, 1), ...not], tickets(3), when)).toThrow('Missing: 1 ticket');
  });

  it('starts from what earlier corrections left', () => {
    const again: CorrectedEntry[] = [...debit, { lot: 2, kind: 'correct', available: 3, pending: 0 }];
    expect(shown(corrected(again, lots, tickets(1), when))).toEqual([['correct', 1, 1, 0]]);
    expect(shown(corrected(again, lots, tickets(3), when))).toEqual([['correct', 2, -1, 0]]);
    expect(() => corrected(again, lots, tickets(2), when)).toThrow('already');
  });

  it('gives nothing back to a lot whose last day is over: it expires at once', () => {
    const over = [lot(1, OVER, 0)];
    const changes = corrected(debit.slice(0, 1), over, tickets(0), when);
    expect(shown(changes)).toEqual([
      ['correct', 1, 2, 0],
      ['expire', 1, -2, 0],
    ]);
    expect(applied(over, changes)).toEqual(over);
  });

  it('makes an order smaller by what nobody has used, or larger', () => {
    const purchase: CorrectedEntry[] = [{ lot: 2, kind: 'purchase', available: 10, pending: 0 }];
    expect(shown(corrected(purchase, lots, tickets(6), when))).toEqual([['correct', 2, -4, 0]]);
    expect(shown(corrected(purchase, lots, tickets(20), when))).toEqual([['correct', 2, 10, 0]]);
    expect(() => corrected(purchase, lots, tickets(5), when)).toThrow('Missing: 1 ticket');
  });

  it('gives back what has expired where the lot goes on after all, and only there', () => {
    const expiry: CorrectedEntry[] = [{ lot: 2, kind: 'expire', available: -10, pending: 0 }];
    expect(shown(corrected(expiry, lots, tickets(0), when))).toEqual([['correct', 2, 10, 0]]);
    expect(shown(corrected(expiry, lots, tickets(4), when))).toEqual([['correct', 2, 6, 0]]);
    const again: CorrectedEntry[] = [...expiry, { lot: 2, kind: 'correct', available: 6, pending: 0 }];
    expect(shown(corrected(again, lots, tickets(0), when))).toEqual([['correct', 2, 4, 0]]);
    expect(() => corrected(again, lots, tickets(4), when)).toThrow('already');
    expect(() => corrected(expiry, lots, tickets(11), when)).toThrow('by themselves');
    expect(() => corrected(expiry, [lot(2, OVER, 0)], tickets(0), when)).toThrow('would expire at once');
    expect(spentMore(expiry, lots, tickets(11))).toEqual([]);
  });

  it('is not for what is reserved', () => {
    const reserved: CorrectedEntry[] = [{ lot: 1, kind: 'reserve', available: -1, pending: 1 }];
    expect(() => corrected(reserved, lots, tickets(0), when)).toThrow('Only what was bought');
  });
});
