/**
 * `npm start` as its user has it: a stack of its own, on free ports and in a directory of its own, its API and its mailbox. With
 * `RELANCE_STACK=production` it is `npm run stack:production`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerKind, NewMail } from '../../mail/mailbox/answers.ts';
import type { MailboxMessage } from '../../mail/mailbox/messages.ts';
import { call, readStack, type Stack } from '../../scripts/demo/stack.ts';
import { ROOT } from '../../scripts/stack/places.ts';
import { freePortVariables } from '../../scripts/stack/settings.ts';
import { createTestDirectory } from '../support/directory.ts';
import { until } from '../support/until.ts';

export interface LocalStack extends Stack {
  /** What it runs with; a stack that is started with it later finds the same data. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ctrl-C; the exit code. */
  stop(): Promise<number | null>;
  /** Stops it, if it runs, and removes its data. */
  remove(): Promise<void>;
}

/** A mail in the mailbox. */
export type Mail = Omit<MailboxMessage, 'html' | 'rawHeaders'>;

const ENTRY = process.env.RELANCE_STACK === 'production' ? 'scripts/production.mjs' : 'scripts/start.mjs';

/** Starts a stack, without an environment a new one. @throws Error with what it printed when it does not come up. */
export async function startLocalStack(environment?: NodeJS.ProcessEnv): Promise<LocalStack> {
  const env = environment ?? (await newEnvironment());
  const directory = env.RELANCE_DATA ?? '';
  let printed = '';
  const child: ChildProcess = spawn(process.execPath, [ENTRY], {
    cwd: ROOT,
    env,
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
  async function stop(): Promise<number | null> {
    child.kill('SIGINT');
    const [code] = await ended;
    return code;
  }
  return {
    ...readStack(directory),
    environment: env,
    stop,
    async remove() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function newEnvironment(): Promise<NodeJS.ProcessEnv> {
  const ports = await freePortVariables();
  const { DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, SMTP_URL: _smtp, ...environment } = process.env;
  return { ...environment, RELANCE_DATA: createTestDirectory('stack'), ...ports };
}

/** A call of the API that is to succeed; every change has a key of its own. @throws Error with the problem. */
export async function callApi<T>(stack: Stack, path: string, body?: object, token = stack.tokens.agent): Promise<T> {
  const change = body === undefined ? {} : { method: 'POST', key: randomUUID(), body };
  return await call<T>(`${stack.api}${path}`, { token, ...change });
}

/** Mails to an address, or to a domain, that have these words in their subject; the oldest first. */
export async function readMailbox(stack: Stack, to: string, subject = ''): Promise<Mail[]> {
  const query = new URLSearchParams({ to, subject });
  return (await call<Mail[]>(`${stack.mailbox}/api/messages?${query}`)).reverse();
}

/** Answers as whoever got the mail: where answers go, or to an address that it offers. */
export async function answerMail(
  stack: Stack,
  mail: Mail | undefined,
  kind: AnswerKind,
  text: string,
  to?: string,
): Promise<void> {
  await call(`${stack.mailbox}/api/messages/${mail?.id}/answer`, { method: 'POST', body: { kind, text, to } });
}

/** Writes a new mail to the inbound server. */
export async function writeMail(stack: Stack, mail: NewMail): Promise<void> {
  await call(`${stack.mailbox}/api/write`, { method: 'POST', body: mail });
}
