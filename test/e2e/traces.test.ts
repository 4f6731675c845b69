/** One trace from a call to its statements and its mail, of the compiled product; and that it alters nothing. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporalClient } from '../../client/connection.ts';
import { type Demonstration, loadDemonstration } from '../../db/demonstration.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { requestWorkflowId, TRACE_HEADER } from '../../workflows/messages.ts';
import {
  type BuiltProcess,
  build,
  type SlowMailServer,
  startBuilt,
  startSlowMailServer,
} from '../support/builtProcesses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '../support/traceReceiver.ts';
import { until } from '../support/until.ts';

const QUESTION = 'What do you see on page seven?';

let database: TestDatabase;
let mailServer: SlowMailServer;
let receiver: TraceReceiver;
let temporal: { readonly address: string; readonly namespace: string };
let demonstration: Demonstration;
let apiPort = 0;
const running: BuiltProcess[] = [];

beforeAll(async () => {
  build();
  [database, temporal, mailServer, receiver] = await Promise.all([
    createTestDatabase(),
    createTestNamespace(),
    startSlowMailServer(),
    startTraceReceiver(),
  ]);
  mailServer.release();
  demonstration = await loadDemonstration(database.pool);
  [apiPort = 0] = await freePorts(1);
  const environment = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    API_PORT: String(apiPort),
    SMTP_URL: mailServer.url,
    TOKEN_KEYS: `test:${'ab'.repeat(32)}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-access=of-the-test',
  };
  for (const name of ['worker', 'api']) running.push(await startBuilt(`${name}/main.js`, environment, `${name} ready`));
}, 120_000);

afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await mailServer?.close();
  await receiver?.close();
  await database?.drop();
});

async function call(path: string, body: object, traceparent?: string): Promise<{ number: string; traceId: string }> {
  const response = await fetch(`http://127.0.0.1:${apiPort}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${demonstration.tokens.agent}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { number: string; traceId: string };
}

/** `traceparent` of a caller: a trace of its own, and the id of its span. */
function callersSpan(flags: '00' | '01' = '01'): { traceId: string; spanId: string; traceparent: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

/** Names of a span and of all above it, the topmost first; the caller's is `caller`. */
function pathOf(span: ReceivedSpan, callersId?: string): string[] {
  const above = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
  if (above) return [...pathOf(above, callersId), span.name];
  return span.parentSpanId === callersId && callersId !== undefined ? ['caller', span.name] : [span.name];
}

describe('with a receiver of traces', () => {
  const caller = callersSpan();
  const silent = callersSpan('00');
  let number = '';
  let problem = '';

  it('calls are answered as ever', async () => {
    const opened = await call('/v1/requests', {
      contract: 'DEMO-ANOMALY',
      contact: demonstration.contact.id,
      priority: 'blocking',
      subject: 'Empty list',
      description: 'Every time.',
      reproducible: true,
      attributableToProduct: true,
    });
    number = opened.number;
    await call(`/v1/requests/${number}/acknowledge`, {}, silent.traceparent);
    await call(`/v1/requests/${number}/ask`, { text: QUESTION }, caller.traceparent);
    problem = (await call(`/v1/requests/${number}/resume`, {})).traceId;
    expect(problem).toMatch(/^[0-9a-f]{32}$/);
    // receipt, acknowledgement, question
    await until(async () => {
      const { rows } = await database.pool.query("SELECT 1 FROM outbound_mails WHERE status = 'accepted'");
      return rows.length === 3;
    });
    const client = createTemporalClient(temporal);
    const handle = client.workflow.getHandle(requestWorkflowId(number));
    const history = await handle.fetchHistory();
    await client.connection.close();
    const scheduled = history.events?.flatMap(({ activityTaskScheduledEventAttributes: it }) => (it ? [it] : [])) ?? [];
    expect(scheduled.every(({ header }) => header?.fields?.[TRACE_HEADER])).toBe(true);
    // It replays as any other, and has nothing to say again.
    const sinks = { traces: { record: { fn: () => expect.unreachable() } } };
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle(), sinks }, history);
  });

  it('all spans are delivered when the processes are told to stop', async () => {
    for (const { child, ended, output } of running) {
      child.kill('SIGTERM');
      expect(await ended, output()).toBe(0);
    }
    expect(new Set(receiver.spans.map(({ service }) => service))).toEqual(new Set(['relance-api', 'relance-worker']));
    expect(receiver.headers['x-access']).toBe('of-the-test');
  });

  it("a call's trace reaches from the caller over the workflow to its statements and its mail", () => {
    const spans = receiver.spans.filter(({ traceId }) => traceId === caller.traceId);
    const paths = spans.map((span) => pathOf(span, caller.spanId).join(' > '));
    const handled = 'caller > POST /v1/requests/{number}/ask > update ask > handle ask';
    expect(paths).toEqual(
      expect.arrayContaining([
        handled,
        `${handled} > activity saveRequest > UPDATE requests`,
        `${handled} > activity saveRequest > COMMIT`,
        `${handled} > activity sendMail > INSERT outbound_mails`,
        `${handled} > activity sendMail > SMTP send`,
      ]),
    );
    expect(paths.filter((path) => !path.startsWith('caller > '))).toEqual([]);
    const sent = spans.find(({ name }) => name === 'SMTP send');
    expect(sent?.attributes).toEqual({ 'relance.mail.result': 'accepted' });
  });

  it('an opening has the start of its workflow', () => {
    const begun = receiver.spans.find(({ name }) => name === 'run supportRequest');
    expect(begun && pathOf(begun)).toEqual(['POST /v1/requests', 'update open with start', 'run supportRequest']);
    const receipts = receiver.spans.filter(({ name, traceId }) => name === 'SMTP send' && traceId === begun?.traceId);
    expect(receipts.map((span) => pathOf(span).slice(2))).toEqual([
      ['run supportRequest', 'activity sendMail', 'SMTP send'],
    ]);
  });

  it("a refused call's answer has the id of its trace", () => {
    const [span] = receiver.spans.filter(({ traceId, parentSpanId }) => traceId === problem && !parentSpanId);
    expect(span?.name).toBe('POST /v1/requests/{number}/resume');
    expect(span?.attributes['http.response.status_code']).toBe(409);
  });

  it('what the caller does not keep is not kept, in any process', () => {
    expect(receiver.spans.filter(({ traceId }) => traceId === silent.traceId)).toEqual([]);
    expect(receiver.spans.filter(({ name }) => name.includes('acknowledge'))).toEqual([]);
  });

  it('nothing personal is in them', () => {
    const sent = receiver.bodies.join('\n');
    const { name, email } = demonstration.contact;
    for (const secret of [name, email, '@', QUESTION, 'Empty list', 'Every time']) expect(sent).not.toContain(secret);
  });
});
