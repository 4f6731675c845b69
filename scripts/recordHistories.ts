/** Records the histories that the replay tests run: all that are missing, or those named on the command line again. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { STORIES } from '../test/replay/stories.ts';
import { createRequestWorld } from '../test/support/requestWorld.ts';
import { findTestServer } from './stack/testServer.ts';

const FOLDER = new URL('../test/replay/histories/', import.meta.url);
mkdirSync(FOLDER, { recursive: true });

const path = await findTestServer((message) => console.log(message));
const named = process.argv.slice(2);
for (const [index, [name, story]] of Object.entries(STORIES).entries()) {
  const file = new URL(`${name}.json`, FOLDER);
  const wanted = named.length > 0 ? named.includes(name) : !existsSync(file);
  if (!wanted) continue;
  const server = { executable: { type: 'existing-path' as const, path } };
  const world = await createRequestWorld(await TestWorkflowEnvironment.createTimeSkipping({ server }));
  const number = `DA-2030-${String(index + 1).padStart(6, '0')}`;
  await world.goTo('2030-01-14T10:00:00+01:00');
  await story(world, number);
  const history = await world.handle(number).fetchHistory();
  writeFileSync(file, `${historyToJSON(history)}\n`);
  console.log(`${name}: ${history.events?.length} events`);
  await world.close();
}
// The test server's wrapper and the SDK's runtime would keep this process.
process.exit();
