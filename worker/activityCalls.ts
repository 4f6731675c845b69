/** Around every activity: its span, below the message that caused it, and its failures counted. */
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { Context } from '@temporalio/activity';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  defaultPayloadConverter,
  type Headers,
} from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { isDatabaseAway } from '../db/pool.ts';
import { within } from '../tracing/spans.ts';
import { TRACE_HEADER, type TraceCarrier } from '../workflows/messages.ts';

const tracer = trace.getTracer('relance/activities');

/** An activity that time caused, a reminder for instance, begins a trace. */
export const tracedActivities: ActivityInboundCallsInterceptor = {
  execute(input, next) {
    const { activityType, attempt, workflowExecution } = Context.current().info;
    const attributes = {
      'temporal.workflow.id': workflowExecution?.workflowId ?? '',
      'temporal.activity.attempt': attempt,
    };
    const parent = parentIn(input.headers);
    const span = tracer.startSpan(`activity ${activityType}`, { attributes }, parent);
    return context.with(parent, () => within(span, () => next(input)));
  },
};

function parentIn(headers: Headers) {
  const payload = headers[TRACE_HEADER];
  if (!payload) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, defaultPayloadConverter.fromPayload<TraceCarrier>(payload));
}

/** Tells of every attempt that fails: which activity, and a word for why. */
export function countedActivities(count: (activity: string, failure: string) => void): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== undefined) count(Context.current().info.activityType, failure);
        throw error;
      }
    },
  };
}

/** One of a few words, so that figures stay few; undefined for what is no failure, as another attempt that is at it. */
function failureOf(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure) {
    if (error.category === ApplicationFailureCategory.BENIGN) return undefined;
    return error.nonRetryable ? (error.type ?? 'other') : 'notYet';
  }
  if (error instanceof CancelledFailure) return 'cancelled';
  return isDatabaseAway(error) ? 'databaseAway' : 'other';
}
