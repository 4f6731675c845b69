/** The part of traces that is loaded when they are on: spans are kept in memory and delivered in batches, off the hot path. */
import { DiagLogLevel, diag, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  NodeTracerProvider,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { FinishedSpan } from '../workflows/messages.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

/** Longest for one delivery, and for the last one before a process ends; milliseconds. */
const DELIVERY_MS = 5_000;
/** Spans that wait at most: more are dropped, so that a receiver that is away costs no memory. */
const WAITING = 4_096;
/** Between two lines in the log about deliveries that fail, milliseconds. */
const QUIET_MS = 60_000;

/** Starts to deliver spans to the endpoint. */
export function startExporting(options: TracingOptions): Tracing {
  const { tracesEndpoint, tracesHeaders, tracesShare, process, log } = options;
  tellOfFailures(log);
  const ids = createIds();
  const exporter = new OTLPTraceExporter({
    url: `${tracesEndpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...tracesHeaders },
    timeoutMillis: DELIVERY_MS,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `relance-${process}`, 'service.namespace': 'relance' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(tracesShare) }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: WAITING, exportTimeoutMillis: DELIVERY_MS })],
  });
  provider.register();
  const tracer = trace.getTracer('relance/workflows');
  return {
    isOn: true,
    record(span) {
      const parent = propagation.extract(ROOT_CONTEXT, { traceparent: span.parent });
      const recorded = ids.withSpanId(span.spanId, () =>
        tracer.startSpan(span.name, { startTime: span.from, attributes: { ...span.attributes } }, parent),
      );
      if (span.failed) recorded.setStatus({ code: SpanStatusCode.ERROR });
      recorded.end(span.to);
    },
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, DELIVERY_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** A workflow has named its span already, for those below it: the span that is started gets that id. */
function createIds(): IdGenerator & { withSpanId<T>(id: FinishedSpan['spanId'], start: () => T): T } {
  const random = new RandomIdGenerator();
  let given: string | undefined;
  return {
    generateTraceId: () => random.generateTraceId(),
    generateSpanId: () => given ?? random.generateSpanId(),
    withSpanId(id, start) {
      given = id;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}

/** A receiver that is away is worth a line a minute. What the library says of it may hold headers: it is not repeated. */
function tellOfFailures(log: TracingOptions['log']): void {
  let toldAt = Number.NEGATIVE_INFINITY;
  const quiet = () => undefined;
  const error = () => {
    if (performance.now() - toldAt < QUIET_MS) return;
    toldAt = performance.now();
    log.warn({}, 'traces could not be delivered');
  };
  diag.setLogger({ error, warn: quiet, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ERROR);
}
