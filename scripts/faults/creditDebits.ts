/** Twice as many callers as there are units ask for one each: the API debits for some, a worker when a call ends for others. */
import { until } from '../../test/support/until.ts';
import { debitsOf, type LedgerLine, unitsLeft } from './creditEvidence.ts';
import {
  type Call,
  DONE_WITHIN_MS,
  debitedOf,
  isRefusedWith,
  type KillTimes,
  type Round,
  startAll,
  tellOthers,
  UNITS,
} from './creditRound.ts';
import { done, today, UNIT } from './prepaid.ts';
import { type Answer, callUntilAnswered } from './traffic.ts';

/** What became of them. */
export interface Spent {
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly debits: readonly LedgerLine[];
  /** Debits of calls. */
  readonly byCalls: number;
  /** Debits that were told a second or more after they were entered: whoever entered them could not tell it any more. */
  readonly toldLater: number;
  /** Calls that are owed. */
  readonly owed: readonly Call[];
}

interface Told {
  readonly answer: Answer | undefined;
  readonly at: number;
}

const LATER_MS = 1_000;

/** Everybody asks, under kills; returns once each debit is done or refused. */
export async function spend(round: Round, times: KillTimes): Promise<Spent> {
  const { stack, journal, callers, contract, calls } = round;
  let answered = 0;
  const counted = async <T>(call: Promise<T>): Promise<T> => {
    const answer = await call;
    answered += 1;
    return answer;
  };
  const kills = startAll(round, 'debits', times, {
    byApis: () => answered / (2 * UNITS),
    byWorkers: () => endedShare(round),
  });
  const ending = Promise.all(calls.map(({ path }) => counted(done(callers.agent, journal, path))));
  // It is awaited with the others; until then a failure must not end this process.
  ending.catch(() => undefined);
  // Ends of calls take longer than debits: both are to find something left.
  await until(async () => (await debitsOf(stack, contract)).length > 0, { timeoutMs: DONE_WITHIN_MS });
  const path = `/v1/contracts/${contract}/debits`;
  const body = { unit: UNIT.hotline, units: 1, on: today(), why: 'work' };
  const ask = async (): Promise<Told> => {
    const answer = await counted(callUntilAnswered(callers.billing, journal, path, body));
    return { answer, at: Date.now() };
  };
  const told = await Promise.all(Array.from({ length: 2 * UNITS - calls.length }, ask));
  await ending;
  const killed = await kills.stop();
  const debited = await untilDecided(round);
  const lines = await debitsOf(stack, contract);
  const enteredAt = new Map(lines.map(({ operation, at }) => [operation, at.getTime()]));
  return {
    wrong: judge({ told, debited, lines, isCalls: calls.length, left: await unitsLeft(stack, contract) }),
    kills: killed,
    debits: lines,
    byCalls: debited.size,
    toldLater: told.filter(({ answer, at }) => at - (enteredAt.get(operationIn(answer)) ?? at) >= LATER_MS).length,
    owed: calls.filter(({ id }) => !debited.has(id)),
  };
}

async function endedShare({ stack, calls }: Round): Promise<number> {
  const { rowCount } = await stack.pool.query('SELECT FROM hotline_calls WHERE id = ANY($1) AND ended_at IS NOT NULL', [
    calls.map(({ id }) => id),
  ]);
  return (rowCount ?? 0) / calls.length;
}

/** Until each call is debited, or its agent was told that credit is lacking; those that are debited. */
async function untilDecided(round: Round): Promise<Set<string>> {
  const { stack, calls } = round;
  const isLacking = ({ id }: Call) => stack.sink.taken.has(stack.messageIdOf(`${id}:creditLacking`));
  return await until(
    async () => {
      const debited = await debitedOf(round, calls);
      return calls.every((call) => debited.has(call.id) || isLacking(call)) ? debited : undefined;
    },
    { timeoutMs: DONE_WITHIN_MS, everyMs: 100 },
  );
}

interface Found {
  readonly told: readonly Told[];
  readonly debited: ReadonlySet<string>;
  readonly lines: readonly LedgerLine[];
  /** How many of those who asked were calls. */
  readonly isCalls: number;
  readonly left: { readonly available: number };
}

/** Exactly what was there is spent, by exactly so many, and everybody was told what happened. */
function judge({ told, debited, lines, isCalls, left }: Found): string[] {
  const answers = told.map(({ answer }) => answer);
  const succeeded = answers.filter((answer) => answer?.status === 201).map(operationIn);
  const refused = answers.filter((answer) => isRefusedWith(answer, 'insufficient-credit')).length;
  const owed = isCalls - debited.size;
  const entered = new Set(lines.map(({ operation }) => operation));
  const known = new Set([...succeeded, ...debited]);
  return [
    ...(left.available === 0 ? [] : [`${left.available} units left`]),
    ...(lines.length === UNITS && entered.size === UNITS ? [] : [`${lines.length} debits, ${entered.size} operations`]),
    ...lines.filter(({ available }) => available !== -1).map(({ operation }) => `${operation} took more than one unit`),
    ...(known.size === UNITS ? [] : [`${succeeded.length} callers and ${debited.size} calls succeeded`]),
    ...(refused + owed === UNITS ? [] : [`${refused} callers and ${owed} calls were refused`]),
    ...tellOthers(answers, 'insufficient-credit'),
    ...[...known].filter((one) => !entered.has(one)).map((one) => `told and not entered: ${one}`),
    ...[...entered].filter((one) => !known.has(one)).map((one) => `entered and not told: ${one}`),
  ];
}

function operationIn(answer: Answer | undefined): string {
  return (JSON.parse(answer?.text || '{}') as { operation?: string }).operation ?? '';
}
