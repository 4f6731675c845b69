/** What is wrong with a body is said field by field, also of one that was made to have very many. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked } from '../../api/fields.ts';
import { Problem } from '../../api/problems.ts';

const Body = z.strictObject({
  units: z.record(z.string(), z.int().nonnegative()).optional(),
  ids: z.array(z.uuid()).min(1).max(2).optional(),
});

function errorsOf(body: unknown) {
  try {
    checked(Body, body);
  } catch (error) {
    if (error instanceof Problem) return error.details.errors ?? [];
    throw error;
  }
  throw new Error('it was taken as valid');
}

/** As many as a body of 1 MB can have. */
const MANY = 100_000;
const many = (value: unknown) => Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`k${i}`, value]));

describe('wrong fields', () => {
  it('are named once each', () => {
    expect(errorsOf({ units: { a: -1, b: 0.5 }, other: 1 }).map(({ path }) => path)).toEqual([
      'units.a',
      'units.b',
      'other',
    ]);
  });

  it.each([
    [{ units: [1] }, 'This must be an object.'],
    [{ units: { a: 1e30 } }, 'This number is too large.'],
    [{ ids: [] }, 'This must have at least 1.'],
    [{ ids: Array(3).fill('0f8fad5b-d9cb-469f-a165-70867728950e') }, 'This may have at most 2.'],
    [{ ids: ['x'] }, 'This is not a known id.'],
    [42, 'This must be an object.'],
    [null, 'This must be an object.'],
  ])('are said in words: %j', (body, message) => {
    expect(errorsOf(body)).toMatchObject([{ message }]);
  });

  it('are so many at most, and counted without comparing each with each', () => {
    expect(errorsOf(many(0))).toHaveLength(500);
    expect(errorsOf({ units: many(-1) })).toHaveLength(500);
  });
});
