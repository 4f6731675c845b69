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

const USAGE =
  'npm run deadline -- --contract X --clock resolution [--priority P2] [--from 2026-12-23T16:20] [--pause from/to]…';

function readQuestion() {
  try {
    return parseArgs({
      options: {
        contract: { type: 'string' },
        clock: { type: 'string' },
        priority: { type: 'string' },
        from: { type: 'string' },
        pause: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    // What was typed and is no option; the rest of the message is about programs, not people.
    process.stderr.write(
      `${error instanceof Error ? error.message.split('. ')[0] : 'That cannot be read'}.\nUsage: ${USAGE}\n`,
    );
    process.exit(2);
  }
}

const question = readQuestion();
const { databaseUrl } = readEnvironment(process.env, 'setup');
const pool = createPool({ connectionString: databaseUrl, max: 2, log: createLog('deadline', 'silent') });
try {
  const { deadline, explanation, steps } = await explainDeadline(pool, question);
  process.stdout.write(deadlineText(deadline, explanation, steps));
} catch (error) {
  if (!(error instanceof RangeError) && !isDatabaseAway(error)) throw error;
  process.stderr.write(`${error instanceof RangeError ? error.message : 'PostgreSQL is away.'}\n`);
  process.exitCode = 2;
} finally {
  await pool.end();
}
