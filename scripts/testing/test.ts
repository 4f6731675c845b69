/** `npm test`: type-check, lint and every tier of tests, or only the named ones; the last line counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDirectory } from '../../test/support/directory.ts';
import { ROOT } from '../stack/places.ts';
import { findTemporal } from '../stack/temporalBinary.ts';
import { findTestServer } from '../stack/testServer.ts';
import { countTests, type Figures } from './figures.ts';

const TIERS = ['unit', 'workflows', 'activities', 'api', 'e2e', 'replay'];
const TSC = 'node_modules/typescript/bin/tsc';
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const VITEST = 'node_modules/vitest/vitest.mjs';

const given = process.argv.slice(2);
const tiers = TIERS.filter((tier) => given.includes(tier));
/** Files and options for the test runner itself. */
const others = given.filter((argument) => !TIERS.includes(argument));

const figures = { passed: 0, failed: 0 };
const say = (line: string) => console.log(line);
try {
  await ensureTools();
  if (given.length === 0) {
    add(await check('Type-check', [TSC, '--noEmit']));
    add(await check('Format and lint', [BIOME, 'check', '.']));
  }
  add(await runTests());
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  add({ passed: 0, failed: 1 });
}
process.exitCode = figures.failed > 0 || figures.passed === 0 ? 1 : 0;
say(`${figures.passed} passed, ${figures.failed} failed`);

function add({ passed, failed }: Figures): void {
  figures.passed += passed;
  figures.failed += failed;
}

/** What may take minutes on a new machine comes first, with its progress shown. */
async function ensureTools(): Promise<void> {
  const needs = (...those: string[]) => tiers.length === 0 || tiers.some((tier) => those.includes(tier));
  if (needs('workflows')) say(`Time-skipping server: ${await findTestServer(say)}`);
  if (needs('api', 'e2e', 'replay') && !process.env.TEMPORAL_ADDRESS)
    say(`Temporal: ${(await findTemporal(say)).source}`);
}

async function check(what: string, command: readonly string[]): Promise<Figures> {
  const ok = (await run(command)) === 0;
  say(`${ok ? '✓' : '✗'} ${what}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

async function runTests(): Promise<Figures> {
  const directory = createTestDirectory('results');
  const file = join(directory, 'results.json');
  try {
    const projects = tiers.flatMap((tier) => ['--project', tier]);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run([VITEST, 'run', ...projects, ...reporters, ...others]);
    const counted = countTests(JSON.parse(readFileSync(file, 'utf8')));
    if (counted.passed + counted.failed === 0) say('No test ran.');
    // An error outside of any test: no test failed, and yet the run did.
    return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The exit code of a script of Node's, run with its output shown. */
async function run(command: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGTERM', forward);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  } finally {
    process.off('SIGTERM', forward);
  }
}
