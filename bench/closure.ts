/** A closure announced while thousands of requests are open on its calendar: how long until all have recomputed, and what others notice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createTemporalClient } from '../client/connection.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { SUPPORT_CALENDAR } from '../contracts/templates/anomalySupport.ts';
import { type ContractTerms, parseTerms } from '../contracts/terms.ts';
import { storeStaff } from '../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../db/contracts.ts';
import { startOpeningHours, toldRequests } from '../relay/openingHours.ts';
import { type Api, startApi, timed } from './api.ts';
import { type BareSaving, bareTell, type bareTold } from './bare/bareTold.ts';
import { startWorker } from './lives.ts';
import type { BenchOptions, Figure } from './report.ts';
import { quantile } from './report.ts';
import { type Servers, startServers } from './servers.ts';
import { benchTerms } from './terms.ts';

const REQUESTS = 2_000;
const CACHED = 600;
const AT_ONCE = 8;
/** Fewer: each is answered within ten seconds or not at all. */
const OPENED_AT_ONCE = 4;
const CONTRACT = 'BENCH-CLOSURE';
const CONTACT = 'bench-closure-contact';
const SUPERVISOR = 'bench-supervisor';
const CALENDAR = 'bench-support';
const DAY_MS = 86_400_000;
/** Commands of others: two callers, each with a pause after its call. */
const CALLERS = 2;
const CALLER_PAUSE_MS = 100;
const CALLS_BEFORE = 150;
const ANSWERS_WITHIN_MS = 1_000;

/** Requests are opened through the API, with PostgreSQL and SMTP; API, worker and relay share this process. */
export async function closure(
  { count = REQUESTS }: BenchOptions,
  report: (message: string) => void,
): Promise<Figure[]> {
  const servers = await startServers(report);
  await storeContractOf(servers);
  const { client, stop } = await startWorker(servers, 'bench-closure', 'real', CACHED);
  const api = await startApi(servers, client);
  const supervisor = await startApi(servers, client, SUPERVISOR);
  const door = createRequestDoor({ client, pool: servers.pool });
  const quiet = () => undefined;
  const teller = startOpeningHours({
    pool: servers.pool,
    told: [toldRequests(door)],
    log: { info: quiet, warn: quiet, error: quiet },
  });
  try {
    const numbers: string[] = [];
    await timed(count, OPENED_AT_ONCE, async () => {
      numbers.push(await api.open(CONTRACT, CONTACT));
      if (numbers.length % 500 === 0) report(`${numbers.length} open`);
    });
    const bare = await startBareCrowd(servers, count);
    report(`${count} bare workflows wait`);
    const bareBefore = await bare.tellAll();
    const before = await callers(api, numbers, (calls) => calls < CALLS_BEFORE);
    let isDone = false;
    const meanwhile = callers(api, numbers, () => !isDone && numbers.length > 0);
    const begun = performance.now();
    const day = new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);
    await supervisor.post(`/v1/calendars/${CALENDAR}/closures`, { day, reason: 'Bench' });
    const answered = performance.now() - begun;
    const recomputed = await untilRecomputed(supervisor, begun, report);
    isDone = true;
    const during = await meanwhile;
    // Before and after, because the machine is not the same at all times.
    const bareMs = (bareBefore + (await bare.tellAll())) / 2;
    await bare.stop();
    return [
      {
        ...{ what: `announcing a closure with ${count} open requests`, value: answered, unit: 'ms' },
        ...{ aim: `≤ ${ANSWERS_WITHIN_MS} ms`, isMet: answered <= ANSWERS_WITHIN_MS },
      },
      { what: 'all recomputed after', value: recomputed / 1_000, unit: 's' },
      { what: 'recomputed', value: (count * 1_000) / recomputed, unit: 'per s' },
      { what: 'bare workflows told: a signal, an empty save', value: (count * 1_000) / bareMs, unit: 'per s' },
      { what: 'recomputing, beside bare signals', value: bareMs / recomputed, unit: '' },
      ...latencies('acknowledge before', before),
      ...latencies('acknowledge meanwhile', during),
    ];
  } finally {
    await teller.close();
    api.close();
    supervisor.close();
    await stop();
    await servers.stop();
  }
}

