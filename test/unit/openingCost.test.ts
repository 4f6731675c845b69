import { expect, it } from 'vitest';
import { addOpened, type Openings, openedBetween, type Reach } from '../../domain/openingHours.ts';
import { calendar, local, openings } from '../support/businessTime.ts';

const HOUR = 3_600_000;

/** The same openings, with every look at one of their rows counted. */
function counted({ opens, closes, before, ...rest }: Openings): { openings: Openings; looks: () => number } {
  let looks = 0;
  const watched = (rows: readonly number[]) =>
    new Proxy(rows, {
      get(target, key) {
        looks++;
        return Reflect.get(target, key);
      },
    });
  const all = { ...rest, opens: watched(opens), closes: watched(closes), before: watched(before) };
  return {
    openings: all,
    looks() {
      const sum = looks;
      looks = 0;
      return sum;
    },
  };
}

it('a deadline of 1,000 business hours costs what one of an hour does', () => {
  const years = counted(openings(calendar(), '2026-01-01', '2029-12-31'));
  for (const time of ['2026-01-05 09:00', '2026-06-13 12:00', '2027-03-04 16:30']) {
    const start = local(time);
    const costs = [1, 10, 100, 1_000, 3_000].map((hours) => {
      const due: Reach = addOpened(years.openings, start, hours * HOUR);
      const adding = years.looks();
      openedBetween(years.openings, start, 'at' in due ? due.at : Number.NaN);
      return adding + years.looks();
    });
    const [hour = 0] = costs;
    // Two searches among a thousand intervals may differ by a step each.
    expect(Math.max(...costs) - hour).toBeLessThanOrEqual(hour * 0.2);
    expect(hour).toBeLessThan(120);
  }
});
