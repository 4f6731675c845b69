/** The API process: serves until SIGTERM or SIGINT, then ends the calls under way and exits 0. */
import { checkTemporal, createTemporalClient } from '../client/connection.ts';
import { createEscalationDoor } from '../client/escalationDoor.ts';
import { createHotlineDoor } from '../client/hotlineDoor.ts';
import { createInterventionDoor } from '../client/interventionDoor.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { forgetOldKeys } from '../db/idempotencyKeys.ts';
import { createPool } from '../db/pool.ts';
import { serveMetrics } from '../metrics/metrics.ts';
import { startTracing } from '../tracing/tracing.ts';
import { createApp } from './app.ts';

const HOUR_MS = 3_600_000;

const environment = readEnvironment(process.env, 'api');
const log = createLog('api', environment.logLevel);
const tracing = await startTracing({ ...environment, process: 'api', log });
const pool = createPool({ connectionString: environment.databaseUrl, max: environment.databasePoolSize, log });
const client = createTemporalClient({
  address: environment.temporalAddress,
  namespace: environment.temporalNamespace,
});
const door = createRequestDoor({ client, pool });
const escalationDoor = createEscalationDoor({ client, pool });
const interventionDoor = createInterventionDoor({ client, pool });
const hotlineDoor = createHotlineDoor({ client, pool });
const app = createApp({
  pool,
  door,
  escalationDoor,
  interventionDoor,
  hotlineDoor,
  tokenKeys: environment.tokenKeys,
  checkTemporal: () => checkTemporal(client),
  log,
  trustedProxies: environment.trustedProxies,
  portal: environment.publicUrl,
});

const server = app.listen(environment.apiPort, environment.apiHost, (error?: Error) => {
  if (error) {
    log.fatal(
      { host: environment.apiHost, port: environment.apiPort, code: (error as NodeJS.ErrnoException).code },
      'cannot listen',
    );
    process.exit(1);
  }
  const address = server.address();
  log.info({ host: environment.apiHost, port: typeof address === 'object' ? address?.port : undefined }, 'api ready');
});

const metrics = await serveMetrics({
  host: environment.metricsHost,
  port: environment.metricsPort,
  process: 'api',
  db: pool,
  log,
});

const cleaning = setInterval(() => {
  forgetOldKeys(pool).catch((error: Error) => log.warn({ error: error.name }, 'old keys were not forgotten'));
}, HOUR_MS);

async function stop(): Promise<void> {
  clearInterval(cleaning);
  const hurry = setTimeout(() => server.closeAllConnections(), environment.shutdownGraceSeconds * 1_000);
  // A connection that stays open after its answer would bring calls for ever.
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  clearTimeout(hurry);
  await metrics.close();
  await pool.end();
  await tracing.stop();
  log.info('api stopped');
  // The connection is not closed: a retry that the SDK still has on a timer throws on a closed one, and the process with it.
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
