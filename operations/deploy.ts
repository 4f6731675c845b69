/**
 * `npm run deploy`: where workers run with `WORKER_VERSIONING=on`, makes the version of this build current, once workers of it are there;
 * `--build-id <id>`: another one, as to go back. `--wait <seconds>`: how long at most, 120 without it. Exit code 1 when it is not.
 */
import { parseArgs } from 'node:util';
import { createTemporalClient } from '../client/connection.ts';
import { makeCurrent } from '../client/deployment.ts';
import { readEnvironment } from '../config/environment.ts';
import { prebuiltWorkflows } from '../worker/bundle.ts';
import { DEPLOYMENT_NAME } from '../worker/worker.ts';

const { values } = parseArgs({ options: { 'build-id': { type: 'string' }, wait: { type: 'string', default: '120' } } });
const environment = readEnvironment(process.env, 'setup');
const buildId = values['build-id'] ?? (await prebuiltWorkflows())?.buildId;
const waitSeconds = Number(values.wait);
if (buildId === undefined || !(waitSeconds > 0)) {
  process.stderr.write(
    'Say which: --build-id <id>, or run the compiled command, which knows its own. --wait <seconds>\n',
  );
  process.exit(2);
}

const client = createTemporalClient({
  address: environment.temporalAddress,
  namespace: environment.temporalNamespace,
});
try {
  const version = { deploymentName: DEPLOYMENT_NAME, buildId };
  const { before, tookMs } = await makeCurrent(client, version, waitSeconds * 1_000);
  const was = before === buildId ? 'as before' : `before: ${before || 'workers without a version'}`;
  process.stdout.write(`${DEPLOYMENT_NAME} ${buildId} is current (${was}), after ${(tookMs / 1_000).toFixed(1)} s.\n`);
} catch (error) {
  process.stderr.write(`Not deployed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
// The connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
process.exit();
