/**
 * Traces: what one call causes, from the API over the workflow to SQL and SMTP, each step a span with its parent. Spans are made
 * with OpenTelemetry's API, which does nothing before `startTracing` has been told where they go. No span has personal data: no
 * address, subject or text, no parameter of a statement, no message of an error.
 */
import type { FinishedSpan } from '../workflows/messages.ts';

/** Where the traces of a process go. */
export interface TracingOptions {
  /** `off`, or the base URL of an OTLP/HTTP receiver; `/v1/traces` is added to it. */
  readonly tracesEndpoint: string;
  /** Sent with each delivery: a receiver's access token, for instance. */
  readonly tracesHeaders: Readonly<Record<string, string>>;
  /** Of the traces that begin here, the share that is kept: 0 to 1. Those that come with a call keep what was decided there. */
  readonly tracesShare: number;
  /** Name of the process. */
  readonly process: string;
  readonly log: { warn(fields: object, message: string): void };
}

/** Traces of a process, on or off. */
export interface Tracing {
  readonly isOn: boolean;
  /** Notes a span that a workflow had: its sandbox has no clock and no network of its own. */
  record(span: FinishedSpan): void;
  /** Delivers what waits, within seconds. */
  stop(): Promise<void>;
}

const OFF: Tracing = { isOn: false, record: () => undefined, stop: async () => undefined };

/** Begins to trace, to be called before anything that makes spans. Off, it loads nothing. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.tracesEndpoint === 'off') return OFF;
  return (await import('./exporting.ts')).startExporting(options);
}
