/** Thousands of requests whose reminder is due in the same minute, that of the opening; and what others feel of it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import type { Pool } from 'pg';
import { createTemporalClient } from '../client/connection.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { anomalyTerms, SUPPORT_CALENDAR } from '../contracts/templates/anomalySupport.ts';
import { type ContractTerms, parseTerms } from '../contracts/terms.ts';
import { storeContact, storeContract, storeTerms } from '../db/contracts.ts';
import { registerRequest } from '../db/requests.ts';
import { storeText } from '../db/texts.ts';
import { claimDirectory } from '../scripts/stack/leftBehind.ts';
import { dataDirectory, ROOT } from '../scripts/stack/places.ts';
import { createProcesses, type Processes } from '../scripts/stack/processes.ts';
import { type Api, startApi, timed } from './api.ts';
import { register } from './lives.ts';
import type { BenchOptions, Figure } from './report.ts';
import { quantile } from './report.ts';
import { type Servers, startServers } from './servers.ts';
import { AGENT } from './terms.ts';

const REQUESTS = 3_000;
/** Others, that are noted on before and meanwhile. */
const OTHERS = 50;
const AT_ONCE = 8;
/** Requests that say how long all will take to prepare. */
const TRIAL = 60;
const MINUTE_MS = 60_000;
/** Beside half as much time again as the trial foretells. */
const SLACK_MS = 15_000;
/** A note each; and as long before as this. */
const NOTE_EVERY_MS = 200;
const BEFORE_MS = 20_000;
/** Connections of the one who sends as fast as the sink takes it. */
const CONNECTIONS = 10;
/** For what is prepared: a machine that is busy may take its time. */
const PATIENCE_MS = 120_000;
const HERD = 'HERD';
const HERD_CONTACT = 'herd-contact';

/** One worker process, as it is configured by default; API and callers in this one. */
export async function herd({ count = REQUESTS }: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  const servers = await startServers(report);
  const namespace = await servers.namespace('bench-herd');
  const processes = await startWorkerProcess(servers, namespace, report);
  const client = createTemporalClient({ address: servers.temporal, namespace });
  const api = await startApi(servers, client);
  const door = createRequestDoor({ client, pool: servers.pool, patienceMs: PATIENCE_MS });
  try {
    const others: string[] = [];
    await timed(OTHERS, AT_ONCE, async () => {
      const number = await register(servers);
      await door.open(number);
      others.push(number);
    });
    const opening = await prepare(servers, door, count, report);
    const raw = await rawSpeed(servers, count);
    const noted = await noteUntil(api, others, Date.now() + BEFORE_MS, async () => false);
    if (Date.now() > opening) throw new Error('the opening came before all was ready: run it again');
    report(`waiting ${Math.round((opening - Date.now()) / 1_000)} s for the opening`);
    await sleep(opening - Date.now());
    const notedMeanwhile = await noteUntil(api, others, Number.POSITIVE_INFINITY, async () => {
      const left = await remindersLeft(servers.pool);
      if (left.count % 500 < 10) report(`${left.count} reminders have left`);
      return left.count === count;
    });
    const { last, median } = await remindersLeft(servers.pool);
    const seconds = (last - opening) / 1_000;
    const quick = (share: number) => quantile(notedMeanwhile, share) / quantile(noted, share);
    return [
      { what: `${count} reminders due in one minute: the last has left after`, value: seconds, unit: 's' },
      { what: 'half of them have left after', value: (median - opening) / 1_000, unit: 's' },
      { what: 'reminders that left', value: count / seconds, unit: 'per s' },
      { what: 'the same mails given to the sink directly', value: raw, unit: 'per s' },
      { what: 'share of the sink’s own speed', value: count / seconds / raw, unit: '' },
      { what: `a note on another request before: p50, ${noted.length} notes`, value: quantile(noted, 0.5), unit: 'ms' },
      { what: 'the same: p99', value: quantile(noted, 0.99), unit: 'ms' },
      { what: `meanwhile: p50, ${notedMeanwhile.length} notes`, value: quantile(notedMeanwhile, 0.5), unit: 'ms' },
      { what: 'meanwhile: p99', value: quantile(notedMeanwhile, 0.99), unit: 'ms' },
      { what: 'meanwhile beside before: p50', value: quick(0.5), unit: 'times' },
      { what: 'meanwhile beside before: p99', value: quick(0.99), unit: 'times' },
    ];
  } finally {
    api.close();
    await processes.stopAll();
    await servers.stop();
  }
}

