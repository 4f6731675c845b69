/** What the errors of Temporal's client mean to us. */
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { FAILURE_TYPES, type FailureType, Refusal, type RefusalDetails } from '../domain/failures.ts';

// gRPC status codes.
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const UNAVAILABLE = 14;

/** Codes of what heals by itself, or once a worker is repaired. */
const AWAY = [CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, UNAVAILABLE];

/** The refusal of the core that an Update or a start brought back; undefined when the error is something else. */
export function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || !isFailureType(cause.type)) return undefined;
  const details = (cause.details?.[0] ?? {}) as RefusalDetails;
  return new Refusal(cause.type, cause.message, details);
}

function isFailureType(type: string | undefined | null): type is FailureType {
  return FAILURE_TYPES.some((known) => known === type);
}

/** No run of the workflow is there, or its last one is over. */
export function isGone(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError;
}

/** The run ended, or went on as a new one, around the Update; sent again under its id it is taken once. */
export function isLost(error: unknown): boolean {
  if (error instanceof WorkflowUpdateFailedError) {
    return error.cause instanceof ApplicationFailure && error.cause.type === 'AcceptedUpdateCompletedWorkflow';
  }
  return grpcCode(error) === ABORTED;
}

/**
 * Temporal, or the worker behind it, did not answer in time; or cannot yet, because the workflow's last task failed: it is tried
 * again until a worker can do it (a failed precondition, says Temporal).
 */
export function isTemporalAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const code = grpcCode(error);
  return code !== undefined && AWAY.includes(code);
}

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  if (error instanceof ServiceError && isGrpcServiceError(error.cause)) return error.cause.code;
  return undefined;
}
