/** The SDK's own download of its servers, where the network lets it through. */
import { readdirSync, renameSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const ADDRESS = 'https://temporal.download/';
/** Networks may be closed: a refusal comes at once, a silence is given up soon. */
const ANSWERS_WITHIN_MS = 4_000;

/** Downloads one of the two servers to `path`; false when the network or the platform does not let it. */
export async function downloadBySdk(
  server: 'dev server' | 'time-skipping server',
  path: string,
  report: (message: string) => void,
): Promise<boolean> {
  if (!(await isReachable())) return false;
  report(`Downloading the Temporal ${server}`);
  const downloadDir = join(dirname(path), `download-${process.pid}`);
  await mkdir(downloadDir, { recursive: true });
  try {
    const options = { server: { executable: { type: 'cached-download', downloadDir } } } as const;
    // The SDK has no download alone: the server runs for a moment.
    const environment = await (server === 'dev server'
      ? TestWorkflowEnvironment.createLocal(options)
      : TestWorkflowEnvironment.createTimeSkipping(options));
    await environment.teardown();
    const [file] = readdirSync(downloadDir).filter((name) => name.startsWith('temporal-'));
    if (file === undefined) return false;
    renameSync(join(downloadDir, file), path);
    return true;
  } catch (error) {
    report(`The download failed: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    await rm(downloadDir, { recursive: true, force: true });
  }
}

async function isReachable(): Promise<boolean> {
  // A proxy is known to the SDK, not to fetch.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return true;
  try {
    await fetch(ADDRESS, { method: 'HEAD', signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return true;
  } catch {
    return false;
  }
}
