/** `npm run config -- api`: the settings that a process would have here, secrets hidden; exit code 1 when it would not start. */
import { EnvironmentInvalid, effectiveSettings, PROCESSES, readEnvironment } from '../config/environment.ts';

const asked = process.argv[2];
const name = PROCESSES.find((known) => known === asked);
if (name === undefined) {
  process.stderr.write(`Say of which: ${PROCESSES.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const settings = effectiveSettings(process.env, name);
  const width = Math.max(...settings.map(({ variable }) => variable.length));
  for (const { variable, value, source } of settings) {
    process.stdout.write(`${`${variable.padEnd(width)}  ${value}`.trimEnd()}  [${source}]\n`);
  }
  try {
    readEnvironment(process.env, name);
  } catch (error) {
    if (!(error instanceof EnvironmentInvalid)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
