/** Spans of calls to Temporal, and the header by which the workflow knows them. */
import { type Context, context, propagation, SpanKind, trace } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { within } from '../tracing/spans.ts';
import { TRACE_HEADER, type TraceCarrier } from '../workflows/messages.ts';

const tracer = trace.getTracer('relance/client');

/** What the door calls of Temporal, each call a span below the one that is active. */
export const tracedCalls: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    called(`start ${input.workflowType}`, input.options.workflowId, (headers) =>
      next({ ...input, headers: { ...input.headers, ...headers } }),
    ),
  startUpdate: (input, next) =>
    called(`update ${input.updateName}`, input.workflowExecution.workflowId, (headers) =>
      next({ ...input, headers: { ...input.headers, ...headers } }),
    ),
  startUpdateWithStart: (input, next) =>
    called(`update ${input.updateName} with start`, input.workflowStartOptions.workflowId, (headers) =>
      next({
        ...input,
        updateHeaders: { ...input.updateHeaders, ...headers },
        workflowStartHeaders: { ...input.workflowStartHeaders, ...headers },
      }),
    ),
  signal: (input, next) =>
    called(`signal ${input.signalName}`, input.workflowExecution.workflowId, (headers) =>
      next({ ...input, headers: { ...input.headers, ...headers } }),
    ),
};

function called<T>(
  name: string,
  workflowId: string | null | undefined,
  call: (headers: Headers) => Promise<T>,
): Promise<T> {
  const attributes = { 'temporal.workflow.id': workflowId ?? '' };
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  return within(span, () => call(headersOf(context.active())));
}

/** None when traces are off. */
function headersOf(active: Context): Headers {
  const carrier: TraceCarrier = {};
  propagation.inject(active, carrier);
  const { traceparent } = carrier;
  return traceparent === undefined ? {} : { [TRACE_HEADER]: defaultPayloadConverter.toPayload({ traceparent }) };
}
