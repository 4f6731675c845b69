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
