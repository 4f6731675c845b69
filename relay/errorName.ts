import { errorCode } from '../db/pool.ts';

/** What an error is called in logs and rows: its code, else its class. Its message may hold what people wrote. */
export function errorName(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : typeof error);
}
