/** Refusals of the core, for tests that expect one. */
import { Refusal } from '../../domain/failures.ts';

/** The refusal that this throws. */
export function refusalIn(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
