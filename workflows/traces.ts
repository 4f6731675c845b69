/**
 * Traces within workflows: the span that a message names becomes the parent of the message's own, and that one the parent of
 * every activity which the message causes. A message without the header, as all are when traces are off, leaves no trace and
 * costs a look at its headers. Nothing here alters a command or the order of commands, so that histories replay on either.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import {
  AsyncLocalStorage,
  getRandomStream,
  proxySinks,
  type Sinks,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import { type FinishedSpan, TRACE_HEADER, type TraceCarrier } from './messages.ts';

/** Where a workflow's spans go: to the worker, never while a history is replayed. */
export interface TraceSinks extends Sinks {
  readonly traces: { record(span: FinishedSpan): void };
}

const SAMPLED = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/;

/** `traceparent` of the span within which this runs. */
const current = new AsyncLocalStorage<string | undefined>();
const { traces } = proxySinks<TraceSinks>();

/** Runs what no message causes: its activities begin traces of their own. */
export function outsideOfTraces<T>(work: () => T): T {
  return current.getStore() === undefined ? work() : current.run(undefined, work);
}

/** What the SDK calls once in each workflow. */
export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        // A run may last for weeks: of it the span has the start alone.
        execute: (input, next) =>
          traced(input.headers, `run ${workflowInfo().workflowType}`, 'start', () => next(input)),
        handleUpdate: (input, next) => traced(input.headers, `handle ${input.name}`, 'whole', () => next(input)),
        handleSignal: (input, next) => traced(input.headers, `handle ${input.signalName}`, 'whole', () => next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const traceparent = current.getStore();
          if (traceparent === undefined) return next(input);
          return next({ ...input, headers: { ...input.headers, [TRACE_HEADER]: headerOf({ traceparent }) } });
        },
      },
    ],
    internals: [
      {
        dispose(input, next) {
          current.disable();
          next(input);
        },
      },
    ],
  };
}

/** Runs the handling of a message below the span that its header names. The promise is the handler's own: nothing waits longer. */
function traced<T>(headers: Headers, name: string, lasts: 'start' | 'whole', handle: () => Promise<T>): Promise<T> {
  const parent = parentIn(headers);
  if (parent === undefined) return handle();
  const traceId = SAMPLED.exec(parent)?.[1];
  // Not to be kept, which those below are to know too.
  if (traceId === undefined) return current.run(parent, handle);
  const spanId = getRandomStream('relance/traces').uuid4().replaceAll('-', '').slice(16);
  const from = Date.now();
  const end = (failed: boolean) => {
    const attributes = { 'temporal.workflow.id': workflowInfo().workflowId };
    traces.record({ name, parent, spanId, from, to: Date.now(), failed, attributes });
  };
  const handled = current.run(`00-${traceId}-${spanId}-01`, handle);
  if (lasts === 'start') end(false);
  else
    void handled.then(
      () => end(false),
      () => end(true),
    );
  return handled;
}

function parentIn(headers: Headers): string | undefined {
  const payload = headers[TRACE_HEADER];
  return payload && defaultPayloadConverter.fromPayload<TraceCarrier>(payload).traceparent;
}

function headerOf(carrier: TraceCarrier): Headers[string] {
  return defaultPayloadConverter.toPayload(carrier);
}
