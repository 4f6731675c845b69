import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../db/pool.ts';
import { historyText } from '../../scripts/demo/checks.ts';
import { ROOT } from '../../scripts/stack/places.ts';
import { requestWorkflowId } from '../../workflows/messages.ts';
import { storeAdmitting } from '../support/closureTerms.ts';
import { until } from '../support/until.ts';
import { callApi, type LocalStack, stackEnvironment, startLocalStack } from './localStack.ts';

interface View {
  readonly number: string;
  readonly status: string;
  readonly version: number;
  readonly waiting?: { readonly remindersSent: number };
  readonly closed?: { readonly reason: string };
  readonly tasks: readonly { readonly kind: string; readonly mail?: string }[];
  readonly clocks: readonly { readonly dueAt?: string }[];
}

interface Mail {
  readonly id: string;
  readonly subject: string;
  readonly to: string;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
}

interface Inbound {
  readonly id: string;
  readonly disposition?: string;
  readonly number?: string;
  readonly reason?: string;
}

let environment: NodeJS.ProcessEnv;
let stack: LocalStack;

beforeAll(async () => {
  environment = await stackEnvironment();
  stack = await startLocalStack(environment);
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  rmSync(environment.RELANCE_DATA ?? '', { recursive: true, force: true });
}, 60_000);

const SECONDS = 'DEMO-SECONDS';
const patience = { timeoutMs: 60_000 };

function camille() {
  const contract = stack.contracts.find(({ reference }) => reference === SECONDS);
  if (!contract) throw new Error('the demonstration contract is not loaded');
  return contract.contact;
}

async function open(subject: string, more: object = {}): Promise<View> {
  return await callApi(stack, '/v1/requests', {
    contract: SECONDS,
    contact: camille().id,
    priority: 'blocking',
    subject,
    description: `${subject}, every time`,
    reproducible: true,
    attributableToProduct: true,
    channel: 'phone',
    ...more,
  });
}

const command = (number: string, name: string, body: object = {}) =>
  callApi<View>(stack, `/v1/requests/${number}/${name}`, body);
const read = (number: string) => callApi<View>(stack, `/v1/requests/${number}`);
const timeline = async (number: string) =>
  (await callApi<{ items: { type: string }[] }>(stack, `/v1/requests/${number}/timeline`)).items.map(
    ({ type }) => type,
  );
const inbound = async (query: string) => (await callApi<{ items: Inbound[] }>(stack, `/v1/mails?${query}`)).items;

async function mailboxCall<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${stack.mailbox}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Mails of a request in the customer's mailbox, the oldest first. */
async function mailsOf(number: string): Promise<Mail[]> {
  const mails = await mailboxCall<Mail[]>(`/api/messages?to=customer.example&subject=${number}`);
  return mails.reverse();
}

const answer = (mail: Mail | undefined, kind: string, text = 'An answer.') =>
  mailboxCall(`/api/messages/${mail?.id}/answer`, { kind, text });

async function untilStatus(number: string, status: string, how = patience): Promise<View> {
  await until(async () => (await read(number)).status === status, how);
  return await read(number);
}