/** Asks the customer of so many requests; when the office opens, all are due a second later. @returns the due instant */
async function prepare(
  { pool }: Servers,
  door: ReturnType<typeof createRequestDoor>,
  count: number,
  report: (message: string) => void,
): Promise<number> {
  await storeContract(pool, { reference: HERD, terms: herdTerms(Date.now() + 60 * MINUTE_MS) });
  const contact = { id: HERD_CONTACT, contract: HERD, name: 'Herd', email: 'herd@customer.test' };
  await storeContact(pool, { ...contact, language: 'fr', trained: true });
  // Version 1 opens in an hour: those of the trial are not of the herd.
  await storeTerms(pool, HERD, 1, '2026-01-01', herdTerms(Date.now() + 60 * MINUTE_MS));
  const begun = performance.now();
  await timed(TRIAL, AT_ONCE, () => ask(pool, door, 1));
  const each = (performance.now() - begun) / TRIAL;
  const ready = Date.now() + each * count * 1.5 + BEFORE_MS + SLACK_MS;
  const opensAt = Math.ceil(ready / MINUTE_MS) * MINUTE_MS;
  report(`${count} requests, asked by ${new Date(opensAt).toISOString()}, when the office opens`);
  await storeTerms(pool, HERD, 2, '2026-01-02', herdTerms(opensAt));
  let asked = 0;
  await timed(count, AT_ONCE, async () => {
    await ask(pool, door, 2);
    asked += 1;
    if (asked % 500 === 0) report(`${asked} asked`);
  });
  while ((await waiting(pool)) > 0) await sleep(200);
  return opensAt + 1_000;
}

async function ask(pool: Pool, door: ReturnType<typeof createRequestDoor>, termsVersion: number): Promise<void> {
  const by = { who: `staff:${AGENT}`, channel: 'api' } as const;
  const number = await registerRequest(pool, {
    ...{ contract: HERD, zone: 'Europe/Paris', termsVersion, contact: HERD_CONTACT, language: 'fr', ...by },
    ...{ priority: 'blocking', subject: 'Herd', description: 'Herd.' },
  });
  await door.open(number);
  const text = randomUUID();
  await storeText(pool, { id: text, number, body: 'What do you see?', author: by.who });
  await door.command(number, 'ask', { ...by, commandId: randomUUID(), text });
}

