/** Spans around work. When traces are off, and in traces that are not kept, they cost a look at the context. */
import { type Attributes, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** Within a trace that is kept: something that runs outside of any is not worth one of its own. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() ?? false;
}

/** Runs `work` as the active span, and ends it with what came of that. */
export async function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed, by the error's name and code: messages of servers and databases quote values. */
function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttributes(failureOf(error));
}

function failureOf(error: unknown): Attributes {
  const { name, code, type } = error instanceof Error ? (error as Error & { code?: unknown; type?: unknown }) : {};
  const word = [type, code, name].find((one): one is string => typeof one === 'string' && one !== '');
  return { 'error.type': word ?? typeof error };
}
