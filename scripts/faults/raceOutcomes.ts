/** What may come of an answer that meets a reminder, the closing or a breach in one instant; nothing else may. */
import type { Pool } from 'pg';

/** What an answer meets. */
export const RIVALS = ['reminder 3', 'closing', 'breach'] as const;
export type Rival = (typeof RIVALS)[number];

interface Line {
  readonly what: string;
  readonly at: Date;
  readonly due: number | null;
}

interface Mail {
  readonly what: string;
  readonly status: string;
  readonly endedAt: Date | null;
}

/** The lines that matter, in the order in which they were decided, until staff closes; and the order's name. */
const LEGAL: Readonly<Record<Rival, Readonly<Record<string, string>>>> = {
  'reminder 3': {
    'answered, closed withdrawn': 'answer before reminder 3',
    'reminderSent 3, answered, closed withdrawn': 'reminder 3 before answer',
    'answered, reminderSent 3, closed withdrawn': 'answer crossed reminder 3',
    // Handed over before, and the news of that came last.
    'answered, closed withdrawn, reminderSent 3': 'answer crossed reminder 3',
  },
  closing: {
    'reminderSent 3, answered, closed withdrawn': 'answer before closing',
    'reminderSent 3, closed noAnswer, answered, reopened, closed withdrawn': 'closing before answer',
  },
  breach: {
    'answered, clockBreached acknowledgement, closed withdrawn': 'answer before breach',
    'clockBreached acknowledgement, answered, closed withdrawn': 'breach before answer',
  },
};

/** Longest that handing over a mail takes which was looked through before the answer came. */
const CROSSING_MS = 2_000;

/** Looks at one life that is over. */
export async function judge(
  pool: Pool,
  number: string,
  rival: Rival,
): Promise<{ readonly order: string; readonly problems: readonly string[] }> {
  const lines = await linesOf(pool, number);
  const mails = await mailsOf(pool, number);
  // On a machine that does much else a request may be breached before it is asked: that is another matter.
  const isOfRace = ({ what }: Line) => rival === 'breach' || !what.startsWith('clockBreached');
  const told = lines
    .filter(isOfRace)
    .map(({ what }) => what)
    .join(', ');
  // An answer that came too late for the reminder met the closing.
  const order = LEGAL[rival][told] ?? (rival === 'reminder 3' ? LEGAL.closing[told] : undefined);
  if (order === undefined) return { order: `illegal (${rival})`, problems: [`${number}, ${rival}: ${told}`] };
  return { order, problems: problemsOf(lines, mails).map((problem) => `${number}, ${order}: ${problem}`) };
}

function problemsOf(lines: readonly Line[], mails: readonly Mail[]): string[] {
  const problems: string[] = [];
  const answeredAt = lines.find(({ what }) => what === 'answered')?.at.getTime() ?? Number.NaN;
  const isThere = (what: string) => lines.some((line) => line.what === what);
  const count = (what: string, ...statuses: string[]) =>
    mails.filter((mail) => mail.what === what && (statuses.length === 0 || statuses.includes(mail.status))).length;

  if (count('reminder 3', 'accepted') !== Number(isThere('reminderSent 3'))) {
    problems.push('reminder 3 left and is not told, or is told and did not leave');
  }
  for (const { what, status, endedAt } of mails) {
    const isReminder = what.startsWith('reminder') && status === 'accepted';
    if (isReminder && (endedAt?.getTime() ?? 0) > answeredAt + CROSSING_MS) problems.push(`${what} after the answer`);
  }
  if (count('closing noAnswer') !== Number(isThere('closed noAnswer'))) {
    problems.push('the closing by silence and its mail do not agree');
  }
  for (const { what, at, due } of lines) {
    if (what.startsWith('clockBreached') && at.getTime() !== due)
      problems.push(`${what} is not told at its due instant`);
  }
  if (count('breach acknowledgement') !== Number(isThere('clockBreached acknowledgement'))) {
    problems.push('a breach and its alert do not agree');
  }
  return problems;
}

async function linesOf(pool: Pool, number: string): Promise<Line[]> {
  const { rows } = await pool.query<Line>(
    `SELECT concat_ws(' ', type, facts->>'clock', facts->>'step', facts->>'reason') AS what, at,
            (facts->>'dueAt')::float8 AS due
     FROM timeline
     WHERE number = $1 AND (type IN ('answered', 'closed', 'reopened')
       OR type = 'reminderSent' AND facts->>'step' = '3'
       OR type = 'clockBreached' AND facts->>'clock' = 'acknowledgement')
     ORDER BY seq, line`,
    [number],
  );
  return rows;
}

async function mailsOf(pool: Pool, number: string): Promise<Mail[]> {
  const { rows } = await pool.query<Mail>(
    `SELECT concat_ws(' ', kind, mail_order->>'clock', mail_order->>'step', mail_order->>'reason') AS what, status,
            ended_at AS "endedAt"
     FROM outbound_mails WHERE number = $1`,
    [number],
  );
  return rows;
}
