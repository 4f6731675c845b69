/** What a fresh clone needs before any TypeScript runs: the right Node, and the packages of the lock file. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MARK = 'node_modules/.package-lock.json';

/** Checks Node's version, installs packages when they are missing or older than the lock file, and lets TypeScript be imported. */
export async function prepare() {
  process.chdir(ROOT);
  checkNode();
  if (writtenAt(MARK) < writtenAt('package-lock.json')) install();
  const { register } = await import('tsx/esm/api');
  register();
}

function checkNode() {
  const wanted = JSON.parse(readFileSync('package.json', 'utf8')).engines.node.replace('>=', '');
  const numbers = (/** @type {string} */ version) => version.split('.').map(Number);
  const [major, minor] = numbers(wanted);
  const [ourMajor, ourMinor] = numbers(process.versions.node);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  fail(`Node ${wanted} or newer is needed; this is ${process.versions.node}.`);
}

function install() {
  console.log('Installing packages (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (status !== 0) fail('The packages could not be installed; what npm says is above.');
}

function writtenAt(/** @type {string} */ path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function fail(/** @type {string} */ message) {
  console.error(message);
  process.exit(1);
}
