import { describe, expect, it } from 'vitest';
import { simulateLife } from '../simulation/life.ts';

const LIVES = 300;

describe('lives in a seeded random world', () => {
  it('keep every rule, and between them do everything', () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= LIVES; seed++) {
      const life = simulateLife(seed);
      expect(life.broken, `npm run simulate -- --seed ${seed} --lives 1`).toBeUndefined();
      for (const what of life.happened.keys()) happened.add(what);
    }
    expect([...happened]).toEqual(
      expect.arrayContaining([
        'acknowledged',
        'addressCorrected',
        'clockBreached',
        'clockWarned',
        'closed confirmed',
        'closed noAnswer',
        'deferred',
        'effectConflict',
        'messageDismissed',
        'openingHoursChanged',
        'putInProduction',
        'rejected',
        'reminderSent',
        'reopened',
        'termsAmended',
      ]),
    );
    // A busy machine needs many times what a quiet one does.
  }, 60_000);

  it('are the same again for the same seed', () => {
    const first = simulateLife(42, true);
    const second = simulateLife(42, true);
    expect(second).toStrictEqual(first);
    expect(first.story.length).toBeGreaterThan(5);
    expect(simulateLife(43, true).story).not.toStrictEqual(first.story);
  });
});
