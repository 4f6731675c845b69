/**
 * `npm run change`: workflow code is changed while requests are open and callers go on. `--open <n>`: so many, 1,000 without it;
 * `--unversioned`: the old workers stop before the new ones start, instead of Temporal choosing by version.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile } from '../../bench/report.ts';
import { until } from '../../test/support/until.ts';
import { getRequest, requestWorkflowId } from '../../workflows/messages.ts';
import {
  type Customer,
  command,
  type Door,
  forEach,
  nothingTold,
  openRequest,
  startTraffic,
  type Told,
} from './callers.ts';
import type { Release } from './changedWorkflows.ts';
import { type ChangeStack, startChangeStack } from './changeStack.ts';
import { readHistories } from './verdict.ts';

const AT_ONCE = 8;
/** Short lives begun a second, and as many notes. */
const PER_SECOND = 0.3;
/** Of these the change without `patched` is to be found. */
const SAMPLE = 200;
/** Traffic before and after, milliseconds. */
const CALM_MS = 20_000;
/** Temporal tells its task queues by workflows of its own, which callers keep waiting; seconds. */
const DEPLOYED_WITHIN = ['--wait', '300'];
const CLOSED_WITHIN_MS = 180_000;

const { values } = parseArgs({
  options: { open: { type: 'string', default: '1000' }, unversioned: { type: 'boolean', default: false } },
});
const count = Number(values.open);
const isVersioned = !values.unversioned;
if (!Number.isSafeInteger(count) || count < 3) {
  console.error('Usage: npm run change [-- --open N --unversioned]; N of 3 or more');
  process.exit(2);
}
const say = (line: string) => console.log(line);
const wrong: string[] = [];

const stack = await startChangeStack(isVersioned, say, (message) => wrong.push(message.split('\n')[0] ?? message));
const interrupted = () => void stack.stop().finally(() => process.exit(130));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
try {
  await change(stack);
} finally {
  await stack.stop();
}
for (const one of wrong.slice(0, 20)) say(`  ✗ ${one}`);
say(wrong.length === 0 ? '✓ as it is to be' : `${wrong.length} things are not as they are to be`);
// Connections of clients are left open.
process.exit(wrong.length === 0 ? 0 : 1);

async function change({ api, demonstration, releases, temporal, ...parts }: ChangeStack): Promise<void> {
  const { old, patched, unpatched } = releases;
  const door: Door = { api, token: demonstration.tokens.agent };
  const told = nothingTold('opening');
  const [slow, quick] = demonstration.contracts.map(({ reference, contact }) => ({
    contract: reference,
    contact: contact.id,
  })) as [Customer, Customer];

  const oldWorkers = await parts.startWorkers(old);
  if (isVersioned) await expectCommand(old, 'operations/deploy.js', 0, DEPLOYED_WITHIN);
  const open = await timed(`${count} requests opened on ${old.buildId}`, () => openMany(door, told, slow));

  told.phase = 'before';
  const traffic = startTraffic(door, told, { customer: quick, open, perSecond: PER_SECOND });
  await sleep(CALM_MS);
  const without = await expectCommand(unpatched, 'operations/replay.js', 1, ['--most', String(SAMPLE)]);
  if (!without.includes('Nondeterminism')) wrong.push(`the change without patched() was not found: ${without}`);
  await expectCommand(patched, 'operations/replay.js', 0);

  told.phase = 'while replaced';
  await timed(`workers of ${old.buildId} replaced by those of ${patched.buildId}`, async () => {
    if (isVersioned) {
      await parts.startWorkers(patched);
      await expectCommand(patched, 'operations/deploy.js', 0, DEPLOYED_WITHIN);
    }
    await Promise.all(oldWorkers.map((worker) => worker.stop()));
    if (!isVersioned) await parts.startWorkers(patched);
  });

  told.phase = 'after';
  await timed(`${open.length} requests asked by query and given a command`, () =>
    forEach(open, AT_ONCE, async (number) => {
      const view = await temporal.workflow.getHandle(requestWorkflowId(number)).query(getRequest);
      if (view.number !== number) wrong.push(`${number}: the query answered for ${view.number}`);
      await command(door, told, number, 'note', { text: 'Looked at after the change.' });
    }),
  );
  await sleep(CALM_MS);
  // The newest are lives begun on the new code: the old code cannot go on with them.
  await expectCommand(old, 'operations/replay.js', 1, ['--most', String(SAMPLE)]);
  await traffic.stop();
  await timed(`${traffic.lives.length} short lives of the traffic closed`, () => untilClosed(quick.contract));
  await expectCommand(patched, 'operations/replay.js', 0);
  await judge(open, traffic.lives);
  tellCalls(told);

  async function expectCommand(release: Release, entry: string, code: number, args: string[] = []): Promise<string> {
    const { code: actual, output } = await parts.run(release, entry, args);
    say(`  ${entry}: ${output.split('\n').at(-1)}`);
    if (actual !== code) wrong.push(`${entry} of ${release.buildId} ended with ${actual}: ${output}`);
    return output;
  }

  async function untilClosed(contract: string): Promise<void> {
    const isClosed = async () => {
      const { rowCount } = await parts.pool.query(
        "SELECT FROM requests WHERE contract = $1 AND status IS DISTINCT FROM 'closed' LIMIT 1",
        [contract],
      );
      return rowCount === 0;
    };
    await until(isClosed, { timeoutMs: CLOSED_WITHIN_MS, everyMs: 200 });
  }

  async function judge(opened: readonly string[], lives: readonly string[]): Promise<void> {
    const seen = new Map((await readHistories(temporal)).map((one) => [one.workflowId, one]));
    for (const { workflowId, failures } of seen.values())
      for (const failure of failures) wrong.push(`${workflowId}: a workflow task failed, ${failure}`);
    const of = (number: string) => seen.get(requestWorkflowId(number));
    for (const number of opened) {
      if (of(number)?.isPatched) wrong.push(`${number}: opened on the old code, and has the mark of the new one`);
      if (of(number)?.lastBuildId !== patched.buildId)
        wrong.push(`${number}: its last task was done by ${of(number)?.lastBuildId}`);
    }
    const begunAfter = lives.filter((number) => of(number)?.isPatched).length;
    if (begunAfter === 0) wrong.push('no request began on the new code');
    const events = [...seen.values()].reduce((sum, one) => sum + one.events, 0);
    say(`  ${seen.size} histories, ${events} events: ${begunAfter} requests begun on the new code`);
  }
}

async function openMany(door: Door, told: Told, customer: Customer): Promise<string[]> {
  const open: string[] = [];
  await forEach(Array.from({ length: count }), AT_ONCE, async (_, index) => {
    const number = await openRequest(door, told, customer);
    if (number === undefined) return;
    open.push(number);
    // A third stays registered, a third is worked on, a third waits on the customer.
    if (index % 3 > 0) await command(door, told, number, 'acknowledge');
    if (index % 3 > 1) await command(door, told, number, 'ask', { text: 'Which version is it?' });
  });
  return open;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await work();
  say(`  ${what}: ${((Date.now() - started) / 1_000).toFixed(1)} s`);
  return result;
}

function tellCalls({ took, repeated, refused }: Told): void {
  for (const [phase, times] of took) {
    const [half, most] = [quantile(times, 0.5), quantile(times, 0.99)];
    say(`  ${times.length} calls ${phase}: p50 ${half} ms, p99 ${most} ms, longest ${Math.max(...times)} ms`);
  }
  say(`  repeated ${repeated}, refused ${refused.length}`);
  wrong.push(...refused);
}