/** Family D on a calendar that opens once, at that minute; in a zone where it is about noon, so that the day is the same. */
function herdTerms(opensAt: number): ContractTerms {
  const at = new Date(opensAt);
  const offset = 12 - at.getUTCHours();
  const local = new Date(opensAt + offset * 60 * MINUTE_MS).toISOString().slice(11, 16);
  const open: [string, string][] = [[local, '24:00']];
  const calendar = SUPPORT_CALENDAR;
  const parsed = parseTerms({
    ...anomalyTerms(
      { customer: 'Customer', provider: 'Provider' },
      {
        hours: (businessHours) => ({ businessHours, calendar }),
        days: (businessDays) => ({ businessDays, calendar }),
        // The second and all that follows is due long after the bench.
        reminderDays: (n) => ({ openedSeconds: n === 1 ? 1 : n * 7_200, calendar }),
      },
    ),
    calendars: {
      [calendar]: {
        // Named by what is to be added to local time.
        zone: offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`,
        weekly: { mon: open, tue: open, wed: open, thu: open, fri: open, sat: open, sun: open },
        holidays: 'none',
      },
    },
  });
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

/** Notes on others, one each so many milliseconds, whether the last was answered or not. @returns how long each took, from its time on */
async function noteUntil(
  api: Api,
  others: readonly string[],
  end: number,
  isOver: () => Promise<boolean>,
): Promise<number[]> {
  const took: number[] = [];
  const under: Promise<void>[] = [];
  const begun = performance.now();
  for (let note = 0; Date.now() < end; note++) {
    const due = begun + note * NOTE_EVERY_MS;
    await sleep(Math.max(0, due - performance.now()));
    const path = `/v1/requests/${others[note % others.length]}/note`;
    const noted = () => void took.push(performance.now() - due);
    // A 503 is an answer as well, after all of the API's patience.
    under.push(api.post(path, { text: 'Bench.' }).then(noted, noted));
    if (note % 5 === 0 && (await isOver())) break;
  }
  await Promise.all(under);
  return took;
}

/** Reminders that the sink took: how many, when the last and the middle one, epoch milliseconds. */
async function remindersLeft(pool: Pool): Promise<{ count: number; last: number; median: number }> {
  const { rows } = await pool.query<{ count: number; last: Date; median: Date }>(
    `SELECT count(*)::int AS count, max(ended_at) AS last,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY ended_at) AS median
     FROM outbound_mails WHERE kind = 'reminder' AND status = 'accepted'`,
  );
  const { count = 0, last, median } = rows[0] ?? {};
  return { count, last: last?.getTime() ?? 0, median: median?.getTime() ?? 0 };
}

async function waiting(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM outbound_mails WHERE status = 'waiting'",
  );
  return rows[0]?.count ?? 0;
}

/** So many mails of a reminder's size, over connections that stay; per second. */
async function rawSpeed({ pool, smtpUrl }: Servers, count: number): Promise<number> {
  const { rows } = await pool.query<{ subject: string; body: string; body_html: string }>(
    "SELECT subject, body, body_html FROM outbound_mails WHERE kind = 'question' LIMIT 1",
  );
  const [mail] = rows;
  if (!mail) throw new Error('no mail to send again');
  const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: CONNECTIONS, maxMessages: 1_000 });
  const message = { from: 'bench@support.example', to: 'raw@customer.test' };
  const { subject, body: text, body_html: html } = mail;
  const begun = performance.now();
  await timed(count, CONNECTIONS, () => transport.sendMail({ ...message, subject, text, html }));
  const perSecond = (count * 1_000) / (performance.now() - begun);
  transport.close();
  return perSecond;
}

/** The worker as `npm start` has it. */
async function startWorkerProcess(
  { pool, temporal, smtpUrl }: Servers,
  namespace: string,
  report: (message: string) => void,
): Promise<Processes> {
  const directory = join(dataDirectory(process.env.RELANCE_DATA), 'bench', 'herd');
  await claimDirectory(directory);
  const processes = createProcesses(directory, (message) => {
    report(message);
    process.exitCode = 1;
  });
  await processes.start({
    ...{ name: 'worker', command: process.execPath, arguments: ['--import', 'tsx', 'worker/main.ts'], directory: ROOT },
    environment: {
      ...process.env,
      DATABASE_URL: pool.options.connectionString,
      TEMPORAL_ADDRESS: temporal,
      TEMPORAL_NAMESPACE: namespace,
      SMTP_URL: smtpUrl,
      TOKEN_KEYS: `bench:${'ab'.repeat(32)}`,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    },
    isReady: async () => await polled(temporal, namespace),
  });
  return processes;
}

/** Whether a worker asks for tasks. */
async function polled(address: string, namespace: string): Promise<boolean> {
  const client = createTemporalClient({ address, namespace });
  try {
    const { pollers } = await client.workflowService.describeTaskQueue({
      ...{ namespace, taskQueue: { name: 'requests' }, taskQueueType: 1 },
    });
    return (pollers?.length ?? 0) > 0;
  } finally {
    await client.connection.close();
  }
}
