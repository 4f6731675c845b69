/**
 * More callers than a contract has units, then each debit corrected twice at once, while APIs and workers are killed: exactly
 * what is there is spent, and exactly one of two corrections counts.
 */
import { randomUUID } from 'node:crypto';
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import { until } from '../../test/support/until.ts';
import {
  deadlocks,
  debitsOf,
  type LedgerLine,
  linesOfContract,
  repeatedActivities,
  unitsLeft,
} from './creditEvidence.ts';
import type { FaultStack } from './faultStack.ts';
import { chanceOf, firstSeed, type KillPlan, shuffled, startKills } from './kills.ts';
import {
  done,
  loadPrepaidContract,
  openRequest,
  order,
  type PrepaidCallers,
  prepaidCallers,
  today,
  UNIT,
} from './prepaid.ts';
import type { Outcome } from './rows.ts';
import { type Answer, callUntilAnswered, type Journal } from './traffic.ts';

/** What a contract has; twice as many ask for one. */
const UNITS = 100;
/** Of those who ask, calls of the hotline, whose units a worker debits. */
const CALLS = 40;
const PACKS = [40, 40, 20];
/** The longest from the last answer until what waits for another attempt is done. */
const DONE_WITHIN_MS = 120_000;

/** Kills of a round, while debits are asked for and while corrections are. */
interface Measure {
  readonly rounds: number;
  readonly debits: { readonly apis: number; readonly workers: number };
  readonly corrections: { readonly apis: number; readonly workers: number };
}
const SHORT: Measure = { rounds: 1, debits: { apis: 2, workers: 1 }, corrections: { apis: 2, workers: 1 } };
const FULL: Measure = { rounds: 5, debits: { apis: 4, workers: 3 }, corrections: { apis: 4, workers: 2 } };

interface Call {
  readonly id: string;
  readonly path: string;
}

/** A round of its own contract for each seed. */
export async function spendUnderKills(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const measure = isShort ? SHORT : FULL;
  const callers = await prepaidCallers(stack);
  const wrong: string[] = [];
  const figures: string[] = [];
  for (let seed = firstSeed(), end = seed + measure.rounds; seed < end; seed++) {
    const round = await spendOnce({ stack, journal, callers, seed, contract: `KILLS-${seed}` }, measure);
    wrong.push(...round.wrong.map((one) => `seed ${seed}: ${one}`));
    figures.push(`seed ${seed}: ${round.figures.join(', ')}`);
  }
  return { wrong, figures };
}

interface Round {
  readonly stack: FaultStack;
  readonly journal: Journal;
  readonly callers: PrepaidCallers;
  readonly seed: number;
  readonly contract: string;
}

async function spendOnce(round: Round, measure: Measure): Promise<Outcome> {
  const { stack, journal, callers, contract } = round;
  const before = await deadlocks(stack);
  await loadPrepaidContract(stack.pool, contract, 'hotline');
  await order(callers, journal, contract, PACKS);
  const calls = await Promise.all(Array.from({ length: CALLS }, () => beginCall(round)));
  const cutBefore = journal.answers.get(0) ?? 0;
  const start = Date.now();
  const spent = await spend(round, calls, measure);
  const corrected = await correct(round, spent, measure);
  const after = await deadlocks(stack);
  const oddities = (await listLedgerOddities(stack.pool)).filter(({ subject }) => subject === contract);
  return {
    wrong: [
      ...spent.wrong,
      ...corrected.wrong,
      ...(after === before ? [] : [`${after - before} deadlocks`]),
      ...oddities.map(({ subject, detail }) => `${subject}: ${detail}`),
    ],
    figures: [
      `${spent.kills + corrected.kills} kills in ${((Date.now() - start) / 1_000).toFixed(1)} s`,
      `${(journal.answers.get(0) ?? 0) - cutBefore} calls cut`,
      `${await repeatedActivities(
        stack,
        calls.map(({ id }) => id),
      )} attempts of activities repeated`,
      `of debits ${UNITS - spent.byCalls} by the API and ${spent.byCalls} of calls`,
      corrected.told,
    ],
  };
}

