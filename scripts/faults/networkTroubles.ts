/** Latency, resets and black holes between the product's processes and PostgreSQL, Temporal and the mail server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { type Customer, createCustomer } from './customer.ts';
import type { FaultStack } from './faultStack.ts';
import { LINKS, type Link, type Proxies, type Trouble } from './proxies.ts';
import { type Journal, live } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly late: readonly string[];
  readonly figures: readonly string[];
}

interface Fault {
  readonly links: readonly Link[];
  readonly trouble: Trouble;
  readonly ms: number;
  /** Nobody ends the connections, or answers what was swallowed. */
  readonly inSilence?: true;
}

/** Longer than every time limit of the product, so that calls fail and are tried again. */
const BLACK_HOLE_MS = 20_000;
const FULL: readonly Fault[] = LINKS.flatMap((link): Fault[] => [
  { links: [link], trouble: 'latency', ms: 10_000 },
  { links: [link], trouble: 'reset', ms: 10_000 },
  { links: [link], trouble: 'stall', ms: 15_000 },
  { links: [link], trouble: 'blackHole', ms: BLACK_HOLE_MS },
  ...(link === 'temporal'
    ? []
    : [{ links: [link], trouble: 'blackHole', ms: BLACK_HOLE_MS, inSilence: true } as const]),
]);
/** Without resets of PostgreSQL: they may leave a mail claimed for 25 seconds. */
const SHORT: readonly Fault[] = [
  { links: ['temporal', 'smtp'], trouble: 'reset', ms: 1_000 },
  { links: LINKS, trouble: 'blackHole', ms: 3_000 },
];

/** The longest until `/readyz` says what is. */
const READY_TRUE_WITHIN_MS = 5_000;
const RECOVERED_WITHIN_MS = 30_000;
/** Waited for, before it counts as never. */
const PATIENCE_MS = 90_000;

/** One fault after the other; each is over before the next. */
export async function troubleNetwork(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const proxies = await stack.throughProxies();
  const customer = await createCustomer(stack, journal, 'NETWORK');
  const wrong: string[] = [];
  const late: string[] = [];
  const figures: string[] = [];
  for (const fault of isShort ? SHORT : FULL) {
    const name = `${fault.links.join(', ')}: ${fault.trouble}${fault.inSilence ? ' in silence' : ''}`;
    try {
      const { noticedMs, readyMs, recoveredMs } = await suffer(stack, journal, { proxies, customer }, fault);
      figures.push(
        `${name}${noticedMs === undefined ? '' : `, noticed after ${say(noticedMs)}`}, ready after ${say(readyMs)}, recovered after ${say(recoveredMs)}`,
      );
      if ((noticedMs ?? 0) > READY_TRUE_WITHIN_MS) late.push(`${name}: /readyz noticed after ${say(noticedMs ?? 0)}`);
      if (readyMs > READY_TRUE_WITHIN_MS) late.push(`${name}: /readyz said ready after ${say(readyMs)}`);
      if (recoveredMs > RECOVERED_WITHIN_MS) late.push(`${name}: recovered after ${say(recoveredMs)}`);
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { wrong, late, figures };
}

interface Times {
  /** From the fault until `/readyz` said away; undefined where it is to go on saying ready. */
  readonly noticedMs: number | undefined;
  /** From the healing until `/readyz` said ready. */
  readonly readyMs: number;
  /** From the healing until a new life is asked its question, an answer by mail is told, and all mails of before have left. */
  readonly recoveredMs: number;
}

async function suffer(
  stack: FaultStack,
  journal: Journal,
  { proxies, customer }: { readonly proxies: Proxies; readonly customer: Customer },
  { links, trouble, ms, inSilence }: Fault,
): Promise<Times> {
  const asked = await customer.open();
  await customer.command(asked, 'ask', { text: 'Which version is it?' });
  const start = Date.now();
  for (const link of links) await proxies.trouble(link, trouble);
  const needs = trouble === 'latency' ? [] : links.filter((link) => link !== 'smtp');
  let noticedMs: number | undefined;
  try {
    if (needs.length > 0)
      noticedMs = await untilReadiness(stack, (states) => needs.every((need) => !states[need]), start);
    const isSteady = await staysReady(stack, needs, start + ms);
    if (!isSteady) throw new Error('/readyz said away, and it was not');
  } finally {
    for (const link of links) await (inSilence ? proxies.healInSilence(link) : proxies.heal(link));
  }
  const healed = Date.now();
  const probe = live(stack, journal);
  const readyMs = await untilReadiness(stack, ({ postgres, temporal }) => postgres && temporal, healed);
  // The customer's mail server tries again until it is taken.
  await until(() => customer.answerByMail(asked).then(() => true), { timeoutMs: PATIENCE_MS, everyMs: 500 });
  const { number } = await probe;
  const lives = { probe: number ?? '', answered: asked };
  await until(() => hasRecovered(stack, lives, healed), { timeoutMs: PATIENCE_MS, everyMs: 50 });
  const recoveredMs = Date.now() - healed;
  await customer.command(asked, 'close', { reason: 'withdrawn' });
  // A toxic that only lets pass what comes now is still there.
  for (const link of links) await proxies.heal(link);
  return { noticedMs, readyMs, recoveredMs };
}

type States = Readonly<Record<'postgres' | 'temporal', boolean>>;

async function readiness(stack: FaultStack): Promise<States> {
  const response = await fetch(`${stack.api}/readyz`, { signal: AbortSignal.timeout(10_000) });
  const { postgres, temporal } = (await response.json()) as { postgres: string; temporal: string };
  if (response.ok !== (postgres === 'ok' && temporal === 'ok')) throw new Error(`/readyz answered ${response.status}`);
  return { postgres: postgres === 'ok', temporal: temporal === 'ok' };
}

/** Milliseconds from `start` until it is so. */
async function untilReadiness(stack: FaultStack, isSo: (states: States) => boolean, start: number): Promise<number> {
  await until(async () => isSo(await readiness(stack)), { timeoutMs: PATIENCE_MS, everyMs: 100 });
  return Date.now() - start;
}

/** Whether what is not troubled was ready until then, each time it was asked. */
async function staysReady(stack: FaultStack, troubled: readonly Link[], end: number): Promise<boolean> {
  let isSteady = true;
  while (Date.now() < end) {
    const { postgres, temporal } = await readiness(stack);
    isSteady &&= (postgres || troubled.includes('postgres')) && (temporal || troubled.includes('temporal'));
    await sleep(250);
  }
  return isSteady;
}

async function hasRecovered(
  stack: FaultStack,
  { probe, answered }: { readonly probe: string; readonly answered: string },
  healed: number,
): Promise<boolean> {
  const { rows } = await stack.pool.query<{ asked: number; waiting: number; answers: number }>(
    `SELECT count(*) FILTER (WHERE number = $1 AND kind = 'question' AND status = 'accepted')::int AS asked,
            count(*) FILTER (WHERE status = 'waiting' AND created_at < $3)::int AS waiting,
            (SELECT count(*)::int FROM timeline WHERE number = $2 AND type = 'answered') AS answers
     FROM outbound_mails`,
    [probe, answered, new Date(healed)],
  );
  return rows[0]?.asked === 1 && rows[0].waiting === 0 && rows[0].answers === 1;
}

function say(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
