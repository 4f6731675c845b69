/** The span of a call: above all that the call causes, and below the caller's own, if they send a `traceparent`. */
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Request, Response } from 'express';

const tracer = trace.getTracer('relance/api');

/** Runs `work` within the call's span, which ends with its answer. `route` has parameters' names, never their values. */
export function inCallSpan<T>(route: string, request: Request, response: Response, work: () => T): T {
  const parent = propagation.extract(ROOT_CONTEXT, request.headers);
  const attributes = { 'http.request.method': request.method, 'http.route': route };
  const span = tracer.startSpan(route, { kind: SpanKind.SERVER, attributes }, parent);
  if (span.isRecording()) {
    response.locals.traceId = span.spanContext().traceId;
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
  }
  return context.with(trace.setSpan(parent, span), work);
}

/** By which support finds a call: its trace if it has one, else its id in the log. */
export function traceIdOf(response: Response): string {
  return String(response.locals.traceId ?? response.locals.requestId);
}
