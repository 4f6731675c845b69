/** Answers in the same instant as the third reminder, as the closing by silence, as a breach: one legal outcome each. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from '@temporalio/worker';
import type { RequestView } from '../../domain/view.ts';
import { createCorrespondent } from '../../mail/mailbox/answers.ts';
import { workflowBundle } from '../../test/support/requestWorld.ts';
import { until } from '../../test/support/until.ts';
import { getRequest, requestWorkflowId } from '../../workflows/messages.ts';
import { type FaultStack, loadContract } from './faultStack.ts';
import { judge, RIVALS, type Rival } from './raceOutcomes.ts';
import { callUntilAnswered, type Journal, openingOf } from './traffic.ts';

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

/** Reminders after 1, 2 and 3 seconds, an acknowledgement within 3: as the other lives of the stack. */
const CONTRACT = { contract: 'RACES', contact: 'races-contact', email: 'jo@customer.example' };
const ACKNOWLEDGED_WITHIN_MS = 3_000;
const REMINDERS_EVERY_MS = 1_000;
/** Answers are sent this long before the rival is due, to this long after. */
const EARLIEST_MS = -120;
const LATEST_MS = 60;
const PATIENCE = { timeoutMs: 60_000, everyMs: 50 };

/** Waves of races; then all their histories are replayed. */
export async function answerAtOnce(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  await loadContract(stack.pool, CONTRACT);
  const wrong: string[] = [];
  const orders = new Map<string, number>();
  for (let wave = 0; wave < (isShort ? 1 : 20); wave++) {
    const lives = isShort ? 12 : 30;
    await Promise.all(
      Array.from({ length: lives }, async (_, index) => {
        const race: Race = {
          rival: RIVALS[index % RIVALS.length] ?? 'closing',
          way: Math.floor(index / RIVALS.length) % 2 === 0 ? 'api' : 'mail',
          offsetMs: EARLIEST_MS + Math.round(((LATEST_MS - EARLIEST_MS) * (index + 0.5)) / lives),
        };
        const number = await run(stack, journal, race);
        const { order, problems } = await judge(stack.pool, number, race.rival);
        wrong.push(...problems);
        orders.set(order, (orders.get(order) ?? 0) + 1);
      }),
    );
  }
  const replayed = await replayAll(stack, wrong);
  if (!isShort) await compareAfterRestart(stack, wrong);
  return {
    wrong,
    figures: [...[...orders].sort().map(([order, times]) => `${order} ${times}`), `${replayed} replayed`],
  };
}

/** One life until staff closes it; its number. */
async function run(stack: FaultStack, journal: Journal, { rival, way, offsetMs }: Race): Promise<string> {
  const body = { ...openingOf(`Race ${randomUUID()}`), contract: CONTRACT.contract, contact: CONTRACT.contact };
  const { number } = JSON.parse(await call('', body)) as { number: string };
  const due = rival === 'breach' ? (await viewOf()).registeredAt + ACKNOWLEDGED_WITHIN_MS : await dueOfSilence(rival);
  await sleep(Math.max(0, due + offsetMs - Date.now()));
  if (way === 'api') await call(`/${number}/answer`, { text: 'Version 4.' });
  else await answerByMail(stack, number);
  await until(() => isQuiet(stack, number), PATIENCE);
  // A breach that the answer overtook is still to come.
  if (rival === 'breach') await until(async () => (await viewOf()).breached, PATIENCE);
  await call(`/${number}/close`, { reason: 'withdrawn' });
  await until(() => isQuiet(stack, number), PATIENCE);
  return number;

  async function dueOfSilence(what: 'reminder 3' | 'closing'): Promise<number> {
    await call(`/${number}/ask`, { text: 'Which version is it?' });
    const sent = what === 'closing' ? 3 : 2;
    await sleep(sent * REMINDERS_EVERY_MS);
    return await until(async () => {
      const { waiting } = await viewOf();
      if (waiting?.remindersSent !== sent) return undefined;
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

  async function call(path: string, payload: object): Promise<string> {
    const answer = await callUntilAnswered(stack, journal, `/v1/requests${path}`, payload);
    if (!answer || answer.status >= 300) throw new Error(`${path} of a race: ${answer?.status} ${answer?.text}`);
    return answer.text;
  }
}

async function answerByMail(stack: FaultStack, number: string): Promise<void> {
  const { rows } = await stack.pool.query<{ token: string }>(
    "SELECT token FROM outbound_mails WHERE number = $1 AND audience = 'customer' ORDER BY created_at LIMIT 1",
    [number],
  );
  const to = `sr+${rows[0]?.token}@support.example`;
  await createCorrespondent('127.0.0.1', stack.inboundPort).write({
    from: CONTRACT.email,
    to,
    subject: `Re: ${number}`,
    text: 'Version 4.',
  });
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
    [CONTRACT.contract],
  );
  const query = `ContractReference = '${CONTRACT.contract}' AND ExecutionStatus = 'Completed'`;
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
    [CONTRACT.contract],
  );
  for (const { number, view } of rows) {
    const again = await temporal.workflow.getHandle(requestWorkflowId(number)).query(getRequest);
    if (!isDeepStrictEqual(again, view)) wrong.push(`${number}: made again from its history, it is another`);
  }
}
