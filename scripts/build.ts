/** `npm run build`: compiles the product to `dist/`, with its migrations and the workflow code in one file. */
import { spawnSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
replaceTarget();
console.log(`dist/ is built; workflow code ${buildId}`);

/** The old one stays whole until the new one is, and is never half gone: processes may be starting from it, or others building. */
function replaceTarget(): void {
  for (let attempt = 1; ; attempt++) {
    const old = join(ROOT, `dist.old.${process.pid}.${attempt}`);
    try {
      renameSync(TARGET, old);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    try {
      renameSync(NEW, TARGET);
      return;
    } catch (error) {
      // Another build has put its own there in between.
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
