/** Runs a worker: workflows and their activities until SIGTERM or SIGINT, then finishes what runs. */
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createContractActivities } from '../activities/contracts.ts';
import { createEscalationMailActivities } from '../activities/escalationMail.ts';
import { createEscalationActivities } from '../activities/escalations.ts';
import { createHotlineActivities } from '../activities/hotline.ts';
import { createHotlineMailActivities } from '../activities/hotlineMail.ts';
import { createInterventionMailActivities } from '../activities/interventionMail.ts';
import { createInterventionActivities } from '../activities/interventions.ts';
import { createMailActivities } from '../activities/mail.ts';
import { readsPackageFiles } from '../activities/packageFiles.ts';
import { createRequestActivities } from '../activities/requests.ts';
import { createVisitActivities } from '../activities/visits.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { createPostgresFiles } from '../db/attachments.ts';
import { createPool } from '../db/pool.ts';
import { createMailTransport } from '../mail/transport.ts';
import { createActivityFailures } from '../metrics/activityFailures.ts';
import { serveMetrics } from '../metrics/metrics.ts';
import { startTracing } from '../tracing/tracing.ts';
import { countedActivities, tracedActivities } from './activityCalls.ts';
import { prebuiltWorkflows } from './bundle.ts';
import { temporalLogger } from './temporalLogger.ts';
import { createRequestWorker, type WorkerActivities } from './worker.ts';

/**
 * Runs one as the environment variables say; returns once it has drained. `arrange` may put something around the
 * activities. @throws Error naming every variable that is wrong
 */
export async function runWorker(
  arrange: (activities: WorkerActivities) => WorkerActivities = (activities) => activities,
): Promise<void> {
  const environment = readEnvironment(process.env, 'worker');
  const log = createLog('worker', environment.logLevel);
  const tracing = await startTracing({ ...environment, process: 'worker', log });

  // The runtime stops its workers on these signals by itself: `run` returns once they have drained.
  const sdkMetrics = `${environment.metricsHost}:${environment.sdkMetricsPort}`;
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: ['SIGTERM', 'SIGINT'],
    ...(environment.sdkMetricsPort !== 0 && {
      telemetryOptions: { metrics: { prometheus: { bindAddress: sdkMetrics, useSecondsForDurations: true } } },
    }),
  });

  const pool = createPool({ connectionString: environment.databaseUrl, max: environment.databasePoolSize, log });
  const transport = createMailTransport(environment.smtpUrl);
  const staffAlerts = { address: environment.staffAlertAddress, language: 'fr' as const };
  const failures = createActivityFailures();
  const workflows = await prebuiltWorkflows();
  const connection = await NativeConnection.connect({ address: environment.temporalAddress });
  const mailing = {
    pool,
    transport,
    tokenKeys: environment.tokenKeys,
    sender: { name: environment.mailName, domain: environment.mailDomain },
    staffAlerts,
    logger: log,
  };
  const worker = await createRequestWorker({
    connection,
    namespace: environment.temporalNamespace,
    maxCachedWorkflows: environment.maxCachedWorkflows,
    shutdownGraceSeconds: environment.shutdownGraceSeconds,
    ...(workflows && { workflowBundle: { codePath: workflows.codePath }, buildId: workflows.buildId }),
    aroundActivities: [...(tracing.isOn ? [tracedActivities] : []), countedActivities(failures.count)],
    recordSpan: tracing.record,
    answersNexus: environment.nexus === 'on',
    useWorkerVersioning: environment.workerVersioning === 'on',
    activities: {
      ...createContractActivities({ pool, staffAlerts }),
      ...createVisitActivities({ pool }),
      ...arrange({
        ...createRequestActivities({ pool }),
        ...createEscalationActivities({ pool }),
        ...createInterventionActivities({ pool }),
        ...createInterventionMailActivities({ ...mailing, pool, publicUrl: environment.publicUrl }),
        ...createHotlineActivities({ pool }),
        ...createHotlineMailActivities({ ...mailing, pool }),
        ...createMailActivities(mailing),
        ...createEscalationMailActivities({ ...mailing, files: readsPackageFiles(pool, createPostgresFiles(pool)) }),
      }),
    },
  });

  const metrics = await serveMetrics({
    host: environment.metricsHost,
    port: environment.metricsPort,
    process: 'worker',
    figures: [failures],
    db: pool,
    log,
  });
  log.info({ namespace: environment.temporalNamespace, build: workflows?.buildId ?? 'from source' }, 'worker ready');
  await worker.run();
  await metrics.close();
  transport.close();
  await pool.end();
  await tracing.stop();
  await connection.close();
  log.info('worker drained');
}
