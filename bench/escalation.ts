/** Escalated lives per second beside a bare parent and child with the same messages and activities. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createTemporalClient } from '../client/connection.ts';
import { startOptions } from '../client/requestInput.ts';
import { escalationTerms, requestTerms, requestWindows } from '../contracts/requestTerms.ts';
import { publisherSupport } from '../contracts/templates/publisherSupport.ts';
import { parseTerms } from '../contracts/terms.ts';
import { shortTerms } from '../domain/shortTerms.ts';
import { createRequestWorker } from '../worker/worker.ts';
import { type EscalationInput, escalationUpdate, escalationWorkflowId } from '../workflows/escalationMessages.ts';
import { commandUpdate, openUpdate, requestWorkflowId, type SupportRequestInput } from '../workflows/messages.ts';
import { type BareEscalationActivities, bareChildId, bareCommand, type bareEscalated } from './bare/bareEscalation.ts';
import { rateOf } from './lifecycle.ts';
import { stopAll } from './lives.ts';
import { type BenchOptions, type Figure, median } from './report.ts';
import { type Servers, startServers } from './servers.ts';
import { AGENT, CONTACT, CONTRACT, TERMS } from './terms.ts';

const LIVES = 30;
const AT_ONCE = 30;
const CACHED = 500;
const AIM = 0.9;
const PUBLISHER = 'bench-publisher';
const PUBLISHER_CONTRACT = 'BENCH-C';
const STAFF = { who: `staff:${AGENT}`, channel: 'api' } as const;
const THEIRS = { who: `publisher:${PUBLISHER}`, channel: 'api' } as const;

/** One way of living: lives one, from opening to the ends of both workflows. */
interface Way {
  readonly name: string;
  live(): Promise<readonly [parent: string, child: string]>;
  readonly client: Client;
  stop(): Promise<void>;
}

/** Both ways in turn, as often as asked; ratios are those within one turn. */
export async function escalation(options: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  const lives = options.count ?? LIVES;
  const servers = await startServers(report);
  const ways: Way[] = [];
  try {
    ways.push(await bareWay(servers), await escalatedWay(servers));
    const measured = ways.map((way) => ({ way, rates: [] as number[], lived: [] as (readonly string[])[] }));
    for (const { way } of measured) await rateOf(way, 10, AT_ONCE);
    for (let run = 1; run <= options.runs; run++) {
      for (const one of measured) {
        const { perSecond, ids } = await rateOf(one.way, lives, AT_ONCE);
        one.rates.push(perSecond);
        one.lived = ids;
      }
      report(`run ${run}: ${measured.map(({ rates }) => rates.at(-1)?.toFixed(2)).join(' / ')} lives per s`);
    }
    const [bare, ours] = measured;
    const ratio = median((ours?.rates ?? []).map((rate, run) => rate / (bare?.rates[run] ?? Number.NaN)));
    const figures: Figure[] = measured.map(({ way, rates }) => {
      return { what: way.name, value: median(rates), unit: 'lives per s' };
    });
    figures.push({ what: 'escalated, beside bare', value: ratio, unit: '', aim: `≥ ${AIM}`, isMet: ratio >= AIM });
    for (const { way, lived } of measured) figures.push(...(await eventsOf(way, lived)));
    return figures;
  } finally {
    for (const way of ways) await way.stop();
    await servers.stop();
  }
}

async function eventsOf({ name, client }: Way, ids: readonly (readonly string[])[]): Promise<Figure[]> {
  const lengths: number[][] = [[], []];
  const sizes: number[][] = [[], []];
  for (const pair of ids.slice(0, 30)) {
    for (const [side, id] of pair.entries()) {
      const { historyLength, historySize = Number.NaN } = await client.workflow.getHandle(id).describe();
      lengths[side]?.push(historyLength);
      sizes[side]?.push(historySize / 1_000);
    }
  }
  const [parent = [], child = []] = lengths;
  const [parentSize = [], childSize = []] = sizes;
  return [
    { what: `${name}: events of the parent`, value: median(parent), unit: '' },
    { what: `${name}: events of the child`, value: median(child), unit: '' },
    { what: `${name}: history of the parent`, value: median(parentSize), unit: 'KB' },
    { what: `${name}: history of the child`, value: median(childSize), unit: 'KB' },
  ];
}

