/** `npm run build`: compiles the product to `dist/`, with its migrations and the workflow code in one file. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_FILE, bundleWorkflows } from '../worker/bundle.ts';
import { ROOT } from './stack/places.ts';

const TARGET = join(ROOT, 'dist');
const NEW = join(ROOT, `dist.new.${process.pid}`);

const { status } = spawnSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', NEW],
  { cwd: ROOT, stdio: 'inherit' },
);
if (status !== 0) {
  rmSync(NEW, { recursive: true, force: true });
  process.exit(1);
}
cpSync(join(ROOT, 'db/migrations'), join(NEW, 'db/migrations'), { recursive: true });
const { code, buildId } = await bundleWorkflows();
writeFileSync(join(NEW, BUNDLE_FILE), code);
writeFileSync(join(NEW, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`);
// The old one stays whole until the new one is.
if (existsSync(TARGET)) rmSync(TARGET, { recursive: true });
renameSync(NEW, TARGET);
console.log(`dist/ is built; workflow code ${buildId}`);
