/** The running local stack, as the demonstration reaches it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Contact = z.object({ id: z.string(), contract: z.string(), name: z.string(), email: z.string() });

/** The part of `.data/stack.json` that is needed here. */
const Stack = z.object({
  api: z.string(),
  databaseUrl: z.string(),
  temporalUi: z.string(),
  temporalAddress: z.string(),
  temporalNamespace: z.string(),
  mailbox: z.string(),
  tokens: z.object({
    ...{ agent: z.string(), supervisor: z.string(), billing: z.string() },
    ...{ customer: z.string(), prepaidCustomer: z.string(), publisher: z.string() },
  }),
  contracts: z.array(z.object({ reference: z.string(), contact: Contact })),
});
/** Where a running stack is, as it wrote it down. */
export type Stack = z.infer<typeof Stack>;

/** @throws Error that says to start the stack when it is not there. */
export function readStack(directory: string): Stack {
  const file = join(directory, 'stack.json');
  try {
    return Stack.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof z.ZodError) throw new Error(`${file} is not what npm start writes: ${z.prettifyError(error)}`);
    throw new Error(`The stack is not running (no ${file}): start it with npm start in another terminal.`);
  }
}

/** A call that answers JSON. @throws Error with what the server said when it is not a success. */
export async function call<T>(
  url: string,
  options: { method?: string; token?: string; key?: string; body?: object } = {},
): Promise<T> {
  const { method = 'GET', token, key, body } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Asks until the answer is there. @throws Error that says what was waited for. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${seconds} s for ${what}, in vain.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
