/**
 * The relay process: takes mail from the network, moves it to the workflows, opens and sends what was left, files late
 * reports, tells of new opening hours, keeps the schedules of planned visits; until SIGTERM or SIGINT.
 */
import { once } from 'node:events';
import { createTemporalClient } from '../client/connection.ts';
import { createContractDoor } from '../client/contractDoor.ts';
import { createEscalationDoor } from '../client/escalationDoor.ts';
import { createHotlineDoor } from '../client/hotlineDoor.ts';
import { createInterventionDoor } from '../client/interventionDoor.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { createVisitDoor } from '../client/visitDoor.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { insertInboundMail } from '../db/inboundMails.ts';
import { createPool } from '../db/pool.ts';
import { allocateSr } from '../db/srNumbers.ts';
import { createDnsLookup } from '../mail/inbound/authenticity.ts';
import { startInboundListener } from '../mail/inbound/listener.ts';
import { createMailParser } from '../mail/inbound/parse.ts';
import { createMailTransport } from '../mail/transport.ts';
import { serveMetrics } from '../metrics/metrics.ts';
import { startTracing } from '../tracing/tracing.ts';
import { startCredits } from './credits.ts';
import { startInboundRelay } from './inboundRelay.ts';
import { startNotices } from './notices.ts';
import { startOpeningHours, toldInterventions, toldRequests } from './openingHours.ts';
import { startOpenings } from './openings.ts';
import { startReports } from './reports.ts';
import { startSendings } from './sendings.ts';
import { startVisitSchedules, startVisits } from './visits.ts';

const environment = readEnvironment(process.env, 'relay');
const log = createLog('relay', environment.logLevel);
const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
const tracing = await startTracing({ ...environment, process: 'relay', log });

const pool = createPool({ connectionString: environment.databaseUrl, max: environment.databasePoolSize, log });
// Mail is taken while Temporal is away, and relayed when it is back.
const client = createTemporalClient({
  address: environment.temporalAddress,
  namespace: environment.temporalNamespace,
});
const door = createRequestDoor({ client, pool });
const escalationDoor = createEscalationDoor({ client, pool });
const interventionDoor = createInterventionDoor({ client, pool });
const hotlineDoor = createHotlineDoor({ client, pool });
const parser = createMailParser();

const relay = startInboundRelay({
  pool,
  door,
  escalations: { door: escalationDoor, allocateSr },
  interventions: interventionDoor,
  tokenKeys: environment.tokenKeys,
  domain: environment.mailDomain,
  parser,
  lookup: createDnsLookup(),
  log,
});
const openings = startOpenings({ pool, door, interventions: interventionDoor, calls: hotlineDoor, log });
const reports = startReports({ pool, door, log });
const sendings = startSendings({ pool, door, escalations: escalationDoor, log });
const openingHours = startOpeningHours({
  pool,
  told: [toldRequests(door), toldInterventions(interventionDoor)],
  log,
});
const credits = startCredits({
  pool,
  door: createContractDoor({ client }),
  waiting: { interventions: interventionDoor, calls: hotlineDoor },
  log,
});
const visitSchedules = startVisitSchedules({ pool, door: createVisitDoor({ client }), log });
const visits = startVisits({ pool, requests: door, interventions: interventionDoor, log });
const transport = createMailTransport(environment.smtpUrl);
const notices = startNotices({
  pool,
  transport,
  sender: { name: environment.mailName, domain: environment.mailDomain },
  tokenKeys: environment.tokenKeys,
  portal: environment.publicUrl,
  log,
});
const listener = await startInboundListener({
  host: environment.inboundHost,
  port: environment.inboundPort,
  domain: environment.mailDomain,
  store: (mail) => insertInboundMail(pool, mail),
  log,
});
const metrics = await serveMetrics({
  host: environment.metricsHost,
  port: environment.metricsPort,
  process: 'relay',
  db: pool,
  log,
});
log.info({ port: listener.port }, 'relay ready');

await stopped;
await listener.close();
const duties = [relay, openings, sendings, reports, openingHours, credits, visitSchedules, visits, notices];
await Promise.all(duties.map((duty) => duty.close()));
transport.close();
await parser.close();
await metrics.close();
await pool.end();
await tracing.stop();
log.info('relay drained');
// The connection is not closed: a retry that the SDK still has on a timer throws on a closed one, and the process with it.
process.exit(0);
