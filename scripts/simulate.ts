/** `npm run simulate -- --seed N --lives N`: the pure core alone, in a seeded random world, judged after every step. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { simulateLife } from '../test/simulation/life.ts';
import { shrinkLife } from '../test/simulation/shrink.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, lives: { type: 'string', default: '10000' } },
});
const first = Number(values.seed);
const lives = Number(values.lives);
if (!Number.isSafeInteger(first) || first < 0 || !Number.isSafeInteger(lives) || lives < 1) {
  console.error('Usage: npm run simulate -- --seed <0 or more> --lives <1 or more>');
  process.exit(2);
}

const happened = new Map<string, number>();
let steps = 0;
const startedAt = performance.now();
for (let seed = first; seed < first + lives; seed++) {
  const life = simulateLife(seed, { tell: lives === 1 });
  steps += life.steps;
  for (const [what, times] of life.happened) happened.set(what, (happened.get(what) ?? 0) + times);
  if (life.broken === undefined) {
    if (lives === 1) console.log(life.story.join('\n'));
    continue;
  }
  if (lives === 1) console.log(`${life.story.join('\n')}\n\nAs short as it gets:\n`);
  const short = shrinkLife(seed);
  console.log(short?.life.story.join('\n'));
  console.error(`\nThe life of seed ${seed} broke a rule: ${short?.life.broken}`);
  console.error(`Of its ${life.steps} steps ${short?.life.steps} are left, after ${short?.tried} tries.`);
  console.error(`The whole of it, and this again: npm run simulate -- --seed ${seed} --lives 1`);
  process.exit(1);
}
const seconds = (performance.now() - startedAt) / 1_000;
const counts = [...happened].sort().map(([what, times]) => `${what} ${times}`);
console.log(counts.join(' · '));
console.log(`${lives} lives, ${steps} steps, every rule kept: ${Math.round(lives / seconds)} lives per second`);
