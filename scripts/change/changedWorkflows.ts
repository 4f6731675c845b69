/** A change of the workflow code, made on a copy of its source: as it is to be made, and without `patched`. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { BUNDLE_FILE, buildIdOf } from '../../worker/bundle.ts';
import { ROOT } from '../stack/places.ts';

/** One way to write the change. */
export type Writing = 'patched' | 'unpatched';

/** A compiled product. */
export interface Release {
  readonly directory: string;
  readonly buildId: string;
}

const SOURCES = ['domain', 'workflows'] as const;
const CHANGED_FILE = join('workflows', 'supportRequest.ts');
/** Each turn of the loop begins with a timer that the old code does not have. */
const LOOP = '  for (;;) {\n    decideWhatIsDue(shell, shell.state.number);\n';
const CHANGES: { readonly [W in Writing]: string } = {
  patched:
    "  const settles = patched('settleFirst');\n  for (;;) {\n    if (settles) await sleep(1);\n    decideWhatIsDue(shell, shell.state.number);\n",
  unpatched: '  for (;;) {\n    await sleep(1);\n    decideWhatIsDue(shell, shell.state.number);\n',
};
const IMPORTS: { readonly [W in Writing]: string } = { patched: 'patched, sleep', unpatched: 'sleep' };

/** The product of `built`, copied to `directory`. Both are inside the checkout, for its packages. */
export function copyRelease(built: string, directory: string): Release {
  cpSync(built, directory, { recursive: true });
  return { directory, buildId: buildIdOf(readFileSync(join(directory, BUNDLE_FILE), 'utf8')) };
}

/** The product of `built`, copied to `directory`, with changed workflow code. */
export async function changedRelease(built: string, directory: string, writing: Writing): Promise<Release> {
  const code = await bundleChanged(`${directory}-source`, writing);
  copyRelease(built, directory);
  writeFileSync(join(directory, BUNDLE_FILE), code);
  return { directory, buildId: buildIdOf(code) };
}

/**
 * The changed workflow code in one file, of a copy of the source in `directory`, which is inside the checkout.
 * @throws Error when the change has no place in the source
 */
export async function bundleChanged(directory: string, writing: Writing): Promise<string> {
  mkdirSync(directory, { recursive: true });
  for (const folder of SOURCES) cpSync(join(ROOT, folder), join(directory, folder), { recursive: true });
  const file = join(directory, CHANGED_FILE);
  const code = readFileSync(file, 'utf8');
  if (code.split(LOOP).length !== 2) throw new Error(`The loop of ${CHANGED_FILE} has changed: change this change.`);
  const imported = `import { ${IMPORTS[writing]} } from '@temporalio/workflow';\n`;
  writeFileSync(file, imported + code.replace(LOOP, CHANGES[writing]));
  const quiet = () => undefined;
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  return (await bundleWorkflowCode({ workflowsPath: join(directory, 'workflows', 'index.ts'), logger })).code;
}