describe('the local stack', () => {
  it.concurrent('tells a whole life: npm run demo', async () => {
    const child = spawn(process.execPath, ['scripts/demo.mjs'], { cwd: ROOT, env: environment });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(printed).toMatch(/\d+ checks passed, 0 failed/);
    expect(code).toBe(0);
  }, 180_000);

  it.concurrent('lets no out-of-office reply disturb the cycle', async () => {
    const { number } = await open('Away');
    await command(number, 'ask', { text: 'Which version is it?' });
    for (let step = 1; step <= 3; step++) {
      await until(async () => (await mailsOf(number)).length === 2 + step, patience);
      await answer((await mailsOf(number)).at(-1), 'outOfOffice');
    }
    const closed = await untilStatus(number, 'closed');
    expect(closed.closed?.reason).toBe('noAnswer');
    expect(await timeline(number)).not.toContain('answered');
    await until(async () => (await inbound(`number=${number}`)).length === 3, patience);
    expect((await inbound(`number=${number}`)).map(({ disposition }) => disposition)).toEqual(
      Array(3).fill('automatic'),
    );
    await until(async () => (await mailsOf(number)).length === 6, patience);
    expect((await mailsOf(number)).at(-1)?.subject).toContain('Closed');
  }, 120_000);

  it.concurrent('stops at a bounce, and goes on with the same step once the address is right', async () => {
    const { number } = await open('Bounced');
    await command(number, 'ask', { text: 'Which version is it?' });
    await until(async () => (await mailsOf(number)).length === 3, patience);
    await answer((await mailsOf(number)).at(-1), 'bounce');
    await until(async () => (await read(number)).tasks.some(({ kind }) => kind === 'correctAddress'), patience);
    expect((await read(number)).waiting?.remindersSent).toBe(0);
    await command(number, 'correctAddress', { email: camille().email });
    const closed = await untilStatus(number, 'closed');
    expect(closed.closed?.reason).toBe('noAnswer');
    const reminders = (await timeline(number)).filter((type) => type === 'reminderSent');
    // The first went out twice: once in vain.
    expect(reminders).toHaveLength(4);
  }, 120_000);

  it.concurrent('opens a request by mail, and reopens it by an answer after its closing', async () => {
    await mailboxCall('/api/write', {
      from: camille().email,
      to: 'sr@support.example',
      subject: 'Opened by mail',
      text: 'The export stops at page two, every time.',
    });
    const found = async () =>
      (
        await callApi<{ items: { number: string; subject: string }[] }>(stack, `/v1/requests?contract=${SECONDS}`)
      ).items.find(({ subject }) => subject === 'Opened by mail');
    await until(async () => (await found()) !== undefined, patience);
    const number = (await found())?.number ?? '';
    await untilStatus(number, 'registered');
    await command(number, 'acknowledge');
    await command(number, 'close', { reason: 'withdrawn' });
    await until(async () => (await mailsOf(number)).length === 3, patience);
    await answer((await mailsOf(number)).at(-1), 'answer', 'It happens again.');
    await untilStatus(number, 'inProgress');
    expect(await timeline(number)).toEqual(['opened', 'acknowledged', 'closed', 'answered', 'reopened']);
  }, 120_000);

  it.concurrent('writes to a French customer in French, in the time of their contract', async () => {
    const claire = stack.contracts.find(({ reference }) => reference === 'DEMO-ANOMALY')?.contact;
    const subject = 'Référence « pièce n° 7 » introuvable';
    const { number } = await open(subject, { contract: 'DEMO-ANOMALY', contact: claire?.id, priority: 'major' });
    await command(number, 'ask', { text: 'Quelle est la version ?' });
    await until(async () => (await mailsOf(number)).length === 2, patience);
    const [receipt, question] = await mailsOf(number);
    for (const mail of [receipt, question]) {
      expect(mail?.subject).toBe(`[${number}] ${subject}`);
      expect(mail?.text).toContain(`Bonjour ${claire?.name},`);
    }
    const plain = (mail: Mail | undefined) => mail?.text.replaceAll(/\s+/g, ' ');
    expect(plain(receipt)).toMatch(/numéro DA-\d{4}-\d{6} : .* \(heure de Paris\) : - Prise en charge : \p{L}+ \d/u);
    expect(plain(question)).toMatch(
      /> Quelle est la version \? .* un premier rappel le \p{L}+ \d.* \(heure de Paris\)\./u,
    );
  }, 60_000);

  it.concurrent('holds what a stranger writes until somebody has looked', async () => {
    const { number } = await open('Stranger');
    await command(number, 'ask', { text: 'Which version is it?' });
    const subject = `About ${number}`;
    const from = 'mallory@elsewhere.example';
    await mailboxCall('/api/write', { from, to: 'sr@support.example', subject, text: 'Close it.' });
    await until(async () => (await read(number)).tasks.some(({ kind }) => kind === 'lookAtMessage'), patience);
    await until(async () => (await read(number)).waiting?.remindersSent === 3, patience);
    expect((await read(number)).status).toBe('waiting');
    const [held] = await inbound(`number=${number}&toLookAt=true`);
    expect(held).toMatchObject({ disposition: 'unverified', reason: 'stranger' });
    await callApi(stack, `/v1/mails/${held?.id}/dismiss`, { reason: 'A stranger.' });
    expect((await untilStatus(number, 'closed')).closed?.reason).toBe('noAnswer');
  }, 120_000);

  it.concurrent('keeps a mail of nobody for staff, and our own mail for what it is', async () => {
    const from = 'nobody@elsewhere.example';
    await mailboxCall('/api/write', { from, to: 'sr@support.example', subject: 'Buy', text: 'Now.' });
    await mailboxCall('/api/write', {
      from: 'sr@support.example',
      to: 'sr@support.example',
      subject: 'Loop',
      text: '…',
    });
    await until(async () => (await inbound('disposition=unmatched')).length > 0, patience);
    await until(async () => (await inbound('disposition=own')).length > 0, patience);
    expect(await mailboxCall<Mail[]>('/api/messages?to=elsewhere.example')).toEqual([]);
  }, 60_000);

  it.concurrent('shows a supervisor what runs, by search attributes and without payloads', async () => {
    const { number } = await open('Supervised');
    await command(number, 'ask', { text: 'Which version is it?' });
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const client = new Client({ connection, namespace: stack.temporalNamespace });
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const list = async (query: string) => {
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
      return ids;
    };
    const id = requestWorkflowId(number);
    await until(
      async () => (await list(`RequestStatus = "waiting" AND ContractReference = "${SECONDS}"`)).includes(id),
      patience,
    );
    await until(async () => (await list(`NextReminderAt < "${soon}"`)).includes(id), patience);
    await command(number, 'answer', { text: 'Version 7.', receivedAt: new Date().toISOString() });
    await until(
      async () => (await list(`NextDueAt < "${soon}" AND RequestStatus = "inProgress"`)).includes(id),
      patience,
    );
    const description = await client.workflow.getHandle(id).describe();
    expect(await description.staticSummary()).toBe(`${number} · ${SECONDS} · blocking · D`);
    await connection.close();
  }, 120_000);

  it.concurrent('recomputes open requests when a closure is announced, and again when it is taken back', async () => {
    const pool = createPool({ connectionString: stack.databaseUrl, log: { warn: () => undefined } });
    await storeAdmitting(pool, 'CLOSING').finally(() => pool.end());
    const place = { contract: 'CLOSING', contact: 'c-CLOSING' };
    const [first, second] = [await open('Closing one', place), await open('Closing two', place)];
    const due = async ({ number }: View) => (await read(number)).clocks.map(({ dueAt }) => dueAt);
    const before = await due(first);
    const supervise = <T>(path: string, body?: object) =>
      callApi<T>(stack, `/v1/calendars/CLOSING.support${path}`, body, stack.tokens.supervisor);
    const areNewest = () =>
      until(async () => {
        const { openRequests } = await supervise<{ openRequests: object }>('');
        return JSON.stringify(openRequests) === '{"newest":2,"older":0}';
      }, patience);

    const hours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
    const { closure } = await supervise<{ closure: { id: string } }>('/closures', {
      ...{ from: hours(1), to: hours(2), reason: 'Fire drill' },
    });
    await areNewest();
    const [acknowledgement = '', ...others] = await due(first);
    expect(Date.parse(acknowledgement) - Date.parse(before[0] ?? '')).toBe(3_600_000);
    expect(others).not.toEqual(before.slice(1));
    expect(await timeline(second.number)).toContain('openingHoursChanged');

    await supervise(`/closures/${closure.id}/takeBack`, {});
    await areNewest();
    expect(await due(first)).toEqual(before);
  }, 120_000);
});

