/**
 * More callers than a contract has units, then all of it given back, each asked for twice at once, while APIs and workers are
 * killed: exactly what is there is spent, and exactly one of two counts.
 */
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import { spend } from './creditDebits.ts';
import { deadlocks, repeatedActivities } from './creditEvidence.ts';
import { giveBack } from './creditReturns.ts';
import { createRound, type KillTimes, type Round, type RoundSize, UNITS } from './creditRound.ts';
import type { FaultStack } from './faultStack.ts';
import { firstSeed } from './kills.ts';
import { prepaidCallers } from './prepaid.ts';
import { type Outcome, seconds } from './rows.ts';
import type { Journal } from './traffic.ts';

/** Kills of a round, while units are asked for and while they are given back. */
interface Measure {
  readonly rounds: number;
  readonly size: RoundSize;
  readonly debits: KillTimes;
  readonly returns: KillTimes;
}

const SHORT: Measure = {
  ...{ rounds: 1, size: { calls: 30, approved: 5 } },
  ...{ debits: { apis: 2, workers: 1 }, returns: { apis: 2, workers: 1 } },
};
const FULL: Measure = {
  ...{ rounds: 5, size: { calls: 40, approved: 10 } },
  ...{ debits: { apis: 4, workers: 3 }, returns: { apis: 4, workers: 2 } },
};

/** A round on a contract of its own for each seed. */
export async function spendUnderKills(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const measure = isShort ? SHORT : FULL;
  const callers = await prepaidCallers(stack);
  const wrong: string[] = [];
  const figures: string[] = [];
  for (let seed = firstSeed(), end = seed + measure.rounds; seed < end; seed++) {
    const before = await deadlocks(stack);
    const outcome = await spendOnce(await createRound({ stack, journal, callers, seed }, measure.size), measure);
    const ended = (await deadlocks(stack)) - before;
    wrong.push(...outcome.wrong.map((one) => `seed ${seed}: ${one}`));
    if (ended > 0) wrong.push(`seed ${seed}: ${ended} deadlocks`);
    figures.push(`seed ${seed}: ${outcome.figures.join(', ')}`);
  }
  return { wrong, figures };
}

async function spendOnce(round: Round, measure: Measure): Promise<Outcome> {
  const { stack, journal, contract, calls } = round;
  const start = Date.now();
  const unanswered = () => journal.answers.get(0) ?? 0;
  const before = unanswered();
  const spent = await spend(round, measure.debits);
  const returned = await giveBack(round, spent, measure.returns);
  const took = seconds(Date.now() - start);
  const oddities = (await listLedgerOddities(stack.pool)).filter(({ subject }) => subject === contract);
  const ids = calls.map(({ id }) => id);
  return {
    wrong: [...spent.wrong, ...returned.wrong, ...oddities.map(({ subject, detail }) => `${subject}: ${detail}`)],
    figures: [
      `${spent.kills + returned.kills} kills in ${took}`,
      `${unanswered() - before} attempts without an answer`,
      `of ${UNITS} debits ${spent.byCalls} of calls`,
      `${spent.toldLater} told later than entered`,
      `${await repeatedActivities(stack, ids)} activities of calls repeated`,
      returned.told,
    ],
  };
}
