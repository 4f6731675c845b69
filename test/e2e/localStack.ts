/**
 * `npm start` as its user has it: a stack of its own, on free ports and in a directory of its own. With `RELANCE_STACK=production` it is
 * `npm run stack:production`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readStack, type Stack } from '../../scripts/demo/stack.ts';
import { ROOT } from '../../scripts/stack/places.ts';
import { freePortVariables } from '../../scripts/stack/settings.ts';
import { createTestDirectory } from '../support/directory.ts';
import { until } from '../support/until.ts';

export interface LocalStack extends Stack {
  readonly directory: string;
  /** All that it printed. */
  output(): string;
  /** Ctrl-C; the exit code. */
  stop(): Promise<number | null>;
}

/** An environment for a stack of its own; starting it twice finds the same data. */
export async function stackEnvironment(): Promise<NodeJS.ProcessEnv> {
  const ports = await freePortVariables();
  const { DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, SMTP_URL: _smtp, ...environment } = process.env;
  return {
    ...environment,
    RELANCE_DATA: createTestDirectory('stack'),
    ...ports,
  };
}

const ENTRY = process.env.RELANCE_STACK === 'production' ? 'scripts/production.mjs' : 'scripts/start.mjs';

/** Starts the stack of this environment. @throws Error with what it printed when it does not come up. */
export async function startLocalStack(environment: NodeJS.ProcessEnv): Promise<LocalStack> {
  const directory = environment.RELANCE_DATA ?? '';
  let printed = '';
  const child: ChildProcess = spawn(process.execPath, [ENTRY], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const file = join(directory, 'stack.json');
  await until(
    () => {
      if (child.exitCode !== null) return 'ended';
      return printed.includes('Relance is ready') && existsSync(file);
    },
    { timeoutMs: 120_000 },
  );
  if (child.exitCode !== null) throw new Error(`${ENTRY} ended:\n${printed}`);
  return {
    ...readStack(directory),
    directory,
    output: () => printed,
    async stop() {
      child.kill('SIGINT');
      const [code] = await ended;
      return code;
    },
  };
}

/** A call of the API that is to succeed; every change has a key of its own. @throws Error with the problem. */
export async function callApi<T>(stack: Stack, path: string, body?: object, token = stack.tokens.agent): Promise<T> {
  const response = await fetch(`${stack.api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}
