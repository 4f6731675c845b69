/**
 * Lives of interventions and of calls whose processes are killed at each of their steps: they end as one that nothing disturbs,
 * with the same lines, mails and entries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import { goThrough } from '../../test/support/steps.ts';
import { until } from '../../test/support/until.ts';
import type { FaultStack, Part } from './faultStack.ts';
import { chanceOf, firstSeed } from './kills.ts';
import { loadPrepaidContract, order, type PrepaidKind, prepaidCallers } from './prepaid.ts';
import { COURSES, type LifeWorld, type PrepaidLife, type ToldOfLife, takenOf, toldOf } from './prepaidLives.ts';
import { type Outcome, seconds } from './rows.ts';
import type { Journal } from './traffic.ts';

/** What is taken away while every life takes a step, and when: once the calls were sent, or once the first rows have changed. */
interface Harm {
  readonly whom: 'workers' | 'apis' | 'mailServer';
  readonly when: 'sent' | 'changed';
}

const SHORT: readonly Harm[] = [
  { whom: 'workers', when: 'sent' },
  { whom: 'apis', when: 'changed' },
];
const FULL: readonly Harm[] = [
  ...SHORT,
  { whom: 'apis', when: 'sent' },
  { whom: 'workers', when: 'changed' },
  { whom: 'mailServer', when: 'sent' },
];
const FULL_ROUNDS = 3;
const KINDS: readonly PrepaidKind[] = ['tickets', 'hotline'];
/** Units that a round's lives share, of either kind. */
const PACKS: { readonly [kind in PrepaidKind]: readonly number[] } = { tickets: [40], hotline: [40] };
/** From the calls until the kill, at most. */
const SOON_MS = 60;
const CHANGED_WITHIN_MS = 30_000;
/** The mail server, for several attempts of each mail. */
const AWAY_MS = 5_000;

/** Where a life is: the step that it takes next. Below 0 it has not begun, and begins so many steps later. */
interface Staged {
  readonly life: PrepaidLife;
  at: number;
}

/** Rounds of lives, each on contracts of its own. */
export async function killAtEachStep(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const world: LifeWorld = { stack, journal, callers: await prepaidCallers(stack) };
  const harms = isShort ? SHORT : FULL;
  const wrong: string[] = [];
  const figures: string[] = [];
  for (let seed = firstSeed(), end = seed + (isShort ? 1 : FULL_ROUNDS); seed < end; seed++) {
    const round = await liveOnce(world, harms, seed);
    wrong.push(...round.wrong.map((one) => `seed ${seed}: ${one}`));
    figures.push(`seed ${seed}: ${round.figures.join(', ')}`);
  }
  return { wrong, figures };
}

async function liveOnce(world: LifeWorld, harms: readonly Harm[], seed: number): Promise<Outcome> {
  const { stack, journal, callers } = world;
  const start = Date.now();
  const contracts = Object.fromEntries(KINDS.map((kind) => [kind, `LIVES-${kind}-${seed}`]));
  for (const kind of KINDS) {
    await loadPrepaidContract(stack.pool, contracts[kind] ?? '', kind);
    await order(callers, journal, contracts[kind] ?? '', PACKS[kind]);
  }
  const born = (kind: PrepaidKind, at: number): Staged => ({ life: { kind, contract: contracts[kind] ?? '' }, at });
  // With each harm every step is taken by a life.
  const staged = KINDS.flatMap((kind) =>
    Array.from({ length: COURSES[kind].steps.length + harms.length - 1 }, (_, index) =>
      born(kind, index - (harms.length - 1)),
    ),
  );
  const examples = KINDS.map((kind) => born(kind, 0).life);
  await Promise.all([
    ...examples.map((life) => goThrough(COURSES[life.kind], world, life)),
    ...staged.map(({ life, at }) => goThrough(COURSES[life.kind], world, life, { to: Math.max(0, at) })),
  ]);
  for (const harm of harms) await takeStep(world, staged, harm, seed);
  await Promise.all(staged.map(({ life, at }) => goThrough(COURSES[life.kind], world, life, { from: at })));

  const wrong: string[] = [];
  let copies = 0;
  const expected = new Map<PrepaidKind, ToldOfLife>();
  for (const life of examples) expected.set(life.kind, await toldOf(world, life));
  for (const { life } of staged) {
    wrong.push(...differences(life, await toldOf(world, life, expected.get(life.kind)), expected.get(life.kind)));
    const taken = await takenOf(world, life);
    if (taken.includes(0)) wrong.push(`${life.number}: a mail was never taken`);
    copies += taken.reduce((sum, times) => sum + Math.max(0, times - 1), 0);
  }
  const oddities = (await listLedgerOddities(stack.pool)).filter(({ subject }) => subject.startsWith('LIVES-'));
  const [tickets, hotline] = examples.map(({ kind }) => expected.get(kind));
  return {
    wrong: [...wrong, ...oddities.map(({ subject, detail }) => `${subject}: ${detail}`)],
    figures: [
      `${staged.length} lives, ${harms.length} times all at once disturbed, in ${seconds(Date.now() - start)}`,
      `of an intervention ${tickets?.intervention.length} lines, ${tickets?.mails.length} mails, ${tickets?.ledger.length} entries`,
      `of a call ${hotline?.mails.length} mail, ${hotline?.ledger.length} entry`,
      `${copies} copies of mails`,
    ],
  };
}

