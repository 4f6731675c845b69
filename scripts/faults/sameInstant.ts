/** Answers in the same instant as the third reminder, as the closing by silence, as a breach: one legal outcome each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from '@temporalio/worker';
import type { RequestView } from '../../domain/view.ts';
import { workflowBundle } from '../../test/support/requestWorld.ts';
import { until } from '../../test/support/until.ts';
import { getRequest, requestWorkflowId } from '../../workflows/messages.ts';
import { type Customer, createCustomer } from './customer.ts';
import type { FaultStack } from './faultStack.ts';
import { judge, RIVALS, type Rival } from './raceOutcomes.ts';
import type { Journal } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** One answer, and what it is to meet. */
interface Race {
  readonly rival: Rival;
  readonly way: 'api' | 'mail';
  /** From the rival's due instant until the answer is sent, milliseconds; it takes some more to arrive. */
  readonly offsetMs: number;
}

const CONTRACT = 'RACES';
const ACKNOWLEDGED_WITHIN_MS = 3_000;
const REMINDERS_EVERY_MS = 1_000;
const EARLY_LOOK_MS = 200;
/** When answers are sent, from the rival's due instant on: a call takes a while, and a reminder is ordered a while after. */
const WINDOWS: Readonly<Record<Rival, readonly [earliestMs: number, latestMs: number]>> = {
  'reminder 3': [-200, 600],
  closing: [-200, 600],
  breach: [-700, 100],
};
const AT_ONCE = 12;
/** For so long one wave follows the other. */
const FULL_MS = 150_000;
const PATIENCE = { timeoutMs: 60_000, everyMs: 50 };

/** Waves of races; then all their histories are replayed. */
export async function answerAtOnce(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const customer = await createCustomer(stack, journal, CONTRACT);
  const wrong: string[] = [];
  const orders = new Map<string, number>();
  const end = Date.now() + (isShort ? 0 : FULL_MS);
  do {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const rival = RIVALS[index % RIVALS.length] ?? 'closing';
        const [earliest, latest] = WINDOWS[rival];
        const way = Math.floor(index / RIVALS.length) % 2 === 0 ? 'api' : 'mail';
        const offsetMs = earliest + Math.round(((latest - earliest) * (index + Math.random())) / AT_ONCE);
        const race: Race = { rival, way, offsetMs };
        const number = await run(stack, customer, race);
        const { order, problems } = await judge(stack.pool, number, race.rival);
        wrong.push(...problems);
        orders.set(order, (orders.get(order) ?? 0) + 1);
      }),
    );
  } while (Date.now() < end);
  const replayed = await replayAll(stack, wrong);
  if (!isShort) await compareAfterRestart(stack, wrong);
  return {
    wrong,
    figures: [...[...orders].sort().map(([order, times]) => `${order} ${times}`), `${replayed} replayed`],
  };
}

/** One life until staff closes it; its number. */
async function run(stack: FaultStack, customer: Customer, { rival, way, offsetMs }: Race): Promise<string> {
  const number = await customer.open();
  const due = rival === 'breach' ? (await viewOf()).registeredAt + ACKNOWLEDGED_WITHIN_MS : await dueOfSilence(rival);
  await sleep(Math.max(0, due + offsetMs - Date.now()));
  if (way === 'api') await customer.command(number, 'answer', { text: 'Version 4.' });
  else await customer.answerByMail(number);
  await until(() => isQuiet(stack, number), PATIENCE);
  // A breach that the answer overtook is still to come.
  if (rival === 'breach') await until(async () => (await viewOf()).breached, PATIENCE);
  await customer.command(number, 'close', { reason: 'withdrawn' });
  // Its run ends when every effect is done and told.
  const run = stack.temporal.workflow.getHandle(requestWorkflowId(number));
  await until(async () => (await run.describe()).status.name === 'COMPLETED', PATIENCE);
  return number;

  async function dueOfSilence(what: 'reminder 3' | 'closing'): Promise<number> {
    await customer.command(number, 'ask', { text: 'Which version is it?' });
    const sent = what === 'closing' ? 3 : 2;
    await sleep(sent * REMINDERS_EVERY_MS - EARLY_LOOK_MS);
    return await until(async () => {
      const { waiting } = await viewOf();
      // On a machine that does much else the moment may have passed unseen: then the answer comes late.
      if (!waiting || waiting.remindersSent > sent) return Date.now();
      if (waiting.remindersSent < sent) return undefined;
      return what === 'closing' ? waiting.closesAt : waiting.nextReminder?.at;
    }, PATIENCE);
  }

  async function viewOf(): Promise<RequestView> {
    const { rows } = await stack.pool.query<{ view: RequestView }>('SELECT view FROM requests WHERE number = $1', [
      number,
    ]);
    if (!rows[0]) throw new Error(`${number} is not there`);
    return rows[0].view;
  }
}

/** Whether the answer is on the timeline, and no mail is under way. */
async function isQuiet({ pool }: FaultStack, number: string): Promise<boolean> {
  const { rows } = await pool.query<{ answered: boolean; waiting: boolean }>(
    `SELECT EXISTS (SELECT FROM timeline WHERE number = $1 AND type = 'answered') AS answered,
            EXISTS (SELECT FROM outbound_mails WHERE number = $1 AND status = 'waiting') AS waiting`,
    [number],
  );
  return rows[0]?.answered === true && !rows[0].waiting;
}

/** Every run of every race, on the code of today; how many there were. */
async function replayAll({ temporal, pool }: FaultStack, wrong: string[]): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM requests WHERE contract = $1',
    [CONTRACT],
  );
  const query = `ContractReference = '${CONTRACT}' AND ExecutionStatus = 'Completed'`;
  await until(async () => (await temporal.workflow.count(query)).count >= (rows[0]?.count ?? 0), PATIENCE);
  const options = { workflowBundle: await workflowBundle() };
  let replayed = 0;
  for await (const result of Worker.runReplayHistories(options, temporal.workflow.list({ query }).intoHistories())) {
    replayed += 1;
    if (result.error) wrong.push(`${result.workflowId} replays otherwise: ${result.error.message}`);
  }
  return replayed;
}

/** Workers that have forgotten everything make each request again from its history: as it was saved. */
async function compareAfterRestart({ parts, pool, temporal }: FaultStack, wrong: string[]): Promise<void> {
  for (const worker of [parts.worker1, parts.worker2]) {
    await worker.kill();
    await worker.start();
  }
  const { rows } = await pool.query<{ number: string; view: RequestView }>(
    'SELECT number, view FROM requests WHERE contract = $1',
    [CONTRACT],
  );
  for (const { number, view } of rows) {
    const again = await temporal.workflow.getHandle(requestWorkflowId(number)).query(getRequest);
    if (!isDeepStrictEqual(again, view)) wrong.push(`${number}: made again from its history, it is another`);
  }
}
