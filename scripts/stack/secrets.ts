/** Secrets of a local stack: made once, kept for its owner alone. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DemonstrationTokens } from '../../db/demonstration.ts';

/** What is kept. */
export interface Secrets {
  readonly databasePassword: string;
  /** As `TOKEN_KEYS` takes it. */
  readonly tokenKeys: string;
  /** Of the demonstration, so that a second start needs no new ones. */
  readonly accessTokens?: DemonstrationTokens;
}

/** The secrets of the stack of a directory; makes them when there are none. */
export function readSecrets(directory: string): Secrets {
  const file = join(directory, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secrets: Secrets = {
    databasePassword: randomBytes(24).toString('hex'),
    tokenKeys: `local:${randomBytes(32).toString('hex')}`,
  };
  keepSecrets(directory, secrets);
  return secrets;
}

/** Keeps them in place of the earlier ones. */
export function keepSecrets(directory: string, secrets: Secrets): void {
  writePrivateFile(join(directory, 'secrets.json'), secrets);
}

/** Writes JSON that only its owner may read; whoever reads it finds all of it or what was there before. */
export function writePrivateFile(path: string, content: object): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, path);
}
