/**
 * Histories of contracts, kept by `RECORD_HISTORIES=1 npx vitest run --project activities test/activities/ledger/contractWorkflow.test.ts`,
 * and of a planned visit, kept by the same of `--project api test/api/visitDoor.test.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { workflowBundle } from '../support/requestWorld.ts';

const FOLDER = new URL('./contractHistories/', import.meta.url);
const files = readdirSync(FOLDER);

it('are there', () => expect(files.sort()).toEqual(['ENDS.json', 'HOSTED.json', 'LOW.json', 'VISIT.json']));

it.each(files)('%s replays on the code of today', async (name) => {
  const history: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
});
