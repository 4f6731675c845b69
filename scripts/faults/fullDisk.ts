/** PostgreSQL without room: its disk full, its connections used up, and those of the API waiting for a lock. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import { type Journal, live } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly late?: readonly string[];
  readonly figures: readonly string[];
}

/** What one shortage came to. */
interface Shortage {
  readonly what: string;
  readonly refused: number;
  /** From its end until a request was opened; milliseconds. */
  readonly resumedMs: number;
}

/** Callers of a shortage: more than the API has connections. */
const CALLERS = { short: 12, full: 30 };
/** Longer than the API waits for a connection. */
const LOCKED_MS = 7_000;
const RESUMED_WITHIN_MS = 30_000;
/** Room for what is written before the disk is filled; KiB. */
const SPARE_KIB = 131_072;
/** Once there is room again; milliseconds. */
const STARTED_WITHIN_MS = 60_000;
/** Without an accepted connection for so long, a supervisor starts it anew; milliseconds. */
const STUCK_MS = 5_000;
/** A server that is stuck may leave a connection without an answer. */
const CONNECT_MS = 5_000;
/** More than PostgreSQL keeps for later. */
const MOST_SEGMENTS = 30;

/** One shortage after the other. Each call is refused with 503, or taken; nobody is answered 500. */
export async function refuseDatabase(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const callers: Promise<unknown>[] = [];
  const shortages: Shortage[] = [];
  const suffer = async (what: string, shortage: (come: () => void) => Promise<void>) => {
    shortages.push(await sufferShortage(stack, journal, callers, { what, shortage, isShort }));
  };
  await suffer('a lock held', (come) => lockRequests(stack, come));
  await suffer('connections used up', (come) => useUpConnections(stack, come, isShort ? 4_000 : 20_000));
  const remark = await onSmallDisk(stack, async (directory) => {
    await suffer('disk full', (come) => fillDisk(stack, directory, come, isShort));
    await Promise.all(callers);
  });
  await Promise.all(callers);
  return {
    wrong: shortages.filter(({ refused }) => refused === 0).map(({ what }) => `${what}: nobody was answered 503`),
    late: shortages
      .filter(({ resumedMs }) => resumedMs > RESUMED_WITHIN_MS)
      .map(({ what, resumedMs }) => `${what}: resumed after ${shown(resumedMs)}`),
    figures: [
      ...shortages.map(
        ({ what, refused, resumedMs }) => `${what}: ${refused} answers 503, resumed after ${shown(resumedMs)}`,
      ),
      ...remark,
    ],
  };
}

/** Callers come once `shortage` is there and says so; it is over when it returns. */
async function sufferShortage(
  stack: FaultStack,
  journal: Journal,
  callers: Promise<unknown>[],
  { what, shortage, isShort }: { what: string; shortage: (come: () => void) => Promise<void>; isShort: boolean },
): Promise<Shortage> {
  const before = journal.answers.get(503) ?? 0;
  await shortage(() => {
    const count = isShort ? CALLERS.short : CALLERS.full;
    callers.push(...Array.from({ length: count }, () => live(stack, journal)));
  });
  const over = Date.now();
  callers.push(live(stack, journal));
  await until(() => journal.openedAt.some((at) => at > over), { timeoutMs: 120_000, everyMs: 20 });
  const resumedMs = Math.min(...journal.openedAt.filter((at) => at > over)) - over;
  return { what, refused: (journal.answers.get(503) ?? 0) - before, resumedMs };
}

async function lockRequests(stack: FaultStack, come: () => void): Promise<void> {
  const holder = await connect(stack);
  await holder.query('BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE');
  come();
  await sleep(LOCKED_MS);
  await holder.query('ROLLBACK');
  await holder.end();
}

/** Takes every connection that the server has, those of the product too. */
async function useUpConnections(stack: FaultStack, come: () => void, milliseconds: number): Promise<void> {
  const held: pg.Client[] = [];
  let end = Number.POSITIVE_INFINITY;
  while (Date.now() < end) {
    const client = await connect(stack).catch(() => undefined);
    if (client) held.push(client);
    else await sleep(200);
    if (client) continue;
    // The server is full: whoever of the product still has a connection loses it.
    await held[0]
      ?.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'relance'")
      .catch(() => undefined);
    if (end < Number.POSITIVE_INFINITY) continue;
    end = Date.now() + milliseconds;
    come();
  }
  await Promise.all(held.map((client) => client.end().catch(() => undefined)));
}

