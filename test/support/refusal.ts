import { Refusal } from '../../domain/failures.ts';

/** What a call is refused with. @throws Error: it was not refused */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error('no refusal', { cause: error });
  return error;
}
