/** A request goes to the publisher of its product and comes back: the whole way on the real stack, by mail and by the API. */
import { createHash, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyText } from '../../scripts/demo/checks.ts';
import { escalationWorkflowId } from '../../workflows/escalationMessages.ts';
import { requestWorkflowId } from '../../workflows/messages.ts';
import { until } from '../support/until.ts';
import { answerMail, callApi, type LocalStack, type Mail, readMailbox, startLocalStack } from './localStack.ts';

interface Request {
  readonly number: string;
  readonly status: string;
  readonly closed?: { readonly reason: string };
}

interface Escalation {
  readonly status: string;
  readonly missing?: readonly string[];
  readonly files?: readonly { readonly name: string; readonly link: string }[];
  readonly sr?: { readonly number: string; readonly sentBy: string };
  readonly tasks?: readonly { readonly kind: string }[];
}

const patience = { timeoutMs: 60_000 };
let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack();
}, 180_000);
afterAll(() => stack?.remove(), 60_000);

async function call<T>(path: string, body?: object, options: { token?: string; key?: string } = {}) {
  const response = await fetch(`${stack.api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${options.token ?? stack.tokens.agent}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': options.key ?? randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

const mails = (to: string) => readMailbox(stack, to);

/** The address behind `sr+<action>.` that a mail offers. */
function offered(mail: Mail | undefined, action: string): string {
  const found = new RegExp(`sr\\+${action}\\.[a-z2-7]+@[a-z.]+`).exec(mail?.text ?? '')?.[0];
  if (!found) throw new Error(`the mail offers no ${action}: ${mail?.text}`);
  return found;
}

const SECRET = 'ORCHID-7';
const PARTS = {
  problem: { given: 'The viewer shows lists without their rows.' },
  tried: { given: 'Another browser.' },
  steps: { given: 'Open any list.' },
  errorMessages: { notApplicable: 'None is shown.' },
  documents: { given: 'LIST-4711' },
  environmentUnchanged: { given: 'Confirmed today.' },
};

describe('an escalation', () => {
  it('is drafted, completed with the customer, acknowledged by mail, delivered, rejected, delivered again and accepted', async () => {
    const camille = stack.contracts.find(({ reference }) => reference === 'DEMO-SECONDS')?.contact;
    const { number } = await callApi<Request>(stack, '/v1/requests', {
      ...{ contract: 'DEMO-SECONDS', contact: camille?.id, priority: 'major', product: 'viewer', channel: 'phone' },
      ...{ subject: `Lists without rows ${SECRET}`, description: `Since this morning. ${SECRET}` },
      ...{ reproducible: true, attributableToProduct: true },
    });
    const request = () => callApi<Request>(stack, `/v1/requests/${number}`);
    const path = `/v1/escalations/${number}/1`;
    const escalation = () => callApi<Escalation>(stack, path);
    await callApi(stack, `/v1/requests/${number}/acknowledge`, {});

    // The package: what is missing is listed, the customer is asked for it, the file travels.
    const draft = await callApi<Escalation>(stack, `/v1/requests/${number}/escalations`, { parts: PARTS });
    expect(draft.missing).toEqual(['exampleFile', 'remoteAccess']);
    const tooEarly = await call<{ errors: { path: string }[] }>(`/v1/requests/${number}/escalate`, { escalation: 1 });
    expect(tooEarly.status).toBe(422);
    expect(JSON.stringify(tooEarly.body)).toMatch(/exampleFile.*remoteAccess/s);
    await callApi(stack, `/v1/requests/${number}/escalations/1/askForMissing`, {});
    expect((await request()).status).toBe('waiting');
    await until(
      async () => (await mails(camille?.email ?? '')).some(({ subject }) => subject.includes(number)),
      patience,
    );
    await until(async () => (await mails(camille?.email ?? '')).length >= 3, patience);
    await answerMail(stack, (await mails(camille?.email ?? '')).at(-1), 'answer', 'By the usual tool.');
    await until(async () => (await request()).status === 'inProgress', patience);
    const file = Buffer.from('list;rows\n4711;0\n');
    const upload = await fetch(`${stack.api}/v1/requests/${number}/escalations/1/attachments?name=list.csv`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stack.tokens.agent}`,
        'content-type': 'text/csv',
        'idempotency-key': randomUUID(),
      },
      body: file,
    });
    expect(upload.status).toBe(201);
    const remoteAccess = { given: 'By the usual tool.' };
    await callApi(stack, `/v1/requests/${number}/escalations/1`, { parts: { remoteAccess } });

    // Sent twice with the same key: once.
    const key = randomUUID();
    const sent = await call<Request>(`/v1/requests/${number}/escalate`, { escalation: 1 }, { key });
    const again = await call<Request>(`/v1/requests/${number}/escalate`, { escalation: 1 }, { key });
    expect([sent.status, again.status]).toEqual([200, 200]);
    expect(sent.body.status).toBe('escalated');
    await until(async () => (await mails('publisher.example')).length === 1, patience);
    const [packageMail] = await mails('publisher.example');
    expect(packageMail?.text).toContain('The viewer shows lists without their rows.');
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(packageMail?.attachments).toMatchObject([{ name: 'list.csv', sha256 }]);
    expect(`${packageMail?.subject} ${packageMail?.text}`).not.toMatch(/Camille|Lists without rows|ORCHID/);

    // An out-of-office reply acknowledges nothing, not even at the address that does.
    await answerMail(stack, packageMail, 'outOfOffice', '', offered(packageMail, 'ack'));
    const automatic = async () =>
      (await callApi<{ items: { disposition: string }[] }>(stack, '/v1/mails?disposition=automatic')).items.length;
    await until(async () => (await automatic()) === 1, patience);
    expect((await escalation()).status).toBe('sent');
    await answerMail(stack, packageMail, 'answer', 'We have it.', offered(packageMail, 'ack'));
    await until(async () => (await escalation()).status === 'acknowledged', patience);
    expect((await escalation()).sr).toMatchObject({
      number: expect.stringMatching(/^SR-\d{4}-\d{6}$/),
      sentBy: 'contact:demo-remi',
    });

    // What the customer says stays with the distributor.
    const token = stack.tokens.publisher;
    await answerMail(stack, (await mails(camille?.email ?? '')).at(-1), 'answer', `By the way: ${SECRET}.`);
    const timeline = () => callApi<{ items: { type: string }[] }>(stack, `/v1/requests/${number}/timeline`);
    await until(async () => (await timeline()).items.filter(({ type }) => type === 'answered').length === 2, patience);
    const seen = await call<Escalation>(path, undefined, { token });
    expect(seen.status).toBe(200);
    expect(JSON.stringify(seen.body)).not.toMatch(/Camille|ORCHID|Atelier/);
    expect((await call(`/v1/requests/${number}`, undefined, { token })).status).toBe(403);
    const { files = [] } = seen.body;
    expect(files.map(({ name }) => name)).toEqual(['list.csv']);
    const got = await fetch(`${stack.api}${files[0]?.link}`, { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await got.arrayBuffer()).equals(file)).toBe(true);

    // The publisher asks by the API, the distributor provides; the publisher delivers by mail.
    const theirs = (name: string, body: object = {}) => call(`${path}/${name}`, body, { token });
    expect((await theirs('ask', { text: 'Which browser?' })).status).toBe(200);
    expect((await escalation()).tasks?.map(({ kind }) => kind)).toContain('answerPublisher');
    await callApi(stack, `${path}/provide`, { text: 'All of them.' });
    await until(async () => (await mails('publisher.example')).length === 2, patience);
    await answerMail(
      stack,
      (await mails('publisher.example')).at(-1),
      'answer',
      'Install version 12.1.',
      offered((await mails('publisher.example')).at(-1), 'fix'),
    );
    await until(async () => (await request()).status === 'waiting', patience);
    expect((await escalation()).status).toBe('resolved');
    await until(
      async () => (await mails(camille?.email ?? '')).at(-1)?.text.includes('Install version 12.1.') === true,
      patience,
    );

    // It does not work: back up the same escalation; then it does.
    await callApi(stack, `/v1/requests/${number}/reject`, { text: 'Rows are still missing.' });
    await until(async () => (await escalation()).status === 'inProgress', patience);
    expect((await request()).status).toBe('escalated');
    expect((await theirs('deliverFix', { text: 'Install version 12.2.' })).status).toBe(200);
    await until(async () => (await request()).status === 'waiting', patience);
    await callApi(stack, `/v1/requests/${number}/confirm`, {});
    await until(async () => (await escalation()).status === 'closed', patience);
    await callApi(stack, `/v1/requests/${number}/putInProduction`, {});
    expect((await request()).closed?.reason).toBe('confirmed');
    expect((await theirs('deliverFix', { text: 'Too late.' })).status).toBe(409);

    const connection = await Connection.connect({ address: stack.temporalAddress });
    const client = new Client({ connection, namespace: stack.temporalNamespace });
    const child = client.workflow.getHandle(escalationWorkflowId(number, 1));
    const { raw } = await child.describe();
    expect(raw.workflowExecutionInfo?.parentExecution?.workflowId).toBe(requestWorkflowId(number));
    for (const id of [requestWorkflowId(number), escalationWorkflowId(number, 1)]) {
      const { text } = await historyText(stack, id);
      expect(text).not.toMatch(/Camille|ORCHID|Install version|Which browser|publisher\.example|customer\.example/);
    }
    await connection.close();
  }, 180_000);
});
