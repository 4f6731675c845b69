import { isDatabaseAway } from '../db/pool.ts';

/** What is needed for an answer is away; what was accepted goes on, and the same call later gets its result. */
export class Unavailable extends Error {
  /** When to try again. */
  readonly retryAfterSeconds: number;

  constructor(what: 'Temporal' | 'Postgres' | 'worker', retryAfterSeconds = 2, options?: ErrorOptions) {
    super(`${what} does not answer`, options);
    this.name = 'Unavailable';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Whether Temporal, a worker or Postgres is away, so that the same may succeed later. */
export function isAway(error: unknown): boolean {
  return error instanceof Unavailable || isDatabaseAway(error);
}
