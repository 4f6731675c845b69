import { describe, expect, it } from 'vitest';
import { type LifeOptions, simulateLife } from '../simulation/life.ts';
import { shrinkLife } from '../simulation/shrink.ts';
import { Broken } from '../simulation/witness.ts';

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
        'escalated',
        'publisherDelivered',
        'publisherRefused',
        'reportFiled',
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
    const first = simulateLife(42, { tell: true });
    const second = simulateLife(42, { tell: true });
    expect(second).toStrictEqual(first);
    expect(first.story.length).toBeGreaterThan(5);
    expect(simulateLife(43, { tell: true }).story).not.toStrictEqual(first.story);
  });
});

describe('a life that breaks a rule', () => {
  /** As a core would break it that lets a fix be rejected after an answer: two actions of many. */
  const rule: NonNullable<LifeOptions['rule']> = ({ before, event }) => {
    if (event.type === 'reject' && before.status !== 'waiting') throw new Broken(`rejected at ${event.at}`);
  };

  function firstBroken(): number {
    for (let seed = 1; ; seed++) {
      const { broken, parts } = simulateLife(seed, { rule });
      if (broken && parts.filter((part) => part.startsWith('action')).length > 8) return seed;
    }
  }

  it('becomes as short as what it takes, and breaks the same rule', () => {
    const seed = firstBroken();
    const whole = simulateLife(seed, { rule });
    const short = shrinkLife(seed, { rule });
    const life = short?.life;
    expect(life?.broken).toMatch(/^rejected at/);
    const left = life?.parts.filter((part) => !short?.without.has(part)) ?? [];
    expect(left.filter((part) => part.startsWith('action')).length).toBeLessThanOrEqual(6);
    for (const part of left) {
      const without = new Set([...(short?.without ?? []), part]);
      expect(simulateLife(seed, { rule, without }).broken, `without ${part}`).toBeUndefined();
    }
    expect(life?.steps).toBeLessThan(whole.steps);
    expect(shrinkLife(seed, { rule })).toStrictEqual(short);
  });

  it('is looked for in vain where every rule is kept', () => {
    expect(shrinkLife(42)).toBeUndefined();
  });
});
