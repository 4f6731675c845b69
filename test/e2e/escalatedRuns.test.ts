/** Requests whose runs change or end while their escalations run, on a server that asks early to continue as new. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEscalatedWorld, type EscalatedWorld } from '../support/escalatedWorld.ts';
import type { RequestWorld } from '../support/requestWorld.ts';
import { type ShortRunsServer, startShortRuns } from '../support/shortRuns.ts';
import { until } from '../support/until.ts';

let server: ShortRunsServer;
let world: EscalatedWorld;
let requests: RequestWorld;

beforeAll(async () => {
  server = await startShortRuns(120);
  world = await createEscalatedWorld(
    await TestWorkflowEnvironment.createFromExistingServer({ address: server.address }),
  );
  ({ requests } = world);
});
afterAll(async () => {
  await requests?.close();
  await server?.stop();
});

async function over(number: string): Promise<void> {
  await until(async () => (await requests.handle(number).describe()).status.name === 'COMPLETED');
}

async function childOver(number: string): Promise<void> {
  await until(async () => (await world.child(number).describe()).status.name === 'COMPLETED');
}

it('continues as new while the publisher has it: nothing is lost, nothing said twice', async () => {
  const number = await world.escalated();
  await world.begun(number);
  const firstRun = (await requests.handle(number).describe()).runId;
  for (let n = 0; n < 25; n++) await requests.command(number, 'note', { text: `t${n}` });
  expect((await requests.handle(number).describe()).runId).not.toBe(firstRun);
  await world.says(number, 'acknowledge', { sr: `SR-${number}`, srIssuedBy: 'distributor' });
  await world.says(number, 'deliverFix', { text: 't-fix' });
  await until(async () => (await requests.view(number)).status === 'waiting');
  for (let n = 0; n < 25; n++) await requests.command(number, 'note', { text: `t${n}` });
  await requests.command(number, 'putInProduction', {});
  await over(number);
  await childOver(number);
  expect(world.lastStatus(number)).toBe('closed');
  expect(new Set(world.prepared).size).toBe(1);
  expect(requests.mailed(number).filter((mail) => mail.startsWith('escalat') || mail === 'fix')).toEqual([
    'escalated',
    'escalationAcknowledged',
    'fix',
  ]);
  await world.replays(number);
});

it('is told in order: a verdict waits for an escalation that cannot begin yet', async () => {
  world.beforePreparing = () => {
    throw new Error('Postgres is away');
  };
  const number = await world.escalated();
  await requests.command(number, 'close', { reason: 'withdrawn' });
  world.beforePreparing = () => {};
  await over(number);
  await childOver(number);
  expect(world.lastStatus(number)).toBe('withdrawn');
  await world.replays(number);
});

it('that is lost has what the publisher says left to the relay, and takes it up from the stored state', async () => {
  const number = await world.escalated();
  await world.begun(number);
  await requests.handle(number).terminate('lost');
  await world.says(number, 'acknowledge', { sr: `SR-${number}`, srIssuedBy: 'publisher' });
  await until(async () => world.filed.length === 1);
  const [report] = world.filed;
  if (!report) return expect.unreachable();
  expect(report).toMatchObject({ n: 1, what: 'acknowledged', sr: `SR-${number}` });
  await requests.reopen(number, requests.lastState(number), { by: 'report', report, commandId: report.id });
  expect(await requests.view(number)).toMatchObject({ status: 'escalated', escalations: [{ status: 'acknowledged' }] });
  await requests.command(number, 'close', { reason: 'withdrawn' });
  await over(number);
  await childOver(number);
  await world.replays(number);
});

it('that is closed files a late report in a run of its own, which ends again', async () => {
  const number = await world.escalated();
  await world.begun(number);
  await requests.command(number, 'close', { reason: 'withdrawn' });
  await over(number);
  await childOver(number);
  const id = `escalation:${number}:1:report.delivered:9`;
  const report = { id, n: 1, at: Date.now(), who: 'publisher:p1', what: 'delivered', kind: 'fix', text: 't' } as const;
  for (let time = 0; time < 2; time++) {
    await requests.reopen(number, requests.lastState(number), { by: 'report', report, commandId: id });
    await over(number);
  }
  expect(requests.lastState(number)).toMatchObject({ status: 'closed' });
  expect(requests.timeline(number).filter((type) => type === 'reportFiled')).toHaveLength(1);
  // Ordered again from the stored state, under the same key: the activity sends it once.
  const mails = requests.mails.filter((mail) => mail.number === number && mail.order.kind === 'lateReport');
  expect(new Set(mails.map(({ key }) => key)).size).toBe(1);
});
