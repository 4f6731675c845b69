import { ServiceError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { isTemporalAway } from '../../client/temporalErrors.ts';

/** An error of Temporal's service, as its client passes it on. */
function serviceError(code: number): ServiceError {
  return new ServiceError('failed', { cause: Object.assign(new Error('grpc'), { code, details: '', metadata: {} }) });
}

describe('an error of Temporal', () => {
  it.each([
    ['the deadline passed', 4],
    ['too much at once', 8],
    ['the last task of the workflow failed', 9],
    ['nobody listens', 14],
  ])('asks for patience: %s', (_what, code) => {
    expect(isTemporalAway(serviceError(code))).toBe(true);
  });

  it.each([
    ['an argument that is wrong', 3],
    ['no right', 7],
    ['a defect', 13],
  ])('asks for repair: %s', (_what, code) => {
    expect(isTemporalAway(serviceError(code))).toBe(false);
  });
});
