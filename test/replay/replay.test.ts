import { readdirSync, readFileSync } from 'node:fs';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../support/requestWorld.ts';
import { ESCALATED_STORIES } from './escalatedStories.ts';
import { STORIES } from './stories.ts';

const FOLDER = new URL('./histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  bundle = await workflowBundle();
});

describe('recorded histories', () => {
  it('are there for every story', () => {
    const recorded = new Set(files.map((name) => name.split('.')[0]));
    expect([...recorded].sort()).toEqual([...Object.keys(STORIES), ...Object.keys(ESCALATED_STORIES)].sort());
  });

  it.each(Object.keys(ESCALATED_STORIES))('of %s are there of both sides', (name) => {
    expect(files).toEqual(expect.arrayContaining([`${name}.request.1.json`, `${name}.escalation.1.json`]));
  });

  it.each(files)('%s replays on the code of today', async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: bundle }, history);
  });
});
