/** The API as an express application; it listens nowhere by itself. */
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { EscalationDoor } from '../client/escalationDoor.ts';
import type { HotlineDoor } from '../client/hotlineDoor.ts';
import type { InterventionDoor } from '../client/interventionDoor.ts';
import type { RequestDoor } from '../client/requestDoor.ts';
import { createPostgresFiles, type FileStore } from '../db/attachments.ts';
import { allocateSr } from '../db/srNumbers.ts';
import type { TokenKeys } from '../mail/tokens.ts';
import { serveApprovals } from './approvals.ts';
import { createCallers, GENEROUS, type Limits } from './callers.ts';
import { serveDocumentation } from './documentation.ts';
import { serveHealth } from './health.ts';
import type { Route } from './route.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { commandRoutes } from './routes/commands.ts';
import { contactRoutes } from './routes/contacts.ts';
import { contractEndRoutes } from './routes/contractEnds.ts';
import { contractRoutes } from './routes/contracts.ts';
import { contractTermsRoutes } from './routes/contractTerms.ts';
import { creditOperationRoutes } from './routes/creditOperations.ts';
import { creditRoutes } from './routes/credits.ts';
import { escalationCommandRoutes } from './routes/escalationCommands.ts';
import { escalationPages } from './routes/escalationPages.ts';
import { escalationRoutes } from './routes/escalations.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { billingProposalRoutes, hotlineRoutes } from './routes/hotline.ts';
import { interventionCommandRoutes } from './routes/interventionCommands.ts';
import { interventionRoutes } from './routes/interventions.ts';
import { mailRoutes } from './routes/mails.ts';
import { portalRoutes } from './routes/portal.ts';
import { publisherRoutes } from './routes/publishers.ts';
import { requestRoutes } from './routes/requests.ts';
import { answerProblems, logCalls, serve } from './server.ts';

/** What the API is made of; tests put their own door and log in. */
export interface AppDependencies {
  readonly pool: Pool;
  readonly door: RequestDoor;
  readonly escalationDoor: EscalationDoor;
  readonly interventionDoor: InterventionDoor;
  readonly hotlineDoor: HotlineDoor;
  /** Keys of the links on which customers approve; without them there is no such page. */
  readonly tokenKeys?: TokenKeys;
  /** Where files of escalations are kept; Postgres without it. */
  readonly files?: FileStore;
  /** Throws when Temporal does not answer. */
  readonly checkTemporal: () => Promise<unknown>;
  readonly log: Logger;
  readonly limits?: Limits;
  /** Addresses, or ranges, of proxies that say whose call they pass on; none without it: that of the connection counts. */
  readonly trustedProxies?: readonly string[];
  /** Where customers make requests. */
  readonly portal?: string;
}

/** Every route that wants an access token. */
export function allRoutes(
  deps: Pick<
    AppDependencies,
    'pool' | 'door' | 'escalationDoor' | 'interventionDoor' | 'hotlineDoor' | 'files' | 'portal'
  >,
): Route[] {
  const { pool, files = createPostgresFiles(pool) } = deps;
  return [
    ...requestRoutes(deps),
    ...explanationRoutes(deps),
    ...commandRoutes(deps),
    ...mailRoutes({ ...deps, escalations: { door: deps.escalationDoor, allocateSr } }),
    ...contractRoutes(deps),
    ...contractTermsRoutes(deps),
    ...contractEndRoutes(deps),
    ...contactRoutes(deps),
    ...creditRoutes(deps),
    ...creditOperationRoutes(deps),
    ...portalRoutes(deps),
    ...calendarRoutes(deps),
    ...escalationRoutes({ ...deps, files }),
    ...escalationPages({ pool, files }),
    ...escalationCommandRoutes(deps),
    ...publisherRoutes(deps),
    ...interventionRoutes(deps),
    ...interventionCommandRoutes(deps),
    ...hotlineRoutes(deps),
    ...billingProposalRoutes(deps),
  ];
}

/** The application: health, documentation, then every route, then problems for all that remains. */
export function createApp(deps: AppDependencies): Express {
  const { pool, log, checkTemporal, limits = GENEROUS, trustedProxies = [] } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Limits are kept by address: behind a proxy that is not known, a stranger would use them up for everybody.
  app.set('trust proxy', [...trustedProxies]);
  app.use(
    // Without this directive's removal a browser would ask for the pages of a local stack by https.
    helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }),
  );
  logCalls(app, log);
  const routes = allRoutes(deps);
  const needs = [
    { name: 'postgres' as const, check: () => pool.query('SELECT 1') },
    { name: 'temporal' as const, check: checkTemporal },
  ];
  serveHealth(app, needs, log);
  serveDocumentation(app, routes);
  const { tokenKeys, interventionDoor } = deps;
  if (tokenKeys) {
    serveApprovals(app, { pool, interventionDoor, tokenKeys, log, wrongTokens: limits.unauthorized });
  }
  const callers = createCallers(pool, limits);
  for (const route of routes) serve(app, route, { pool, callers, log });
  answerProblems(app, log);
  return app;
}