async function storeContractOf({ pool }: Servers): Promise<void> {
  const terms = admitting(benchTerms(DAY_MS / 1_000));
  await storeContract(pool, { reference: CONTRACT, terms });
  await storeTerms(pool, CONTRACT, 1, '2026-01-01', terms);
  const person = { name: 'Bench', language: 'fr' as const };
  await storeContact(pool, {
    ...person,
    id: CONTACT,
    contract: CONTRACT,
    email: 'closure@customer.test',
    trained: true,
  });
  await storeStaff(pool, { ...person, id: SUPERVISOR, email: 'supervisor@support.test', role: 'supervisor' });
}

function admitting(terms: ContractTerms): ContractTerms {
  const calendar = { ...terms.calendars[SUPPORT_CALENDAR], id: CALENDAR, closuresAdmitted: true };
  const parsed = parseTerms({ ...terms, calendars: { [SUPPORT_CALENDAR]: calendar } });
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

/** As many bare workflows that wait. */
interface BareCrowd {
  /** Tells each once; how long until all have saved, milliseconds. */
  tellAll(): Promise<number>;
  stop(): Promise<void>;
}

async function startBareCrowd(servers: Servers, count: number): Promise<BareCrowd> {
  const namespace = await servers.namespace('bench-closure-bare');
  const client = createTemporalClient({ address: servers.temporal, namespace });
  const connection = await NativeConnection.connect({ address: servers.temporal });
  let saved = 0;
  const activities: BareSaving = {
    async save() {
      saved++;
    },
  };
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue: 'bare', activities, maxCachedWorkflows: CACHED },
    workflowsPath: fileURLToPath(new URL('./bare/bareTold.ts', import.meta.url)),
  });
  const running = worker.run();
  const workflowId = (index: number) => `bare:${index}`;
  await timed(count, AT_ONCE, (index) =>
    client.workflow.start<typeof bareTold>('bareTold', { workflowId: workflowId(index), taskQueue: 'bare', args: [] }),
  );
  return {
    async tellAll() {
      saved = 0;
      const begun = performance.now();
      await timed(count, AT_ONCE, (index) => client.workflow.getHandle(workflowId(index)).signal(bareTell));
      while (saved < count) await sleep(20);
      return performance.now() - begun;
    },
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Acknowledges one request after the other, each taken from the end of the list; how long each call took, milliseconds. */
async function callers(api: Api, numbers: string[], goesOn: (calls: number) => boolean): Promise<number[]> {
  const took: number[] = [];
  const oneAfterTheOther = async () => {
    while (goesOn(took.length)) {
      const number = numbers.pop();
      if (number === undefined) return;
      const begun = performance.now();
      await api.post(`/v1/requests/${number}/acknowledge`, {});
      took.push(performance.now() - begun);
      await sleep(CALLER_PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, oneAfterTheOther));
  return took;
}

/** Milliseconds from `begun` until the calendar says that no request counts on older hours. */
async function untilRecomputed(api: Api, begun: number, report: (message: string) => void): Promise<number> {
  for (let looks = 1; ; looks++) {
    const { openRequests } = (await api.get(`/v1/calendars/${CALENDAR}`)) as { openRequests: { older: number } };
    if (openRequests.older === 0) return performance.now() - begun;
    if (looks % 20 === 0) report(`${openRequests.older} to be recomputed`);
    await sleep(250);
  }
}

function latencies(what: string, took: readonly number[]): Figure[] {
  return [
    { what: `${what} (${took.length} calls): p50`, value: quantile(took, 0.5), unit: 'ms' },
    { what: `${what}: p99`, value: quantile(took, 0.99), unit: 'ms' },
  ];
}
