/** Calls whose API process is killed after their commit and before their answer, and which their callers repeat. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from 'pg';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import { type Answer, callOnce, callUntilAnswered, type Journal, openingOf, type ToldLife } from './traffic.ts';

/** What went wrong, and figures. */
interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

interface Call {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  /** How often the timeline is to have it. */
  readonly effect: { readonly type: string; readonly subject: string };
}

const REPEATS = 3;

/** One life whose three commands lose their API: `rounds` times. */
export async function loseAnswers(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const wrong: string[] = [];
  const waits: number[] = [];
  let kills = 0;
  let most = 0;
  const rounds = isShort ? 1 : 3;
  for (let round = 0; round < rounds; round++) {
    const life: ToldLife = { subject: `Fault ${randomUUID()}`, done: [] };
    journal.lives.push(life);
    const opened = await lose('/v1/requests', openingOf(life.subject), 'opened', life.subject, { subject: 'Another' });
    if (!opened) continue;
    life.number = (JSON.parse(opened.text) as { number: string }).number;
    // In the short form the opening is the one that loses its answer.
    for (const [command, type, body] of [
      ['acknowledge', 'acknowledged', {}],
      ['ask', 'asked', { text: 'Which version is it?' }],
    ] as const) {
      const path = `/v1/requests/${life.number}/${command}`;
      const answer = isShort
        ? await callUntilAnswered(stack, journal, path, body)
        : await lose(path, body, type, life.subject, command === 'ask' ? { text: 'Another question?' } : undefined);
      if (answer && answer.status < 300) life.done.push(command);
    }
  }
  return {
    wrong,
    figures: [
      `${kills} calls cut`,
      `answered at repeat ${most} at the latest, after ${(Math.max(...waits) / 1_000).toFixed(1)} s at most`,
    ],
  };

  async function lose(
    path: string,
    body: object,
    type: string,
    subject: string,
    otherBody?: object,
  ): Promise<Answer | undefined> {
    const call: Call = { path, body, key: randomUUID(), effect: { type, subject } };
    await cut(stack, journal, call);
    kills += 1;
    const start = Date.now();
    await stack.parts.api.start();
    const first = await repeatAtOfferedPace(call);
    waits.push(Date.now() - start);
    if (first.status >= 300) {
      wrong.push(`${path}: repeated ${REPEATS} times, answered ${first.status} ${first.text}`);
      return undefined;
    }
    const again = await callUntilAnswered(stack, journal, path, body, call.key);
    if (again?.status !== first.status || !isDeepStrictEqual(JSON.parse(again.text), JSON.parse(first.text))) {
      wrong.push(`${path}: once more, answered otherwise`);
    }
    const other = otherBody && (await callUntilAnswered(stack, journal, path, { ...body, ...otherBody }, call.key));
    if (other && !(other.status === 422 && other.text.includes('idempotency-key-reused'))) {
      wrong.push(`${path}: another body answered ${other.status}`);
    }
    const times = await timesInTimeline(stack, call);
    if (times !== 1) wrong.push(`${path}: ${times} effects`);
    return first;
  }

  /** As a client does that waits for as long as it is told and gives up after so many times. */
  async function repeatAtOfferedPace({ path, body, key }: Call): Promise<Answer> {
    for (let repeat = 1; ; repeat++) {
      const answer = await callOnce(stack, journal, path, body, key);
      most = Math.max(most, repeat);
      if (answer.status < 300 || repeat === REPEATS) return answer;
      await sleep(answer.retryAfterMs);
    }
  }
}

/** Holds the key's row, so that the answer cannot be noted; kills once the effect is committed. */
async function cut(stack: FaultStack, journal: Journal, call: Call): Promise<void> {
  const holder = await stack.pool.connect();
  try {
    const answer = callOnce(stack, journal, call.path, call.body, call.key);
    await holder.query('BEGIN');
    await until(() => hold(holder, call), { everyMs: 2 });
    await until(async () => (await timesInTimeline(stack, call)) > 0, { everyMs: 5 });
    await stack.parts.api.kill();
    // PostgreSQL would carry out for a dead client what waits for the lock.
    await until(async () => {
      await holder.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pg_blocking_pids(pid) @> ARRAY[pg_backend_pid()]`,
      );
      const { rowCount } = await holder.query(
        'SELECT FROM pg_stat_activity WHERE pg_blocking_pids(pid) @> ARRAY[pg_backend_pid()]',
      );
      return rowCount === 0;
    });
    const { status } = await answer;
    if (status !== 0) throw new Error(`${call.path} was answered ${status} before the kill`);
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

/** An opening notes its number first, under the same row; only then may it be held. */
async function hold(holder: PoolClient, { path, key }: Call): Promise<boolean> {
  const { rowCount } = await holder.query(
    `SELECT FROM idempotency_keys
     WHERE key = $1 AND status IS NULL AND running_until IS NOT NULL AND ($2 OR number IS NOT NULL) FOR UPDATE`,
    [key, path !== '/v1/requests'],
  );
  return rowCount === 1;
}

async function timesInTimeline(stack: FaultStack, { effect }: Call): Promise<number> {
  const { rowCount } = await stack.pool.query(
    'SELECT FROM timeline t JOIN requests r USING (number) WHERE r.subject = $1 AND t.type = $2',
    [effect.subject, effect.type],
  );
  return rowCount ?? 0;
}
