/** Where things of the local stack are. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What is built or fetched once, whatever stack uses it. */
export const TOOLS = join(ROOT, '.data');

/** Data of the stack: `RELANCE_DATA`, relative to the checkout; `.data` without it. */
export function dataDirectory(setting: string | undefined): string {
  if (!setting) return join(ROOT, '.data');
  if (setting.startsWith('~/')) return join(homedir(), setting.slice(2));
  return isAbsolute(setting) ? setting : resolve(ROOT, setting);
}
