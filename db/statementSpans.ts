/** Spans of statements: each says what it did to which table, and nothing of the values. */
import { SpanKind, trace } from '@opentelemetry/api';
import type pg from 'pg';
import { isTraced, within } from '../tracing/spans.ts';

const tracer = trace.getTracer('relance/db');

/** pg's own has a dozen forms: a callback, if any, is the last argument, and without one a promise comes back. */
type Query = (...values: unknown[]) => Promise<unknown>;

/** Gives a span to every statement of the pool and of its clients that runs within a trace. */
export function traceStatements(pool: pg.Pool): void {
  trackQueries(pool as unknown as { query: Query });
  pool.on('connect', (client) => trackQueries(client as unknown as { query: Query }));
}

function trackQueries(queryable: { query: Query }): void {
  const query = queryable.query.bind(queryable);
  queryable.query = (...values) => {
    // With a callback the pool asks one of its clients: that has its span already.
    if (!isTraced() || typeof values.at(-1) === 'function') return query(...values);
    const text = textOf(values[0]);
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': summaryOf(text) };
    const span = tracer.startSpan(summaryOf(text), { kind: SpanKind.CLIENT, attributes });
    return within(span, () => query(...values));
  };
}

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : String((statement as { text?: unknown } | undefined)?.text ?? '');
}

/** `UPDATE outbound_mails`: the statement's verb and first table. */
export function summaryOf(text: string): string {
  const [verb = 'SQL'] = /[A-Z]+/i.exec(text) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)/i.exec(text) ?? [];
  return table === undefined ? verb.toUpperCase() : `${verb.toUpperCase()} ${table}`;
}