async function bareWay(servers: Servers): Promise<Way> {
  const namespace = await servers.namespace('bench-bare-escalated');
  const client = createTemporalClient({ address: servers.temporal, namespace });
  const connection = await NativeConnection.connect({ address: servers.temporal });
  const nothing = async () => undefined;
  const activities: BareEscalationActivities = { save: nothing, mail: nothing, prepare: nothing };
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue: 'bare', activities, maxCachedWorkflows: CACHED },
    workflowsPath: fileURLToPath(new URL('./bare/bareEscalation.ts', import.meta.url)),
  });
  const running = worker.run();
  return {
    name: 'bare parent and child',
    client,
    async live() {
      const workflowId = randomUUID();
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareEscalated>('bareEscalated', {
        ...{ workflowId, taskQueue: 'bare', args: [], workflowIdConflictPolicy: 'USE_EXISTING' },
      });
      await client.workflow.executeUpdateWithStart(bareCommand, { args: ['open'], startWorkflowOperation });
      const parent = client.workflow.getHandle(workflowId);
      const child = client.workflow.getHandle(bareChildId(workflowId));
      await parent.executeUpdate(bareCommand, { args: ['acknowledge'] });
      await parent.executeUpdate(bareCommand, { args: ['escalate'] });
      await untilThere(() => child.executeUpdate(bareCommand, { args: ['acknowledge'] }));
      await child.executeUpdate(bareCommand, { args: ['deliverFix'] });
      await parent.executeUpdate(bareCommand, { args: ['confirm'] });
      await Promise.all([parent.result(), child.result()]);
      return [workflowId, child.workflowId];
    },
    stop: () => stopAll(worker, running, connection),
  };
}

/** The product's workflows, with saves and mails faked. */
async function escalatedWay(servers: Servers): Promise<Way> {
  const namespace = await servers.namespace('bench-escalated');
  const client = createTemporalClient({ address: servers.temporal, namespace });
  const connection = await NativeConnection.connect({ address: servers.temporal });
  const accepted = async () => ({ result: 'accepted', at: Date.now() }) as const;
  const nothing = async () => undefined;
  const noWindows = async () => ({});
  const worker = await createRequestWorker({
    ...{ connection, namespace, maxCachedWorkflows: CACHED },
    activities: {
      ...{ saveRequest: nothing, sendMail: accepted, extendWindows: noWindows },
      ...{ saveEscalation: nothing, sendEscalationMail: accepted, extendPublisherWindows: noWindows },
      ...{ prepareEscalation: async ({ id, commandId }) => escalationInput(id, commandId), fileReport: nothing },
      storedEscalation: async () => undefined,
    },
  });
  const running = worker.run();
  const command = <T extends object>(by: T) => ({ ...by, commandId: randomUUID() });
  let lives = 0;
  return {
    name: 'escalated, saves and mails faked',
    client,
    async live() {
      const number = `DA-2026-${String(++lives).padStart(6, '0')}`;
      const input = requestInput(number);
      const startWorkflowOperation = new WithStartWorkflowOperation('supportRequest', {
        ...startOptions(input),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      const { commandId = '' } = input.open ?? {};
      await client.workflow.executeUpdateWithStart(openUpdate, { args: [{ commandId }], startWorkflowOperation });
      const parent = client.workflow.getHandle(requestWorkflowId(number));
      const child = client.workflow.getHandle(escalationWorkflowId(number, 1));
      await parent.executeUpdate(commandUpdate('acknowledge'), { args: [command(STAFF)] });
      const where = { n: 1, publisher: PUBLISHER, publisherContract: PUBLISHER_CONTRACT };
      await parent.executeUpdate(commandUpdate('escalate'), { args: [{ ...command(STAFF), ...where }] });
      const sr = { sr: `SR-2026-${number.slice(-6)}`, srIssuedBy: 'distributor' } as const;
      await untilThere(() =>
        child.executeUpdate(escalationUpdate('acknowledge'), { args: [{ ...command(THEIRS), ...sr }] }),
      );
      const delivery = { ...command(THEIRS), text: randomUUID() };
      await child.executeUpdate(escalationUpdate('deliverFix'), { args: [delivery] });
      await untilThere(() => parent.executeUpdate(commandUpdate('confirm'), { args: [command(STAFF)] }));
      await Promise.all([parent.result(), child.result()]);
      return [parent.workflowId, child.workflowId];
    },
    stop: () => stopAll(worker, running, connection),
  };
}

/** Terms that name the publisher; a confirmed fix closes. */
const REQUEST_TERMS = {
  ...requestTerms(CONTRACT, 1, { ...TERMS, productionFollowsFix: false }),
  publisherContracts: [PUBLISHER_CONTRACT],
};

function requestInput(number: string): SupportRequestInput {
  const now = Date.now();
  const text = randomUUID();
  const opening = { contact: CONTACT, priority: 'blocking', text, commandId: text };
  return {
    ...{ number, terms: REQUEST_TERMS, windows: requestWindows(TERMS, { from: now, now }) },
    open: { ...opening, ...STAFF },
  };
}

function escalationInput(id: EscalationInput['id'], commandId: string): EscalationInput {
  const parsed = parseTerms(publisherSupport({ customer: 'Distributor', provider: 'Publisher' }));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  const now = Date.now();
  const terms = escalationTerms(PUBLISHER_CONTRACT, 1, parsed.terms);
  const [, request = ''] = id.split(':');
  return {
    ...{ id, request, n: 1, publisher: PUBLISHER },
    terms: { ...terms, ...shortTerms(terms) },
    windows: requestWindows(parsed.terms, { from: now, now }),
    send: { priority: 'p2', sentBy: 'contact:bench-referent', ...STAFF, commandId },
  };
}

/** What follows from another's message may take a moment. */
async function untilThere<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
