/**
 * `npm run replay`, before a new version is started: do the histories of what is open now replay on the workflow code of this
 * build? `--most <n>`: only so many, the newest. Changes nothing. Exit code 1 when one does not.
 */
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createTemporalClient } from '../client/connection.ts';
import { readEnvironment } from '../config/environment.ts';
import { prebuiltWorkflows } from '../worker/bundle.ts';
import { replayRunning } from '../worker/replay.ts';

const SHOWN = 10;

const { values } = parseArgs({ options: { most: { type: 'string', default: 'Infinity' } } });
const environment = readEnvironment(process.env, 'setup');
const workflows = await prebuiltWorkflows();
if (!workflows || !(Number(values.most) > 0)) {
  process.stderr.write('This is for the compiled command, which has its workflow code beside it. --most <n>\n');
  process.exit(2);
}
// What does not replay is told below; the SDK would tell each at length.
const logger = new DefaultLogger('ERROR', () => undefined);
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });

const client = createTemporalClient({
  address: environment.temporalAddress,
  namespace: environment.temporalNamespace,
});
const started = Date.now();
const { histories, failed } = await replayRunning(client, workflows.codePath, Number(values.most));
const seconds = ((Date.now() - started) / 1_000).toFixed(1);
for (const { workflowId, reason } of failed.slice(0, SHOWN)) process.stdout.write(`${workflowId}: ${reason}\n`);
if (failed.length > SHOWN) process.stdout.write(`… and ${failed.length - SHOWN} more\n`);
process.stdout.write(
  `${histories} open workflows replayed on ${workflows.buildId} in ${seconds} s, ${failed.length} failed\n`,
);
// The connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
process.exit(failed.length > 0 ? 1 : 0);
