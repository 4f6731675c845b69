/** Records the histories that the replay tests run: all that are missing, or those named on the command line again. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ESCALATED_STORIES, type EscalatedStory } from '../test/replay/escalatedStories.ts';
import { INTERVENTION_STORIES, type InterventionStory } from '../test/replay/interventionStories.ts';
import { STORIES } from '../test/replay/stories.ts';
import { createEscalatedWorld } from '../test/support/escalatedWorld.ts';
import { createInterventionWorld, WORLD_TERMS } from '../test/support/interventionWorld.ts';
import { createRequestWorld } from '../test/support/requestWorld.ts';
import { startShortRuns } from '../test/support/shortRuns.ts';
import { startTimeSkipping } from '../test/support/timeSkipping.ts';
import { findTestServer } from './stack/testServer.ts';

const FOLDER = new URL('../test/replay/histories/', import.meta.url);
mkdirSync(FOLDER, { recursive: true });

const path = await findTestServer((message) => console.log(message));
const named = process.argv.slice(2);
const recorded = new Set(readdirSync(FOLDER).map((name) => name.split('.')[0]));
const isWanted = (name: string) => (named.length > 0 ? named.includes(name) : !recorded.has(name));

for (const [index, [name, story]] of Object.entries(STORIES).entries()) {
  if (!isWanted(name)) continue;
  const world = await createRequestWorld(await startTimeSkipping(path));
  const number = `DA-2030-${String(index + 1).padStart(6, '0')}`;
  await world.goTo('2030-01-14T10:00:00+01:00');
  await story(world, number);
  await write(name, world.handle(number));
  await world.close();
}
for (const [name, story] of Object.entries(ESCALATED_STORIES)) {
  if (isWanted(name)) await inEnvironment(story, (env) => playEscalated(name, story, env));
}
for (const [name, story] of Object.entries(INTERVENTION_STORIES)) {
  if (isWanted(name)) await inEnvironment(story, (env) => playIntervention(name, story, env));
}
// The test server's wrapper and the SDK's runtime would keep this process.
process.exit();

/** On a server that skips time, or in real time on one that asks early to continue as new. */
async function inEnvironment(
  { hasManyRuns = false }: { readonly hasManyRuns?: boolean },
  play: (env: TestWorkflowEnvironment) => Promise<void>,
): Promise<void> {
  if (!hasManyRuns) return await play(await startTimeSkipping(path));
  const server = await startShortRuns(120);
  await play(await TestWorkflowEnvironment.createFromExistingServer({ address: server.address }));
  await server.stop();
}

async function playEscalated(name: string, story: EscalatedStory, env: TestWorkflowEnvironment): Promise<void> {
  const world = await createEscalatedWorld(env);
  if (!story.hasManyRuns) await world.requests.goTo('2030-01-14T10:00:00+01:00');
  const number = await story.play(world);
  await writeRuns(`${name}.request`, env, world.requests.handle(number));
  await writeRuns(`${name}.escalation`, env, world.child(number));
  await world.requests.close();
}

async function playIntervention(name: string, story: InterventionStory, env: TestWorkflowEnvironment): Promise<void> {
  const world = await createInterventionWorld(env, { terms: WORLD_TERMS[story.terms ?? 'tickets'] });
  if (!story.hasManyRuns) await world.goTo('2030-01-14T10:00:00+01:00');
  const id = await story.play(world);
  await writeRuns(`${name}.${id.split(':')[0]}`, env, world.handle(id));
  await world.close();
}

/** Every run of a workflow, from the first that continued as new, or was lost, to the last. */
async function writeRuns(name: string, env: TestWorkflowEnvironment, latest: WorkflowHandle): Promise<void> {
  const runs: { readonly runId: string; readonly at: number }[] = [];
  const query = `WorkflowId = "${latest.workflowId}"`;
  try {
    for await (const { runId, startTime } of env.client.workflow.list({ query })) {
      runs.push({ runId, at: startTime.getTime() });
    }
  } catch {
    // The server that skips time has no lists of what has ended.
  }
  if (runs.length === 0) runs.push({ runId: (await latest.describe()).runId, at: 0 });
  runs.sort((a, b) => a.at - b.at);
  for (const [index, { runId }] of runs.entries()) {
    await write(`${name}.${index + 1}`, env.client.workflow.getHandle(latest.workflowId, runId));
  }
}

async function write(name: string, handle: WorkflowHandle): Promise<void> {
  const history = await handle.fetchHistory();
  writeFileSync(new URL(`${name}.json`, FOLDER), `${historyToJSON(history)}\n`);
  console.log(`${name}: ${history.events?.length} events`);
}
