/** The workflow code that the build made beforehand, and the id by which a deployment of it is known. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { INTERCEPTORS_PATH, WORKFLOWS_PATH } from './worker.ts';

/** Workflow code in one file. */
export interface PrebuiltWorkflows {
  readonly codePath: string;
  /** The first 12 hexadecimal digits of the code's SHA-256: the same code has the same, wherever it was built. */
  readonly buildId: string;
}

/** The file's name, beside the compiled folders. */
export const BUNDLE_FILE = 'workflow-bundle.js';

/** What the build left; undefined when this runs from its TypeScript source, where a bundle might be of older code. */
export async function prebuiltWorkflows(): Promise<PrebuiltWorkflows | undefined> {
  if (import.meta.url.endsWith('.ts')) return undefined;
  const codePath = fileURLToPath(new URL(`../${BUNDLE_FILE}`, import.meta.url));
  return { codePath, buildId: buildIdOf(await readFile(codePath, 'utf8')) };
}

/** Builds the workflow code of this checkout. */
export async function bundleWorkflows(): Promise<{ readonly code: string; readonly buildId: string }> {
  const quiet = () => undefined;
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  const workflowInterceptorModules = [INTERCEPTORS_PATH];
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH, workflowInterceptorModules, logger });
  return { code, buildId: buildIdOf(code) };
}

/** The source map in the last line names folders of the machine: it does not count. */
export function buildIdOf(code: string): string {
  const counted = code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '');
  return createHash('sha256').update(counted).digest('hex').slice(0, 12);
}
