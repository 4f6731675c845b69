/** Makes a life that breaks a rule as short as it gets, while the same rule still breaks. */
import { type LifeOptions, type LifeReport, simulateLife } from './life.ts';

export interface ShortLife {
  /** The life with its story, without these parts. */
  readonly life: LifeReport;
  readonly without: ReadonlySet<string>;
  /** How many lives were tried. */
  readonly tried: number;
}

/** Lives tried at most: a thousand take a second. */
const MOST_TRIED = 2_000;

/**
 * Leaves out actions, then pauses, then what goes wrong with effects: first many at once, then fewer, until nothing can be
 * left out. The same seed and rule always give the same short life. Undefined when the life keeps every rule.
 */
export function shrinkLife(seed: number, { rule }: Pick<LifeOptions, 'rule'> = {}): ShortLife | undefined {
  const judged = rule ? { rule } : {};
  let life = simulateLife(seed, judged);
  if (life.broken === undefined) return undefined;
  const wanted = ruleIn(life.broken);
  let without: ReadonlySet<string> = new Set();
  let tried = 1;

  for (let before = -1; before !== without.size && tried < MOST_TRIED; ) {
    before = without.size;
    for (const kind of ['action', 'pause', 'trouble']) leaveOut(kind);
  }
  return { life: simulateLife(seed, { ...judged, without, tell: true }), without, tried };

  function leaveOut(kind: string): void {
    const left = () => life.parts.filter((part) => part.startsWith(kind) && !without.has(part));
    for (let size = left().length; size >= 1; size = Math.floor(size / 2)) {
      // From the end: what comes after the break is not needed, and parts that are left out move no earlier ones.
      for (let end = left().length; end > 0 && tried < MOST_TRIED; end -= size) {
        const shorter = new Set([...without, ...left().slice(Math.max(0, end - size), end)]);
        const attempt = simulateLife(seed, { ...judged, without: shorter });
        tried += 1;
        if (attempt.broken === undefined || ruleIn(attempt.broken) !== wanted) continue;
        life = attempt;
        without = shorter;
      }
    }
  }
}

/** What was broken, without figures, keys and places, which differ from life to life. */
function ruleIn(broken: string): string {
  return (broken.split('\n')[0] ?? '').replace(/[\d:.-]+/g, '#');
}
