import { describe, expect, it } from 'vitest';
import { isBeforeEnd, mayRenew, requireBeforeEnd } from '../../../domain/ledger/contractEnd.ts';

const END = { endsOn: '2026-12-31' };

describe('the end of a contract', () => {
  it.each([
    ['2026-12-30', true],
    ['2026-12-31', true],
    ['2027-01-01', false],
  ])('on %s is before the end: %s', (on, isBefore) => {
    expect(isBeforeEnd(END, on)).toBe(isBefore);
    expect(isBeforeEnd({}, on)).toBe(true);
    if (isBefore) expect(() => requireBeforeEnd(END, on)).not.toThrow();
    else expect(() => requireBeforeEnd(END, on)).toThrow('The contract ends on 2026-12-31');
  });

  it('lets a base renew to its last day, and not for what is entered later', () => {
    expect(mayRenew(END, { on: '2026-12-31', today: '2026-12-31' })).toBe(true);
    expect(mayRenew(END, { on: '2026-12-31', today: '2027-01-01' })).toBe(false);
    expect(mayRenew(END, { on: '2027-01-01', today: '2026-12-31' })).toBe(false);
    expect(mayRenew({}, { on: '2027-01-01', today: '2027-01-01' })).toBe(true);
  });
});
