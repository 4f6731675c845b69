/** Compares what callers were told, PostgreSQL, Temporal and the mail sink. */
import { isDeepStrictEqual } from 'node:util';
import type { RequestView } from '../../domain/view.ts';
import { until } from '../../test/support/until.ts';
import { getRequest, requestWorkflowId } from '../../workflows/messages.ts';
import { CONTRACT, type FaultStack } from './faultStack.ts';
import type { Journal, ToldLife } from './traffic.ts';

/** What was found; every line says the request and what is wrong. */
export interface Findings {
  readonly lives: number;
  readonly mails: number;
  /** Told or ordered, and not there. */
  readonly lost: readonly string[];
  /** There twice. */
  readonly double: readonly string[];
  /** PostgreSQL and Temporal, or PostgreSQL and the sink, say different things. */
  readonly different: readonly string[];
  /**
   * Mails that the sink took more than once under one Message-ID: a sender that is killed between the server's 250 and its
   * own note of it has to send again.
   */
  readonly copies: number;
}

interface Row {
  readonly number: string;
  readonly subject: string;
  readonly version: number;
  readonly status: string | null;
  readonly view: RequestView | null;
}

const LIFE = ['opened', 'acknowledged', 'asked', 'reminderSent 1', 'reminderSent 2', 'reminderSent 3', 'closed'];

/** Waits until every life is closed and every mail has left. @throws Error after `timeoutMs` with what is left */
export async function untilSettled(stack: FaultStack, timeoutMs: number): Promise<void> {
  let left = '';
  await until(
    async () => {
      const { rows } = await stack.pool.query<{ requests: number; mails: number }>(
        `SELECT (SELECT count(*)::int FROM requests WHERE contract = $1 AND status IS DISTINCT FROM 'closed') AS requests,
                (SELECT count(*)::int FROM outbound_mails WHERE outbound_mails.status = 'waiting') AS mails`,
        [CONTRACT],
      );
      left = JSON.stringify(rows[0]);
      return rows[0]?.requests === 0 && rows[0].mails === 0;
    },
    { timeoutMs, everyMs: 100 },
  ).catch((cause: unknown) => {
    throw new Error(`not settled within ${timeoutMs} ms: ${left} left`, { cause });
  });
}

/** To be called once settled. */
export async function reconcile(stack: FaultStack, journal: Journal): Promise<Findings> {
  const lost: string[] = [...journal.givenUp];
  const double: string[] = [];
  const different: string[] = [];
  const { rows } = await stack.pool.query<Row>(
    'SELECT number, subject, version, status, view FROM requests WHERE contract = $1',
    [CONTRACT],
  );
  for (const life of journal.lives) {
    const mine = rows.filter(({ subject }) => subject === life.subject);
    if (life.number !== undefined && !mine.some(({ number }) => number === life.number))
      lost.push(`${life.number}: row`);
    if (mine.length > 1) double.push(`${mine.map(({ number }) => number).join(' and ')}: opened by one call`);
  }
  const told = new Map(journal.lives.map((life) => [life.subject, life]));
  for (const row of rows) await compareRequest(row, told.get(row.subject));
  const mails = await compareMails();
  return { lives: rows.length, mails, lost, double, different, copies: copiesIn(stack.sink.taken) };

  async function compareRequest(row: Row, life: ToldLife | undefined): Promise<void> {
    const { number } = row;
    if (!life) double.push(`${number}: nobody asked for it`);
    const lines = await linesOf(number);
    for (const line of LIFE) {
      const times = lines.filter((one) => one === line).length;
      if (times === 0) lost.push(`${number}: ${line}`);
      if (times > 1) double.push(`${number}: ${line}, ${times} times`);
    }
    const saves = await savesOf(number);
    if (
      !isDeepStrictEqual(
        saves,
        Array.from({ length: row.version }, (_, index) => index + 1),
      )
    ) {
      lost.push(`${number}: saves ${saves.join(',')} of ${row.version}`);
    }
    const handle = stack.temporal.workflow.getHandle(requestWorkflowId(number));
    const [view, { status }] = await Promise.all([handle.query(getRequest), handle.describe()]);
    if (!isDeepStrictEqual(view, row.view)) different.push(`${number}: the workflow's view`);
    if (status.name !== 'COMPLETED') different.push(`${number}: closed, and its workflow is ${status.name}`);
  }

  async function linesOf(number: string): Promise<string[]> {
    const { rows: lines } = await stack.pool.query<{ type: string; step: string | null }>(
      "SELECT type, facts->>'step' AS step FROM timeline WHERE number = $1",
      [number],
    );
    return lines.map(({ type, step }) => (type === 'reminderSent' ? `${type} ${step}` : type));
  }

  async function savesOf(number: string): Promise<number[]> {
    const { rows: saves } = await stack.pool.query<{ version: number }>(
      `SELECT split_part(key, ':', 4)::int AS version FROM effects WHERE key LIKE $1 ORDER BY 1`,
      [`${requestWorkflowId(number)}:save:%`],
    );
    return saves.map(({ version }) => version);
  }

  async function compareMails(): Promise<number> {
    const { rows: sent } = await stack.pool.query<{ number: string; what: string; id: string; status: string }>(
      `SELECT number, concat_ws(' ', kind, mail_order->>'step', mail_order->>'clock', mail_order->>'task') AS what,
              message_id AS id, outbound_mails.status FROM outbound_mails JOIN requests USING (number)
       WHERE contract = $1`,
      [CONTRACT],
    );
    const seen = new Set<string>();
    for (const { number, what, id, status } of sent) {
      if (seen.has(`${number} ${what}`)) double.push(`${number}: mail ${what}`);
      seen.add(`${number} ${what}`);
      if (status === 'accepted' && !stack.sink.taken.has(id)) lost.push(`${number}: mail ${what} is not in the sink`);
      if (status === 'waiting') lost.push(`${number}: mail ${what} never left`);
      if (status === 'refused' || status === 'superseded') different.push(`${number}: mail ${what} is ${status}`);
    }
    const { rows: all } = await stack.pool.query<{ id: string }>('SELECT message_id AS id FROM outbound_mails');
    const known = new Set(all.map(({ id }) => id));
    for (const id of stack.sink.taken.keys()) if (!known.has(id)) different.push(`the sink has an unknown mail ${id}`);
    return sent.length;
  }
}

function copiesIn(taken: ReadonlyMap<string, number>): number {
  return [...taken.values()].reduce((sum, times) => sum + times - 1, 0);
}