async function connect({ pool }: FaultStack): Promise<pg.Client> {
  const connectionString = pool.options.connectionString ?? '';
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Fills the disk, has PostgreSQL want another segment of its log, which ends it, and makes room again. */
async function fillDisk(stack: FaultStack, directory: string, come: () => void, isShort: boolean): Promise<void> {
  const milliseconds = isShort ? 4_000 : 30_000;
  const ballast = join(directory, 'ballast');
  const end = Date.now() + milliseconds;
  fill(ballast);
  come();
  await sleep(milliseconds / 2);
  // Until here rows found no room. Without room for its log PostgreSQL ends all of its processes.
  if (!isShort) await useUpLog(stack);
  await sleep(Math.max(0, end - Date.now()));
  rmSync(ballast);
}

/** Goes from one segment of the log to the next until those that were kept are used up, and no other can be made. */
async function useUpLog({ pool }: FaultStack): Promise<void> {
  try {
    for (let segment = 0; segment < MOST_SEGMENTS; segment++) {
      await pool.query("SELECT pg_logical_emit_message(true, 'faults', 'x')");
      await pool.query('SELECT pg_switch_wal()');
    }
  } catch {
    // It has ended.
  }
}

function fill(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k'], { stdio: 'ignore' });
  } catch {
    // It ends when there is no room left.
  }
}

/**
 * Has PostgreSQL's files on a small disk in memory while `work` goes on, and starts PostgreSQL whenever it ends, as a
 * supervisor would. Says so when mounting is not allowed here, and does nothing.
 */
async function onSmallDisk(stack: FaultStack, work: (directory: string) => Promise<void>): Promise<string[]> {
  const { clusterDirectory: directory, parts } = stack;
  const copy = `${directory}.kept`;
  const size = Number(execFileSync('du', ['-sk', directory], { encoding: 'utf8' }).split('\t')[0]) + SPARE_KIB;
  await parts.postgres.kill();
  copyTo(directory, copy);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'relance-faults', directory], { stdio: 'pipe' });
  } catch {
    rmSync(copy, { recursive: true });
    await parts.postgres.start();
    return ['disk not filled: mounting one is not allowed here'];
  }
  const unmount = () => void execFileSync('umount', ['--lazy', directory]);
  stack.cleanups.add(unmount);
  copyTo(copy, directory);
  await parts.postgres.start();
  const supervising = supervise(stack);
  try {
    await work(directory);
  } finally {
    await supervising.stop();
    await parts.postgres.kill();
    copyTo(directory, copy);
    unmount();
    stack.cleanups.delete(unmount);
    copyTo(copy, directory);
    rmSync(copy, { recursive: true });
    await parts.postgres.start();
  }
  return [`PostgreSQL started ${supervising.starts()} times meanwhile`];
}

/** All that is in one directory and nothing else, with its owners. */
function copyTo(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(to)) rmSync(join(to, name), { recursive: true });
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

/** Starts PostgreSQL again whenever it has ended, until stopped; then it runs. */
function supervise(stack: FaultStack): { stop(): Promise<void>; starts(): number } {
  const { parts, deaths } = stack;
  let isStopping = false;
  let starts = 0;
  let acceptedAt = Date.now();
  let lastError: unknown;
  /** One whose recovery found no room does not end while clients go on calling (seen with PostgreSQL 18). */
  const isStuck = async () => {
    const client = await connect(stack).catch(() => undefined);
    await client?.end();
    if (client) acceptedAt = Date.now();
    return Date.now() - acceptedAt > STUCK_MS;
  };
  const supervising = (async () => {
    while (!isStopping || !parts.postgres.isRunning()) {
      if (!parts.postgres.isRunning()) {
        starts += 1;
        // While there is no room it ends at once, or is not ready.
        await parts.postgres.start().catch(async (error: unknown) => {
          lastError = error;
          await sleep(1_000);
        });
      } else if (await isStuck()) await parts.postgres.kill();
      await sleep(200);
    }
  })();
  return {
    async stop() {
      isStopping = true;
      const isLate = sleep(STARTED_WITHIN_MS, true, { ref: false });
      if (await Promise.race([supervising, isLate])) throw new Error('PostgreSQL does not start', { cause: lastError });
      // What this harm is meant to end.
      for (const death of deaths.filter((one) => one.startsWith('postgres '))) deaths.splice(deaths.indexOf(death), 1);
    },
    starts: () => starts,
  };
}

function shown(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
