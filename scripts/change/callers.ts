/** Callers of the API while workers are replaced: they repeat what was not answered, and keep what each call took. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where calls go, and by whom. */
export interface Door {
  readonly api: string;
  readonly token: string;
}

/** What callers were told. */
export interface Told {
  /** How long each accepted call took, its repetitions included; milliseconds, by the phase in which it began. */
  readonly took: Map<string, number[]>;
  /** Answers that were repeated: 503, a broken connection, a first call still running. */
  repeated: number;
  /** Calls that nobody accepted, with the answer. */
  readonly refused: string[];
  phase: string;
}

/** Nothing yet. */
export function nothingTold(phase: string): Told {
  return { took: new Map(), repeated: 0, refused: [], phase };
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = 300;

/** Calls until it is accepted; the body of the answer, or undefined when it is refused or nobody answers for a minute. */
async function callUntilAccepted(door: Door, told: Told, path: string, body: object): Promise<unknown> {
  const { phase } = told;
  const key = randomUUID();
  const started = Date.now();
  for (;;) {
    const { status, text } = await callOnce(door, path, body, key);
    if (status >= 200 && status < 300) {
      told.took.set(phase, [...(told.took.get(phase) ?? []), Date.now() - started]);
      return JSON.parse(text) as unknown;
    }
    const mayHeal = status === 0 || status === 503 || (status === 409 && text.includes('still-running'));
    if (!mayHeal || Date.now() - started > PATIENCE_MS) {
      told.refused.push(`${path}: ${status} ${text.slice(0, 200)}`);
      return undefined;
    }
    told.repeated += 1;
    await sleep(PAUSE_MS);
  }
}

async function callOnce({ api, token }: Door, path: string, body: object, key: string) {
  try {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

/** A contract, and who of it calls. */
export interface Customer {
  readonly contract: string;
  readonly contact: string;
}

/** Opens a request; its number, or undefined when that was refused. */
export async function openRequest(door: Door, told: Told, customer: Customer): Promise<string | undefined> {
  const body = { ...customer, subject: 'Changed', description: 'Every time.', priority: 'blocking', channel: 'phone' };
  const facts = { reproducible: true, attributableToProduct: true };
  const opened = await callUntilAccepted(door, told, '/v1/requests', { ...body, ...facts });
  return (opened as { number: string } | undefined)?.number;
}

/** A command of a request; whether it was accepted. */
export async function command(door: Door, told: Told, number: string, name: string, body: object = {}) {
  return (await callUntilAccepted(door, told, `/v1/requests/${number}/${name}`, body)) !== undefined;
}

/** Does `work` for each, `atOnce` at a time. */
export async function forEach<T>(all: readonly T[], atOnce: number, work: (one: T, index: number) => Promise<unknown>) {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < all.length; index = next++) await work(all[index] as T, index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Traffic that goes on until it is stopped. */
export interface Traffic {
  /** Numbers of the short lives: opened, acknowledged, asked; the reminders and the closing follow by themselves. */
  readonly lives: readonly string[];
  /** Returns when the last caller has its answer. */
  stop(): Promise<void>;
}

/** Each second `perSecond` times a short life of `customer` begins, and a note is written on one of `open`. */
export function startTraffic(
  door: Door,
  told: Told,
  options: { readonly customer: Customer; readonly open: readonly string[]; readonly perSecond: number },
): Traffic {
  const { customer, open, perSecond } = options;
  const callers: Promise<unknown>[] = [];
  const lives: string[] = [];
  const live = async () => {
    const number = await openRequest(door, told, customer);
    if (number === undefined) return;
    lives.push(number);
    await command(door, told, number, 'acknowledge');
    await command(door, told, number, 'ask', { text: 'Which version is it?' });
  };
  const note = async () => {
    const number = open[Math.floor(Math.random() * open.length)];
    if (number !== undefined) await command(door, told, number, 'note', { text: 'Still looking.' });
  };
  const timer = setInterval(() => callers.push(live(), note()), 1_000 / perSecond);
  return {
    lives,
    async stop() {
      clearInterval(timer);
      await Promise.all(callers);
    },
  };
}
