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

/** What a call is refused with. @throws Error: it was not refused */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error('no refusal', { cause: error });
  return error;
}
