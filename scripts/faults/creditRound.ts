/** What a round of asking for more units than there are consists of: a contract, calls under way, approved work, kills. */
import { issueToken } from '../../db/accessTokens.ts';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import { chanceOf, type KillPlan, startKills } from './kills.ts';
import { contactOf, done, loadPrepaidContract, openRequest, order, type PrepaidCallers, UNIT } from './prepaid.ts';
import type { Answer, Journal } from './traffic.ts';

/** Units that are available; twice as many callers ask for one. */
export const UNITS = 100;
/** Of each of the first two lots; the third has the rest. */
const LOT = 40;
/** The longest from the last answer until what waits for another attempt is done; milliseconds. */
export const DONE_WITHIN_MS = 120_000;
const TOKEN_MS = 3_600_000;

/** How often APIs and workers are killed. */
export interface KillTimes {
  readonly apis: number;
  readonly workers: number;
}

/** Who is there besides the callers of the API. */
export interface RoundSize {
  /** Of those who ask, calls of the hotline, whose units a worker debits. */
  readonly calls: number;
  /** Interventions that a unit more is reserved for each: they are withdrawn. */
  readonly approved: number;
}

/** A call of the hotline that is not over. */
export interface Call {
  readonly id: string;
  /** That ends it. */
  readonly path: string;
}

/** Everything that the two halves of a round share. */
export interface Round {
  readonly stack: FaultStack;
  readonly journal: Journal;
  readonly callers: PrepaidCallers;
  readonly seed: number;
  readonly contract: string;
  readonly calls: readonly Call[];
  /** Paths of interventions that hold a unit each. */
  readonly approved: readonly string[];
}

/** Makes one on a contract of its own. */
export async function createRound(
  base: Omit<Round, 'contract' | 'calls' | 'approved'>,
  size: RoundSize,
): Promise<Round> {
  const { stack, journal, callers, seed } = base;
  const round = { ...base, contract: `KILLS-${seed}`, calls: [], approved: [] };
  await loadPrepaidContract(stack.pool, round.contract, 'hotline');
  await order(callers, journal, round.contract, [LOT, LOT, UNITS + size.approved - 2 * LOT]);
  const contact = contactOf(round.contract);
  const token = await issueToken(stack.pool, { contact, expiresAt: new Date(Date.now() + TOKEN_MS) });
  const [calls, approved] = await Promise.all([
    Promise.all(Array.from({ length: size.calls }, () => beginCall(round))),
    Promise.all(Array.from({ length: size.approved }, () => approveOne(round, token))),
  ]);
  return { ...round, calls, approved };
}

async function beginCall({ callers, journal, contract }: Round): Promise<Call> {
  const number = await openRequest(callers, journal, contract);
  const path = `/v1/requests/${number}/hotlineCalls`;
  await done(callers.agent, journal, path);
  return { id: `hotline:${number}:1`, path: `${path}/1/end` };
}

async function approveOne({ stack, callers, journal, contract }: Round, token: string): Promise<string> {
  const number = await openRequest(callers, journal, contract);
  await done(callers.agent, journal, `/v1/requests/${number}/interventions`, { text: 'A new server.' });
  const path = `/v1/interventions/${number}/1`;
  const body = { scope: 'Install it.', unit: UNIT.hotline, units: 1 };
  const sent = await done<{ estimate: { id: string } }>(callers.agent, journal, `${path}/sendEstimate`, body);
  await done(callers.as(token), journal, `${path}/approve`, { estimate: sent.estimate.id });
  const isReady = async () => {
    const { rowCount } = await stack.pool.query("SELECT FROM interventions WHERE request = $1 AND status = 'ready'", [
      number,
    ]);
    return rowCount === 1;
  };
  await until(isReady, { timeoutMs: DONE_WITHIN_MS });
  return path;
}

/** Begins to kill of either kind, at shares of its own work. */
export function startAll(
  { stack, callers, seed }: Round,
  phase: string,
  times: KillTimes,
  { byApis, byWorkers }: { readonly byApis: KillPlan['progress']; readonly byWorkers: KillPlan['progress'] },
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

/** Calls of these whose units are debited. */
export async function debitedOf({ stack }: Round, calls: readonly Call[]): Promise<Set<string>> {
  const { rows } = await stack.pool.query<{ id: string }>(
    'SELECT id FROM hotline_calls WHERE id = ANY($1) AND debited_at IS NOT NULL',
    [calls.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether an answer is a refusal with this problem. */
export function isRefusedWith(answer: Answer | undefined, problem: string): boolean {
  return answer?.status === 409 && answer.text.includes(`"urn:relance:problem:${problem}"`);
}

/** Answers that are neither a success nor the refusal that is expected, each once. */
export function tellOthers(answers: readonly (Answer | undefined)[], expected: string): string[] {
  const others = answers.filter((answer) => (answer?.status ?? 0) >= 300 && !isRefusedWith(answer, expected));
  return [...new Set(others.map((answer) => `answered ${answer?.status} ${answer?.text}`))];
}
