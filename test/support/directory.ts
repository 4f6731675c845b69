/** Directories of a test run, which a later run removes when this one could not. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from '../../scripts/stack/places.ts';

/** Keeps one directory a run, named after the id of its process. */
export const RUNS = join(TOOLS, 'test');

let made = 0;

/** A new directory for a stack or its like; unlike those of the system's temporary files, PostgreSQL's user may reach it. */
export function createTestDirectory(name: string): string {
  const directory = join(RUNS, `${process.pid}-${name}-${++made}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}
