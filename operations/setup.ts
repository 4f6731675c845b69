/** Makes what the product needs before its first start, or a new version of it: tables, namespace, search attributes. */
import { createNamespace, hasNamespace, registerSearchAttributes } from '../client/namespace.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { migrate } from '../db/migrate.ts';

const environment = readEnvironment(process.env, 'setup');
const log = createLog('setup', environment.logLevel);
const { databaseUrl, temporalAddress, temporalNamespace } = environment;

const migrations = await migrate(databaseUrl);
log.info({ migrations }, 'database is up to date');
if (await hasNamespace(temporalAddress, temporalNamespace).catch(() => false)) {
  await registerSearchAttributes(temporalAddress, temporalNamespace);
} else {
  await createNamespace(temporalAddress, temporalNamespace);
}
log.info({ namespace: temporalNamespace }, 'Temporal is set up');