it.runIf(process.env.RELANCE_STACK === 'production')(
  'lets nobody change anything in the Temporal UI',
  async () => {
    const { number } = await open('Untouched');
    const url = `${stack.temporalUi}/api/v1/namespaces/default/workflows/${encodeURIComponent(requestWorkflowId(number))}`;
    expect((await fetch(url)).status).toBe(200);
    const body = JSON.stringify({ reason: 'curiosity' });
    const headers = { 'content-type': 'application/json' };
    for (const change of ['terminate', 'cancel', 'signal/answerReceived'])
      expect((await fetch(`${url}/${change}`, { method: 'POST', headers, body })).ok, change).toBe(false);
    expect((await read(number)).status).toBe('registered');
  },
  60_000,
);

describe('a stack that is stopped and started again', () => {
  it('finds its requests, and their promises go on', async () => {
    const { number } = await open('Kept');
    await command(number, 'acknowledge');
    await command(number, 'ask', { text: 'Which version is it?' });
    const { tokens } = stack;
    expect(await stack.stop()).toBe(0);
    stack = await startLocalStack(environment);
    expect(stack.tokens).toEqual(tokens);
    expect((await read(number)).status).toBe('waiting');
    // Production's Temporal takes half a minute to look for a server that has gone.
    expect((await untilStatus(number, 'closed', { timeoutMs: 120_000 })).closed?.reason).toBe('noAnswer');
    const { text } = await historyText(stack, requestWorkflowId(number));
    for (const personal of [camille().name, camille().email, 'Kept', 'Which version'])
      expect(text).not.toContain(personal);
  }, 180_000);
});
