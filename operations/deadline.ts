/**
 * `npm run deadline -- --contract X --clock resolution --priority P2 --from 2026-12-23T16:20`: when a request that began then
 * would be due, and why; `--pause from/to` as often as wanted. Exit code 2 when it cannot be said.
 */
import { parseArgs } from 'node:util';
import { readEnvironment } from '../config/environment.ts';
import { createLog } from '../config/log.ts';
import { createPool, isDatabaseAway } from '../db/pool.ts';
import { explainDeadline } from './deadlineExplained.ts';
import { deadlineText } from './deadlineText.ts';

const { values } = parseArgs({
  options: {
    contract: { type: 'string' },
    clock: { type: 'string' },
    priority: { type: 'string' },
    from: { type: 'string' },
    pause: { type: 'string', multiple: true, default: [] },
  },
});
const { databaseUrl } = readEnvironment(process.env, 'setup');
const pool = createPool({ connectionString: databaseUrl, max: 2, log: createLog('deadline', 'silent') });
try {
  const { deadline, explanation, steps } = await explainDeadline(pool, values);
  process.stdout.write(deadlineText(deadline, explanation, steps));
} catch (error) {
  if (!(error instanceof RangeError) && !isDatabaseAway(error)) throw error;
  process.stderr.write(`${error instanceof RangeError ? error.message : 'PostgreSQL is away.'}\n`);
  process.exitCode = 2;
} finally {
  await pool.end();
}