async function beginCall({ callers, journal, contract }: Round): Promise<Call> {
  const number = await openRequest(callers, journal, contract);
  const path = `/v1/requests/${number}/hotlineCalls`;
  await done(callers.agent, journal, path);
  return { id: `hotline:${number}:1`, path: `${path}/1/end` };
}

interface Spent {
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly debits: readonly LedgerLine[];
  readonly byCalls: number;
  /** Calls that are owed. */
  readonly owed: readonly Call[];
}

/** Everybody asks for one unit: the API debits for some, a worker when a call ends for others. */
async function spend(round: Round, calls: readonly Call[], { debits }: Measure): Promise<Spent> {
  const { stack, journal, callers, contract } = round;
  const asking = 2 * UNITS - calls.length;
  let answered = 0;
  const counted = async <T>(call: Promise<T>): Promise<T> => {
    const answer = await call;
    answered += 1;
    return answer;
  };
  const kills = startAll(
    round,
    'debits',
    debits,
    () => answered / (2 * UNITS),
    () => endedShare(stack, calls),
  );
  const ending = Promise.all(calls.map(({ path }) => counted(done(callers.agent, journal, path))));
  // It is awaited with the others; until then a failure must not end this process.
  ending.catch(() => undefined);
  // Ends of calls take longer than debits: both are to find something left.
  await until(async () => (await debitsOf(stack, contract)).length > 0, { timeoutMs: DONE_WITHIN_MS });
  const path = `/v1/contracts/${contract}/debits`;
  const body = { unit: UNIT.hotline, units: 1, on: today(), why: 'work' };
  const answers = await Promise.all(
    Array.from({ length: asking }, () => counted(callUntilAnswered(callers.billing, journal, path, body))),
  );
  await ending;
  const killed = await kills.stop();
  const isLacking = ({ id }: Call) => stack.sink.taken.has(stack.messageIdOf(`${id}:creditLacking`));
  let debited = new Set<string>();
  await until(
    async () => {
      debited = await debitedCalls(stack, calls);
      return calls.every((call) => debited.has(call.id) || isLacking(call));
    },
    { timeoutMs: DONE_WITHIN_MS, everyMs: 100 },
  );
  const lines = await debitsOf(stack, contract);
  const owed = calls.filter(({ id }) => !debited.has(id));
  return {
    wrong: judgeDebits({ answers, lines, owed: owed.length, debited, left: await unitsLeft(stack, contract) }),
    kills: killed,
    debits: lines,
    byCalls: debited.size,
    owed,
  };
}

/** Whom to kill of either kind, and how far its work is. */
function startAll(
  { stack, callers, seed }: Round,
  phase: string,
  times: Measure['debits'],
  byApis: KillPlan['progress'],
  byWorkers: KillPlan['progress'],
): { stop(): Promise<number> } {
  const workers = [stack.parts.worker1, stack.parts.worker2];
  const chance = (whose: string) => chanceOf(seed, `${phase} ${whose}`);
  const both = [
    startKills({ parts: callers.apis, times: times.apis, random: chance('apis'), progress: byApis }),
    startKills({ parts: workers, times: times.workers, random: chance('workers'), progress: byWorkers }),
  ];
  return {
    stop: async () => (await Promise.all(both.map((kills) => kills.stop()))).reduce((sum, killed) => sum + killed, 0),
  };
}

function judgeDebits(found: {
  readonly answers: readonly (Answer | undefined)[];
  readonly lines: readonly LedgerLine[];
  readonly owed: number;
  readonly debited: ReadonlySet<string>;
  readonly left: number;
}): string[] {
  const { answers, lines, owed, debited, left } = found;
  const told = answers.filter((answer) => answer?.status === 201).map((answer) => operationIn(answer));
  const refused = answers.filter(isRefusedWith('insufficient-credit')).length;
  const others = answers.length - told.length - refused;
  const entered = new Set(lines.map(({ operation }) => operation));
  const known = new Set([...told, ...debited]);
  return [
    ...(left === 0 ? [] : [`${left} units left`]),
    ...(lines.length === UNITS && entered.size === UNITS ? [] : [`${lines.length} debits, ${entered.size} operations`]),
    ...lines.filter(({ available }) => available !== -1).map(({ operation }) => `${operation} took more than one unit`),
    ...(told.length + debited.size === UNITS ? [] : [`${told.length} and ${debited.size} succeeded`]),
    ...(refused + owed === UNITS ? [] : [`${refused} and ${owed} were refused`]),
    ...(others === 0 ? [] : [`${others} answers otherwise: ${tellOthers(answers, 'insufficient-credit')}`]),
    ...[...known].filter((one) => !entered.has(one)).map((one) => `told and not entered: ${one}`),
    ...[...entered].filter((one) => !known.has(one)).map((one) => `entered and not told: ${one}`),
  ];
}

