/** Recorded histories on changed workflow code: the change of `npm run change`, as it is to be made and as it must not be. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleChanged, type Writing } from '../../scripts/change/changedWorkflows.ts';
import { createTestDirectory } from '../support/directory.ts';

const FOLDER = new URL('./histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let directory: string;

beforeAll(() => {
  directory = createTestDirectory('change');
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Names of the histories that do not replay. */
async function failuresOf(writing: Writing): Promise<string[]> {
  const code = await bundleChanged(join(directory, writing), writing);
  const histories = files.map((name) => ({
    workflowId: name,
    history: JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as unknown,
  }));
  const failed: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, histories))
    if (error) failed.push(workflowId);
  return failed;
}

it('a change that asks patched() takes up every old history', async () => {
  expect(await failuresOf('patched')).toEqual([]);
});

it('the same change without patched() is found by replaying', async () => {
  // Not in each: a history that ends before it would show replays.
  const failed = await failuresOf('unpatched');
  expect(failed).toEqual(
    expect.arrayContaining(['silentUntilClosed.json', 'waitingAndReminded.json', 'reopened.json']),
  );
});
