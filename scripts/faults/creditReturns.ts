/** What was spent comes back, each asked for twice at once under two keys: debits are corrected, approved work is withdrawn. */
import { until } from '../../test/support/until.ts';
import type { Spent } from './creditDebits.ts';
import { linesOfContract, unitsLeft } from './creditEvidence.ts';
import {
  DONE_WITHIN_MS,
  debitedOf,
  isRefusedWith,
  type KillTimes,
  type Round,
  startAll,
  tellOthers,
  UNITS,
} from './creditRound.ts';
import { chanceOf, shuffled } from './kills.ts';
import { UNIT } from './prepaid.ts';
import { type Answer, callUntilAnswered } from './traffic.ts';

/** What became of them. */
export interface Returned {
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly told: string;
}

interface Asked {
  /** The debit that is corrected, or the intervention that is withdrawn. */
  readonly what: string;
  readonly answer: Answer | undefined;
}

/** Corrections and withdrawals under kills; what was owed takes its units as they come back. */
export async function giveBack(round: Round, { debits, owed }: Spent, times: KillTimes): Promise<Returned> {
  const { stack, journal, callers, contract, seed, approved } = round;
  let answered = 0;
  const ask = async (what: string, path: string, body: object): Promise<Asked> => {
    const answer = await callUntilAnswered(callers.supervisor, journal, path, body);
    answered += 1;
    return { what, answer };
  };
  const undo = (corrects: string) => () =>
    ask(corrects, `/v1/contracts/${contract}/corrections`, {
      ...{ corrects, right: [{ unit: UNIT.hotline, units: 0 }], reason: 'entered in error' },
    });
  const withdraw = (path: string) => () => ask(path, `${path}/withdraw`, { text: 'We cannot do it.' });
  const undone = debits.map(({ operation }) => undo(operation));
  const withdrawn = approved.map(withdraw);
  const twice = shuffled([...undone, ...undone, ...withdrawn, ...withdrawn], chanceOf(seed, 'order'));
  const share = () => answered / twice.length;
  const kills = startAll(round, 'returns', times, { byApis: share, byWorkers: share });
  const asked = await Promise.all(twice.map((one) => one()));
  const killed = await kills.stop();
  await until(
    async () => (await debitedOf(round, owed)).size === owed.length && (await unitsLeft(stack, contract)).pending === 0,
    { timeoutMs: DONE_WITHIN_MS, everyMs: 100 },
  );
  const corrections = asked.filter(({ what }) => !approved.includes(what));
  const withdrawals = asked.filter(({ what }) => approved.includes(what));
  const lines = await linesOfContract(stack, contract);
  const entered = (kind: string) => lines.filter((line) => line.kind === kind);
  const corrected = new Set(entered('correct').map(({ corrects }) => corrects));
  const { available } = await unitsLeft(stack, contract);
  const all = UNITS + approved.length - owed.length;
  return {
    wrong: [
      ...judgeHalf('corrections', corrections, 'conflict'),
      ...judgeHalf('withdrawals', withdrawals, 'invalid-transition'),
      ...(entered('correct').length === UNITS && corrected.size === UNITS
        ? []
        : [`${entered('correct').length} corrections of ${corrected.size} debits`]),
      ...(entered('release').length === approved.length ? [] : [`${entered('release').length} releases`]),
      ...(available === all ? [] : [`${available} units available, not ${all}`]),
    ],
    kills: killed,
    told: `${succeeded(corrections).length} of ${corrections.length} corrections and ${succeeded(withdrawals).length} of ${withdrawals.length} withdrawals`,
  };
}

function succeeded(asked: readonly Asked[]): string[] {
  return asked.filter(({ answer }) => answer && answer.status < 300).map(({ what }) => what);
}

/** Of each two exactly one succeeded, and the other was refused. */
function judgeHalf(what: string, asked: readonly Asked[], problem: string): string[] {
  const once = new Set(succeeded(asked));
  const half = asked.length / 2;
  const refused = asked.filter(({ answer }) => isRefusedWith(answer, problem)).length;
  const others = tellOthers(
    asked.map(({ answer }) => answer),
    problem,
  );
  const isHalf = once.size === half && succeeded(asked).length === half && refused === half;
  return isHalf ? [] : [`of ${asked.length} ${what} ${once.size} succeeded, ${refused} were refused`, ...others];
}
