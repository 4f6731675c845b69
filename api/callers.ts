/** Who calls: access tokens, and how often a caller may call. */
import type { Request } from 'express';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { findTokenHolder, type TokenHolder } from '../db/accessTokens.ts';
import { Problem } from './problems.ts';
import { whoOf } from './rights.ts';

/** Calls in a minute. */
export interface Limits {
  /** Of one caller. */
  readonly perCaller: number;
  /** With no valid token, from one address. */
  readonly unauthorized: number;
  /** Files of one caller; 60 without it. */
  readonly uploads?: number;
}

/** Limits that people and scripts do not reach, and guessing does. */
export const GENEROUS: Limits = { perCaller: 3_000, unauthorized: 120 };

/** Tells who calls, and keeps count in this process. */
export interface Callers {
  /** @throws Problem `unauthorized` or `too-many-requests` */
  identify(request: Request): Promise<TokenHolder>;
  /** Files are larger than other calls, so fewer are taken. @throws Problem `too-many-requests` */
  countUpload(caller: TokenHolder): Promise<void>;
}

const TOKEN = /^Bearer +(rl_[A-Za-z0-9_-]{43})$/i;

/** Callers by the tokens in Postgres, within these limits. */
export function createCallers(pool: Pool, limits: Limits): Callers {
  const calls = new RateLimiterMemory({ points: limits.perCaller, duration: 60 });
  const uploads = new RateLimiterMemory({ points: limits.uploads ?? 60, duration: 60 });
  const failures = new RateLimiterMemory({ points: limits.unauthorized, duration: 60 });
  return {
    async identify(request) {
      const address = request.ip ?? '';
      // One address may guess so often; after that not even a right guess is told from a wrong one.
      const failed = await failures.get(address);
      if (failed && failed.remainingPoints <= 0) throw tooMany(failed);
      const token = TOKEN.exec(request.get('authorization') ?? '')?.[1];
      const holder = token === undefined ? undefined : await findTokenHolder(pool, token);
      if (!holder) {
        await counted(failures, address);
        throw new Problem('unauthorized', 'Send a valid access token as "Authorization: Bearer rl_…".');
      }
      await counted(calls, whoOf(holder));
      return holder;
    },
    countUpload: (caller) => counted(uploads, whoOf(caller)),
  };
}

async function counted(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (reached) {
    if (reached instanceof RateLimiterRes) throw tooMany(reached);
    throw reached;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Problem {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new Problem('too-many-requests', `Wait ${seconds} s before the next call.`, { retryAfterSeconds: seconds });
}
