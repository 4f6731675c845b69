/** Gathers what callers were told, PostgreSQL, Temporal and the mail sink have, and has it compared. */
import { until } from '../../test/support/until.ts';
import { getRequest, requestWorkflowId } from '../../workflows/messages.ts';
import { CONTRACT, type FaultStack } from './faultStack.ts';
import { compare, type Findings, type StoredMail, type StoredRequest } from './findings.ts';
import type { Journal } from './traffic.ts';

type Row = Pick<StoredRequest, 'number' | 'subject' | 'version' | 'view'>;

/** Requests that are asked of Temporal at the same time. */
const AT_ONCE = 8;
/** The longest from a request's last save until its run has ended. */
const ENDED_WITHIN_MS = 30_000;

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
  const { rows } = await stack.pool.query<Row>(
    'SELECT number, subject, version, view FROM requests WHERE contract = $1 ORDER BY number',
    [CONTRACT],
  );
  const requests: StoredRequest[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    requests.push(...(await Promise.all(rows.slice(from, from + AT_ONCE).map((row) => withWorkflow(stack, row)))));
  }
  const { rows: mails } = await stack.pool.query<StoredMail>(
    `SELECT number, concat_ws(' ', kind, mail_order->>'step', mail_order->>'clock', mail_order->>'task') AS what,
            message_id AS id, outbound_mails.status FROM outbound_mails JOIN requests USING (number)
     WHERE contract = $1`,
    [CONTRACT],
  );
  const known = await knownMails(stack);
  return compare({
    told: journal.lives,
    givenUp: journal.givenUp,
    requests,
    mails,
    known,
    taken: stack.sink.taken,
  });
}

/** The last task of a run whose worker was killed is given to another one after ten seconds. */
async function finalStatus(read: () => Promise<string>): Promise<string> {
  let status = '';
  const ended = async () => {
    status = await read();
    return status !== 'RUNNING';
  };
  await until(ended, { timeoutMs: ENDED_WITHIN_MS, everyMs: 200 }).catch(() => undefined);
  return status;
}

/** Message-IDs of all that may have been sent; those of notices and of alerts are made of their keys. */
async function knownMails(stack: FaultStack): Promise<Set<string>> {
  const { rows: stored } = await stack.pool.query<{ id: string }>('SELECT message_id AS id FROM outbound_mails');
  const { rows: made } = await stack.pool.query<{ key: string }>(
    `SELECT 'notice:' || id AS key FROM notices
     UNION ALL SELECT id || ':freeMinutesEnd' FROM hotline_calls UNION ALL SELECT id || ':creditLacking' FROM hotline_calls`,
  );
  return new Set([...stored.map(({ id }) => id), ...made.map(({ key }) => stack.messageIdOf(key))]);
}

async function withWorkflow(stack: FaultStack, row: Row): Promise<StoredRequest> {
  const handle = stack.temporal.workflow.getHandle(requestWorkflowId(row.number));
  const [lines, saves, view, status] = await Promise.all([
    linesOf(stack, row.number),
    savesOf(stack, row.number),
    handle.query(getRequest),
    finalStatus(async () => (await handle.describe()).status.name),
  ]);
  return { ...row, lines, saves, workflow: { view, status } };
}

/** Types of a timeline in order, reminders with their step. */
export async function linesOf(stack: FaultStack, number: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ type: string; step: string | null }>(
    "SELECT type, facts->>'step' AS step FROM timeline WHERE number = $1 ORDER BY seq, line",
    [number],
  );
  return rows.map(({ type, step }) => (type === 'reminderSent' ? `${type} ${step}` : type));
}

async function savesOf(stack: FaultStack, number: string): Promise<number[]> {
  const { rows } = await stack.pool.query<{ version: number }>(
    `SELECT split_part(key, ':', 4)::int AS version FROM effects WHERE key LIKE $1 ORDER BY 1`,
    [`${requestWorkflowId(number)}:save:%`],
  );
  return rows.map(({ version }) => version);
}
