/** Refusals of the core as the failures that may leave a handler. */
import { ApplicationFailure } from '@temporalio/workflow';
import { Refusal } from '../domain/failures.ts';

/**
 * Runs `decide`; a refusal leaves as an `ApplicationFailure` of its type with its details, which name fields, statuses and
 * commands only. Anything else is a defect of ours and fails the workflow task, which is tried again with repaired code.
 */
export function refusing<T>(decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw ApplicationFailure.create({
      type: error.type,
      message: error.message,
      details: [error.details],
      nonRetryable: true,
    });
  }
}
