/** Callers of the API who repeat what was not answered, and a journal of what they were told. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTACT, CONTRACT, type FaultStack } from './faultStack.ts';

/** What a caller was told about one request: the number and the commands that a 2xx confirmed. */
export interface ToldLife {
  readonly subject: string;
  number?: string;
  readonly done: string[];
  /** How often it waits for an answer; once without it. Each time but the last it gets one. */
  readonly cycles?: number;
}

/** What all callers were told. Instants are epoch milliseconds. */
export interface Journal {
  readonly lives: ToldLife[];
  /** Answers by status; `0` is a connection that broke. */
  readonly answers: Map<number, number>;
  /** 503 without Retry-After. */
  bare503: number;
  /** Instants of accepted openings. */
  readonly openedAt: number[];
  /** Calls that nobody answered for good. */
  readonly givenUp: string[];
}

/** An empty one. */
export function createJournal(): Journal {
  return { lives: [], answers: new Map(), bare503: 0, openedAt: [], givenUp: [] };
}

/** A final answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 1_000;

/** Who calls, and where; asked anew for each attempt. */
export type Caller = Pick<FaultStack, 'api' | 'token'>;

/** One call with its key, sent once. Status 0: no answer. */
export async function callOnce(
  caller: Caller,
  journal: Journal,
  path: string,
  body: object,
  key: string,
): Promise<Answer & { readonly retryAfterMs: number }> {
  try {
    const response = await fetch(`${caller.api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    const retryAfter = response.headers.get('retry-after');
    count(journal, response.status);
    if (response.status === 503 && retryAfter === null) journal.bare503 += 1;
    return { status: response.status, text, retryAfterMs: Number(retryAfter ?? 0) * 1_000 };
  } catch {
    count(journal, 0);
    return { status: 0, text: '', retryAfterMs: 0 };
  }
}

function count(journal: Journal, status: number): void {
  journal.answers.set(status, (journal.answers.get(status) ?? 0) + 1);
}

/** Repeats a call with the same key until its answer is final; undefined after two minutes without one. */
export async function callUntilAnswered(
  caller: Caller,
  journal: Journal,
  path: string,
  body: object,
  key: string = randomUUID(),
): Promise<Answer | undefined> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const answer = await callOnce(caller, journal, path, body, key);
    const isRunning = answer.status === 409 && answer.text.includes('still-running');
    if (answer.status !== 0 && answer.status < 500 && !isRunning) return answer;
    await sleep(Math.min(LONGEST_PAUSE_MS, Math.max(200, answer.retryAfterMs)));
  }
  journal.givenUp.push(path);
  return undefined;
}

/** The body of an opening. */
export function openingOf(subject: string): object {
  return {
    contract: CONTRACT,
    contact: CONTACT,
    priority: 'blocking',
    subject,
    description: 'Every time',
    reproducible: true,
    attributableToProduct: true,
    channel: 'phone',
  };
}

/** Opens, acknowledges and asks; three reminders and the closing follow by themselves. */
export async function live(stack: FaultStack, journal: Journal): Promise<ToldLife> {
  const life: ToldLife = { subject: `Fault ${randomUUID()}`, done: [] };
  journal.lives.push(life);
  const opened = await callUntilAnswered(stack, journal, '/v1/requests', openingOf(life.subject));
  if (opened?.status !== 201) {
    if (opened) journal.givenUp.push(`open: ${opened.status} ${opened.text}`);
    return life;
  }
  journal.openedAt.push(Date.now());
  life.number = (JSON.parse(opened.text) as { number: string }).number;
  for (const [command, body] of [
    ['acknowledge', {}],
    ['ask', { text: 'Which version is it?' }],
  ] as const) {
    const answer = await callUntilAnswered(stack, journal, `/v1/requests/${life.number}/${command}`, body);
    if (answer && answer.status < 300) life.done.push(command);
    else if (answer) journal.givenUp.push(`${command}: ${answer.status} ${answer.text}`);
  }
  return life;
}

/** Starts lives at a rate until stopped; `stop` waits for the callers, not for the lives' ends. */
export function startTraffic(stack: FaultStack, journal: Journal, perSecond: number): { stop(): Promise<void> } {
  const callers: Promise<unknown>[] = [];
  const timer = setInterval(() => callers.push(live(stack, journal)), 1_000 / perSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(callers);
    },
  };
}