interface Corrected {
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly told: string;
}

/** Every debit is corrected twice at once, under two keys: its unit comes back once, and what was owed takes it. */
async function correct(round: Round, { debits, owed }: Spent, { corrections }: Measure): Promise<Corrected> {
  const { stack, journal, callers, contract, seed } = round;
  const path = `/v1/contracts/${contract}/corrections`;
  const right = [{ unit: UNIT.hotline, units: 0 }];
  let answered = 0;
  const undo = async (corrects: string) => {
    const body = { corrects, right, reason: 'entered in error' };
    const answer = await callUntilAnswered(callers.supervisor, journal, path, body, randomUUID());
    answered += 1;
    return { corrects, answer };
  };
  const twice = shuffled([...debits, ...debits], chanceOf(seed, 'order'));
  const share = () => answered / twice.length;
  const kills = startAll(round, 'corrections', corrections, share, share);
  const answers = await Promise.all(twice.map(({ operation }) => undo(operation)));
  const killed = await kills.stop();
  await until(async () => (await debitedCalls(stack, owed)).size === owed.length, {
    timeoutMs: DONE_WITHIN_MS,
    everyMs: 100,
  });
  const succeeded = answers.filter(({ answer }) => answer?.status === 201);
  const refused = answers.filter(({ answer }) => isRefusedWith('conflict')(answer));
  const lines = (await linesOfContract(stack, contract)).filter(({ kind }) => kind === 'correct');
  const entered = new Set(lines.map(({ corrects }) => corrects));
  const left = await unitsLeft(stack, contract);
  const others = answers.map(({ answer }) => answer).filter((answer) => answer?.status !== 201);
  return {
    wrong: [
      ...(succeeded.length === UNITS && refused.length === UNITS
        ? []
        : [`${succeeded.length} corrections succeeded: ${tellOthers(others, 'conflict')}`]),
      ...(new Set(succeeded.map(({ corrects }) => corrects)).size === UNITS ? [] : ['a debit was corrected twice']),
      ...(lines.length === UNITS && entered.size === UNITS ? [] : [`${lines.length} corrections of ${entered.size}`]),
      ...(left === UNITS - owed.length ? [] : [`${left} units left, ${owed.length} were owed`]),
    ],
    kills: killed,
    told: `${succeeded.length} of ${answers.length} corrections`,
  };
}

function isRefusedWith(kind: string): (answer: Answer | undefined) => boolean {
  return (answer) => answer?.status === 409 && answer.text.includes(`urn:relance:problem:${kind}"`);
}

function operationIn(answer: Answer | undefined): string {
  return (JSON.parse(answer?.text ?? '{}') as { operation?: string }).operation ?? '';
}

function tellOthers(answers: readonly (Answer | undefined)[], expected: string): string {
  const others = answers.filter((answer) => answer?.status !== 201 && !isRefusedWith(expected)(answer));
  return [...new Set(others.map((answer) => (answer ? `${answer.status} ${answer.text}` : 'none')))].join('; ');
}

async function endedShare({ pool }: FaultStack, calls: readonly Call[]): Promise<number> {
  const { rowCount } = await pool.query('SELECT FROM hotline_calls WHERE id = ANY($1) AND ended_at IS NOT NULL', [
    calls.map(({ id }) => id),
  ]);
  return (rowCount ?? 0) / calls.length;
}

async function debitedCalls({ pool }: FaultStack, calls: readonly Call[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM hotline_calls WHERE id = ANY($1) AND debited_at IS NOT NULL',
    [calls.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}