/** Every life that has begun, and has not ended, takes its next step, while something is taken away. */
async function takeStep(world: LifeWorld, staged: readonly Staged[], harm: Harm, seed: number): Promise<void> {
  const random = chanceOf(seed, `${harm.whom} ${harm.when}`);
  const going = staged.filter(({ life, at }) => at >= 0 && at < COURSES[life.kind].steps.length);
  const before = await changesOf(world, seed);
  const steps = Promise.all(
    going.map(({ life, at }) => goThrough(COURSES[life.kind], world, life, { from: at, to: at + 1 })),
  );
  // It is awaited after the harm; until then a failure must not end this process.
  steps.catch(() => undefined);
  if (harm.when === 'sent') await sleep(random.int(0, SOON_MS));
  else {
    const enough = before + random.int(1, going.length);
    await until(async () => (await changesOf(world, seed)) >= enough, { timeoutMs: CHANGED_WITHIN_MS, everyMs: 2 });
  }
  await doHarm(world, harm.whom);
  await steps;
  for (const one of staged) one.at += 1;
}

async function doHarm({ stack, callers }: LifeWorld, whom: Harm['whom']): Promise<void> {
  if (whom === 'mailServer') {
    await stack.sink.play('away');
    await sleep(AWAY_MS);
    return await stack.sink.play('taking');
  }
  const parts: readonly Part[] = whom === 'apis' ? callers.apis : [stack.parts.worker1, stack.parts.worker2];
  await Promise.all(parts.map((part) => part.kill()));
  await Promise.all(parts.map((part) => part.start()));
}

/** What has been written down of all lives of a round: lines, calls, entries. */
async function changesOf({ stack }: LifeWorld, seed: number): Promise<number> {
  const { rows } = await stack.pool.query<{ changes: number }>(
    `SELECT (SELECT count(*) FROM timeline JOIN requests USING (number) WHERE contract = ANY($1))
          + (SELECT count(*) FROM intervention_timeline l JOIN interventions i ON i.id = l.intervention WHERE contract = ANY($1))
          + (SELECT count(*) + count(ended_at) FROM hotline_calls WHERE contract = ANY($1))
          + (SELECT count(*) FROM credit_entries WHERE contract = ANY($1))::int AS changes`,
    [KINDS.map((kind) => `LIVES-${kind}-${seed}`)],
  );
  return Number(rows[0]?.changes);
}

function differences(life: PrepaidLife, found: ToldOfLife, expected: ToldOfLife | undefined): string[] {
  if (isDeepStrictEqual(found, expected)) return [];
  return (Object.keys(found) as (keyof ToldOfLife)[])
    .filter((part) => !isDeepStrictEqual(found[part], expected?.[part]))
    .map((part) => `${life.number}, ${part}: ${tell(found[part])} instead of ${tell(expected?.[part])}`);
}

function tell(said: readonly string[] | string | undefined): string {
  return typeof said === 'string' ? said : (said ?? []).join(', ');
}
