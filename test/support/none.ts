/** Within `toMatchObject`: an object without anything, which `{}` would not assert. */
import { expect } from 'vitest';

/** Matches amounts of nothing. */
export const none: unknown = expect.toSatisfy((one: object) => Object.keys(one).length === 0, 'is nothing');
