/** `npm run verify`: what of requests, escalations, prepaid work, its credit and mails is not as it should be; `--json`, `--repair`. Exit code 1 when something stays, 2 when it could not look. */
import { parseArgs } from 'node:util';
import { createTemporalClient } from '../client/connection.ts';
import { createContractDoor } from '../client/contractDoor.ts';
import { createEscalationDoor } from '../client/escalationDoor.ts';
import { createHotlineDoor } from '../client/hotlineDoor.ts';
import { createInterventionDoor } from '../client/interventionDoor.ts';
import { createRequestDoor } from '../client/requestDoor.ts';
import { createVisitDoor } from '../client/visitDoor.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { createPool, isDatabaseAway } from '../db/pool.ts';
import { type Finding, findAll, repairAll } from './findings.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, repair: { type: 'boolean' } } });
const environment = readEnvironment(process.env, 'setup');
const pool = createPool({ connectionString: environment.databaseUrl, max: 4, log: createLog('verify', 'silent') });
const client = createTemporalClient({
  address: environment.temporalAddress,
  namespace: environment.temporalNamespace,
});
const deps = {
  pool,
  door: createRequestDoor({ client, pool }),
  escalations: createEscalationDoor({ client, pool }),
  interventions: createInterventionDoor({ client, pool }),
  calls: createHotlineDoor({ client, pool }),
  contracts: createContractDoor({ client }),
  visits: createVisitDoor({ client }),
};

const found = await findAll(deps).catch((error: unknown): never => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`Could not look: ${(isDatabaseAway(error) && 'PostgreSQL is away') || message || name}.\n`);
  process.exit(2);
});
const findings = values.repair ? await repairAll(deps, found) : found;
process.stdout.write(values.json ? `${JSON.stringify({ findings }, undefined, 2)}\n` : told(findings));
await pool.end();
// The connection is not closed: a retry that the SDK still has on a timer throws on a closed one.
process.exit(findings.some(({ repair }) => repair !== 'done') ? 1 : 0);

function told(all: readonly Finding[]): string {
  if (all.length === 0) return 'Nothing found: Postgres and Temporal agree, and nothing waits too long.\n';
  const lines = all.map(({ kind, subject, since, detail, repair }) =>
    [kind.padEnd(14), subject, since ?? '', detail, repair ? `repair ${repair}` : ''].filter(Boolean).join('  '),
  );
  return `${lines.join('\n')}\n${all.length} found\n`;
}
