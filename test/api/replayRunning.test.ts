/** What is running, replayed on code of today and on code that it does not fit: requests and their escalations. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayRunning } from '../../worker/replay.ts';
import { createTestDirectory } from '../support/directory.ts';
import { go } from '../support/durableLife.ts';
import { createDurableWorld, type Drafted, type DurableWorld } from '../support/durableWorld.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { until } from '../support/until.ts';

let world: DurableWorld;
let directory: string;
let life: Drafted;

beforeAll(async () => {
  directory = createTestDirectory('replay-running');
  world = await createDurableWorld();
  life = await world.drafted();
  await go(world, life, { to: 3 });
  // Temporal's lists follow its executions.
  await until(async () => (await running()).length === 2);
});
afterAll(async () => {
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function running(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of world.client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    ids.push(workflowId);
  }
  return ids;
}

/** A file of the workflow code, with what is changed in it. */
async function codeWith(name: string, change: (code: string) => string): Promise<string> {
  const { code } = await workflowBundle();
  const path = join(directory, `${name}.js`);
  writeFileSync(path, change(code));
  return path;
}

it('takes requests and escalations up', async () => {
  const codePath = await codeWith('same', (code) => code);
  expect(await replayRunning(world.client, codePath, Number.POSITIVE_INFINITY)).toEqual({ histories: 2, failed: [] });
  expect(await replayRunning(world.client, codePath, 1)).toEqual({ histories: 1, failed: [] });
});

it('finds either that the code does not fit', async () => {
  // The activity that saves an escalation has another name: no request has such a step.
  const codePath = await codeWith('renamed', (code) => {
    expect(code).toContain('saveEscalation.executeWithOptions');
    return code.replaceAll('saveEscalation', 'storeEscalation');
  });
  const { histories, failed } = await replayRunning(world.client, codePath, Number.POSITIVE_INFINITY);
  expect(histories).toBe(2);
  expect(failed.map(({ workflowId }) => workflowId)).toEqual([life.id]);
});
