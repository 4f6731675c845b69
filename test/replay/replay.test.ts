import { readdirSync, readFileSync } from 'node:fs';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../support/requestWorld.ts';
import { STORIES } from './stories.ts';

const FOLDER = new URL('./histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  bundle = await workflowBundle();
});

describe('recorded histories', () => {
  it('are there for every story', () => {
    expect(files.map((name) => name.replace('.json', '')).sort()).toEqual(Object.keys(STORIES).sort());
  });

  it.each(files)('%s replays on the code of today', async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: bundle }, history);
  });
});
